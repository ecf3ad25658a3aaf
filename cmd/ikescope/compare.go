package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/clients"
	"github.com/ikescope/ikescope/report/text"
)

func (a *app) compareCommand() *cobra.Command {
	opts := newScanOptions()
	cmd := &cobra.Command{
		Use:   "compare TARGET|REPORT...",
		Short: "Show which clients connect to a gateway, and why others do not",
		Long: `Scan gateways, or read JSON reports of them, and say of each client whether it
would get an IKE SA: + connects, with the suite, or one of several where the
gateway's choice is not known; - fails, with what does not meet; ? unknown, with
the reason. That is predicted from the suites that the gateway accepts; with
--live, each client's own first packet is sent, too, and its answer counts.

A client that gets an IKE SA and rejects the gateway's certificate, or whose
suite leads to a connection that is not for it, fails in IKE_AUTH, as far as the
gateway shows who it is. Keys and passwords are not looked at.`,
		Example: `  ikescope compare vpn.example.com
  ikescope compare paris.json lyon.json --client windows-11 --client ios
  ikescope compare vpn.example.com --client swanctl.conf --live
  ikescope compare vpn.json --client aes256-sha256-prfsha256-modp2048 -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && !opts.plan {
				return usagef("compare: name a target, or a report that scan wrote: ikescope compare --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.compare(cmd.Context(), opts, cmd.Flags(), args)
		},
	}
	opts.addFlags(cmd.Flags(), reportFormats)
	underHeading(cmd.Flags(), judgeFlags, func(flags *pflag.FlagSet) {
		addToggle(flags, &opts.live, "live", "", "also send each client's own first packet")
	})
	return cmd
}

func (a *app) compare(ctx context.Context, opts *scanOptions, flags *pflag.FlagSet, args []string) error {
	if len(opts.clients) == 0 {
		opts.clients = clients.Initiators()
	}
	saved, targets, err := a.savedReports("compare", args, flags)
	if err != nil {
		return err
	}
	if opts.plan {
		return a.plan(opts, targets)
	}
	// The clients decide nothing, and neither do gates of an earlier check.
	return a.gather(ctx, opts, targets, &reporting{saved: saved, asText: text.Comparison})
}
