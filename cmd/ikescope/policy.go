package main

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/text"
)

func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "List, show and write policies for gateways",
		Long: `List, show and write policies: published rules on algorithms, our own, and yours
in YAML files. scan evaluates a gateway against a --policy, and check makes a
gate of it.`,
		Example: `  ikescope policy list
  ikescope policy show cnsa1
  ikescope policy new --from vpn.json -o yaml=vpn.yaml`,
		Args: onlySubcommands,
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.AddCommand(a.policyListCommand(), a.policyShowCommand(), a.policyNewCommand())
	return cmd
}

func (a *app) policyListCommand() *cobra.Command {
	var o printOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the policies that come with ikescope",
		Example: `  ikescope policy list
  ikescope policy list -o json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			return a.print(&o, policyWriters(baseline.Policies(), text.PolicyList))
		},
	}
	o.addFlags(cmd.Flags(), "the policies", documents.TextOrJSON)
	return cmd
}

func (a *app) policyShowCommand() *cobra.Command {
	var o printOptions
	cmd := &cobra.Command{
		Use:   "show NAME|FILE",
		Short: "Show the rules of a policy, each with its reason and its source",
		Long: `Show what a policy demands, why, where that is written, and which rules were not
verified or cannot be observed by a scan. With -o yaml it is a policy file to
start your own from.`,
		Example: `  ikescope policy show cnsa1
  ikescope policy show modern -o yaml > ours.yaml
  ikescope policy show ours.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("policy show: name one policy or file: policies are %s", strings.Join(flagvalue.PolicyNames(), ", "))
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(flagvalue.PolicyNames(), cobra.ShellCompDirectiveDefault),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := flagvalue.FindPolicy(args[0])
			if err != nil {
				return usageOf("policy show", err)
			}
			how := policyWriters([]baseline.Policy{p}, text.Policies)
			how["yaml"] = yamlOf(p)
			return a.print(&o, how)
		},
	}
	o.addFlags(cmd.Flags(), "the policy", []string{"text", "json", "yaml"})
	return cmd
}

func (a *app) policyNewCommand() *cobra.Command {
	var (
		o                  printOptions
		from, target, name string
	)
	cmd := &cobra.Command{
		Use:   "new --from REPORT",
		Short: "Write a policy that allows exactly what a gateway accepts now",
		Long: `Write a policy file that the gateway of a JSON report meets exactly: the suites
that it accepts are allowed, each of them is required, and nothing else is
allowed. It is a gate against changes, and a starting point for edits.`,
		Example: `  ikescope -o json=vpn.json vpn.example.com
  ikescope policy new --from vpn.json -o yaml=vpn.yaml
  ikescope check vpn.example.com --policy vpn.yaml`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if from == "" {
				return usagef("policy new: --from: name the JSON report of a scan")
			}
			saved, err := a.openReport(from)
			if err != nil {
				return usagef("--from: %w", err)
			}
			t, err := documents.Only(saved, target)
			if err != nil {
				return usagef("--from: %s: %w", from, err)
			}
			p, err := assess.PolicyOf(t, name)
			if err != nil {
				return usagef("--from: %s: %w", from, err)
			}
			yaml, err := p.YAML()
			if err != nil {
				return err
			}
			var faults baseline.Errors
			if _, err := baseline.ParsePolicy(yaml); errors.As(err, &faults) {
				wrong := *faults[0]
				wrong.Line = 0 // of a file that is not there
				return usagef("--name: %w", &wrong)
			}
			return a.print(&o, output.Writers{
				"yaml": yamlOf(p),
				"json": func(w io.Writer, _ text.Options) error { return report.WriteJSON(w, p) },
			})
		},
	}
	name = "as-scanned"
	flags := cmd.Flags()
	flags.Var(flagvalue.File(&from), "from", "the JSON report of a scan")
	flags.StringVar(&target, "target", "", "the `target` of the report to take, by its name or address, if it has several")
	flags.StringVar(&name, "name", name, "the `name` of the policy")
	o.addFlags(flags, "the policy file", []string{"yaml", "json"})
	return cmd
}

// policyWriters write policies as JSON, or as text by asText.
func policyWriters(policies []baseline.Policy, asText func(io.Writer, []baseline.Policy) error) output.Writers {
	return documents.Writers(policies, func(w io.Writer, _ text.Options) error { return asText(w, policies) })
}

// yamlOf writes p as a policy file.
func yamlOf(p baseline.Policy) func(io.Writer, text.Options) error {
	return func(w io.Writer, _ text.Options) error {
		out, err := p.YAML()
		if err != nil {
			return err
		}
		_, err = w.Write(out)
		return err
	}
}
