package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/gate"
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

// scan scans the targets of args and reports.
func (a *app) scan(ctx context.Context, opts *scanOptions, args []string) error {
	if opts.plan {
		return a.plan(opts, args)
	}
	defer opts.discard()
	doc, failed := a.scanTargets(ctx, opts, args, nil)
	if doc == nil {
		return failed
	}
	return errors.Join(failed, a.report(&opts.outputOptions, opts.judge(doc, nil, gate.Gates{}), wholeText(opts.clients)))
}

// report writes doc, asText being what the text format stands for. The exit code
// is the one that doc asks for.
func (a *app) report(opts *outputOptions, doc *report.Document, asText documentText) error {
	a.exit = doc.Exit.Code
	return opts.write(a.out, doc, asText)
}

// asked returns the scanner that the flags ask for, and what the arguments name.
func (o *scanOptions) asked(args []string, stdin io.Reader) (s probe.Scanner, f family, found []probe.Endpoint, err error) {
	if s, err = o.scanner(); err != nil {
		return s, f, nil, err
	}
	if f, err = o.family(); err != nil {
		return s, f, nil, err
	}
	if found, err = endpoints(args, stdin); err != nil {
		return s, f, nil, err
	}
	for _, e := range found {
		if err := f.check(e); err != nil {
			return s, f, nil, err
		}
	}
	return s, f, found, nil
}

// scanTargets scans the targets of args, none of which may be in a saved report.
// All input is checked, and the files are open, before anything is sent. An error
// beside a document is of the file of datagrams alone.
func (a *app) scanTargets(ctx context.Context, opts *scanOptions, args []string, saved []*report.Document) (*report.Document, error) {
	scanner, family, found, err := opts.asked(args, a.in)
	if err != nil {
		return nil, err
	}
	if err := opts.checkSource(ctx); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, usagef("no target: name a host, an address, @file or - (ikescope --help says more, ikescope demo shows a report)")
	}
	parallel := opts.parallel
	if opts.sourcePort != 0 {
		parallel = 1
	}
	jobs, err := resolve(ctx, found, family, opts.paths(), parallel)
	if err != nil {
		return nil, err
	}
	if err := scannedTwice(saved, jobs); err != nil {
		return nil, err
	}
	if err := opts.checkSourcePort(ctx, jobs); err != nil {
		return nil, err
	}
	if opts.resume != "" {
		if err := resume(opts.resume, jobs); err != nil {
			return nil, err
		}
	}
	return a.scanJobs(ctx, &opts.outputOptions, scanner, parallel, jobs)
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
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, e := range endpoints {
		group.Go(func() (err error) {
			if found[i], err = f.resolve(ctx, e, paths); err != nil {
				failed[i] = fileHint(e.Text, err)
			}
			return nil
		})
	}
	_ = group.Wait() // each has an error of its own
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

// scanJobs opens what is to be written and scans the targets of jobs. An error
// beside a document is of the file of datagrams alone.
func (a *app) scanJobs(ctx context.Context, opts *outputOptions, scanner probe.Scanner, parallel int, jobs []job) (*report.Document, error) {
	pcap, err := opts.open()
	if err != nil {
		return nil, err
	}
	var datagrams *capture.Writer
	if pcap != nil {
		defer pcap.Discard()
		datagrams = capture.NewWriter(pcap)
		scanner.Trace = func(d initiator.Datagram) {
			_ = datagrams.Write(packetOf(d)) // Err has it
		}
	}
	watch := progress.New(a.err, progress.Options{Verbose: opts.verbose, Quiet: opts.quiet, Columns: terminalWidth(a.err)})
	stop := context.AfterFunc(ctx, func() {
		watch.Note("interrupted: ending the scan and writing what was found; interrupt again to quit at once")
	})
	defer stop()
	var names []string
	for _, j := range jobs {
		names = append(names, j.target.Name)
	}
	watch.Start(names)
	results := scanAll(ctx, scanner, jobs, parallel, watch)
	watch.End()

	doc := scan.Document(scan.Run{Tool: tool(), Interrupted: ctx.Err() != nil}, results)
	for i, j := range jobs {
		if j.earlier != nil {
			doc.Targets[i] = scan.Resumed(doc.Targets[i], j.earlier, results[i].PriorDoubted)
		}
	}
	failed := slices.ContainsFunc(doc.Targets, func(t report.Target) bool { return t.Verdict == report.VerdictError })
	if !doc.Complete && !doc.Interrupted && !failed && !opts.quiet {
		fmt.Fprintln(a.err, "ikescope: the report is partial, and its notes say why; --resume goes on from its JSON")
	}
	switch {
	case pcap == nil:
		return doc, nil
	case datagrams.Err() != nil:
		return doc, fmt.Errorf("write %s: %w", opts.pcap, datagrams.Err())
	}
	return doc, pcap.Commit()
}

// scanAll returns the results of jobs in their order. Targets with the same
// address are scanned one after another, since the limits of a gateway are for
// all that comes from one address.
func scanAll(ctx context.Context, scanner probe.Scanner, jobs []job, parallel int, w *progress.Watch) []probe.Result {
	var addresses []netip.Addr
	byAddress := make(map[netip.Addr][]int) // of jobs
	for i, j := range jobs {
		address := j.target.Address
		if byAddress[address] == nil {
			addresses = append(addresses, address)
		}
		byAddress[address] = append(byAddress[address], i)
	}
	results := make([]probe.Result, len(jobs))
	var group errgroup.Group
	group.SetLimit(parallel)
	for _, address := range addresses {
		group.Go(func() error {
			for _, i := range byAddress[address] {
				results[i] = scanOne(ctx, scanner, jobs[i].target, w)
			}
			return nil
		})
	}
	_ = group.Wait() // a failure is a result
	return results
}

func scanOne(ctx context.Context, scanner probe.Scanner, target probe.Target, w *progress.Watch) probe.Result {
	defer w.Finished()
	if ctx.Err() != nil {
		return probe.Result{
			Target: target.Name, Address: target.Address, Started: time.Now(),
			Verdict: probe.VerdictError, Err: errInterrupted,
		}
	}
	scanner.Progress = w.Exchange
	r, _ := scanner.Scan(ctx, target) // the result says what it left out
	return r
}
