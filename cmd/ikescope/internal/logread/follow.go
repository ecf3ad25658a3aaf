package logread

import (
	"context"
	"io"
	"time"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

// quiet is how long a log that is followed says nothing before the attempts
// whose end was seen are told.
const quiet = time.Second

// Follow reads a log as [incident.Scan] does. Where it is followed, quietly is called,
// once lines stop coming for a while, after done was called for the attempts
// that ended till then; from then on whenever lines stop coming, and at the
// end. A cancelled context ends the log.
func Follow(ctx context.Context, name string, in io.Reader, products []event.Product, done func(*incident.Attempt), quietly func(incident.File)) (incident.File, error) {
	if quietly == nil {
		return incident.Scan(name, in, products, done)
	}
	lines, err := logtext.New(in)
	if err != nil {
		return incident.File{Name: name}, err
	}
	type line struct {
		text   string
		number int
		err    error
	}
	// One batch is read while the one before is understood.
	batches := make(chan []line)
	go func() {
		defer close(batches)
		for {
			var batch []line
			for len(batch) < 512 {
				text, number, err := lines.Next()
				batch = append(batch, line{text, number, err})
				if err != nil || lines.Waiting() {
					break
				}
			}
			select {
			case batches <- batch:
			case <-ctx.Done():
				return
			}
			if batch[len(batch)-1].err != nil {
				return
			}
		}
	}()
	s := incident.NewScanner(name, products, done)
	followed := false
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	var failed error
	for open := true; open; {
		select {
		case batch, more := <-batches:
			open = more
			for _, l := range batch {
				if l.err != nil {
					open = false
					if l.err != io.EOF {
						failed = l.err
					}
					break
				}
				s.Line(l.number, l.text)
			}
			timer.Reset(quiet)
		case <-timer.C:
			s.Flush()
			followed = true
			quietly(s.File)
			timer.Reset(quiet)
		case <-ctx.Done():
			open = false
		}
	}
	s.End()
	if followed {
		quietly(s.File)
	}
	return s.File, failed
}
