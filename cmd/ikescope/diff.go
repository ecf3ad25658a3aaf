package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
	"github.com/ikescope/ikescope/report/diff"
	"github.com/ikescope/ikescope/report/text"
)

func (a *app) diffCommand() *cobra.Command {
	var (
		o        printOptions
		exitCode bool
	)
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show what changed between two JSON reports, and what is weaker",
		Long: `Compare two JSON reports by their meaning: suites and algorithms gained and
lost, paths, NAT, what the gateway shows of itself, its order, findings, and
which policies it meets. What became weaker comes first, with the reason. What
is no longer known is never reported as refused.`,
		Example: `  ikescope diff before.json after.json
  ikescope diff --exit-code before.json after.json && echo the same
  ikescope diff -o json before.json after.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("diff: name two JSON reports, the older one first")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			old, err := a.openReport(args[0])
			if err != nil {
				return usagef("diff: %w", err)
			}
			current, err := a.openReport(args[1])
			if err != nil {
				return usagef("diff: %w", err)
			}
			d := archive.NewDifferences(&a.spool)
			head, err := diff.Between(tool(), old, current, d.Add)
			if err != nil {
				return fmt.Errorf("diff: %w", err)
			}
			d.SetHead(head)
			if exitCode && !head.Same {
				a.exit = report.ExitFailed
			}
			return a.print(&o, documentWriters(d, func(w io.Writer, look text.Options) error {
				return text.Diff(w, d, look)
			}))
		},
	}
	flags := cmd.Flags()
	o.addFlags(flags, "the difference", textOrJSON)
	o.addWidth(flags)
	addToggle(flags, &exitCode, "exit-code", "", "exit with 3 if anything is different")
	return cmd
}
