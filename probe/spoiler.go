package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// findSpoilers looks for those of algorithms that keep the gateway from
// answering whatever they are offered beside.
func (s *scan) findSpoilers(ctx context.Context, algorithms []proposals.Algorithm) {
	const most = 8 // at a time, so that the offer stays short
	for group := range slices.Chunk(algorithms, most) {
		s.findSpoilersIn(ctx, group)
	}
}

// findSpoilersIn halves a group that is not read until the spoilers stand alone.
func (s *scan) findSpoilersIn(ctx context.Context, group []proposals.Algorithm) {
	if s.reads(ctx, group...) || s.gone || ctx.Err() != nil {
		return
	}
	if half := len(group) / 2; half > 0 {
		s.findSpoilersIn(ctx, group[:half])
		s.findSpoilersIn(ctx, group[half:])
		return
	}
	s.spoil(group[0])
}

// spoil notes that the last exchange showed a to be a spoiler.
func (s *scan) spoil(a proposals.Algorithm) {
	if s.spoilers == nil {
		s.spoilers = make(map[proposals.Algorithm]int)
	}
	s.spoilers[a] = s.lastExchange()
}

// reads reports whether the control offer is answered as ever with algorithms
// put into it.
func (s *scan) reads(ctx context.Context, algorithms ...proposals.Algorithm) bool {
	a := s.sound(ctx, s.offering(ctx, beside(s.control, algorithms)))
	if s.controlTaken {
		return isTaken(a.Exchange)
	}
	return a.Outcome == initiator.NoProposalChosen
}

// beside returns the control offer with algorithms put into it where they
// belong.
func beside(control []proposals.Product, algorithms []proposals.Algorithm) []proposals.Product {
	out := slices.Clone(control)
	var hybrid *proposals.Product
	for _, a := range algorithms {
		switch {
		case a.Axis >= proposals.ADDKE1:
			if hybrid == nil {
				p := control[0]
				hybrid = &p
			}
			hybrid[a.Axis] = append(slices.Clone(hybrid[a.Axis]), a)
			continue
		case a.Axis == proposals.INTEG && a.IsNone():
			continue // that is to leave it out
		}
		for i, p := range out {
			aead := len(p[proposals.INTEG]) == 0
			if a.Axis == proposals.ENCR && a.AEAD() != aead || a.Axis == proposals.INTEG && aead || slices.Contains(p[a.Axis], a) {
				continue
			}
			out[i][a.Axis] = append(slices.Clone(p[a.Axis]), a)
		}
	}
	if hybrid != nil {
		out = append(out, *hybrid)
	}
	return out
}

// lastExchange returns the number of the exchange that ended last.
func (s *scan) lastExchange() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.result.Exchanges[len(s.result.Exchanges)-1].ID
}

// spoils reports whether offer holds an algorithm that keeps the gateway from
// answering.
func (s *scan) spoils(offer []proposals.Product) bool {
	for a := range algorithmsOf(offer) {
		if s.spoilers[a] != 0 {
			return true
		}
	}
	return false
}
