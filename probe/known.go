package probe

import (
	"maps"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// knowledge is what is known of a gateway at a time. It is a value: its lists
// and maps are replaced, never changed.
type knowledge struct {
	// control is an offer that the gateway is known to answer; takesControl
	// says whether it is acceptable, or refused.
	control      []proposals.Product
	takesControl bool

	oracle oracle
	// decoy is the method of the oracle byDecoy.
	decoy ike.KeyExchangeMethod
	// noRedirect: it sends those elsewhere who would go.
	noRedirect bool
	// takesNothing: it takes nothing either when the KE payload fits.
	takesNothing bool
	refusal      refusal

	// taken and refused say whether it was seen to take an offer, and to send
	// NO_PROPOSAL_CHOSEN.
	taken, refused bool
	// read holds the algorithms of offers that it took or refused, longest the
	// octets of the longest request that it answered.
	read    map[proposals.Algorithm]bool
	longest int
	// intolerances are the algorithms that keep it from answering, with the
	// number of the exchange that shows it.
	intolerances map[proposals.Algorithm]int
	// limit is the octets of the longest request that it answers; 0 if there is
	// none known.
	limit int
	// failure is what it answers every offer with, if that is an error.
	failure failure

	// examined: its yes was tried, and whether it understands offers.
	// hollow is the number of an exchange that was refused with the very method
	// that the gateway had asked for, so that INVALID_KE_PAYLOAD is no yes; 0 if
	// there is none.
	examined bool
	hollow   int
	// noAdditional is the number of an exchange that shows that it has no
	// additional key exchanges, though it does not refuse them as RFC 7296 has it;
	// 0 if there is none.
	noAdditional int
	// reads is how much it reads of an offer.
	reads reads
	// weak are weak suites that it refuses, which go with other offers to see
	// whether another gateway takes them; nil if it takes some.
	weak []proposals.Product
	// watched: weak suites were asked for.
	watched bool

	absences  int                          // how often it was waited for
	gone      bool                         // it did not come back
	described map[initiator.Transport]bool // by an accepted answer
}

// failure is an error that every offer is answered with.
type failure struct {
	notify ike.NotifyType
	detail string // of the first answer
	count  int    // of the answers; 0 if there was none, or another one
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

func (f *failure) add(x initiator.Exchange) {
	switch {
	case x.Outcome == initiator.NoAnswer || f.other:
	case x.Outcome != initiator.OtherError || f.count > 0 && x.Notify != f.notify:
		*f = failure{other: true}
	case f.count == 0:
		*f = failure{notify: x.Notify, detail: x.Detail, count: 1}
	default:
		f.count++
	}
}
