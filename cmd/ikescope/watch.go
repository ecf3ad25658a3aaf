package main

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/watching"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/report"
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
		addToggle(flags, &opts.quiet, "quiet", "q", "nothing on stderr but errors")
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
	var watched []target.Target
	for _, j := range s.jobs {
		watched = append(watched, j.Target)
	}
	onTerminal := output.TerminalWidth(a.out) > 0
	lines := opts.format == output.JSONLines || opts.format == "" && !onTerminal
	t := watching.NewTable(a.out, watching.Options{Lines: lines, Live: onTerminal, Look: opts.look(a.out)}, watched, opts.transports)
	e := path.Examiner{Transports: opts.transports, Source: s.scanner.Source, Rate: opts.rate}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var all errgroup.Group
	for _, j := range s.jobs {
		all.Go(func() error {
			return e.Watch(watching, path.Target{Address: j.Target.Address, Paths: j.Target.Paths}, opts.interval, opts.count, func(x path.Sample) {
				if t.Add(j.Target, x) != nil {
					stop() // nobody reads
				}
			})
		})
	}
	err = errors.Join(all.Wait(), t.End())
	a.exit = report.ExitDone
	if t.Silent() {
		a.exit = report.ExitNoAnswer
	}
	return err
}
