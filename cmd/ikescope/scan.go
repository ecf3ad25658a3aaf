package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/scan"
)

func (a *app) scanCommand() *cobra.Command {
	opts := newScanOptions()
	cmd := &cobra.Command{
		Use:   "scan TARGET...",
		Short: "Scan gateways: the paths to them, NAT, and the suites they accept",
		Long:  about,
		Example: `  ikescope scan vpn.example.com
  ikescope scan 198.51.100.7:4500 [2001:db8::1]:500
  ikescope scan --profile quick -o json @gateways.txt
  ikescope scan --policy intermediate --client windows-11 vpn.example.com
  ikescope scan -o json=whole.json --resume part.json vpn.example.com`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.scan(cmd.Context(), opts, args) },
	}
	opts.addFlags(cmd.Flags(), textOrJSON)
	return cmd
}

// scan scans the targets of args and reports. All input is checked before
// anything is sent.
func (a *app) scan(ctx context.Context, opts *scanOptions, args []string) error {
	scanner, err := opts.scanner()
	if err != nil {
		return err
	}
	family, err := opts.family()
	if err != nil {
		return err
	}
	found, err := endpoints(args, a.in)
	if err != nil {
		return err
	}
	for _, e := range found {
		if err := family.check(e); err != nil {
			return err
		}
	}
	if opts.plan {
		return a.plan(&opts.printOptions, scanner, found)
	}
	opts.clientsAsked = len(opts.clients) > 0
	if err := opts.checkSource(ctx); err != nil {
		return err
	}
	if len(found) == 0 {
		return usagef("no target: name a host, an address, @file or - (ikescope --help says more, ikescope demo shows a report)")
	}
	parallel := opts.parallel
	if opts.sourcePort != 0 {
		parallel = 1
	}
	targets, err := resolve(ctx, found, family, opts.paths(), parallel)
	if err != nil {
		return err
	}
	if err := scannedTwice(opts.saved, targets); err != nil {
		return err
	}
	if err := opts.checkSourcePort(ctx, targets); err != nil {
		return err
	}
	if opts.resume != "" {
		if err := goOn(opts.resume, targets); err != nil {
			return err
		}
	}
	return a.report(ctx, &opts.outputOptions, scanner, parallel, targets, opts.judge)
}

// job is a target to scan, and the earlier scan to go on from, if any.
type job struct {
	target  probe.Target
	earlier *report.Target
}

var errInterrupted = errors.New("not scanned: interrupted")

// resolve returns a job for each address that endpoints stand for, in their
// order. The error has a line for each endpoint that stands for none.
func resolve(ctx context.Context, endpoints []probe.Endpoint, f family, paths initiator.Paths, parallel int) ([]job, error) {
	found := make([][]probe.Target, len(endpoints))
	failed := make([]error, len(endpoints))
	inParallel(parallel, len(endpoints), func(i int) {
		if found[i], failed[i] = f.resolve(ctx, endpoints[i], paths); failed[i] != nil {
			failed[i] = fileHint(endpoints[i].Text, failed[i])
		}
	})
	if err := errors.Join(failed...); err != nil {
		if ctx.Err() != nil {
			return nil, errInterrupted
		}
		return nil, usageError{err}
	}
	var jobs []job
	for _, targets := range found {
		for _, t := range targets {
			jobs = append(jobs, job{target: t})
		}
	}
	return jobs, nil
}

// report scans the targets of jobs, lets judge add to the document, and writes
// it. The files are made before that.
func (a *app) report(ctx context.Context, opts *outputOptions, scanner probe.Scanner, parallel int, jobs []job, judge func(*report.Document)) error {
	pcap, err := opts.open()
	if err != nil {
		return err
	}
	defer opts.discard()
	var datagrams *capture.Writer
	if pcap != nil {
		defer pcap.discard()
		datagrams = capture.NewWriter(pcap)
		scanner.Trace = func(d initiator.Datagram) {
			_ = datagrams.Write(packetOf(d)) // Err has it
		}
	}
	watch := newWatch(a.err, opts)
	stop := context.AfterFunc(ctx, func() {
		watch.note("interrupted: ending the scan and writing what was found; once more to quit at once")
	})
	defer stop()
	watch.start(jobs)
	results := scanAll(ctx, scanner, jobs, parallel, watch)
	watch.end()

	doc := scan.Document(scan.Run{
		Tool:        report.Tool{Name: "ikescope", Version: version()},
		Interrupted: ctx.Err() != nil,
	}, results)
	for i, j := range jobs {
		if j.earlier != nil {
			doc.Targets[i] = scan.Resumed(doc.Targets[i], j.earlier, results[i].PriorDoubted)
		}
	}
	judge(doc)
	a.exit = doc.Exit.Code
	if !doc.Complete && doc.Exit.Code != report.ExitError && doc.Exit.Code != report.ExitInterrupted && !opts.quiet {
		fmt.Fprintln(a.err, "ikescope: the report is partial, and its notes say why; --resume goes on from its JSON")
	}
	var failed error
	if pcap != nil {
		if failed = datagrams.Err(); failed == nil {
			failed = pcap.commit()
		} else {
			failed = fmt.Errorf("write %s: %w", opts.pcap, failed)
		}
	}
	return errors.Join(failed, opts.write(doc, a.out))
}

// scanAll returns the results of jobs in their order. Targets with the same
// address are scanned one after another, since the limits of a gateway are for
// all that comes from one address.
func scanAll(ctx context.Context, scanner probe.Scanner, jobs []job, parallel int, w *watch) []probe.Result {
	turns := make(map[netip.Addr]*sync.Mutex)
	for _, j := range jobs {
		turns[j.target.Address] = new(sync.Mutex)
	}
	results := make([]probe.Result, len(jobs))
	inParallel(parallel, len(jobs), func(i int) {
		defer w.finished()
		j := jobs[i]
		turn := turns[j.target.Address]
		turn.Lock()
		defer turn.Unlock()
		if ctx.Err() != nil {
			results[i] = probe.Result{
				Target: j.target.Name, Address: j.target.Address, Started: time.Now(),
				Verdict: probe.VerdictError, Err: errInterrupted,
			}
			return
		}
		s := scanner
		s.Progress = w.exchange
		results[i], _ = s.Scan(ctx, j.target) // the result says what it left out
	})
	return results
}

// inParallel calls do for 0 to n-1, at most limit at a time.
func inParallel(limit, n int, do func(int)) {
	var g errgroup.Group
	g.SetLimit(limit)
	for i := range n {
		g.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = g.Wait() // what it runs returns no error
}
