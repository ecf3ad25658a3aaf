package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/report"
)

var errStopped = errors.New("interrupted")

// captureSource is a file to read.
type captureSource struct {
	name  string
	open  func() (io.ReadCloser, error)
	first time.Time // of its first packet; zero if that is not known
}

// readCaptures reads files in the order of time. It returns what was read with
// the error; a usageError is of a file that is no capture, and then nothing was
// read.
func (a *app) readCaptures(ctx context.Context, paths []string, ports []uint16) ([]report.CaptureView, error) {
	var sources []captureSource
	for _, path := range paths {
		s := captureSource{name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }}
		if path == "-" {
			s.name, s.open = "standard input", func() (io.ReadCloser, error) { return io.NopCloser(a.in), nil }
			// Who interrupts `tcpdump | ikescope capture -` ends the capture,
			// which is to be told.
			ctx = context.WithoutCancel(ctx)
		}
		if len(paths) > 1 {
			var err error
			if s.first, err = firstTime(path); err != nil {
				return nil, usagef("%s: %w", path, err)
			}
		}
		sources = append(sources, s)
	}
	slices.SortStableFunc(sources, func(a, b captureSource) int { return a.first.Compare(b.first) })

	var (
		places []*place
		memory dialog.Memory
		failed error
	)
	for _, s := range sources {
		in, err := s.open()
		if err != nil {
			return nil, usagef("%s: %w", s.name, withoutPath(err))
		}
		r, err := newCaptureReader(in)
		if err != nil {
			_ = in.Close() // the first error says more
			return nil, usagef("%s: %w", s.name, err)
		}
		p := continued(places, s)
		if p == nil {
			p = &place{dissector: newDissector(ports)}
			p.tracker.Memory = &memory
			places = append(places, p)
		}
		if len(sources) > 1 {
			p.file = s.name
		}
		err = p.read(ctx, r)
		_ = in.Close()
		p.end(s.name, err)
		if err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", s.name, err)
		}
	}
	var views []report.CaptureView
	for _, p := range places {
		views = append(views, report.CaptureView{Files: p.files, SAs: p.tracker.SAs, Omitted: p.tracker.Omitted})
	}
	return views, failed
}

// firstTime returns the time of a file's first packet.
func firstTime(path string) (time.Time, error) {
	file, err := os.Open(path)
	if err != nil {
		return time.Time{}, withoutPath(err)
	}
	defer file.Close()
	r, err := newCaptureReader(file)
	if err != nil {
		return time.Time{}, err
	}
	f, err := r.read()
	if err != nil {
		return time.Time{}, nil // reading it in full tells why
	}
	return f.time, nil
}

// place is where packets were captured, into one file or several that follow
// one another.
type place struct {
	*dissector
	files []report.CaptureFile
	last  time.Time // of the packets so far
}

// continued returns the place whose files a file follows in time, or nil. Of
// several it is the one with the most similar name, such as gateway.pcap0 of
// gateway.pcap1.
func continued(places []*place, s captureSource) *place {
	ended := slices.DeleteFunc(slices.Clone(places), func(p *place) bool {
		return p.last.IsZero() || s.first.Before(p.last)
	})
	if len(ended) == 0 {
		return nil
	}
	return slices.MaxFunc(ended, func(p, q *place) int {
		return cmp.Compare(commonPrefix(p.files[len(p.files)-1].Name, s.name), commonPrefix(q.files[len(q.files)-1].Name, s.name))
	})
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// read reads a file to its end, to a fault, or to the end of ctx.
func (p *place) read(ctx context.Context, r *captureReader) error {
	defer p.finish()
	for ctx.Err() == nil {
		f, err := r.read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if f.time.After(p.last) {
			p.last = f.time
		}
		p.add(f)
	}
	return errStopped
}

// end notes that a file was read.
func (p *place) end(name string, err error) {
	f := report.CaptureFile{Name: name, Complete: err == nil, Counts: p.counts}
	if err != nil {
		f.Error = err.Error()
	}
	p.files = append(p.files, f)
	p.counts = report.CaptureCounts{}
}
