package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// hearing is what a gateway was seen to read.
type hearing struct {
	algorithms map[proposals.Algorithm]bool // of offers that it took or refused
	octets     int                          // of the longest request that it answered
}

func (h *hearing) add(x initiator.Exchange, octets int) {
	if !isIKEv2(x.Outcome) {
		return
	}
	h.octets = max(h.octets, octets)
	if !isTaken(x) && x.Outcome != initiator.NoProposalChosen {
		return // it did not like something in it
	}
	if h.algorithms == nil {
		h.algorithms = make(map[proposals.Algorithm]bool)
	}
	for a := range algorithmsOf(x.Offer) {
		h.algorithms[a] = true
	}
}

// readable finds out whether the gateway reads offers like that of q at all:
// not longer, and with these algorithms. If not it returns parts to ask in its
// place, or none if there is no way to ask it.
func (s *scan) readable(ctx context.Context, q *question) (parts []*question, ok bool) {
	offer := q.offer
	s.mu.Lock()
	var unheard []proposals.Algorithm
	for a := range algorithmsOf(offer) {
		if !s.heard.algorithms[a] && s.spoilers[a] == 0 && !slices.Contains(unheard, a) {
			unheard = append(unheard, a)
		}
	}
	s.mu.Unlock()
	s.findSpoilers(ctx, unheard)
	octets := s.octetsAs(offer)
	switch {
	case s.spoils(offer):
		return s.divide(offer), false
	case octets <= s.longest() || q.errors > 0:
		return nil, true
	}
	// All of it is read in short requests. Is it too long?
	if s.findLimit(ctx, octets) {
		return s.divide(offer), false
	}
	return nil, octets <= s.longest()
}
