package evidence

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// Unconfirmed returns the exchanges of r that may have left half-open IKE SAs, and may
// have left none, one at most for each time that they were sent: what was to close
// theirs got no answer; or they got no answer that can be read, to an offer of which not
// all is refused for certain; or somebody may have answered in the gateway's place; or
// they were sent again, which several gateways at the address may each have taken for a
// request of their own. Those of which an IKE SA is left for certain are not among them.
func Unconfirmed(r Result) []int {
	var out []int
	left := make(map[int]bool)
	forged, shared := false, false
	for _, n := range r.Notes {
		switch n.Kind {
		case NoteClosedUnseen:
			out = append(out, n.Exchanges...)
		case NoteUnclosable, NoteNotClosed, NoteAcceptedLate:
			for _, id := range n.Exchanges {
				left[id] = true
			}
		case NoteConflict, NoteForged, NoteDisorder:
			forged = true
		}
	}
	for _, d := range r.Doubts {
		switch d.Kind {
		case DoubtForged, DoubtUnredeemed: // its yes may have come behind a no that is forged
			forged = true
		case DoubtSeveral, DoubtMember, DoubtContradiction:
			shared = true
		}
	}
	shared = shared || slices.ContainsFunc(r.Habits, func(h Habit) bool { return h.Kind == HabitMembers })
	unasked := slices.ContainsFunc(r.Exchanges, func(x Exchange) bool {
		return x.Type == ike.IKE_SA_INIT && x.Outcome == initiator.Accepted && !proposals.HasKeyExchange(x.Offer, x.KE)
	})
	for _, x := range r.Exchanges {
		if x.Type != ike.IKE_SA_INIT || !unasked && !proposals.HasKeyExchange(x.Offer, x.KE) || left[x.ID] {
			continue
		}
		none := false
		again := x.Tries > 1 && !(x.Tries == 2 && x.Cookie)
		switch x.Outcome {
		case initiator.Accepted:
			none = !again
		case initiator.NoProposalChosen, initiator.InvalidKEPayload, initiator.OtherError:
			none = !forged && !(again && shared)
		}
		if r.Matrix != nil && len(r.Doubts) == 0 && !unasked && !none {
			_, _, none = refusedWhole(r.Matrix, offers.OfMethod(x.Offer, x.KE))
		}
		if none {
			continue
		}
		out = append(out, x.ID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
