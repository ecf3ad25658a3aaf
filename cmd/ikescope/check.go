package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/gate"
)

// checkOptions are the flags of a check: those of a scan, and its gates.
type checkOptions struct {
	scanOptions
	earlier string
	failOn  string
}

var severities = []string{string(baseline.Critical), string(baseline.High), string(baseline.Medium), string(baseline.Low), string(baseline.Info)}

func (a *app) checkCommand() *cobra.Command {
	opts := checkOptions{scanOptions: *newScanOptions()}
	cmd := &cobra.Command{
		Use:   "check TARGET|REPORT...",
		Short: "Check gateways against policies and other gates, for pipelines",
		Long: `Scan gateways, or read JSON reports of them, and hold each to gates: each
--policy is met, each --client connects, nothing is weaker than in the report of
--baseline, and no finding is as bad as --fail-on. Each gate is passed, failed
or undecided, with the reason; -o gates writes these alone, one a line.

It ends with 0 if every gate passed and with 3 if one failed. If none failed, it
ends with 4 if a target did not answer in IKEv2, and with 5 if a gate could not
be decided. The report contains the gates and the exit code; how it is written
changes neither.`,
		Example: `  ikescope check vpn.example.com --policy intermediate
  ikescope check -q -o gates vpn.example.com --fail-on high
  ikescope check paris.json lyon.json --policy cnsa1 --fail-on high
  ikescope check @gateways.txt --baseline old.json -o gates -o json=now.json
  ikescope check vpn.example.com --client windows-11 --client swanctl.conf`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), &opts, cmd.Flags(), args) },
	}
	flags := cmd.Flags()
	opts.addFlags(flags, output.Reports)
	flags.Lookup("policy").Usage = strings.Replace(flags.Lookup("policy").Usage, "evaluate the gateway against", "the gateway must meet", 1)
	flags.Lookup("client").Usage = "this client must connect: a name from ikescope client list, all, a configuration file, FILE#CONNECTION, or proposals; may be repeated"
	underHeading(flags, judgeFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.File(&opts.earlier), "baseline", "nothing may be weaker than in this JSON report")
		flags.Var(flagvalue.Word(&opts.failOn, severities), "fail-on", "no finding may be of this severity or worse: "+strings.Join(severities, ", "))
	})
	return cmd
}

func (a *app) check(ctx context.Context, opts *checkOptions, flags *pflag.FlagSet, args []string) error {
	gates := gate.Gates{Policies: len(opts.policies) > 0, Clients: len(opts.clients) > 0, FailOn: report.Severity(opts.failOn)}
	if opts.earlier != "" {
		earlier, err := a.openReport(opts.earlier)
		if err != nil {
			return usagef("--baseline: %w", err)
		}
		gates.Earlier = earlier
	}
	if gates == (gate.Gates{}) {
		return usagef("check: nothing to check: give --policy, --client, --baseline or --fail-on, for example --fail-on high")
	}
	if len(args) == 0 && !opts.plan {
		return usagef("check: name a target, or a report that scan wrote: ikescope check --help")
	}
	saved, targets, err := a.savedReports("check", args, flags)
	if err != nil {
		return err
	}
	if opts.plan {
		return a.plan(&opts.scanOptions, targets)
	}
	return a.gather(ctx, &opts.scanOptions, targets, &reporting{gates: gates, saved: saved, asText: wholeText(opts.clients)})
}
