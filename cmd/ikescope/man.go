package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/build"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/manual"
)

func (a *app) manCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Print the man page of a command, or write all of them",
		Long:  `Print the man page of ikescope, or of one of its commands; or write them all.`,
		Example: `  ikescope man scan | man -l -
  ikescope man --dir /usr/local/share/man/man1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			switch {
			case err != nil || len(rest) > 0:
				return usagef("man: %q is not a command; the commands are %s", strings.Join(args, " "), strings.Join(subcommands(cmd.Root()), ", "))
			case dir == "":
				return manPage(found).Write(a.out)
			}
			return manual.WriteAll(dir, manPages(found))
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write the pages of the command and of all below it to this `folder`, which is made if it is not there")
	return cmd
}

// manPages returns the page of cmd, and of the commands below it.
func manPages(cmd *cobra.Command) []manual.Page {
	all := []manual.Page{manPage(cmd)}
	for _, c := range cmd.Commands() {
		all = append(all, manPages(c)...)
	}
	return all
}

func manPage(cmd *cobra.Command) manual.Page {
	p := manual.Page{Command: cmd.CommandPath(), Short: cmd.Short, Usage: cmd.UseLine(), Long: cmd.Long, Examples: cmd.Example, Version: build.Tool().Version, Exit: manual.ExitCodes(cmd.Name())}
	for _, g := range flagGroups(cmd) {
		group := manual.Group{Heading: g.Name}
		g.VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			value, usage := pflag.UnquoteUsage(f)
			group.Flags = append(group.Flags, manual.Flag(f.Shorthand, f.Name, value, usage, f.DefValue))
		})
		p.Flags = append(p.Flags, group)
	}
	for _, c := range cmd.Commands() {
		p.Commands = append(p.Commands, manual.Item{Name: c.Name(), Text: c.Short})
		p.See = append(p.See, c.CommandPath())
	}
	if cmd.HasParent() {
		p.See = append(p.See, cmd.Parent().CommandPath())
	}
	return p
}
