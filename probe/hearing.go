package probe

import (
	"context"
	"math"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
)

// hearing is what a gateway was seen to read.
type hearing struct {
	algorithms map[proposals.Algorithm]bool // of offers that it took or refused
	octets     int                          // of the longest request that it answered
}

func (h *hearing) add(x Exchange) {
	if !isIKEv2(x.Outcome) {
		return
	}
	h.octets = max(h.octets, requestOctets(x.Offer, x.KE))
	if !isTaken(x) && x.Outcome != NoProposalChosen {
		return // it did not like something in it
	}
	if h.algorithms == nil {
		h.algorithms = make(map[proposals.Algorithm]bool)
	}
	for a := range algorithmsOf(x.Offer) {
		h.algorithms[a] = true
	}
}

// maxDatagram is the most octets of a request that every path carries whole.
const maxDatagram = 1232

// requestOctets returns the size of a request, with all notifies that there
// may be, and without a cookie.
func requestOctets(offer []proposals.Product, method ike.KeyExchangeMethod) int {
	const (
		header   = 28
		saHeader = 4
		keHeader = 8
		nonce    = 4 + nonceLen
		nat      = 2 * (8 + 20)
		notifies = 8 + (8 + 2*len(signatureHashes)) + 8 + 8
	)
	public, _, _ := keyexchange.Sizes(method)
	return header + saHeader + octetsOf(offer) + keHeader + public + nonce + nat + notifies
}

// octetsAs returns the size of the request that asks offer.
func (s *scan) octetsAs(offer []proposals.Product) int {
	sent, method, _ := s.payload(offer)
	return requestOctets(sent, method)
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

// findLimit looks for the longest request that the gateway answers, if that is
// shorter than octets, by repeating the proposals of the control offer. It
// reports whether there is such a limit.
func (s *scan) findLimit(ctx context.Context, octets int) bool {
	if s.limit > 0 {
		return octets > s.limit
	}
	silent := math.MaxInt // octets of the shortest request without an answer
	for try := octets; ; try = (s.longest() + silent) / 2 {
		offer := s.padded(try)
		n := s.octetsAs(offer)
		if n <= s.longest() || n >= silent {
			break // no proposal fits between
		}
		switch s.sound(ctx, offer).Outcome {
		case NotTried:
			return false
		case NoAnswer:
			silent = n
		}
		if s.longest() >= octets {
			return false
		}
	}
	if silent == math.MaxInt {
		return false // the control offer cannot be made as long
	}
	s.limit = s.longest()
	s.note("The gateway answers requests of %d octets, but not of %d or more: it drops what is long, or the path does. The scan asked in shorter requests.", s.limit, min(silent, octets))
	return true
}

// padded returns the control offer, its proposals repeated until the request
// has so many octets, if a datagram can hold them.
func (s *scan) padded(octets int) []proposals.Product {
	offer := slices.Clone(s.control)
	for i := 0; s.octetsAs(offer) < octets; i++ {
		longer := append(offer, s.control[i%len(s.control)])
		if s.octetsAs(longer) > maxDatagram {
			break
		}
		offer = longer
	}
	return offer
}

func (s *scan) longest() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard.octets
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

func (s *scan) lastExchange() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.result.Exchanges[len(s.result.Exchanges)-1].ID
}
