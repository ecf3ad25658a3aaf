package evidence

import (
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// ObservedSuite returns a suite that m accepts and that was asked about alone.
func ObservedSuite(m *matrix.Matrix) (proposals.Suite, bool) {
	for _, r := range m.Products {
		if s, ok := m.FirstObserved(r.Product); ok {
			return s, true
		}
	}
	return proposals.Suite{}, false
}

// AcceptedSuite returns a suite of an accepted answer that is not doubtful.
func AcceptedSuite(exchanges []Exchange) (proposals.Suite, bool) {
	for _, x := range exchanges {
		if x.Outcome == initiator.Accepted && x.Suite != nil && !x.Doubtful && x.Taken() {
			return *x.Suite, true
		}
	}
	return proposals.Suite{}, false
}
