package probe

import (
	"time"

	"github.com/ikescope/ikescope/probe/evidence"
)

// After too many malformed answers, or such that contradict each other, so many
// more are asked for, and for so long: from the start, or from when it was too
// much.
const (
	moreInDisorder  = 300
	disorderFrom    = 22 * time.Second
	disorderTimeOut = 3 * time.Second
)

// gaveUp reports whether nothing more is asked, as the answers are in disorder.
func (s *scan) gaveUp() bool {
	answers, ago, ok := s.disorder.Since()
	return ok && (answers >= moreInDisorder || ago >= disorderTimeOut && time.Since(s.result.Started) >= disorderFrom)
}

// denied returns the exchanges whose answers were denied by ones that came late.
func (s *scan) denied() (all []int) {
	for _, a := range s.conn.Late() {
		if a.Denies {
			all = append(all, a.Exchange)
		}
	}
	return all
}

// explainDisorder says why the scan gave up.
func (s *scan) explainDisorder() {
	kind, exchanges, bad, all := s.disorder.Doubts()
	s.findings.Doubt(kind, nil, exchanges...)
	s.journal.Note(evidence.Note{Kind: evidence.NoteDisorder, Count: bad, Of: all})
}
