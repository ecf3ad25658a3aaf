package main

import (
	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/config"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
)

func (a *app) schemaCommand() *cobra.Command {
	others := []struct {
		flag, usage string
		schema      func() []byte
		chosen      bool
	}{
		{"jsonl", "of a line of a report that is written with -o jsonl", report.LinesSchema, false},
		{"watch", "of a line that ikescope watch writes with -o jsonl", report.WatchSchema, false},
		{"policy", "of a policy file; policy list writes a list of them", baseline.PolicySchema, false},
		{"diff", "of what ikescope diff -o json writes", report.DiffSchema, false},
		{"capture", "of what ikescope capture -o json writes", report.CaptureSchema, false},
		{"client", "of what ikescope client list, show and import write with -o json", report.ClientSchema, false},
		{"explain", "of what ikescope explain WHAT -o json writes", report.ExplainSchema, false},
		{"incident", "of what ikescope explain LOG -o json writes", incident.Schema, false},
		{"login", "of what ikescope login -o json writes", login.Schema, false},
		{"advice", "of what ikescope explain REPORT --client CLIENT -o json writes", report.AdviceSchema, false},
		{"config", "of what ikescope config -o json writes", config.Schema, false},
		{"plan", "of what ikescope --plan -o json writes", report.PlanSchema, false},
	}
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of reports and other output",
		Long: `Print the JSON Schema (draft 2020-12) of the report that scan, compare, check
and demo write with -o json, or of other output and input.`,
		Example: `  ikescope schema > ikescope.schema.json
  ikescope schema --policy > policy.schema.json
  ikescope schema --capture > capture.schema.json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			schema, first := report.Schema, ""
			for _, o := range others {
				switch {
				case o.chosen && first != "":
					return usagef("--%s: cannot be combined with --%s", first, o.flag)
				case o.chosen:
					schema, first = o.schema, o.flag
				}
			}
			_, err := a.out.Write(schema())
			return err
		},
	}
	for i := range others {
		o := &others[i]
		addToggle(cmd.Flags(), &o.chosen, o.flag, "", o.usage)
	}
	return cmd
}
