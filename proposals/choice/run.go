package choice

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// A run learns once from the beginning, with the answers known by then.
type run struct {
	Learner

	known  map[string]Pick // the answers so far, by [Question.key]
	asked  map[string]bool // the questions of this run, likewise
	open   []Question      // those of them that were answered by a guess
	seen   []Chosen
	halted halt
	kept   int // questions of Most for the end

	// What this run has learnt:

	choice Choice
	top    *proposals.Suite    // chosen from all that is accepted
	left   []proposals.Product // suites that no own proposal is known of
	// firstOfEquals: of offered proposals that one own proposal meets, the
	// initiator's first is chosen, as was seen.
	firstOfEquals bool
}

// A halt is why a run asks no more. A question after it goes unanswered.
type halt uint8

const (
	notHalted halt = iota
	// awaiting: what to ask next depends on questions that are open. Whatever
	// the run has learnt is thrown away, and another one begins.
	awaiting
	// spent: Most questions were asked.
	spent
	// contradicted: an own proposal was found that holds nothing new.
	contradicted
)

// key distinguishes questions.
func (q Question) key() string { return fmt.Sprint(q.Offer, q.KE) }

// ask returns what the responder chooses from offer, or what it is likely to
// choose if that is not known yet. It reports false if there is no answer, or no
// question any more.
func (r *run) ask(offer []proposals.Product, ke ike.KeyExchangeMethod) (Pick, bool) {
	if r.halted != notHalted {
		return Pick{}, false
	}
	q := Question{cloned(offer), ke}
	key := q.key()
	if r.asked[key] = true; len(r.asked) > r.Most-r.kept {
		r.halted = spent
		return Pick{}, false
	}
	pick, ok := r.known[key]
	if !ok {
		if pick, ok = r.speculate(q); !ok {
			r.halted = awaiting
			return Pick{}, false
		}
	}
	if pick.KE == ike.KE_NONE {
		return Pick{}, false
	}
	r.seen = append(r.seen, Chosen{q, pick})
	return pick, true
}

// method returns the key exchange method chosen from offer, which costs no state.
func (r *run) method(offer ...proposals.Product) (ike.KeyExchangeMethod, bool) {
	pick, ok := r.ask(offer, ike.KE_NONE)
	return pick.KE, ok
}

// chosenFrom returns the suite chosen from offer. With expected as the method of
// the KE payload it takes one question if that is chosen, and two if not.
func (r *run) chosenFrom(offer []proposals.Product, expected ike.KeyExchangeMethod) (proposals.Suite, bool) {
	if methods := proposals.KeyExchangeMethods(offer); len(methods) == 1 {
		expected = methods[0]
	} else if r.choice.FollowsKE == Yes {
		expected, _ = r.method(offer...)
	}
	if expected == ike.KE_NONE {
		return proposals.Suite{}, false
	}
	pick, ok := r.ask(offer, expected)
	if ok && pick.Suite == nil {
		pick, _ = r.ask(offer, pick.KE)
	}
	if pick.Suite == nil {
		return proposals.Suite{}, false
	}
	return *pick.Suite, true
}

// A comparison is what is chosen if two proposals are offered.
type comparison uint8

const (
	unanswered comparison = iota
	former
	latter
)

// compare offers p first and then base, and returns what is chosen. Both are of
// one own proposal if it is the former, where the initiator's first of equals is
// chosen. With whole, its suite is asked for; without, only the method of that
// can be relied on.
func (r *run) compare(p proposals.Product, base proposals.Suite, whole bool) (proposals.Suite, comparison) {
	offer, ours := []proposals.Product{p, base.Product()}, proposals.MethodOf(base[proposals.KE])
	if slices.Contains(p[proposals.KE], base[proposals.KE]) {
		switch s, ok := r.chosenFrom(offer, ours); {
		case !ok:
			return s, unanswered
		case s == base:
			return s, latter
		default:
			return s, former
		}
	}
	if p.Size() == int64(len(p[proposals.KE])) {
		whole = false // the method shows the suite
	}
	ke := ike.KE_NONE
	if whole && r.choice.FollowsKE != Yes {
		ke = proposals.MethodOf(p[proposals.KE][0])
	}
	pick, ok := r.ask(offer, ke)
	if ok && whole && pick.Suite == nil && pick.KE != ours {
		pick, ok = r.ask(offer, pick.KE)
	}
	switch {
	case !ok:
		return proposals.Suite{}, unanswered
	case pick.KE == ours:
		return base, latter
	case pick.Suite != nil:
		return *pick.Suite, former
	}
	s, _ := p.First()
	s[proposals.KE] = methodAlgorithm(pick.KE)
	return s, former
}

// beats reports whether s is chosen if u is offered after it.
func (r *run) beats(s, u proposals.Suite) bool {
	_, result := r.compare(s.Product(), u, false)
	return result == former
}

// methodAlgorithm returns m on the axis KE.
func methodAlgorithm(m ike.KeyExchangeMethod) proposals.Algorithm {
	return proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)}
}

// cloned returns a copy of products that shares no list with them.
func cloned(products []proposals.Product) []proposals.Product {
	out := slices.Clone(products)
	for i, p := range out {
		for axis, list := range p {
			out[i][axis] = slices.Clone(list)
		}
	}
	return out
}
