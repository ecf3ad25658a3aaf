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

// findIntolerancesIn halves a group that is not read until those that the gateway
// is intolerant of stand alone, each with the exchange that stayed without the
// answer.
func (s *scan) findIntolerancesIn(ctx context.Context, group []proposals.Algorithm) {
	a, read := s.reads(ctx, group...)
	if read || a.Outcome == initiator.NotTried || s.gateway.Now().Gone || ctx.Err() != nil {
		return
	}
	if half := len(group) / 2; half > 0 {
		s.findIntolerancesIn(ctx, group[:half])
		s.findIntolerancesIn(ctx, group[half:])
		return
	}
	exchange := a.ID
	if exchange == 0 {
		exchange = s.journal.Last() // it cannot be asked
	}
	s.gateway.AddIntolerance(group[0], exchange)
}

// reads asks the control offer with algorithms put into it, and reports whether it
// is answered as ever.
func (s *scan) reads(ctx context.Context, algorithms ...proposals.Algorithm) (initiator.Answer, bool) {
	known := s.gateway.Now()
	a := s.sound(ctx, s.offering(ctx, known.Beside(algorithms)))
	if known.TakesControl {
		return a, a.Taken()
	}
	return a, a.Outcome == initiator.NoProposalChosen || a.Outcome == initiator.InvalidKEPayload || a.Taken()
}

// readable finds out whether the gateway reads offers like that of q at all:
// not longer, and with these algorithms. If not it returns parts to ask in its
// place, or none if there is no way to ask it.
func (s *scan) readable(ctx context.Context, q *question) (parts []*question, ok bool) {
	s.findIntolerances(ctx, s.gateway.Now().Unread(q.offer))
	known := s.gateway.Now()
	octets := known.OctetsAs(q.offer)
	switch {
	case !known.Tolerates(q.offer):
		return partsOf(known.Divide(q.offer)), false
	case octets <= known.Longest || q.errors > 0:
		return nil, true
	}
	// All of it is read in short requests. Is it too long?
	if s.findLimit(ctx, octets) {
		return partsOf(s.gateway.Now().Divide(q.offer)), false
	}
	return nil, octets <= s.gateway.Now().Longest
}
