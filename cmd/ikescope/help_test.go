package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/config"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
)

// TestCommandsAreAlike holds every command to what users expect of each: help
// with a description and examples of itself, and the flags of what it writes.
func TestCommandsAreAlike(t *testing.T) {
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		switch cmd.Name() {
		case "completion", "help": // cobra's
			return
		}
		path := cmd.CommandPath()
		var help bytes.Buffer // in short, and in full
		cmd.SetOut(&help)
		for _, all := range []string{"false", "true"} {
			if err := errors.Join(cmd.Root().PersistentFlags().Set("help-all", all), cmd.Help()); err != nil {
				t.Error(err)
			}
		}
		for line := range strings.Lines(help.String()) {
			if len(line) > helpWidth+1 {
				t.Errorf("%s: its help is wider than %d columns: %q", path, helpWidth, line)
			}
		}
		if strings.Contains(help.String(), "docs/") {
			t.Errorf("%s: its help names a file that an installed program does not have", path)
		}
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: its short description is %q", path, cmd.Short)
		}
		if !strings.Contains(cmd.Example, "  "+path) {
			t.Errorf("%s has no example of itself", path)
		}
		if out := cmd.Flags().Lookup("output"); out != nil && out.Value.Type() == (&output.FlagValue{}).Type() {
			for _, name := range []string{"no-color", "quiet"} {
				if cmd.Flags().Lookup(name) == nil {
					t.Errorf("%s has --output, and no --%s", path, name)
				}
			}
		}
		for _, c := range cmd.Commands() {
			check(c)
		}
	}
	check((&app{}).rootCommand(new(bool)))
}

// TestSettings: what can be set for good are flags of a scan, and so is what goes before.
func TestSettings(t *testing.T) {
	flags := pflag.NewFlagSet("scan", pflag.ContinueOnError)
	newScanOptions().addFlags(flags, reportFormats)
	docs, err := os.ReadFile("../../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range config.Keys {
		if !strings.Contains(string(docs), "`"+k.Name+"`") {
			t.Errorf("docs/config.md does not name the setting %s", k.Name)
		}
		for _, name := range append([]string{k.Name}, k.Unless...) {
			if flags.Lookup(name) == nil {
				t.Errorf("the setting %s: no command has the flag --%s", k.Name, name)
			}
		}
		for _, name := range k.NotFor {
			if found, _, err := (&app{}).rootCommand(new(bool)).Find([]string{name}); err != nil || found.Name() != name {
				t.Errorf("the setting %s: %s is not a command", k.Name, name)
			}
		}
	}
}
