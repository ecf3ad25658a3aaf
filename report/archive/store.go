package archive

import (
	"bytes"
	"iter"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/report"
)

// inMemory is how many targets memory holds.
const inMemory = 16

// Store holds the targets of a run, as their scans end, until the report is
// written: the first ones in memory, and the others in a Spool. Once it has a head
// it is a [report.Source], in the order asked.
type Store struct {
	head  report.Head
	spool *Spool

	mu      sync.Mutex
	targets []stored
	sorted  bool
}

var _ report.Source = (*Store)(nil)

// stored is a target in memory or, without one, in the spool.
type stored struct {
	entry
	line *report.TargetLine
}

// NewStore returns a Store that writes to spool.
func NewStore(spool *Spool) *Store { return &Store{spool: spool} }

// Add takes in the target at index, each once, and its gates. Several goroutines
// may call it.
func (s *Store) Add(index int, t *report.Target, gates []report.Gate) error {
	line := report.NewTargetLine(index, t, gates)
	x := stored{entry: entry{index: index, key: t.Key()}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.targets) < inMemory {
		x.line = &line
	} else {
		var b bytes.Buffer
		if err := report.WriteLine(&b, line); err != nil {
			return err
		}
		from, err := s.spool.Append(b.Bytes())
		if err != nil {
			return err
		}
		x.at = report.Span{From: from, To: from + int64(b.Len())}
	}
	s.targets, s.sorted = append(s.targets, x), false
	return nil
}

// SetHead says what the report says of the run as a whole.
func (s *Store) SetHead(head report.Head) { s.head = head }

// Head returns what SetHead said.
func (s *Store) Head() report.Head { return s.head }

// Count returns the number of targets.
func (s *Store) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.targets)
}

// Key returns what the target at i of the order asked is known by.
func (s *Store) Key(i int) report.Key { return s.get(i).key }

// At returns the target at i of the order asked.
func (s *Store) At(i int) (*report.Target, error) {
	line, err := s.lineAt(i)
	if err != nil {
		return nil, err
	}
	return &line.Target, nil
}

// EachGate yields the gates in the order of their targets.
func (s *Store) EachGate() iter.Seq2[report.Gate, error] {
	return func(yield func(report.Gate, error) bool) {
		for i := range s.Count() {
			line, err := s.lineAt(i)
			if err != nil {
				yield(report.Gate{}, err)
				return
			}
			for _, g := range line.Gates {
				if !yield(g, nil) {
					return
				}
			}
		}
	}
}

func (s *Store) lineAt(i int) (*report.TargetLine, error) {
	x := s.get(i)
	if x.line != nil {
		return x.line, nil
	}
	line := new(report.TargetLine)
	return line, readSpan(s.spool, x.at, line)
}

// get returns what is at i of the order asked.
func (s *Store) get(i int) stored {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sorted {
		slices.SortFunc(s.targets, func(a, b stored) int { return byIndex(a.entry, b.entry) })
		s.sorted = true
	}
	return s.targets[i]
}
