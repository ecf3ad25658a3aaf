package main

import (
	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/report"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of the JSON report",
		Example: "  ikescope schema > ikescope.schema.json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.out.Write(report.Schema())
			return err
		},
	}
}
