package capture

import (
	"cmp"
	"context"
	"io"
	"slices"
	"time"
)

// A Point is a capture point: where packets were captured, into one file or into
// several that follow one another in time, as tcpdump -C and -G write them. The
// zero value is ready for use.
type Point struct {
	Dissector // its Counts are those of the last file
	// Files are those that were read, in their order.
	Files []File

	last time.Time // of the packets so far
}

// A File is a capture file that was read.
type File struct {
	Name   string
	Counts Counts // as far as it was read
	// Err is why it was not read to its end; nil if it was.
	Err error
}

// Read reads a file to its end, and adds it to Files by its name. Its packets
// count from 1 again. The error, which Files has too, is that of [Reader.Next]
// or, if ctx ended first, of ctx; what was read until then is kept.
func (p *Point) Read(ctx context.Context, name string, r *Reader) error {
	p.Counts = Counts{}
	err := p.addAll(ctx, r)
	p.Finish()
	p.Files = append(p.Files, File{Name: name, Counts: p.Counts, Err: err})
	return err
}

func (p *Point) addAll(ctx context.Context, r *Reader) error {
	for ctx.Err() == nil {
		f, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if f.Time.After(p.last) {
			p.last = f.Time
		}
		p.Add(f)
	}
	return ctx.Err()
}

// FirstTime returns the time of the first packet of a capture file. It is zero
// if there is none, or if the file does not say or cannot be read so far. The
// error is that of [NewReader].
func FirstTime(file io.Reader) (time.Time, error) {
	r, err := NewReader(file)
	if err != nil {
		return time.Time{}, err
	}
	f, err := r.Next()
	if err != nil {
		return time.Time{}, nil // who reads it in full learns why
	}
	return f.Time, nil
}

// Continued returns the point whose files are followed in time by the file of
// that name, the first packet of which is of the time first. It is nil if there
// is none: files that overlap in time are of several points. Of several points
// it is the one whose last file has the most similar name, such as gateway.pcap0
// for gateway.pcap1.
func Continued(points []*Point, name string, first time.Time) *Point {
	ended := slices.DeleteFunc(slices.Clone(points), func(p *Point) bool {
		return p.last.IsZero() || first.Before(p.last)
	})
	if len(ended) == 0 {
		return nil
	}
	return slices.MaxFunc(ended, func(p, q *Point) int {
		return cmp.Compare(commonPrefix(p.Files[len(p.Files)-1].Name, name), commonPrefix(q.Files[len(q.Files)-1].Name, name))
	})
}

// commonPrefix returns how many octets a and b begin with alike.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
