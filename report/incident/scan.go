package incident

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/general"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

// File is what was read of one file.
type File struct {
	Name  string
	Lines int
	// Products are those whose lines were seen, by the number of their lines,
	// and Understood how many lines said something.
	Products   map[string]int
	Understood map[string]int
	// Release is the version that the log names, "" for none.
	Release string
	// Stamped and Dated: lines have times, with dates; Zoned: with a time zone.
	Stamped, Dated, Zoned bool
	// timed: a line begins with a time that is not read.
	timed bool
	// Backwards: later lines are older.
	Backwards bool
	// Complaint is the last line that reads like a failure and that no table knows, nil
	// if there is none.
	Complaint *event.Line
}

// Scanner reads one log, line by line.
type Scanner struct {
	File      File
	products  []event.Product
	collector *collector
	order     logtext.Order
	// program is taken for that of lines which no reader knows.
	program string
	*lane   // that of the line
	lanes   lanes
}

// NewScanner returns a scanner that calls done with each attempt when it has
// ended.
func NewScanner(name string, products []event.Product, done func(*Attempt)) *Scanner {
	s := &Scanner{products: products, collector: newCollector(done)}
	s.File = File{Name: name, Products: make(map[string]int), Understood: make(map[string]int)}
	s.lane = s.newLane("", "", 0)
	s.lanes.all = append(s.lanes.all, s.lane)
	return s
}

// Line reads one line.
func (s *Scanner) Line(number int, text string) {
	s.File.Lines = number
	s.File.timed = s.File.timed || !s.File.Stamped && beginsWithTime(text)
	for _, l := range event.Unwrap(s.File.Name, number, text) {
		if l.Text == "" {
			continue
		}
		s.clock(&l)
		s.sort(&l)
		s.read(&l)
	}
}

// unreadTime is a time of day near the begin of a line, in whatever language its date is,
// and no pair of octets in hexadecimal or time until which something is valid.
var unreadTime = lazyregexp.New(`^(?:<\d{1,3}>:?)?(?:[^:]{0,40}\d[^:\p{L}\d]{0,3}[ T,\t])?\d{1,2}:\d\d:\d\d(?:[^:\d]|$)`)

// maxBeforeTime bounds the begin of a line, in octets.
const maxBeforeTime = 64

func beginsWithTime(line string) bool {
	begin := line[:min(len(line), maxBeforeTime)]
	return unreadTime.MatchString(begin) && !strings.Contains(begin, "until") && !strings.Contains(begin, "expire")
}

func (s *Scanner) clock(l *event.Line) {
	if l.Time.IsZero() {
		return
	}
	s.File.Stamped = true
	s.File.Dated = s.File.Dated || l.Time.Year() != 0
	s.File.Zoned = s.File.Zoned || logtext.Zoned(l.Stamp)
	s.order.Add(l.Time)
}

func (s *Scanner) read(l *event.Line) {
	folded := s.folded
	s.folded.Text = ""
	if s.offer(l) {
		return
	}
	if text, ok := logtext.Inner(l.Text); ok {
		within := *l
		within.Text = text
		within.Peel()
		if s.offer(&within) {
			return
		}
	}
	if !s.head(l) && !s.continues(folded, l) {
		s.unclaimed(l)
	}
}

// offer gives a line to the readers, the last that knew one first.
func (s *Scanner) offer(l *event.Line) bool {
	for i := range s.readers {
		at := (s.last + i) % len(s.readers)
		events, mine := s.readers[at].Read(l)
		if !mine {
			continue
		}
		s.last = at
		if len(s.held) > 0 && len(events) > 0 {
			held := s.held
			s.held, s.key = nil, events[0].Key
			s.File.Products[s.products[at].Name] += 0
			for i := range held {
				s.unclaimed(&held[i])
			}
		}
		s.take(at, events)
		if len(events) == 0 && s.products[at].Lines != nil {
			s.complain(l)
		}
		if l.Stamp != "" && s.products[at].Folds && !slices.ContainsFunc(events, func(e event.Event) bool { return e.Arg(event.GeneralLevel) == "" }) {
			s.folded = *l
		}
		return true
	}
	return false
}

// maxHeld bounds the lines that are kept until a line's product is known.
const maxHeld = 16

// vpn is what NetworkManager's lines of a VPN have; it logs those of all networks.
var vpn = lazyregexp.New(`(?i)vpn|ipsec|swan|charon|\bike|l2tp`)

// unclaimed reads a line that no reader knows: as one of the product whose lines
// are around it, if its table knows nearly all of it, or by what it says in
// general of IKE.
func (s *Scanner) unclaimed(l *event.Line) {
	if strings.HasPrefix(l.Text, "|") {
		return
	}
	if l.Program != "" && !logtext.IsProgram(l.Program) || l.Program == "NetworkManager" && !vpn.MatchString(l.Text) {
		s.beside(l)
		return
	}
	if len(s.File.Products) == 0 {
		if s.program != "" && l.Program == "" {
			bare := *l
			bare.Program = s.program
			s.offer(&bare)
		} else if len(s.held) < maxHeld {
			s.held = append(s.held, *l)
		}
		return
	}
	if p := &s.products[s.last]; p.Program != "" && l.Program == "" {
		row, _ := p.Lines.Find(l.Text)
		if s.program != "" || row != nil && row.Octets() >= leastBare && row.Kind != event.Info {
			bare := *l
			bare.Program = p.Program
			if s.offer(&bare) {
				return
			}
		}
	}
	if s.products[s.last].Complete {
		s.beside(l)
		return
	}
	if row, words := event.ReadGeneral(l.Text, true); row != nil {
		e := row.Event(l, words)
		e.Key = s.key
		s.add(s.products[s.last].Name, e)
	} else if l.Program != "" || !s.File.Stamped { // else it stands between lines of the log
		s.complain(l)
	}
}

// beside reads a line of a program that an IKE daemon works with, as one of the
// attempt of the line before: L2TP and PPP, the DHCP server, the kernel.
func (s *Scanner) beside(l *event.Line) {
	if !logtext.Beside(l.Program) {
		return
	}
	s.l2tp = s.l2tp || l.Program == "xl2tpd" || strings.Contains(l.Text, "l2tp")
	row, words := event.FindStartup(l.Text)
	if len(s.File.Products) == 0 {
		if row != nil && general.OverL2TP(row.Cause) && len(s.held) < 2*maxHeld {
			s.held = append(s.held, *l)
		}
		return
	}
	if row == nil || !general.Beside(row.Cause, s.l2tp) {
		return // of another connection, or of what that program has for itself
	}
	e := row.Event(l, words)
	e.Key = s.key
	s.add(s.products[s.last].Name, e)
}

// continues reads a line as the rest of one that was folded.
func (s *Scanner) continues(folded event.Line, l *event.Line) bool {
	if folded.Text == "" || l.Stamp != "" || len(folded.Text)+len(l.Text) > maxFolded {
		return false
	}
	folded.Text += " " + l.Text
	events, _ := s.readers[s.last].Read(&folded)
	s.take(s.last, events)
	if len(events) == 0 {
		s.folded = folded
	}
	return true
}

// maxFolded bounds a message that was folded, in octets.
const maxFolded = 1024

func (s *Scanner) take(at int, events []event.Event) {
	product := s.products[at].Name
	s.File.Products[product]++
	if slices.ContainsFunc(events, func(e event.Event) bool { return e.Kind != event.Info }) {
		s.File.Understood[product]++
	}
	for _, e := range events {
		if release := e.Args["release"]; release != "" {
			s.File.Release = product + " " + release
		}
		if e.Count == 0 {
			e.Count = 1
		}
		if e.Stamp != "" { // also of a line of its own, or in a field
			s.File.Stamped = true
			s.File.Dated = s.File.Dated || strings.ContainsAny(e.Stamp, "-/")
		}
		s.add(product, e)
		s.key = e.Key
	}
}

// Flush ends the attempts whose end was seen, as for a log that is followed.
func (s *Scanner) Flush() { s.collector.flush(true) }

// End ends all attempts.
func (s *Scanner) End() {
	for _, s.lane = range s.lanes.all {
		held := s.held
		s.held = nil
		for i := 0; i < len(held) && len(s.File.Products) > 0; i++ {
			s.unclaimed(&held[i])
		}
		for i, r := range s.readers {
			if ender, ok := r.(event.Ender); ok {
				if events := ender.End(); len(events) > 0 {
					s.take(i, events)
				}
			}
		}
	}
	s.File.Backwards = s.order.Backwards()
	s.collector.flush(false)
}

// maxBare bounds the lines that are looked at without what stands before a message.
// leastBare is how many octets of a line have to be those of a known one, and of a long
// line one in bareShare: a few words of a known line may stand in the prose of a forum.
const (
	maxBare   = 200
	leastBare = 20
	bareShare = 3
)

// ScanBare reads messages that were copied without what stands before them, from
// which [Scan] tells whose they are: first as those of the product whose table
// knows most of them, then line by line. Then only a line that says why something
// failed counts, and has to be known nearly word by word.
func ScanBare(name string, lines []string, products []event.Product, done func(*Attempt)) File {
	lines = lines[:min(len(lines), maxBare)]
	if i := closest(name, lines, products); i >= 0 {
		var attempts []*Attempt
		s := NewScanner(name, products, func(a *Attempt) { attempts = append(attempts, a) })
		s.program, s.last = products[i].Program, i
		for n, text := range lines {
			s.Line(n+1, text)
		}
		s.End()
		if slices.ContainsFunc(attempts, func(a *Attempt) bool { return a.Cause != nil || a.Established || a.ikeUp }) {
			report(attempts, done)
			return s.File
		}
	}
	f := File{Name: name, Lines: len(lines), Products: make(map[string]int), Understood: make(map[string]int)}
	c := newCollector(done)
	for i, text := range lines {
		for _, l := range event.Unwrap(name, i+1, text) {
			if l.Program != "" && !logtext.IsProgram(l.Program) {
				continue // of another program, whatever it says
			}
			if row, _ := event.FindStartup(l.Text); row != nil && row.Product == "" {
				continue
			}
			for _, p := range products {
				if p.Lines == nil {
					continue
				}
				row, words := p.Lines.Find(l.Text)
				if row == nil || row.Kind != event.Root && row.Kind != event.Sign && row.Kind != event.Gone || row.Octets() < max(leastBare, len(l.Text)/bareShare) {
					continue
				}
				f.Products[p.Name]++
				f.Understood[p.Name]++
				e := row.Event(&l, words)
				if p.Bare != nil {
					p.Bare(&e)
				}
				c.add(p.Name, e)
				break
			}
		}
	}
	c.flush(false)
	return f
}

// closest returns the product whose table knows most of the messages, by the
// octets that are literally those of its rows, -1 if none knows enough.
func closest(name string, lines []string, products []event.Product) int {
	best, most := -1, 0
	known := make([]int, len(products))
	for n, text := range lines {
		for _, l := range event.Unwrap(name, n+1, text) {
			for i := range products {
				if p := &products[i]; p.Program != "" && l.Program == "" {
					if row, _ := p.Lines.Find(l.Text); row != nil && row.Octets() >= leastBare/2 {
						known[i] += row.Octets()
					}
				}
			}
		}
	}
	for i, n := range known {
		if n > most {
			best, most = i, n
		}
	}
	if most < leastBare {
		return -1
	}
	return best
}

// ScanGeneral reads lines of a product that is not known by what they say in
// general of IKE.
func ScanGeneral(name string, lines []string, done func(*Attempt)) File {
	f := File{Name: name, Lines: len(lines), Products: make(map[string]int), Understood: make(map[string]int)}
	c := newCollector(done)
	var events []event.Event
	product := "" // which one line may name for all
	for i, text := range lines[:min(len(lines), maxBare)] {
		for _, l := range event.Unwrap(name, i+1, text) {
			if row, words := event.ReadGeneral(l.Text, l.Program != ""); row != nil {
				events = append(events, row.Event(&l, words))
				product = cmp.Or(product, row.Product)
			}
		}
	}
	link := general.Link(lines)
	for _, e := range events {
		if general.OverL2TP(e.Cause) {
			if link == "" {
				continue
			}
			e.Set(general.LinkWord, link)
		}
		c.add(product, e)
	}
	c.flush(false)
	return f
}

// maxReversed bounds what is read again of a log in descending order, in
// octets.
const maxReversed = 4 << 20

// Scan reads a log. A log in descending order, if it is short, is read from its
// end.
func Scan(name string, in io.Reader, products []event.Product, done func(*Attempt)) (File, error) {
	lines, err := logtext.New(in)
	if err != nil {
		return File{Name: name}, err
	}
	var kept []string
	size := 0
	var early []*Attempt
	reversible := true
	s := NewScanner(name, products, func(a *Attempt) {
		if reversible {
			early = append(early, a)
		} else {
			done(a)
		}
	})
	for {
		text, number, err := lines.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			s.End()
			report(early, done)
			return s.File, err
		}
		if reversible {
			kept = append(kept, text)
			if size += len(text) + 32; size > maxReversed {
				reversible, kept = false, nil
				report(early, done)
				early = nil
			}
		}
		s.Line(number, text)
	}
	s.End()
	if s.File.Backwards && reversible {
		early = nil
		t := NewScanner(name, products, func(a *Attempt) { early = append(early, a) })
		t.collector.backwards = true
		for i, text := range slices.Backward(kept) {
			t.Line(i+1, text)
		}
		t.End()
		t.File.Lines, t.File.Backwards = len(kept), true
		s = t
	}
	report(early, done)
	return s.File, nil
}

func report(attempts []*Attempt, done func(*Attempt)) {
	for _, a := range attempts {
		done(a)
	}
}
