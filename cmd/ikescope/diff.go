package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/build"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
	"github.com/ikescope/ikescope/report/diff"
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
			for _, arg := range args {
				if err := notSaved(arg); err != nil {
					return err
				}
			}
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
			head, err := diff.Between(build.Tool(), old, current, d.Add)
			if err != nil {
				return fmt.Errorf("diff: %w", err)
			}
			d.SetHead(head)
			if exitCode && !head.Same {
				a.exit = report.ExitFailed
			}
			return a.print(&o, documents.Diff(d))
		},
	}
	flags := cmd.Flags()
	o.addFlags(flags, "the difference", documents.TextJSONHTMLOrMarkdown)
	o.addWidth(flags)
	o.addNames(flags)
	addToggle(flags, &exitCode, "exit-code", "", "exit with 3 if anything is different")
	return cmd
}

// notSaved fails if arg is a target, or the file of a report is written as a list,
// which diff does not take.
func notSaved(arg string) error {
	if argfile.Exists(arg) {
		return nil
	}
	if path, ok := strings.CutPrefix(arg, "@"); ok {
		return usagef("diff: %s: is a list of targets: name a report, as in ikescope diff %s", arg, path)
	}
	if strings.HasSuffix(arg, ".json") || !strings.ContainsAny(arg, ".:") {
		return nil // a file that is missing
	}
	if _, err := target.Parse(arg); err == nil {
		return usagef("diff: %s: is not a file; for a report on a target write ikescope -o json=FILE %s", arg, arg)
	}
	return nil
}
