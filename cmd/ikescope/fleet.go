package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/build"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/scan"
)

// reporting is what a report is made of, and where it goes.
type reporting struct {
	opts   *outputOptions
	judged judgeOptions
	gates  gate.Gates
	saved  []*archive.Archive // reports whose targets come first
	scans  *scans             // nil where saved reports are all
	asText documentText
	// part returns what other formats for people write of the report, nil for all.
	part func(report.Source) report.Source
	// instead returns what is written in place of the report; nil for the report.
	instead func(report.Source) (output.Writers, error)
}

// report makes the report of r and writes it, as it grows where it is written as
// JSON lines. The exit code is the one that it asks for.
func (a *app) report(ctx context.Context, r *reporting) error {
	pcap, err := r.opts.open()
	if err != nil {
		return err
	}
	defer r.opts.to.Discard()
	if pcap != nil {
		defer pcap.Discard()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	f := a.newFleet(r, func() { cancel(errNobodyReads) })
	f.begin()
	f.addSaved(r.saved, func(t *report.Target) { a.judge(ctx, &r.judged, t, true) })
	if r.scans != nil {
		f.fail(a.scanJobs(ctx, r.scans, pcap, f))
	}
	exit := f.end()
	a.exit = exit.Code
	switch {
	case f.store == nil:
	case r.instead == nil:
		f.fail(r.opts.write(a.out, f.store, r))
	default:
		how, err := r.instead(f.store)
		if err == nil {
			err = r.opts.printOptions.write(a.out, how)
		}
		f.fail(err)
	}
	return f.failure()
}

// errNobodyReads is why scans end whose report cannot be written anywhere.
var errNobodyReads = errors.New("the report cannot be written")

// fleet is the report of a run while it grows. Scans that end may add to it at the
// same time.
type fleet struct {
	of      *reporting
	keys    []report.Key
	earlier gate.Earlier
	// cancel ends the scans, once there is nobody left to report to.
	cancel func()

	mu          sync.Mutex // guards what follows
	lines       output.Lines
	store       *archive.Store // for the other formats; nil if there are none
	decided     gate.Count
	complete    bool
	interrupted bool
	failed      []error
}

func (a *app) newFleet(r *reporting, cancel func()) *fleet {
	f := &fleet{of: r, complete: true, cancel: cancel}
	for _, s := range r.saved {
		for i := range s.Count() {
			f.keys = append(f.keys, s.Key(i))
		}
	}
	if r.scans != nil {
		for _, j := range r.scans.jobs {
			f.keys = append(f.keys, report.Key{Name: j.Target.Name, Address: report.AddressText(j.Target.Address)})
		}
	}
	f.earlier = gate.NewEarlier(r.gates, f.keys)
	lines, whole := r.opts.to.Lines(a.out)
	if f.lines = lines; whole {
		f.store = archive.NewStore(&a.spool)
	}
	return f
}

// begin writes the first line. From now on the files of JSON lines are seen.
func (f *fleet) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.line(report.NewFirstLine(build.Tool(), len(f.keys)))
	f.lines.Appear()
}

// addSaved adds the targets of saved reports, once they are judged.
func (f *fleet) addSaved(saved []*archive.Archive, judge func(*report.Target)) {
	at := 0
	for _, s := range saved {
		f.complete = f.complete && s.Head().Complete
		for i := range s.Count() {
			t, err := s.At(i)
			if err != nil {
				f.fail(err)
				return
			}
			judge(t)
			f.add(at, t)
			at++
		}
	}
}

// add takes in the target at index, judged but for its gates.
func (f *fleet) add(index int, t *report.Target) {
	t.MakeValid()
	earlier, err := f.earlier.At(index)
	if err != nil {
		f.fail(fmt.Errorf("--baseline: %w", err))
	}
	gates := gate.Of(t, f.of.gates, earlier)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.complete = f.complete && t.Complete
	f.decided.Add(t, gates)
	f.line(report.NewTargetLine(index, t, gates))
	if f.store == nil {
		return
	}
	if err := f.store.Add(index, t, gates); err != nil {
		f.failed = append(f.failed, fmt.Errorf("keep the report until it is written: %w", argfile.Cause(err)))
		f.store = nil
		f.cancelIfAlone()
	}
}

// fail takes in an error; nil is none.
func (f *fleet) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.failed = append(f.failed, err)
	}
}

// failure returns what failed. That stdout is closed counts only if nothing else
// failed, for it is passed over in silence.
func (f *fleet) failure() error {
	var pipe error
	var others []error
	for _, err := range f.failed {
		if errors.Is(err, syscall.EPIPE) {
			pipe = err
		} else {
			others = append(others, err)
		}
	}
	if len(others) == 0 {
		return pipe
	}
	return errors.Join(others...)
}

// event writes v where events are wanted.
func (f *fleet) event(v any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wrote(f.lines.Event(v))
}

// exchanged returns what writes the exchanges of scans as events, nil where nobody
// wants them.
func (f *fleet) exchanged() func(probe.Progress) {
	if !f.lines.WantEvents() {
		return nil
	}
	return progress.Events(f.keys, func(i int, of report.Key, p probe.Progress) {
		f.event(report.NewExchangeLine(i, of, scan.Exchange(p.Last)))
	})
}

// line writes v to each output of lines that works. f.mu is held.
func (f *fleet) line(v any) { f.wrote(f.lines.Write(v)) }

// wrote takes in the error of lines. f.mu is held.
func (f *fleet) wrote(err error) {
	if err != nil {
		f.failed = append(f.failed, joined(err)...)
		f.cancelIfAlone()
	}
}

// cancelIfAlone ends the scans if nothing is left to be written. f.mu is held.
func (f *fleet) cancelIfAlone() {
	if f.store == nil && !f.lines.Work() {
		f.cancel()
	}
}

// end writes the last line, and returns the exit of the report.
func (f *fleet) end() report.Exit {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.complete = f.complete && !f.interrupted
	head := report.Head{SchemaVersion: report.SchemaVersion, Tool: build.Tool(), Complete: f.complete, Interrupted: f.interrupted,
		Exit: f.decided.Exit(f.interrupted, f.complete)}
	f.line(report.NewLastLine(head.Complete, head.Exit))
	if err := f.lines.Commit(); err != nil {
		f.failed = append(f.failed, joined(err)...)
	}
	if f.store != nil {
		f.store.SetHead(head)
	}
	return head.Exit
}
