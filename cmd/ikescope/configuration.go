package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/config"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report/text"
)

// unconfigured are commands that do not go by what is set for good.
var unconfigured = []string{"config", "demo", "mock", "schema", "man", "version", "help", "completion", "bash", "zsh", "fish", "powershell"}

// warnSlips warns of variables that were meant as settings and are not. The document of config
// names them itself.
func (a *app) warnSlips(cmd *cobra.Command) {
	quiet := cmd.Flags().Lookup("quiet")
	if cmd.Name() == "config" || strings.HasPrefix(cmd.Name(), "__") || quiet != nil && quiet.Value.String() == "true" {
		return
	}
	if slips := config.System("").Slips(); slips != "" {
		fmt.Fprintf(a.err, "ikescope: %s\n", slips)
	}
}

// configure sets the flags of cmd that were not given to what files and the environment
// say.
func (a *app) configure(cmd *cobra.Command) error {
	if slices.Contains(unconfigured, cmd.Name()) || strings.HasPrefix(cmd.Name(), "__") {
		return nil
	}
	c, err := config.System(a.config).Read()
	if err != nil {
		return usageError{err}
	}
	flags := cmd.Flags()
	command := cmd.Name()
	var set []string
	for _, v := range c.For(command, flags.Changed) {
		f := flags.Lookup(v.Key.Name)
		if f == nil {
			continue
		}
		// The flag does not count as given: nothing that is only for scans stops a
		// command that sends nothing.
		if err := setFlag(f, v); err != nil {
			return err
		}
		set = append(set, v.Key.Name+" ("+v.Where+")")
	}
	if verbose := flags.Lookup("verbose"); len(set) > 0 && verbose != nil && verbose.Value.String() == "true" {
		fmt.Fprintf(a.err, "ikescope: set for good: %s\n", strings.Join(set, ", "))
	}
	return nil
}

// tellNotes says of flags that were not taken quite as they were typed how they were.
func (a *app) tellNotes(flags *pflag.FlagSet) {
	if quiet := flags.Lookup("quiet"); quiet != nil && quiet.Value.String() == "true" {
		return
	}
	flags.Visit(func(f *pflag.Flag) {
		if noted, ok := f.Value.(flagvalue.Noted); ok {
			for _, note := range noted.Notes() {
				fmt.Fprintf(a.err, "ikescope: --%s: %s\n", f.Name, printable.Text(note))
			}
		}
	})
}

func setFlag(f *pflag.Flag, v config.Value) error {
	for _, one := range v.Texts {
		if err := f.Value.Set(one); err != nil {
			return usageError{v.Wrong(err)}
		}
	}
	return nil
}

func (a *app) configCommand() *cobra.Command {
	var o printOptions
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show what is set for good, and where",
		Long: `Show each setting in force and where it is from. Flags go before the
environment, that before ikescope.yaml in the working folder, and that before
ikescope.yaml in the folder ikescope of your configuration files. --config FILE
takes the place of both files; with --config none there is no file.

A setting has the name of the flag that it stands for. In the environment it is
in capitals, as in IKESCOPE_OUTPUT_DIR, with ; between several values.`,
		Example: `  ikescope config
  ikescope config -o json
  IKESCOPE_RATE=20 ikescope config`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			c, err := config.System(a.config).Read()
			if err != nil {
				return usageError{err}
			}
			all := pflag.NewFlagSet("config", pflag.ContinueOnError) // of a scan
			newScanOptions().addFlags(all, reportFormats)
			d := c.Document(func(key string) string { return all.Lookup(key).DefValue })
			for _, v := range c.For("", func(string) bool { return false }) {
				if err := setFlag(all.Lookup(v.Key.Name), v); err != nil {
					return err
				}
			}
			return a.print(&o, documents.Writers(d, func(w io.Writer, _ text.Options) error { return d.Text(w) }))
		},
	}
	o.addFlags(cmd.Flags(), "the settings", documents.TextOrJSON)
	return cmd
}
