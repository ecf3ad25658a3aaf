package main

import (
	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
)

func (a *app) schemaCommand() *cobra.Command {
	var policy, capture bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of reports, policy files or captures",
		Example: `  ikescope schema > ikescope.schema.json
  ikescope schema --policy > policy.schema.json
  ikescope schema --capture > capture.schema.json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			schema := report.Schema()
			switch {
			case policy && capture:
				return usagef("--policy: does not go with --capture")
			case policy:
				schema = baseline.PolicySchema()
			case capture:
				schema = report.CaptureSchema()
			}
			_, err := a.out.Write(schema)
			return err
		},
	}
	addToggle(cmd.Flags(), &policy, "policy", "", "that of a policy file")
	addToggle(cmd.Flags(), &capture, "capture", "", "that of what ikescope capture -o json writes")
	return cmd
}
