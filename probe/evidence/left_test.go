package evidence

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestUnconfirmed: what may have left a half-open IKE SA is what could have been taken,
// and whose answer does not say that it was not.
func TestUnconfirmed(t *testing.T) {
	const one, both = "aes128-sha256-prfsha256-modp2048", "aes128-sha256-prfsha256-modp2048-ecp256"
	refusesAll := &matrix.Matrix{Asked: offers.MustParse(both)}
	of := func(outcome initiator.Outcome, offer string, ke ike.KeyExchangeMethod, tries int) Exchange {
		return Exchange{Exchange: initiator.Exchange{ID: 7, Type: ike.IKE_SA_INIT, Outcome: outcome, Offer: offers.MustParse(offer), KE: ke, Tries: tries}}
	}
	const no, none = initiator.NoProposalChosen, initiator.NoAnswer
	several := Result{Habits: []Habit{{Kind: HabitMembers}}}
	forged := Result{Notes: []Note{{Kind: NoteConflict, Exchanges: []int{3}}}}
	for name, tc := range map[string]struct {
		r    Result
		x    Exchange
		want bool
	}{
		"silence":                            {Result{}, of(none, one, ike.KE_MODP_2048, 4), true},
		"silence to what is refused":         {Result{Matrix: refusesAll}, of(none, one, ike.KE_MODP_2048, 4), false},
		"silence to what is in doubt":        {Result{Matrix: refusesAll, Doubts: []Doubt{{Kind: DoubtUnredeemed}}}, of(none, one, ike.KE_MODP_2048, 4), true},
		"silence to a method of no proposal": {Result{}, of(none, one, ike.KE_ECP_256, 4), false},
		"malformed":                          {Result{}, of(initiator.Malformed, both, ike.KE_ECP_256, 1), true},
		"refused":                            {Result{}, of(no, one, ike.KE_MODP_2048, 2), false},
		"refused, perhaps by somebody else":  {forged, of(no, one, ike.KE_MODP_2048, 1), true},
		"accepted at once":                   {several, of(initiator.Accepted, one, ike.KE_MODP_2048, 1), false},
		"refused, and sent to several":       {several, of(no, one, ike.KE_MODP_2048, 2), true},
		"accepted, and sent again":           {Result{}, of(initiator.Accepted, one, ike.KE_MODP_2048, 2), true},
		"left for certain":                   {Result{Notes: []Note{{Kind: NoteNotClosed, Exchanges: []int{7}}}}, of(none, one, ike.KE_MODP_2048, 1), false},
		"closed unseen":                      {Result{Notes: []Note{{Kind: NoteClosedUnseen, Exchanges: []int{7}}}}, of(initiator.Accepted, one, ike.KE_MODP_2048, 1), true},
	} {
		tc.r.Exchanges = []Exchange{tc.x}
		if got := Unconfirmed(tc.r); slices.Equal(got, []int{7}) != tc.want || len(got) > 1 {
			t.Errorf("%s: %v", name, got)
		}
	}
}
