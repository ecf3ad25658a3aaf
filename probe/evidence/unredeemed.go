package evidence

import (
	"errors"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Unanswered returns the number of an exchange in which a gateway that refuses by
// silence was silent though it was given all that it had asked for of a suite that m
// accepts; 0 if there is none, or if an offer was accepted.
func Unanswered(exchanges []Exchange, m *matrix.Matrix) int {
	silent := 0
	for _, x := range exchanges {
		switch {
		case x.Type != ike.IKE_SA_INIT:
		case x.Outcome == initiator.Accepted:
			return 0
		case x.Outcome == initiator.NoAnswer && silent == 0 && keFits(x, m):
			silent = x.ID
		}
	}
	return silent
}

// Unredeemed returns the number of an exchange which shows that the gateway asks for
// key exchange methods and accepts none: hollow, if that is one in which it refused
// the method that it had asked for, or the first in which it asked for one, where m
// accepts nothing, or where it was given the only one that could be chosen of a suite
// that m accepts. Without a matrix that has to be one in which it was given what it
// had asked for, or asks for what it was given. It is 0 if there is none, or if an
// offer was accepted.
func Unredeemed(exchanges []Exchange, hollow int, m *matrix.Matrix) int {
	named := make(map[asked]bool)
	for _, x := range exchanges {
		if x.Outcome == initiator.InvalidKEPayload {
			named[asked{questionOf(x).offer, x.Group}] = true
		}
		switch {
		case x.Outcome == initiator.Accepted && x.Type == ike.IKE_SA_INIT:
			return 0
		case x.Outcome == initiator.InvalidKEPayload && !x.Doubtful && hollow == 0 &&
			(m == nil && named[questionOf(x)] || m != nil && (m.Accepted == 0 || keFits(x, m))):
			hollow = x.ID
		}
	}
	return hollow
}

// keFits reports whether x offered one key exchange method alone and had its KE payload,
// so that no other can be asked for, and m accepts a suite of the offer.
func keFits(x Exchange, m *matrix.Matrix) bool {
	if methods := proposals.KeyExchangeMethods(x.Offer); len(methods) != 1 || methods[0] != x.KE {
		return false
	}
	return slices.ContainsFunc(m.Products, func(r matrix.Region) bool {
		return slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { _, ok := p.Intersect(r.Product); return ok })
	})
}

// Retract gives up what m says is refused because the gateway asked for another key
// exchange method, where it never accepts one that it asks for: that says nothing. The
// exchanges decide nothing any more. What NO_PROPOSAL_CHOSEN refused stays so. The
// error is that of [matrix.Matrix.Contest].
func Retract(m *matrix.Matrix, exchanges []Exchange) error {
	var refused []proposals.Product
	for _, x := range exchanges {
		if x.Outcome == initiator.NoProposalChosen && x.Decides == matrix.Refused {
			refused = append(refused, x.Offer...)
		}
	}
	var failed error
	for i, x := range exchanges {
		if x.Outcome != initiator.InvalidKEPayload || x.Decides != matrix.Refused {
			continue
		}
		exchanges[i].Decides = matrix.NotTested
		left, err := matrix.Difference(x.Offer, refused)
		failed = errors.Join(failed, err)
		for _, p := range left {
			failed = errors.Join(failed, m.Contest(p, []int{x.ID}))
		}
	}
	return failed
}

// NamedInVain returns the exchanges of which one asked for a key exchange method and
// the other, hollow, refused what it was asked for with it, where m, which accepts
// other suites, accepts none with that method: another gateway may have asked.
func NamedInVain(exchanges []Exchange, hollow int, m *matrix.Matrix) []int {
	i := slices.IndexFunc(exchanges, func(x Exchange) bool { return x.ID == hollow })
	if i < 0 || m.Accepted == 0 || slices.ContainsFunc(m.Products, func(r matrix.Region) bool {
		return proposals.HasKeyExchange([]proposals.Product{r.Product}, exchanges[i].KE)
	}) {
		return nil
	}
	for _, x := range exchanges {
		if x.Outcome == initiator.InvalidKEPayload && x.Group == exchanges[i].KE {
			return []int{x.ID, hollow}
		}
	}
	return nil
}
