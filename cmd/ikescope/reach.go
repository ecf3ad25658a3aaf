package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/places"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/scan"
)

// reachOptions are the flags of reach.
type reachOptions struct {
	scanOptions
	probes     int
	skipInside bool
	hops       bool
	lifetime   time.Duration
}

// Silent targets are cheap, so that many are asked side by side. Where there are more
// than so many, ports of ours that can be open only once are not asked from.
const (
	reachParallel  = 128
	fewForSources  = 8
	reachAttempts  = 5
	reachRequests  = 5
	mostReachProbe = 1000
)

func (a *app) reachCommand() *cobra.Command {
	opts := &reachOptions{scanOptions: *newScanOptions(), probes: reachRequests}
	opts.parallel, opts.tries = reachParallel, reachAttempts
	cmd := &cobra.Command{
		Use:   "reach TARGET...",
		Short: "Examine the path: ports, NAT, round trips, and what speaks there",
		Long: `Test whether a gateway answers on UDP 500 and on UDP 4500, what is on the way
there, and which versions of IKE it speaks. No suites or credentials are needed:
a gateway that refuses what it is offered can still be reached.

Requests to both ports are sent from a port that the system chooses and, like
those of clients, from ports 500 and 4500 if they can be opened: that requires
root or CAP_NET_BIND_SERVICE, and that no other program uses them. With more
than 8 targets they are left out.`,
		Example: `  ikescope reach vpn.example.com
  ikescope reach -6 vpn.example.com
  ikescope reach --outside 203.0.113.9 vpn.example.com
  ikescope reach --hops vpn.example.com
  ikescope reach --nat-lifetime 5m --outside 203.0.113.9 vpn.example.com
  ikescope reach --probes 50 --rate 10 198.51.100.7
  ikescope reach -q -o jsonl @gateways.txt`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.reach(cmd.Context(), opts, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	opts.addWhereFlags(flags)
	underHeading(flags, whereFlags, func(flags *pflag.FlagSet) {
		addToggle(flags, &opts.skipInside, "skip-inside", "", "do not look for the private address of a gateway behind NAT, which takes a second or two")
		flags.VarPF(flagvalue.Hops(&opts.hops, initiator.HopLimits), "hops", "", "find the routers on the way, on Linux; where packets are rewritten takes root").NoOptDefVal = "true"
		flags.Var(flagvalue.Duration(&opts.lifetime, 5*time.Second, time.Hour), "nat-lifetime", "measure how long your NAT keeps an idle mapping, up to this long; takes up to twice as long, and usually needs --outside")
	})
	underHeading(flags, paceFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.Number(&opts.probes, 1, mostReachProbe), "probes", "requests to each port that answers")
		opts.addPaceFlags(flags)
	})
	underHeading(flags, outputFlags, func(flags *pflag.FlagSet) { opts.outputOptions.addFlags(flags, reportFormats) })
	return cmd
}

// reach examines the paths to the targets of args and reports.
func (a *app) reach(ctx context.Context, opts *reachOptions, args []string) error {
	s, err := a.toScan(ctx, &opts.scanOptions, args, nil)
	if err != nil {
		return err
	}
	s.examiner = &path.Examiner{
		Transports:  opts.transports,
		Source:      netip.AddrPortFrom(opts.source, opts.sourcePort),
		Outside:     opts.outside,
		SkipInside:  opts.skipInside,
		Hops:        opts.hops,
		NATLifetime: opts.lifetime,
		Probes:      opts.probes,
		Attempts:    opts.tries,
		InitialRTO:  opts.timeout,
		Rate:        opts.rate,
		Window:      opts.window,
	}
	s.reaching = 0 // beyond --parallel, which says it
	if len(s.jobs) > fewForSources {
		s.examiner.SourcePorts = []uint16{}
	}
	return a.report(ctx, &reporting{opts: &opts.outputOptions, scans: s, asText: wholeText(nil)})
}

// examineOne examines the path to the target of j, and reports.
func examineOne(ctx context.Context, e path.Examiner, follow following, j job, room *places.Places, w *progress.Watch) report.Target {
	r, err := path.Result{Address: j.Target.Address}, j.Err
	var t trail
	if err == nil {
		_, r, t, err = follow.examine(ctx, e, j, room, w)
	}
	switch {
	case ctx.Err() != nil && !r.Answers() && j.Err == nil:
		return scan.Unreached(j.Target.Name, r, nil)
	case err != nil:
		return scan.Unreached(j.Target.Name, r, err)
	}
	return t.tell(scan.Reach(j.Target.Name, r))
}

// examine examines the path to the target of j. Where there are too many open files,
// it waits for others to end, and from then on fewer are made side by side.
func examine(ctx context.Context, e path.Examiner, j job, room *places.Places, w *progress.Watch) (path.Result, error) {
	done := 0
	e.Progress = func(x initiator.Exchange) {
		done++
		w.Exchange(probe.Progress{Target: j.Target, Doing: evidence.PurposeReach, Exchanges: done,
			Last: evidence.Exchange{Exchange: x, Purpose: evidence.PurposeReach}})
	}
	e.Waiting = func(idle time.Duration) {
		w.Note(fmt.Sprintf("%s: %v without a datagram, to see how long NAT keeps its mappings", j.Target.Name, idle))
	}
	for ctx.Err() == nil {
		r, err := e.Examine(ctx, path.Target{Address: j.Target.Address, Paths: j.Target.Paths, FirstExchange: j.Target.FirstExchange, RedirectedFrom: j.Target.RedirectedFrom})
		if !local.IsTooManyFiles(err) || !room.Fewer() {
			return r, err
		}
	}
	return path.Result{Address: j.Target.Address, Started: time.Now()}, nil
}
