package incident

import (
	"io"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/incident/logtext"
)

// Reader turns lines of one product's log into events. It remembers what it
// needs of the lines before.
type Reader interface {
	// Read returns the events of a line. mine is false if the line is not of
	// the product's log.
	Read(l *Line) (events []Event, mine bool)
}

// Ender is a Reader that has events left at the end of a log.
type Ender interface {
	End() []Event
}

// Product is a product whose logs are read.
type Product struct {
	// Name is how people call it, Word how it is named on the command line.
	Name, Word string
	New        func() Reader
	// Lines are the lines that are known, nil where there is no table.
	Lines *Table
	// Bare, if it is there, completes an event of a message that was copied
	// without what stands before it.
	Bare func(e *Event)
	// Folds: lines that are copied from the terminal or sent by mail are often
	// folded, and what is on the next line belongs to the one before.
	Folds bool
}

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
	// Backwards: later lines are older.
	Backwards bool
}

// Scanner reads one log, line by line.
type Scanner struct {
	File      File
	products  []Product
	readers   []Reader
	last      int // the product of the line before
	collector *collector
	later     int // lines whose time is later than that before, less those earlier
	previous  Line
	folded    Line // the beginning of a message that may be folded
}

// NewScanner returns a scanner that calls done with each attempt when it has
// ended.
func NewScanner(name string, products []Product, done func(*Attempt)) *Scanner {
	s := &Scanner{products: products, collector: newCollector(done)}
	s.File = File{Name: name, Products: make(map[string]int), Understood: make(map[string]int)}
	for _, p := range products {
		s.readers = append(s.readers, p.New())
	}
	return s
}

// Line reads one line.
func (s *Scanner) Line(number int, text string) {
	s.File.Lines = number
	for _, l := range Unwrap(s.File.Name, number, text) {
		if l.Text == "" {
			continue
		}
		s.clock(&l)
		s.read(&l)
	}
}

func (s *Scanner) clock(l *Line) {
	if l.Time.IsZero() {
		return
	}
	s.File.Stamped = true
	if l.Time.Year() != 0 {
		s.File.Dated = true
	}
	if n := len(l.Stamp); n > 6 && (l.Stamp[n-1] == 'Z' || l.Stamp[n-1] == 'C' || l.Stamp[n-3] == ':' && (l.Stamp[n-6] == '+' || l.Stamp[n-6] == '-') || l.Stamp[n-5] == '+' || l.Stamp[n-5] == '-' && n > 19) {
		s.File.Zoned = true
	}
	s.later += l.Time.Compare(s.previous.Time)
	s.previous.Time = l.Time
}

func (s *Scanner) read(l *Line) {
	folded := s.folded
	s.folded.Text = ""
	for i := range s.readers {
		at := (s.last + i) % len(s.readers)
		events, mine := s.readers[at].Read(l)
		if !mine {
			continue
		}
		s.last = at
		s.take(at, events)
		if len(events) == 0 && l.Stamp != "" && s.products[at].Folds {
			s.folded = *l
		}
		return
	}
	if folded.Text == "" || l.Stamp != "" || len(folded.Text)+len(l.Text) > maxFolded {
		return
	}
	folded.Text += " " + l.Text
	events, _ := s.readers[s.last].Read(&folded)
	s.take(s.last, events)
	if len(events) == 0 {
		s.folded = folded
	}
}

// maxFolded bounds a message that was folded, in octets.
const maxFolded = 1024

func (s *Scanner) take(at int, events []Event) {
	product := s.products[at].Name
	s.File.Products[product]++
	if slices.ContainsFunc(events, func(e Event) bool { return e.Kind != Info }) {
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
		s.collector.add(product, e)
	}
}

// Flush ends the attempts whose end was seen, as for a log that is followed.
func (s *Scanner) Flush() { s.collector.flush(true) }

// End ends all attempts.
func (s *Scanner) End() {
	for i, r := range s.readers {
		if ender, ok := r.(Ender); ok {
			if events := ender.End(); len(events) > 0 {
				s.take(i, events)
			}
		}
	}
	s.File.Backwards = s.later < -2
	s.collector.flush(false)
}

// maxBare bounds the lines that are looked at without what stands before a
// message, and leastBare how many octets of a line have to be those of a known
// one.
const (
	maxBare   = 200
	leastBare = 20
)

// ScanBare reads messages that were copied without what stands before them, from
// which [Scan] tells whose they are. Only a line that says why something failed
// counts, and has to be known nearly word by word.
func ScanBare(name string, lines []string, products []Product, done func(*Attempt)) File {
	f := File{Name: name, Lines: len(lines), Products: make(map[string]int), Understood: make(map[string]int)}
	c := newCollector(done)
	for i, text := range lines[:min(len(lines), maxBare)] {
		for _, l := range Unwrap(name, i+1, text) {
			for _, p := range products {
				if p.Lines == nil {
					continue
				}
				row, words := p.Lines.Find(l.Text)
				if row == nil || row.Kind != Root && row.Kind != Sign && row.Kind != Gone || row.literal() < leastBare {
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

// maxReversed bounds what is read again of a log in descending order, in
// octets.
const maxReversed = 8 << 20

// Scan reads a log. A log in descending order, if it is short, is read from its
// end.
func Scan(name string, in io.Reader, products []Product, done func(*Attempt)) (File, error) {
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
