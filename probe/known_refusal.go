package probe

import "github.com/ikescope/ikescope/ike"

// refusesAloud reports whether the gateway was seen to refuse with an answer, so
// that silence is no refusal.
func (k knowledge) refusesAloud() bool {
	return k.refused || k.refusal.how == refusesByError
}

// refusal is how a gateway refuses an offer.
type refusal struct {
	how    refusalKind
	notify ike.NotifyType // of refusesByError
	// counts is how many offers count as refused for their silence, tries how
	// often they were sent.
	counts, tries int
}

type refusalKind uint8

const (
	refusesAsUnknown refusalKind = iota // not found out
	refusesAloud                        // NO_PROPOSAL_CHOSEN
	refusesByError                      // another error notify
	dropsRefused                        // silence
	refusesUnclearly                    // none of these is sure
)
