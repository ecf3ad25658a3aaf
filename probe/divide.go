package probe

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// divide returns parts to ask in place of offer, as this gateway needs it:
// without what it is intolerant of, not too long, and each with one key exchange
// method where that has to be the one of the KE payload. It returns none if
// offer can be asked as it is.
func (k knowledge) divide(offer []proposals.Product) []*question {
	var parts []*question
	var clean []proposals.Product
	for _, p := range offer {
		rest, left := p, true
		for axis, list := range p {
			good := slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return k.withheld(a).Exchange != 0 })
			if len(good) == len(list) {
				continue
			}
			withheld := rest
			withheld[axis] = slices.DeleteFunc(slices.Clone(list), func(a proposals.Algorithm) bool { return k.withheld(a).Exchange == 0 })
			parts = append(parts, &question{offer: []proposals.Product{withheld}, over: true, answer: k.withheld(withheld[axis][0])})
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
	if k.oracle == byOwnKE {
		pieces = nil
		for _, m := range proposals.KeyExchangeMethods(clean) {
			pieces = append(pieces, ofMethod(clean, m))
		}
	}
	for _, piece := range pieces {
		for _, short := range k.shorten(piece) {
			parts = append(parts, &question{offer: short})
		}
	}
	if len(parts) == 1 && !parts[0].over && octetsOf(parts[0].offer) == octetsOf(offer) {
		return nil
	}
	return parts
}

// withheld returns the answer on a suite with a that was not asked for it, with
// the exchange that shows why; the zero value if a can be asked about.
func (k knowledge) withheld(a proposals.Algorithm) matrix.Answer {
	switch {
	case k.intolerances[a] != 0:
		return matrix.Answer{State: matrix.NoAnswer, Exchange: k.intolerances[a]}
	case k.noAdditional != 0 && a.Axis >= proposals.ADDKE1 && !a.IsNone():
		return matrix.Answer{State: matrix.Refused, Exchange: k.noAdditional}
	}
	return matrix.Answer{}
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
