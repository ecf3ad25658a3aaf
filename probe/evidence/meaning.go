package evidence

import (
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Meaning returns what an exchange says of the suites of offer.
func Meaning(offer []proposals.Product, x initiator.Exchange) matrix.Answer {
	out := matrix.Answer{State: matrix.NoAnswer, Exchange: x.ID}
	switch x.Outcome {
	case initiator.Accepted:
		if x.Suite == nil {
			break // it was not asked for one
		}
		if slices.ContainsFunc(offer, func(p proposals.Product) bool { return p.Contains(*x.Suite) }) {
			out.State, out.Suite = matrix.Accepted, x.Suite
		} else if leftOut(offer, *x.Suite) {
			out.State = matrix.Refused
		}
	case initiator.InvalidKEPayload:
		if methods := proposals.KeyExchangeMethods(offer); len(methods) == 1 && methods[0] == x.KE && x.Group != x.KE {
			// It asks for what was not offered, of who has no other method.
			out.State = matrix.Refused
		} else if slices.Contains(methods, x.Group) && x.Group != x.KE {
			out.State = matrix.Accepted
			out.KE = proposals.Algorithm{Axis: proposals.KE, ID: uint16(x.Group)}
		}
	case initiator.NoProposalChosen:
		out.State = matrix.Refused
	}
	return out
}

// leftOut reports whether s is a suite of offer but for additional key exchanges,
// which all of the offer has.
func leftOut(offer []proposals.Product, s proposals.Suite) bool {
	found := false
	for _, p := range offer {
		additional := slices.ContainsFunc(p[proposals.ADDKE1:], func(list []proposals.Algorithm) bool {
			return len(list) > 0 && !slices.ContainsFunc(list, proposals.Algorithm.IsNone)
		})
		if !additional {
			return false
		}
		for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
			p[axis] = nil
		}
		found = found || p.Contains(s)
	}
	return found
}
