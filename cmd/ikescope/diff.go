package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/report"
)

func (a *app) diffCommand() *cobra.Command {
	var (
		format   = textOrJSON[0]
		width    int
		noColor  bool
		exitCode bool
	)
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell what changed between two JSON reports, and what is weaker",
		Long: `Compare two JSON reports by their meaning: suites and algorithms gained and
lost, paths, NAT, what the gateway tells of itself, its order, findings, and how
it stands to policies. What became weaker comes first, with the reason. What is
no longer known is never told as refused.`,
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
			old, err := readReport(args[0])
			if err != nil {
				return usagef("diff: %w", err)
			}
			current, err := readReport(args[1])
			if err != nil {
				return usagef("diff: %w", err)
			}
			d := report.CompareReports(report.Tool{Name: "ikescope", Version: version()}, old, current)
			if exitCode && !d.Same {
				a.exit = report.ExitFailed
			}
			var b bytes.Buffer
			if format == "json" {
				err = report.WriteJSON(&b, d)
			} else {
				err = report.WriteDiffText(&b, d, textOptions(a.out, width, noColor))
			}
			if err != nil {
				return err
			}
			_, err = a.out.Write(b.Bytes())
			return err
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.VarP(choice{&format, textOrJSON}, "output", "o", "write text or json")
	addToggle(flags, &exitCode, "exit-code", "", "end with 3 if anything is different")
	flags.Var(wholeNumber(&width, 60, 400), "width", "columns of the text (default: those of the terminal, or 80)")
	addToggle(flags, &noColor, "no-color", "", "no colours, as with NO_COLOR in the environment")
	return cmd
}
