// Package capturefiles reads the packet captures that arguments name.
package capturefiles

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/report"
	captured "github.com/ikescope/ikescope/report/capture"
)

// ErrStopped is why a capture was not read to its end.
var ErrStopped = errors.New("interrupted")

// captureSource is a file to read.
type captureSource struct {
	name  string
	open  func() (io.ReadCloser, error)
	first time.Time // of its first packet; zero if that is not known
}

// Read reads files, or with "-" in, in the order of time, with IKE on ports, too. What
// was read comes with failed, why not all was; err is of a file that is no capture, and
// then nothing was read.
func Read(ctx context.Context, in io.Reader, paths []string, ports []uint16) (views []captured.View, failed, err error) {
	var sources []captureSource
	for _, path := range paths {
		s := captureSource{name: path, open: func() (io.ReadCloser, error) { return argfile.Open(path) }}
		if path == "-" {
			s.name, s.open = "standard input", func() (io.ReadCloser, error) { return io.NopCloser(in), nil }
			// Who interrupts `tcpdump | ikescope capture -` ends the capture,
			// which is to be reported.
			ctx = context.WithoutCancel(ctx)
		}
		if len(paths) > 1 {
			var err error
			if s.first, err = firstTime(path); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		sources = append(sources, s)
	}
	slices.SortStableFunc(sources, func(a, b captureSource) int { return a.first.Compare(b.first) })

	var (
		points []*capture.Point
		memory dialog.Memory
	)
	for _, s := range sources {
		file, err := s.open()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r, err := capture.NewReader(file)
		if err != nil {
			_ = file.Close() // the first error says more
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
		p := capture.Continued(points, s.name, s.first)
		if p == nil {
			p = &capture.Point{Dissector: capture.Dissector{Ports: ports}}
			p.Tracker.Memory = &memory
			points = append(points, p)
		}
		if len(sources) > 1 {
			p.File = s.name
		}
		err = stopped(p.Read(ctx, s.name, r))
		_ = file.Close()
		if err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for _, p := range points {
		views = append(views, View(p))
	}
	return views, failed, nil
}

// firstTime returns the time of a file's first packet.
func firstTime(path string) (time.Time, error) {
	file, err := argfile.Open(path)
	if err != nil {
		return time.Time{}, err
	}
	defer file.Close()
	return capture.FirstTime(file)
}

// stopped returns err, or ErrStopped if the end of a context is why.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return ErrStopped
	}
	return err
}

// View returns what was captured at one point.
func View(p *capture.Point) captured.View {
	v := captured.View{SAs: p.Tracker.SAs, Omitted: p.Tracker.Omitted}
	for _, n := range p.NotRead() {
		v.NotRead = append(v.NotRead, captured.NotRead{CaptureNotRead: report.CaptureNotRead{What: n.What, Packets: n.Packets}, Link: n.Link})
	}
	for _, o := range p.OtherPorts() {
		v.OtherPorts = append(v.OtherPorts, report.CaptureOtherPort(o))
	}
	for _, f := range p.Files {
		out := report.CaptureFile{Name: f.Name, Complete: f.Err == nil, Counts: report.CaptureCounts(f.Counts)}
		if f.Err != nil {
			out.Error = stopped(f.Err).Error()
		}
		v.Files = append(v.Files, out)
	}
	return v
}
