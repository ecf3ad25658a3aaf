package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/proposals"
)

// watch shows on stderr how far scans are: a line for each exchange, on a
// terminal one line that changes, elsewhere a line now and then, or nothing.
type watch struct {
	verbose, quiet bool
	columns        int // of the line that changes; 0 for none
	begun          time.Time

	mu    sync.Mutex // guards what follows
	w     io.Writer
	total int
	done  int
	last  probe.Progress
	ended bool

	stop    chan struct{}
	stopped sync.WaitGroup
}

const (
	redraw     = 200 * time.Millisecond
	nowAndThen = 10 * time.Second // as a log bears it
	clearLine  = "\r\x1b[K"
)

func newWatch(w io.Writer, opts *outputOptions) *watch {
	s := &watch{w: w, verbose: opts.verbose, quiet: opts.quiet, begun: time.Now(), stop: make(chan struct{})}
	if !opts.quiet && !opts.verbose {
		s.columns = terminalWidth(w)
	}
	return s
}

// start begins to show how far the scans of jobs are.
func (s *watch) start(jobs []job) {
	s.mu.Lock()
	s.total = len(jobs)
	s.mu.Unlock()
	switch {
	case s.quiet || s.verbose:
	case s.columns > 0:
		s.stopped.Go(s.draw)
	default:
		what := fmt.Sprintf("%d targets", len(jobs))
		if len(jobs) == 1 {
			what = jobs[0].target.Name
		}
		s.note("scanning " + what)
		s.stopped.Go(s.log)
	}
}

// log writes a line now and then.
func (s *watch) log() {
	tick := time.NewTicker(nowAndThen)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.mu.Lock()
			line := s.line(time.Since(s.begun))
			s.mu.Unlock()
			s.note(line)
		case <-s.stop:
			return
		}
	}
}

// draw keeps the line up to date, and takes it away at the end.
func (s *watch) draw() {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.mu.Lock()
			fmt.Fprintf(s.w, clearLine+"%.*s", s.columns-1, s.line(time.Since(s.begun)))
			s.mu.Unlock()
		case <-s.stop:
			s.mu.Lock()
			fmt.Fprint(s.w, clearLine)
			s.mu.Unlock()
			return
		}
	}
}

// note writes a line of its own.
func (s *watch) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.quiet || s.ended {
		return
	}
	if s.columns > 0 {
		fmt.Fprint(s.w, clearLine)
	}
	fmt.Fprintf(s.w, "ikescope: %s\n", text)
}

// line says how far the scans are. s.mu is held.
func (s *watch) line(elapsed time.Duration) string {
	var parts []string
	if s.total > 1 {
		parts = append(parts, fmt.Sprintf("%d of %d targets", s.done, s.total))
	}
	if p := s.last; p.Exchanges > 0 {
		parts = append(parts, fmt.Sprintf("%v: %s, %d exchanges", p.Target.Address, p.Doing, p.Exchanges))
	} else {
		parts = append(parts, "waiting for the first answer")
	}
	return strings.Join(append(parts, fmt.Sprintf("%.1f s", elapsed.Seconds())), "; ")
}

// exchange takes in what a scan did. Several scans may call it at once.
func (s *watch) exchange(p probe.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = p
	if s.verbose {
		fmt.Fprintln(s.w, exchangeLine(p))
	}
}

// finished counts a target.
func (s *watch) finished() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done++
}

// end takes the line away. Nothing is shown after it.
func (s *watch) end() {
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
