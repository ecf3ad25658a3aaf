package evidence

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// ClientAnswer is what a gateway made of a client's first packet.
type ClientAnswer struct {
	Name string // of the FirstPacket
	// State is Accepted if the client gets an IKE SA, as far as algorithms go,
	// Refused if it gets none, NoAnswer if no answer decides that, and
	// NotTested if nothing was sent.
	State matrix.State
	// Outcome and Group are those of the last exchange.
	Outcome initiator.Outcome
	Group   ike.KeyExchangeMethod
	// Suite is what the gateway chose, where it chose one.
	Suite *proposals.Suite
	// Notes say what the rest leaves out.
	Notes []Note
	// Evidence holds the numbers of the exchanges.
	Evidence []int
}
