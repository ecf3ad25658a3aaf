package gateway

import (
	"maps"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Known is what is known of a gateway at a time. It is a value: its lists
// and maps are replaced, never changed.
type Known struct {
	// Control is an offer that the gateway is known to answer; TakesControl
	// says whether it is acceptable, or refused.
	Control      []proposals.Product
	TakesControl bool

	Oracle Oracle
	// Decoy is the method of the oracle ByDecoy.
	Decoy ike.KeyExchangeMethod
	// NoRedirect: it sends those elsewhere who would go.
	NoRedirect bool
	// TakesNothing: it takes nothing either when the KE payload fits.
	TakesNothing bool
	Refusal      Refusal

	// Taken and Refused say whether it was seen to take an offer, and to send
	// NO_PROPOSAL_CHOSEN.
	Taken, Refused bool
	// read holds the algorithms of offers that it took or refused.
	read map[proposals.Algorithm]bool
	// Longest is the octets of the longest request that it answered.
	Longest int
	// Intolerances are the algorithms that keep it from answering, with the
	// number of the exchange that shows it.
	Intolerances map[proposals.Algorithm]int
	// Limit is the octets of the longest request that it answers; 0 if there is
	// none known. LimitShown is the number of an exchange that was longer.
	Limit, LimitShown int
	// TooLong are the algorithms that would take too many requests within Limit, or
	// longer ones, with the number of the exchange that shows it.
	TooLong map[proposals.Algorithm]int
	// Failure is what it answers every offer with, if that is an error.
	Failure Failure

	// Examined: its yes was tried, and whether it understands offers.
	// Hollow is the number of an exchange that was refused with the very method
	// that the gateway had asked for, so that INVALID_KE_PAYLOAD is no yes; 0 if
	// there is none.
	Examined bool
	Hollow   int
	// NoAdditional is the number of an exchange that shows that it has no
	// additional key exchanges, though it does not refuse them as RFC 7296 has it;
	// 0 if there is none.
	NoAdditional int
	// Reads is how much it reads of an offer.
	Reads Reads
	// Weak are weak suites that it refuses, which go with other offers to see
	// whether another gateway takes them; nil if it takes some.
	Weak []proposals.Product
	// Watched: weak suites were asked for.
	Watched bool

	Absences  int                          // how often it was waited for
	Gone      bool                         // it did not come back
	Described map[initiator.Transport]bool // by an accepted answer
}

// Failure is an error that every offer is answered with.
type Failure struct {
	Notify ike.NotifyType
	Detail string // of the first answer
	Count  int    // of the answers; 0 if there was none, or another one
	other  bool   // there was another answer
}

// plus returns a copy of m with a value for key.
func plus[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	out := maps.Clone(m)
	if out == nil {
		out = make(map[K]V)
	}
	out[key] = value
	return out
}

// add takes in how an exchange ended.
func (f *Failure) add(x initiator.Exchange) {
	switch {
	case x.Outcome == initiator.NoAnswer || f.other:
	case x.Outcome != initiator.OtherError || f.Count > 0 && x.Notify != f.Notify:
		*f = Failure{other: true}
	case f.Count == 0:
		*f = Failure{Notify: x.Notify, Detail: x.Detail, Count: 1}
	default:
		f.Count++
	}
}
