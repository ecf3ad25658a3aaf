package gateway

import "github.com/ikescope/ikescope/ike"

// Refusal is how a gateway refuses an offer.
type Refusal struct {
	How    RefusalKind
	Notify ike.NotifyType // of RefusesByError
	// Counts is how many offers count as refused for their silence, Tries how
	// often they were sent.
	Counts, Tries int
}

// RefusalKind is what a refusal looks like.
type RefusalKind uint8

// The kinds of refusals.
const (
	RefusalUnknown   RefusalKind = iota // not found out
	RefusesAloud                        // NO_PROPOSAL_CHOSEN
	RefusesByError                      // another error notify
	DropsRefused                        // silence
	RefusesUnclearly                    // none of these is sure
)

// RefusesAloud reports whether the gateway was seen to refuse with an answer, so
// that silence is no refusal.
func (k Known) RefusesAloud() bool {
	return k.Refused || k.Refusal.How == RefusesByError
}
