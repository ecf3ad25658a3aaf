package probe

import (
	"fmt"
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
}

// Cost is what a scan took.
type Cost struct {
	initiator.Cost
	HalfOpenPeak, HalfOpenLeft int
	Elapsed                    time.Duration
}

// Purpose is what an exchange is for.
type Purpose uint8

const (
	PurposeReach   Purpose = iota // to see whether a responder is there, and how it answers
	PurposeControl                // to see whether the gateway answers, or reads something, between other offers
	PurposeMatrix                 // to find out which suites are accepted
	PurposeDetail                 // to find out how the gateway chooses, and what it says beside
	PurposeClient                 // to ask as a client does
	PurposeClose                  // to end a half-open IKE SA
)

var purposes = [...]string{
	PurposeReach:   "reach",
	PurposeControl: "control",
	PurposeMatrix:  "matrix",
	PurposeDetail:  "detail",
	PurposeClient:  "client",
	PurposeClose:   "close",
}

// String returns the purpose as the JSON document writes it.
func (p Purpose) String() string {
	if int(p) < len(purposes) {
		return purposes[p]
	}
	return fmt.Sprintf("Purpose(%d)", uint8(p))
}
