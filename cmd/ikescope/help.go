package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/manual"
)

// helpWidth is the columns of help texts.
const helpWidth = 80

// tellExitCodes ends help texts with the exit codes: all of them where scripts
// go by them.
func tellExitCodes(root *cobra.Command) {
	help := root.HelpTemplate()
	for _, cmd := range root.Commands() {
		cmd.SetHelpTemplate(help + manual.ExitCodes(cmd.Name()))
	}
	root.SetHelpTemplate(help + manual.ExitCodes(root.Name()))
}

// Headings of flags, where a command has many.
const (
	judgeFlags  = "Policies and clients"
	askFlags    = "What to ask"
	whereFlags  = "Paths and addresses"
	paceFlags   = "Pace and budget"
	outputFlags = "Output"
)

// flagHeading is the annotation of a flag that stands below a heading.
const flagHeading = "heading"

// underHeading adds to flags what add adds, below a heading of the help text.
func underHeading(flags *pflag.FlagSet, heading string, add func(*pflag.FlagSet)) {
	group := pflag.NewFlagSet(heading, pflag.ContinueOnError)
	group.SortFlags = false
	add(group)
	group.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{flagHeading: {heading}}
		flags.AddFlag(f)
	})
}

// addToggle adds a flag that is there or not; short is its letter or "".
func addToggle(flags *pflag.FlagSet, p *bool, name, short, usage string) {
	flags.VarPF(flagvalue.Toggle(p), name, short, usage).NoOptDefVal = "true"
}

// setUpCobra sets what cobra holds for the whole process, once, since commands
// may be made in parallel.
var setUpCobra = sync.OnceFunc(func() { cobra.EnableCommandSorting = false })

// writeUsage writes how a command is used: the end of its help text.
func writeUsage(cmd *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:")
	if cmd.Runnable() {
		b.WriteString("\n  " + cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n  " + cmd.CommandPath() + " [command]")
	}
	if cmd.HasExample() {
		b.WriteString("\n\nExamples:\n" + cmd.Example)
	}
	for _, group := range commandGroups(cmd) {
		b.WriteString("\n\n" + group.Title)
		for _, c := range cmd.Commands() {
			if c.GroupID == group.ID && (c.IsAvailableCommand() || c.Name() == "help") {
				fmt.Fprintf(&b, "\n  %-*s %s", c.NamePadding(), c.Name(), c.Short)
			}
		}
	}
	if cmd.HasAvailableLocalFlags() || cmd.HasAvailableInheritedFlags() {
		b.WriteString(flagUsages(cmd))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n\nUse \"%s [command] --help\" for more information about a command.", cmd.CommandPath())
	}
	b.WriteString("\n")
	_, err := io.WriteString(cmd.OutOrStderr(), b.String())
	return err
}

// commandGroups returns the groups of the commands below cmd, the last for those
// of none.
func commandGroups(cmd *cobra.Command) []*cobra.Group {
	groups := cmd.Groups()
	if cmd.HasAvailableSubCommands() && !cmd.AllChildCommandsHaveGroup() {
		groups = append(slices.Clone(groups), &cobra.Group{Title: "Available Commands:"})
	}
	return groups
}

// flagUsages returns the flags of a command below their headings.
func flagUsages(cmd *cobra.Command) string {
	var b strings.Builder
	for _, g := range flagGroups(cmd) {
		fmt.Fprintf(&b, "\n\n%s:\n%s", g.Name, strings.TrimRight(g.FlagUsagesWrapped(helpWidth), "\n"))
	}
	return b.String()
}

// flagGroup is flags below a heading.
type flagGroup struct {
	*pflag.FlagSet
	Name string
}

// flagGroups returns the flags of a command by their headings, in the order in which
// these come first.
func flagGroups(cmd *cobra.Command) (out []flagGroup) {
	var headings []string
	groups := make(map[string]*pflag.FlagSet)
	add := func(f *pflag.Flag) {
		heading := "" // the last, without one
		if words := f.Annotations[flagHeading]; len(words) > 0 {
			heading = words[0]
		}
		if groups[heading] == nil {
			groups[heading] = pflag.NewFlagSet(heading, pflag.ContinueOnError)
			groups[heading].SortFlags = false
			headings = append(headings, heading)
		}
		groups[heading].AddFlag(f)
	}
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	slices.SortStableFunc(headings, func(a, b string) int {
		if a == "" || b == "" {
			return len(b) - len(a) // only whether it is the one without
		}
		return 0
	})
	for _, heading := range headings {
		title := heading
		switch {
		case title == "" && len(headings) > 1:
			title = "Other flags"
		case title == "":
			title = "Flags"
		}
		out = append(out, flagGroup{groups[heading], title})
	}
	return out
}
