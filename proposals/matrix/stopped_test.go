package matrix

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// TestStopped: a product of which a suite was refused is not verified, though
// the search ended before it was cut.
func TestStopped(t *testing.T) {
	u := Standard()
	s := newSearch(Planner{Universe: u})
	b := newGateway(t, u, "aes128-aes192-aes256-sha1-sha256-prfsha1-prfsha256-modp1536-modp2048").boxes[0]
	cells := slices.Collect(b.Parts(sets.Open(b)))
	for i, cell := range cells {
		s.observe(cell, i+1)
	}
	s.products = []sets.Box{b}
	s.stopped = true
	if m := s.matrix(); m.Accepted != b.Size() {
		t.Fatalf("%d suites accepted, want %d", m.Accepted, b.Size())
	}
	s.refuse(cells[:1], len(cells)+1)
	m := s.matrix()
	if state, _ := m.State(u.suite(cells[0])); state != Refused || m.Accepted != b.Size()-1 {
		t.Errorf("the refused suite is %v, and %d are accepted", state, m.Accepted)
	}
}
