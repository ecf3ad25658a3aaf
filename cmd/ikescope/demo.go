package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/mock"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
)

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// demoRate is more than a scan dares by default: what is asked is our own.
const demoRate = 2000

func (a *app) demoCommand() *cobra.Command {
	var (
		gateway mock.Gateway
		opts    outputOptions
		judged  judgeOptions
	)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Scan a mock gateway in this process",
		Long: `Run a mock gateway on two free ports of the loopback address, scan it, and
print the report. Nothing leaves this machine.`,
		Example: `  ikescope demo
  ikescope demo --profile openiked -v
  ikescope demo --policy intermediate
  ikescope demo --client windows-11
  ikescope demo --accept aes256-sha256-prfsha256-modp2048 -o json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), gateway, &opts, judged) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	underHeading(flags, "What the mock gateway is", func(flags *pflag.FlagSet) { addGatewayFlags(flags, &gateway) })
	underHeading(flags, judgeFlags, judged.addFlags)
	underHeading(flags, outputFlags, func(flags *pflag.FlagSet) { opts.addFlags(flags, reportFormats) })
	return cmd
}

func (a *app) demo(ctx context.Context, gateway mock.Gateway, opts *outputOptions, judged judgeOptions) error {
	if err := gateway.Check(); err != nil {
		return usageError{err}
	}
	responder, err := gateway.Responder()
	if err != nil {
		return usageError{err}
	}
	conns, err := mock.Listen(ctx, loopback, 0, 0, false)
	if err != nil {
		return usageError{err}
	}
	served := make(chan error, 1)
	go func() { served <- conns.Serve(responder) }()

	scanned := target.Target{Name: "demo", Address: loopback, Paths: conns.Paths()}
	if !opts.quiet {
		fmt.Fprintf(a.err, "demo: a mock gateway as %s on %v, which accepts\n", gateway.Profile, loopback)
		for _, p := range gateway.Products() {
			fmt.Fprintf(a.err, "demo:   %s\n", p)
		}
		if who := gateway.IDWords(); who != "" {
			fmt.Fprintf(a.err, "demo:   identity %s\n", who)
		}
		fmt.Fprintf(a.err, "demo: ikescope scan %v+%d --rate %d\n",
			netip.AddrPortFrom(loopback, scanned.Paths.Port(initiator.UDP500)), scanned.Paths.Port(initiator.UDP4500), demoRate)
	}
	scanner := probe.Scanner{Rate: demoRate, Identity: identity.Brief, WarnDays: defaultWarnDays}
	if gateway.EAP != "" {
		scanner.Identity, scanner.HostName = identity.Full, gateway.ID()
	}
	reported := a.report(ctx, &reporting{opts: opts, judged: judged, asText: wholeText(judged.clients),
		scans: &scans{scanner: scanner, parallel: 1, jobs: []job{{Found: targets.Found{Target: scanned}}}}})
	closed := conns.Close()
	return errors.Join(reported, <-served, closed)
}
