package main

import (
	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
)

func (a *app) schemaCommand() *cobra.Command {
	policy := false
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the JSON report, or of policy files",
		Example: `  ikescope schema > ikescope.schema.json
  ikescope schema --policy > policy.schema.json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			schema := report.Schema()
			if policy {
				schema = baseline.PolicySchema()
			}
			_, err := a.out.Write(schema)
			return err
		},
	}
	addToggle(cmd.Flags(), &policy, "policy", "", "that of a policy file")
	return cmd
}
