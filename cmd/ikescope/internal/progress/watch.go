// Package progress shows how far scans are.
package progress

import (
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
)

// Options say how it is shown: by a line now and then, unless they say otherwise.
type Options struct {
	Verbose bool // a line for each exchange
	Quiet   bool // nothing
	Columns int  // of a terminal: one line that changes; 0 for none
	// Each is called for each exchange, if it is not nil; by several scans at once.
	Each func(probe.Progress)
}

// Watch shows how far scans are. Several scans may use it at once.
type Watch struct {
	o     Options
	begun time.Time

	mu    sync.Mutex // guards what follows
	w     io.Writer
	total int
	done  int
	last  probe.Progress
	ended bool

	stop    chan struct{}
	stopped sync.WaitGroup
}

// Redraw is how often a line that changes is written, and Clear takes it away.
const (
	Redraw = 200 * time.Millisecond
	Clear  = "\r\x1b[K"
)

// nowAndThen is how often a line of its own comes, as a log bears it.
const nowAndThen = 10 * time.Second

// New returns a watch that writes to w.
func New(w io.Writer, o Options) *Watch {
	if o.Quiet || o.Verbose {
		o.Columns = 0
	}
	return &Watch{o: o, w: w, begun: time.Now(), stop: make(chan struct{})}
}

// Start begins to show how far the scans of targets are, which are names.
func (s *Watch) Start(targets []string) {
	s.mu.Lock()
	s.total = len(targets)
	s.mu.Unlock()
	switch {
	case s.o.Quiet || s.o.Verbose:
	case s.o.Columns > 0:
		s.stopped.Go(s.draw)
	default:
		what := fmt.Sprintf("%d targets", len(targets))
		if len(targets) == 1 {
			what = targets[0]
		}
		s.Note("scanning " + what)
		s.stopped.Go(s.log)
	}
}

// log writes a line now and then.
func (s *Watch) log() {
	tick := time.NewTicker(nowAndThen)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.mu.Lock()
			line := s.line(time.Since(s.begun))
			s.mu.Unlock()
			s.Note(line)
		case <-s.stop:
			return
		}
	}
}

// draw keeps the line up to date, and takes it away at the end.
func (s *Watch) draw() {
	tick := time.NewTicker(Redraw)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.mu.Lock()
			fmt.Fprintf(s.w, Clear+"%.*s", s.o.Columns-1, s.line(time.Since(s.begun)))
			s.mu.Unlock()
		case <-s.stop:
			s.mu.Lock()
			fmt.Fprint(s.w, Clear)
			s.mu.Unlock()
			return
		}
	}
}

// Note writes a line of its own.
func (s *Watch) Note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.o.Quiet || s.ended {
		return
	}
	if s.o.Columns > 0 {
		fmt.Fprint(s.w, Clear)
	}
	fmt.Fprintf(s.w, "ikescope: %s\n", printable.Text(text))
}

// line says how far the scans are. s.mu is held.
func (s *Watch) line(elapsed time.Duration) string {
	var parts []string
	if s.total > 1 {
		parts = append(parts, fmt.Sprintf("%d of %d targets", s.done, s.total))
	}
	if p := s.last; p.Exchanges > 0 {
		parts = append(parts, fmt.Sprintf("%v: %s, %s", p.Target.Address, p.Doing, english.Counted(int64(p.Exchanges), "exchange", "exchanges")))
	} else {
		parts = append(parts, "waiting for the first answer")
	}
	parts = append(parts, fmt.Sprintf("%.1f s", elapsed.Seconds()))
	if left := s.total - s.done; s.done > 0 && left > 0 {
		parts = append(parts, "about "+roughly(elapsed/time.Duration(s.done)*time.Duration(left))+" left")
	}
	return strings.Join(parts, "; ")
}

// roughly writes how long something will take, as far as that can be known.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", math.Ceil(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%.0f min", math.Ceil(d.Minutes()))
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// Exchange takes in what a scan did. Several scans may call it at once.
func (s *Watch) Exchange(p probe.Progress) {
	if s.o.Each != nil {
		s.o.Each(p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = p
	if s.o.Verbose {
		fmt.Fprintln(s.w, printable.Text(exchangeLine(p)))
	}
}

// Finished counts a target.
func (s *Watch) Finished() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done++
}

// End takes the line away. Nothing is shown after it.
func (s *Watch) End() {
	close(s.stop)
	s.stopped.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}

// exchangeLine describes the last exchange of p.
func exchangeLine(p probe.Progress) string {
	x := p.Last
	words := []string{p.Target.Address.String(), fmt.Sprint(x.ID), x.Transport.String(), x.Purpose.String(), x.Outcome.String()}
	switch {
	case x.Suite != nil:
		words = append(words, x.Suite.String())
	case x.Group != ike.KE_NONE:
		words = append(words, x.Group.String())
	}
	if x.Detail != "" {
		words = append(words, "("+x.Detail+")")
	}
	if x.RTT > 0 {
		words = append(words, fmt.Sprintf("%.1f ms", float64(x.RTT)/float64(time.Millisecond)))
	}
	if x.Tries > 1 {
		words = append(words, fmt.Sprintf("%d tries", x.Tries))
	}
	if len(x.Offer) > 0 {
		words = append(words, "offer", shortOffer(x.Offer))
	}
	return strings.Join(words, " ")
}

// maxOffer is how much of an offer a line shows, in octets.
const maxOffer = 100

// shortOffer returns the beginning of an offer. The report has all of it.
func shortOffer(offer []proposals.Product) string {
	var list []string
	for _, product := range offer {
		list = append(list, product.String())
	}
	text := strings.Join(list, ",")
	if len(text) <= maxOffer {
		return text
	}
	return text[:strings.LastIndexAny(text[:maxOffer], "-,")] + "..."
}
