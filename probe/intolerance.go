package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Some gateways do not answer, whatever else is offered, if a request holds an
// algorithm of some kind: an intolerance, as there are of versions in TLS.

// findIntolerances looks for those of algorithms that keep the gateway from
// answering whatever they are offered beside.
func (s *scan) findIntolerances(ctx context.Context, algorithms []proposals.Algorithm) {
	const most = 8 // at a time, so that the offer stays short
	for group := range slices.Chunk(algorithms, most) {
		s.findIntolerancesIn(ctx, group)
	}
}

// findIntolerancesIn halves a group that is not read until those that it is intolerant of stand alone.
func (s *scan) findIntolerancesIn(ctx context.Context, group []proposals.Algorithm) {
	if s.reads(ctx, group...) || s.gateway.now().gone || ctx.Err() != nil {
		return
	}
	if half := len(group) / 2; half > 0 {
		s.findIntolerancesIn(ctx, group[:half])
		s.findIntolerancesIn(ctx, group[half:])
		return
	}
	s.gateway.addIntolerance(group[0], s.journal.last())
}

// reads reports whether the control offer is answered as ever with algorithms
// put into it.
func (s *scan) reads(ctx context.Context, algorithms ...proposals.Algorithm) bool {
	known := s.gateway.now()
	a := s.sound(ctx, s.offering(ctx, beside(known.control, algorithms)))
	if known.takesControl {
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

// tolerates reports whether offer holds no algorithm that keeps the gateway from
// answering.
func (k knowledge) tolerates(offer []proposals.Product) bool {
	for a := range algorithmsOf(offer) {
		if k.intolerances[a] != 0 {
			return false
		}
	}
	return true
}

// readable finds out whether the gateway reads offers like that of q at all:
// not longer, and with these algorithms. If not it returns parts to ask in its
// place, or none if there is no way to ask it.
func (s *scan) readable(ctx context.Context, q *question) (parts []*question, ok bool) {
	s.findIntolerances(ctx, s.gateway.now().unread(q.offer))
	known := s.gateway.now()
	octets := known.octetsAs(q.offer)
	switch {
	case !known.tolerates(q.offer):
		return known.divide(q.offer), false
	case octets <= known.longest || q.errors > 0:
		return nil, true
	}
	// All of it is read in short requests. Is it too long?
	if s.findLimit(ctx, octets) {
		return s.gateway.now().divide(q.offer), false
	}
	return nil, octets <= s.gateway.now().longest
}
