package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// hearing is what a gateway was seen to read: what stood in an offer that it
// answered.
type hearing struct {
	algorithms map[proposals.Algorithm]bool
	octets     int // of the proposals of the longest offer
}

func (h *hearing) add(x Exchange) {
	if !isTaken(x) && x.Outcome != NoProposalChosen {
		return
	}
	if h.algorithms == nil {
		h.algorithms = make(map[proposals.Algorithm]bool)
	}
	for a := range algorithmsOf(x.Offer) {
		h.algorithms[a] = true
	}
	h.octets = max(h.octets, octetsOf(x.Offer))
}

// maxOffer is the size in octets of the proposals that fit a datagram of 1,232
// octets with a short KE payload.
const maxOffer = 990

// readable finds out whether the gateway reads offers like this one at all: not
// longer, and with these algorithms. If not it returns parts to ask in its
// place, or none if there is no way to ask it.
func (s *scan) readable(ctx context.Context, offer []proposals.Product) (parts []*question, ok bool) {
	s.mu.Lock()
	var unheard []proposals.Algorithm
	for a := range algorithmsOf(offer) {
		if !s.heard.algorithms[a] && s.spoilers[a] == 0 && !slices.Contains(unheard, a) {
			unheard = append(unheard, a)
		}
	}
	longest := s.heard.octets
	s.mu.Unlock()
	s.findSpoilers(ctx, unheard)
	octets := octetsOf(offer)
	switch {
	case s.spoils(offer):
		return s.divide(offer), false
	case octets <= longest:
		return nil, true
	}
	// All of it is read in short offers. Is it too long?
	together := slices.Concat(s.control, offer)
	if octetsOf(together) > maxOffer {
		return halves(offer), false
	}
	switch s.sound(ctx, together).Outcome {
	case NotTried:
		return nil, false
	case NoAnswer:
		s.limit = octets - 1
		s.note("The gateway does not answer offers of more than %d octets of proposals; what it does not read whole was asked in parts.", s.limit)
		return s.divide(offer), false
	}
	return nil, true
}

// findSpoilers looks for those of algorithms that keep the gateway from
// answering whatever they are offered beside.
func (s *scan) findSpoilers(ctx context.Context, algorithms []proposals.Algorithm) {
	const most = 8 // at a time, so that the offer stays short
	for group := range slices.Chunk(algorithms, most) {
		s.findSpoilersIn(ctx, group)
	}
}

func (s *scan) findSpoilersIn(ctx context.Context, group []proposals.Algorithm) {
	if s.reads(ctx, group...) || s.gone || ctx.Err() != nil {
		return
	}
	if half := len(group) / 2; half > 0 {
		s.findSpoilersIn(ctx, group[:half])
		s.findSpoilersIn(ctx, group[half:])
		return
	}
	if s.spoilers == nil {
		s.spoilers = make(map[proposals.Algorithm]int)
	}
	s.spoilers[group[0]] = s.lastExchange()
}

// reads reports whether the control offer is answered as ever with algorithms
// put into it.
func (s *scan) reads(ctx context.Context, algorithms ...proposals.Algorithm) bool {
	a := s.sound(ctx, beside(s.control, algorithms))
	if s.controlTaken {
		return isTaken(a.Exchange)
	}
	return a.Outcome == NoProposalChosen
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

// divide returns parts to ask in place of offer, as this gateway needs it:
// without what spoils an offer, not too long, and each with one key exchange
// method where that has to be the one of the KE payload. It returns none if
// offer can be asked as it is.
func (s *scan) divide(offer []proposals.Product) []*question {
	var parts []*question
	var clean []proposals.Product
	for _, p := range offer {
		rest, left := p, true
		for axis, list := range p {
			good := slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return s.spoilers[a] != 0 })
			if len(good) == len(list) {
				continue
			}
			spoilt := rest
			spoilt[axis] = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return s.spoilers[a] == 0 })
			parts = append(parts, &question{offer: []proposals.Product{spoilt}, over: true,
				answer: proposals.Answer{State: proposals.NoAnswer, Exchange: s.spoilers[spoilt[axis][0]]}})
			if rest[axis] = good; len(good) == 0 {
				left = false // not "none" but nothing
				break
			}
		}
		if left {
			clean = append(clean, rest)
		}
	}
	pieces := [][]proposals.Product{clean}
	if s.way == byOwnKE {
		pieces = nil
		for _, m := range methodsOf(clean) {
			pieces = append(pieces, ofMethod(clean, m))
		}
	}
	for _, piece := range pieces {
		for _, short := range s.shorten(piece) {
			parts = append(parts, &question{offer: short})
		}
	}
	if len(parts) == 1 && octetsOf(parts[0].offer) == octetsOf(offer) {
		return nil
	}
	return parts
}

// shorten splits offer until no part is longer than the gateway answers.
func (s *scan) shorten(offer []proposals.Product) [][]proposals.Product {
	if len(offer) == 0 {
		return nil
	}
	if s.limit == 0 || octetsOf(offer) <= s.limit {
		return [][]proposals.Product{offer}
	}
	first, rest := halve(offer)
	if rest == nil {
		return [][]proposals.Product{offer}
	}
	return append(s.shorten(first), s.shorten(rest)...)
}

// halves returns the two halves of offer as questions, or none if it is a
// single suite.
func halves(offer []proposals.Product) []*question {
	first, rest := halve(offer)
	if rest == nil {
		return nil
	}
	return []*question{{offer: first}, {offer: rest}}
}

// halve splits the products of offer, or the longest list of the only one. The
// rest is nil for a single suite.
func halve(offer []proposals.Product) (first, rest []proposals.Product) {
	if half := len(offer) / 2; half > 0 {
		return offer[:half:half], offer[half:]
	}
	p := offer[0]
	longest := proposals.ENCR
	for axis, list := range p {
		if len(list) > len(p[longest]) {
			longest = proposals.Axis(axis)
		}
	}
	list := p[longest]
	if len(list) < 2 {
		return offer, nil
	}
	q := p
	p[longest], q[longest] = list[:len(list)/2], list[len(list)/2:]
	return []proposals.Product{p}, []proposals.Product{q}
}

// ofMethod returns the part of offer with the key exchange method m.
func ofMethod(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	a := proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}
	var out []proposals.Product
	for _, p := range offer {
		if slices.Contains(p[proposals.KE], a) {
			p[proposals.KE] = []proposals.Algorithm{a}
			out = append(out, p)
		}
	}
	return out
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

func (s *scan) lastExchange() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.result.Exchanges[len(s.result.Exchanges)-1].ID
}

// algorithmsOf calls yield for each algorithm of offer, perhaps again and
// again.
func algorithmsOf(offer []proposals.Product) func(yield func(proposals.Algorithm) bool) {
	return func(yield func(proposals.Algorithm) bool) {
		for _, p := range offer {
			for _, list := range p {
				for _, a := range list {
					if !yield(a) {
						return
					}
				}
			}
		}
	}
}

// octetsOf returns the size of the proposals of offer.
func octetsOf(offer []proposals.Product) int {
	n := 0
	for _, p := range offer {
		n += p.Octets()
	}
	return n
}
