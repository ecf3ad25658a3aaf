package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/manual"
)

// helpAll is the value of --help-all: it asks for help, and for all of it.
type helpAll struct {
	flagvalue.Value
	help *pflag.Flag
}

func (h helpAll) Set(s string) error {
	if err := h.Value.Set(s); err != nil {
		return err
	}
	return h.help.Value.Set(s)
}

// addHelp adds the flags on help, and makes that short unless all is asked for.
func (a *app) addHelp(root *cobra.Command) {
	all := new(bool)
	addToggle(root.PersistentFlags(), new(bool), "help", "h", "this text")
	f := root.PersistentFlags().VarPF(helpAll{flagvalue.Toggle(all), root.PersistentFlags().Lookup("help")}, "help-all", "", "all flags in full, and the exit codes")
	f.NoOptDefVal = "true"
	whole := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if *all || !hasMuch(cmd) {
			whole(cmd, args)
			return
		}
		_, _ = io.WriteString(cmd.OutOrStdout(), shortHelp(cmd)) // as cobra does
	})
}

// sharedFlags are the flags that most people use. Of the headings that many commands
// share, short help has no others.
var sharedFlags = []string{"policy", "client", "suite", "profile", "trust", "port", "rate", "parallel", "output", "names", "pcap", "quiet", "verbose",
	"baseline", "fail-on", "credentials", "esp", "hops", "nat-lifetime", "outside", "probes", "interval", "live"}

// hasMuch reports whether cmd has flags below headings that many commands share.
func hasMuch(cmd *cobra.Command) bool {
	return slices.ContainsFunc(flagGroups(cmd), func(g flagGroup) bool { return isShared(g.Name) })
}

func isShared(heading string) bool {
	return slices.Contains([]string{judgeFlags, askFlags, whereFlags, paceFlags, outputFlags}, heading)
}

// shortHelp is what most people need of the help on cmd.
func shortHelp(cmd *cobra.Command) string {
	about, _, _ := strings.Cut(cmd.Long, "\n\n")
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", about, cmd.UseLine())
	fmt.Fprintf(&b, "\nExamples:\n%s\n", manual.FirstExamples(cmd.Example))
	for _, group := range cmd.Groups() {
		var names []string
		for _, c := range cmd.Commands() {
			if c.GroupID == group.ID {
				names = append(names, c.Name())
			}
		}
		fmt.Fprintf(&b, "\n%s %s", group.Title, strings.Join(names, ", "))
	}
	if len(cmd.Groups()) > 0 {
		b.WriteString("\n")
	}
	most := pflag.NewFlagSet("", pflag.ContinueOnError)
	most.SortFlags = false
	for _, g := range flagGroups(cmd) {
		g.VisitAll(func(f *pflag.Flag) {
			if !isShared(g.Name) && f.Name != "config" && f.Name != "version" || slices.Contains(sharedFlags, f.Name) {
				short := *f
				short.Usage = manual.FirstClause(f.Usage)
				most.AddFlag(&short)
			}
		})
	}
	fmt.Fprintf(&b, "\nFlags that most people use:\n%s\nAll flags and the exit codes: %s --help-all\n", most.FlagUsagesWrapped(helpWidth), cmd.CommandPath())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "A command: %s COMMAND --help\n", cmd.CommandPath())
	}
	return b.String()
}
