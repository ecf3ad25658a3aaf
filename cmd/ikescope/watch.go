package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/text"
)

// watchOptions are the flags of watch.
type watchOptions struct {
	scanOptions
	interval time.Duration
	count    int
	format   string
}

// mostWatched is how many addresses are watched at most: a table has to fit a screen.
const mostWatched = 32

func (a *app) watchCommand() *cobra.Command {
	opts := &watchOptions{scanOptions: *newScanOptions(), interval: time.Second}
	cmd := &cobra.Command{
		Use:   "watch TARGET...",
		Short: "Watch loss and round trips of the path, until interrupted",
		Long: `Send requests to UDP 500 and UDP 4500 of gateways at an interval, and show the
loss and round trips of each path: on a terminal as a live table that remains at
the end, elsewhere as JSON lines, one for each request and, at the end, one for
each path. Nothing is left open at the gateway. It ends cleanly when it is
interrupted.

The exit code is 0 if each path answered at least once, and 4 otherwise.`,
		Example: `  ikescope watch vpn.example.com
  ikescope watch --count 60 --interval 500ms vpn.example.com
  ikescope watch --transport udp4500 -o jsonl --count 3600 vpn.example.com`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.watch(cmd.Context(), opts, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	opts.addWhereFlags(flags)
	underHeading(flags, paceFlags, func(flags *pflag.FlagSet) {
		flags.Var(flagvalue.Duration(&opts.interval, 100*time.Millisecond, time.Hour), "interval", "the time between two requests to a port")
		flags.Var(flagvalue.Number(&opts.count, 1, math.MaxInt32), "count", "stop after this many requests to each port (default: run until interrupted)")
	})
	underHeading(flags, outputFlags, func(flags *pflag.FlagSet) {
		flags.VarP(flagvalue.Word(&opts.format, []string{"text", output.JSONLines}), "output", "o", "write text, which without a terminal is only the final table, or jsonl (default: text on a terminal, otherwise jsonl)")
		opts.addColors(flags)
		opts.addWidth(flags)
	})
	return cmd
}

// watch watches the paths to the targets of args.
func (a *app) watch(ctx context.Context, opts *watchOptions, args []string) error {
	s, err := a.toScan(ctx, &opts.scanOptions, args, nil)
	if err != nil {
		return err
	}
	if n := len(s.jobs); n > mostWatched {
		return usagef("watch: these are %d addresses; at most %d can be watched", n, mostWatched)
	}
	for _, j := range s.jobs {
		if j.Err != nil {
			return usageError{j.Err}
		}
	}
	t := a.newWatchTable(opts, s.jobs)
	e := path.Examiner{Transports: opts.transports, Source: s.scanner.Source, Rate: opts.rate}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var all errgroup.Group
	for _, j := range s.jobs {
		all.Go(func() error {
			return e.Watch(watching, path.Target{Address: j.Target.Address, Paths: j.Target.Paths}, opts.interval, opts.count, func(x path.Sample) {
				if t.add(j.Target, x) != nil {
					stop() // nobody reads
				}
			})
		})
	}
	err = errors.Join(all.Wait(), t.end())
	a.exit = report.ExitDone
	if slices.ContainsFunc(t.paths, func(p report.WatchPath) bool { return p.Received == 0 }) {
		a.exit = report.ExitNoAnswer
	}
	return err
}

// watchTable is what a watch has seen, and how it is shown.
type watchTable struct {
	out   io.Writer
	lines bool // each sample as a line of JSON
	live  bool // the table is drawn again and again
	look  text.Options

	mu     sync.Mutex
	paths  []report.WatchPath
	drawn  int // lines of the table on the terminal
	when   time.Time
	failed error
}

func (a *app) newWatchTable(opts *watchOptions, jobs []job) *watchTable {
	onTerminal := output.TerminalWidth(a.out) > 0
	t := &watchTable{
		out:   a.out,
		lines: opts.format == output.JSONLines || opts.format == "" && !onTerminal,
		look:  opts.look(a.out),
	}
	t.live = onTerminal && !t.lines
	for _, j := range jobs {
		transports := opts.transports
		if transports == nil {
			transports = j.Target.Transports()
		}
		for _, transport := range transports {
			t.paths = append(t.paths, report.WatchPath{Record: report.WatchPathRecord, Target: j.Target.Name,
				Address: report.AddressText(j.Target.Address), Transport: report.Transport(transport.String()),
				Port: j.Target.Paths.Port(transport)})
		}
	}
	return t
}

// add takes in a sample of a target. The error is that of writing.
func (t *watchTable) add(to target.Target, x path.Sample) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := report.WatchSample{
		Record: report.WatchSampleRecord, Target: to.Name, Address: report.AddressText(to.Address),
		Transport: report.Transport(x.Transport.String()), Port: x.Port, Sent: x.Sent.UTC().Truncate(time.Millisecond),
		State: report.PathState(x.State.String()), Reason: report.PathReason(x.Reason.String()),
		RTTms: math.Round(float64(x.RTT)/float64(time.Microsecond)) / 1000, Detail: x.Detail,
	}
	for i := range t.paths {
		if p := &t.paths[i]; p.Target == s.Target && p.Address == s.Address && p.Transport == s.Transport {
			p.Add(s)
		}
	}
	switch {
	case t.failed != nil:
	case t.lines:
		t.failed = report.WriteLine(t.out, s)
	case t.live && time.Since(t.when) >= progress.Redraw:
		t.failed = t.draw()
	}
	return t.failed
}

// draw draws the table in the place of the last one. t.mu is held.
func (t *watchTable) draw() error {
	var b bytes.Buffer
	n, err := text.Watch(&b, t.paths, t.look)
	if err != nil {
		return err
	}
	if t.drawn > 0 {
		fmt.Fprintf(t.out, "\x1b[%dA\x1b[J", t.drawn)
	}
	t.drawn, t.when = n, time.Now()
	_, err = t.out.Write(b.Bytes())
	return err
}

// end writes the last state of all.
func (t *watchTable) end() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil || !t.lines {
		return errors.Join(t.failed, t.draw())
	}
	for _, p := range t.paths {
		if err := report.WriteLine(t.out, p); err != nil {
			return err
		}
	}
	return nil
}
