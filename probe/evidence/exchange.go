package evidence

import (
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Exchange is one exchange of a scan: the evidence.
type Exchange struct {
	initiator.Exchange
	Purpose Purpose
	// Decides is what the matrix takes from it: Refused if its offer is,
	// silence being a refusal perhaps, Accepted if a suite of it is, NotTested
	// if it takes nothing.
	Decides matrix.State
	// Doubtful: its answer was found not to say what it seemed to, or not to be
	// the gateway's, so that nothing rests on it.
	Doubtful bool
	// Confirmed: the keys of the IKE SA that it opened are the gateway's, too, so
	// that the accepted answer is its own.
	Confirmed bool
	// Look is how its answer looks.
	Look Look
	// Traits are what it shows beside that; nil if nothing.
	Traits *Traits
}

// Cost is what a scan took.
type Cost struct {
	initiator.Cost
	HalfOpenPeak, HalfOpenLeft int
	// HalfOpenUnconfirmed are those of [Unconfirmed].
	HalfOpenUnconfirmed []int
	Elapsed             time.Duration
}
