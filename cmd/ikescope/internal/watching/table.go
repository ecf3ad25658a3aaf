// Package watching shows what a watch of paths sees.
package watching

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/text"
)

// Options say how a watch is shown.
type Options struct {
	Lines bool // each sample as a line of JSON
	Live  bool // the table is drawn again and again, unless it is lines
	Look  text.Options
}

// Table is what a watch has seen, and how it is shown. Several goroutines may use it.
type Table struct {
	out io.Writer
	o   Options

	mu     sync.Mutex
	paths  []report.WatchPath
	drawn  int // lines of the table on the terminal
	when   time.Time
	failed error
}

// NewTable returns the table of the paths to targets: over transports, or where there
// are none over those of each target.
func NewTable(out io.Writer, o Options, targets []target.Target, transports []initiator.Transport) *Table {
	t := &Table{out: out, o: o}
	for _, to := range targets {
		over := transports
		if over == nil {
			over = to.Transports()
		}
		for _, transport := range over {
			t.paths = append(t.paths, report.WatchPath{Record: report.WatchPathRecord, Target: to.Name,
				Address: report.AddressText(to.Address), Transport: report.Transport(transport.String()),
				Port: to.Paths.Port(transport)})
		}
	}
	return t
}

// Silent reports whether a path never answered.
func (t *Table) Silent() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.paths, func(p report.WatchPath) bool { return p.Received == 0 })
}

// Add takes in a sample of a target. The error is that of writing.
func (t *Table) Add(to target.Target, x path.Sample) error {
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
	case t.o.Lines:
		t.failed = report.WriteLine(t.out, s)
	case t.o.Live && time.Since(t.when) >= progress.Redraw:
		t.failed = t.draw()
	}
	return t.failed
}

// draw draws the table in the place of the last one. t.mu is held.
func (t *Table) draw() error {
	var b bytes.Buffer
	n, err := text.Watch(&b, t.paths, t.o.Look)
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

// End writes the last state of all.
func (t *Table) End() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil {
		return t.failed
	}
	if !t.o.Lines {
		return t.draw()
	}
	for _, p := range t.paths {
		if err := report.WriteLine(t.out, p.Rounded()); err != nil {
			return err
		}
	}
	return nil
}
