package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/datagrams"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/places"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/probe/path/mapping"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
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
	opts.addFlags(cmd.Flags(), reportFormats)
	return cmd
}

// scan scans the targets of args and reports.
func (a *app) scan(ctx context.Context, opts *scanOptions, args []string) error {
	if opts.plan {
		return a.plan(opts, args)
	}
	return a.gather(ctx, opts, args, &reporting{asText: wholeText(opts.clients)})
}

// asked returns the scanner that the flags ask for, and what the arguments name.
func (o *scanOptions) asked(args []string, stdin io.Reader) (s probe.Scanner, f targets.Family, found []targets.Listed, err error) {
	if s, err = o.scanner(); err != nil {
		return s, f, nil, err
	}
	if f, err = o.family(); err != nil {
		return s, f, nil, err
	}
	if found, err = targets.Read(args, stdin); err != nil {
		return s, f, nil, usageError{err}
	}
	for _, e := range found {
		if err := f.Check(e.Endpoint); err != nil {
			return s, f, nil, usageError{err}
		}
	}
	return s, f, found, nil
}

// scans are what is to be scanned, and how.
type scans struct {
	scanner  probe.Scanner
	parallel int
	// reaching is how many paths are examined side by side, if more.
	reaching int
	jobs     []job
	others   *mapping.Others
	follow   following
	// examiner, unless nil, examines the paths to the targets alone.
	examiner *path.Examiner
}

// toScan returns what args ask to scan, none of which may be in a saved report.
// Nothing is sent to the targets, and no file is written.
func (a *app) toScan(ctx context.Context, opts *scanOptions, args []string, saved []*archive.Archive) (*scans, error) {
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
	resolved, err := targets.Resolve(ctx, found, family, opts.paths(), parallel)
	switch {
	case errors.Is(err, targets.ErrInterrupted):
		return nil, err
	case err != nil:
		return nil, usageError{err}
	}
	var jobs []job
	for _, f := range resolved {
		jobs = append(jobs, job{Found: f})
	}
	if err := scannedTwice(saved, jobs); err != nil {
		return nil, err
	}
	if err := opts.checkSourcePort(ctx, jobs); err != nil {
		return nil, err
	}
	if opts.resume != "" {
		if err := a.resume(opts.resume, jobs); err != nil {
			return nil, err
		}
	}
	all := &scans{scanner: scanner, parallel: parallel, jobs: jobs, others: targets.Others(resolved, fewForSources), follow: following{opts.follow, family}}
	if parallel == defaultParallel {
		all.reaching = reachParallel // who is silent is cheap
	}
	return all, nil
}

// job is a target to scan, and the earlier scan to go on from, if any.
type job struct {
	targets.Found
	earlier *earlierScan
	index   int                      // among the targets of the report
	trace   func(initiator.Datagram) // nil where nobody keeps datagrams
}

// fleetGC is how much garbage there may be while several targets are scanned, in percent of
// what is in use.
const fleetGC = 50

// scanJobs scans the jobs of s and adds what comes of each to f. The error is of
// the file of datagrams, which is nil if none was asked for.
func (a *app) scanJobs(ctx context.Context, s *scans, pcap *pending.File, f *fleet) error {
	scanner, examiner, opts := s.scanner, s.examiner, f.of.opts
	var recorded *datagrams.Recorder
	if pcap != nil {
		recorded = datagrams.New(&a.spool, len(s.jobs))
		for i := range s.jobs {
			s.jobs[i].trace = recorded.Of(i)
		}
	}
	first := len(f.keys) - len(s.jobs) // those of saved reports come before
	for i := range s.jobs {
		s.jobs[i].index = first + i
	}
	if len(s.jobs) > 1 {
		// What many scans leave behind is collected sooner: a fourth less memory, and a
		// few milliseconds more for each gateway, most of whose time is the network's.
		defer debug.SetGCPercent(debug.SetGCPercent(fleetGC))
	}
	scanning, reaching := places.New(s.parallel), max(s.parallel, s.reaching)
	one := func(j job, p *places.Places, w *progress.Watch) report.Target {
		own := scanner
		own.Trace = j.trace
		return reachAndScan(ctx, own, s.others, s.follow, j, p, scanning, w)
	}
	if examiner != nil {
		one = func(j job, p *places.Places, w *progress.Watch) report.Target {
			e := *examiner
			e.Trace, e.Others = j.trace, s.others
			return examineOne(ctx, e, s.follow, j, p, w)
		}
	}
	watch := progress.New(a.err, progress.Options{Verbose: opts.verbose, Quiet: opts.quiet, Columns: output.TerminalWidth(a.err), Each: f.exchanged()})
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(context.Cause(ctx), errNobodyReads) {
			watch.Note("interrupted: ending the scan and writing what was found; interrupt again to quit at once")
		}
	})
	defer stop()
	var names []string
	for _, j := range s.jobs {
		names = append(names, j.Target.Name)
	}
	watch.Start(names)
	begun := func(j job, p *places.Places, w *progress.Watch) report.Target {
		f.event(report.NewStartLine(j.index, f.keys[j.index], time.Now()))
		return one(j, p, w)
	}
	scanAll(s.jobs, reaching, watch, begun, func(i int, t *report.Target) {
		if in := s.jobs[i].Found; in.File != "" {
			t.ListedIn = &report.FileLine{File: in.File, Line: in.Line}
		}
		if examiner == nil {
			a.judge(ctx, &f.of.judged, t, false)
		}
		f.add(first+i, t)
		if recorded != nil {
			recorded.Done(i, t)
		}
	})
	watch.End()
	f.interrupted = ctx.Err() != nil && context.Cause(ctx) != errNobodyReads
	if !f.complete && !f.interrupted && f.decided.Failed() == 0 && !opts.quiet && examiner == nil {
		fmt.Fprintln(a.err, "ikescope: the report is partial, and its notes say why; --resume goes on from its JSON")
	}
	return datagrams.Save(pcap, recorded)
}

// scanAll has one scan each target of jobs, side by side as far as parallel allows, and
// calls done with what comes of each when its scan ends, perhaps of several at a
// time. Targets with the same address are scanned one after another, since the
// limits of a gateway are for all that comes from one address.
func scanAll(jobs []job, parallel int, w *progress.Watch, one func(job, *places.Places, *progress.Watch) report.Target, done func(i int, t *report.Target)) {
	var addresses []netip.Addr
	byAddress := make(map[netip.Addr][]int) // of jobs
	for i, j := range jobs {
		address := j.Target.Address
		if byAddress[address] == nil {
			addresses = append(addresses, address)
		}
		byAddress[address] = append(byAddress[address], i)
	}
	var group sync.WaitGroup
	room := places.New(parallel)
	for _, address := range addresses {
		room.Take()
		group.Go(func() {
			defer room.Leave()
			for _, i := range byAddress[address] {
				t := one(jobs[i], room, w)
				w.Finished()
				done(i, &t)
			}
		})
	}
	group.Wait()
}

// reachAndScan scans the target of j, if its path shows that it is worth it: an
// IKEv2 responder answers, and IKEv1 is not all that is configured, as far as the
// common suites show. Many paths are examined side by side, in the places reaching,
// and fewer gateways scanned, in the places scanning.
func reachAndScan(ctx context.Context, scanner probe.Scanner, others *mapping.Others, follow following, j job, reaching, scanning *places.Places, w *progress.Watch) report.Target {
	inPlace := func() report.Target {
		if scanning != reaching {
			scanning.Take()
			defer scanning.Leave()
		}
		return scanOne(ctx, scanner, j, scanning, w)
	}
	if j.earlier != nil || j.Err != nil {
		return inPlace() // its path is known, or none is
	}
	inTime := ctx
	if scanner.Deadline > 0 {
		var cancel context.CancelFunc
		inTime, cancel = context.WithTimeout(ctx, scanner.Deadline)
		defer cancel()
	}
	j, r, t, err := follow.examine(inTime, examinerOf(scanner, others), j, reaching, w)
	if scanner.Deadline > 0 {
		scanner.Deadline = max(scanner.Deadline-r.Elapsed, time.Millisecond)
	}
	switch {
	case ctx.Err() != nil && !r.Answers():
		return scan.Unreached(j.Target.Name, r, nil)
	case err != nil:
		return scan.Unreached(j.Target.Name, r, err)
	case !r.Answers():
		return t.tell(scan.Reach(j.Target.Name, r))
	case r.OnlyIKEv1() && asksMany(scanner):
		return t.tell(scan.OnlyIKEv1(j.Target.Name, r))
	}
	if n := len(r.Exchanges); n > 0 {
		j.Target.FirstExchange = r.Exchanges[n-1].ID + 1
	}
	if r.NAT != nil && r.NAT.GatewayInside.IsValid() {
		j.Target.Inside = []netip.Addr{r.NAT.GatewayInside.Addr()}
	}
	return t.tell(scan.WithPath(inPlace(), r))
}

// asksMany reports whether a scan asks about so many suites that a gateway which
// refuses the common ones is not worth it.
func asksMany(s probe.Scanner) bool {
	const many = 1000
	return !s.Exhaustive && (s.Universe == nil || s.Universe.Size() > many)
}

// examinerOf examines the path as s scans.
func examinerOf(s probe.Scanner, others *mapping.Others) path.Examiner {
	return path.Examiner{
		Transports: s.Transports, Source: s.Source, Outside: s.Outside, Others: others, Brief: true,
		Attempts: s.Attempts, InitialRTO: s.InitialRTO, Rate: s.Rate, Window: s.Window,
		Listen: s.Listen, Dial: s.Dial, Rand: s.Rand, Trace: s.Trace,
	}
}

// scanOne scans the target of j. Where there are too many open files, it waits for
// other scans to end, and from then on fewer are made side by side.
func scanOne(ctx context.Context, scanner probe.Scanner, j job, room *places.Places, w *progress.Watch) report.Target {
	old, err := j.prepare()
	if j.Err != nil {
		err = j.Err
	}
	if err != nil {
		return scan.Target(evidence.Result{Target: j.Target.Name, Address: j.Target.Address, Started: time.Now(), Verdict: evidence.VerdictError, Err: err})
	}
	scanner.Progress = w.Exchange
	r := evidence.Result{Target: j.Target.Name, Address: j.Target.Address, Started: time.Now()}
	for ctx.Err() == nil {
		r, _ = scanner.Scan(ctx, j.Target) // the result says what it left out
		if !local.IsTooManyFiles(r.Err) || !room.Fewer() {
			break
		}
	}
	cutShort := ctx.Err() != nil && (r.Cost.DatagramsSent == 0 || r.Verdict == evidence.VerdictNoAnswer)
	switch {
	case cutShort && old != nil:
		return *old // what was known is known still
	case cutShort:
		return scan.NotScanned(r)
	case old != nil:
		return scan.Resumed(scan.Target(r), old, r.PriorDoubted)
	}
	return scan.Target(r)
}
