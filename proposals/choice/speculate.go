package choice

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Most of what a [Learner] asks depends on the answers before it. Where the
// responder is far away it speculates: it learns as if each guess were the
// answer, asks all that came up, and learns again from the beginning with what
// was answered, until no question is open. A wrong guess costs questions, and no
// more, since in the end there is none.

// speculate notes that q is open, and guesses what is chosen. It reports false
// where as many questions are open as are asked at a time, or where a guess
// would be too vague to go on with.
func (r *run) speculate(q Question) (Pick, bool) {
	r.open = append(r.open, q)
	ahead := max(r.Ahead, 1)
	if len(r.known) == 0 {
		ahead = min(ahead, 3) // there is little to go by
	}
	if len(r.open) >= ahead || len(r.known)+len(r.open) >= 2*r.Most {
		return Pick{}, false
	}
	pick := r.guess(q)
	return pick, pick.Suite == nil || r.foreseeable(q, *pick.Suite)
}

// guess returns what a responder that behaves as a daemon does by default is
// likely to choose, if it chose what was seen.
func (r *run) guess(q Question) Pick {
	behaviour, order := r.likeliestBehaviour()
	follows := r.choice.FollowsKE == Yes ||
		behaviour.followsKE && r.choice.FollowsKE == Unknown && r.top != nil
	var chosen proposals.Suite
	least := -1
	for _, p := range q.Offer {
		s, score := firstIn(order, p)
		if follows && slices.Contains(p[proposals.KE], methodAlgorithm(q.KE)) {
			s[proposals.KE] = methodAlgorithm(q.KE)
		}
		if least < 0 || behaviour.scores && score < least {
			chosen, least = s, score
		}
	}
	pick := Pick{KE: proposals.MethodOf(chosen[proposals.KE])}
	if pick.KE == q.KE {
		pick.Suite = &chosen
	}
	return pick
}

// foreseeable reports whether s has only values that were seen to be chosen,
// where q offers several. Of methods it may have any.
func (r *run) foreseeable(q Question, s proposals.Suite) bool {
	for axis, a := range s {
		several := func(p proposals.Product) bool { return proposals.Axis(axis) != proposals.KE && len(p[axis]) > 1 }
		seen := func(c Chosen) bool { return c.Suite != nil && c.Suite[axis] == a }
		if slices.ContainsFunc(q.Offer, several) && !slices.ContainsFunc(r.seen, seen) {
			return false
		}
	}
	return true
}

// defaultBehaviour is how a daemon chooses by default: its order of key exchange
// methods, whether that of the KE payload counts, and whether it scores the
// offered proposals. What is not in the order comes last.
type defaultBehaviour struct {
	order             []ike.KeyExchangeMethod
	followsKE, scores bool
}

var defaultBehaviours = []defaultBehaviour{
	{ // OpenIKED
		order: []ike.KeyExchangeMethod{
			ike.KE_CURVE25519, ike.KE_ECP_521, ike.KE_ECP_384, ike.KE_ECP_256,
			ike.KE_MODP_8192, ike.KE_MODP_6144, ike.KE_MODP_4096, ike.KE_MODP_3072, ike.KE_MODP_2048, ike.KE_MODP_1536, ike.KE_MODP_1024,
		},
		followsKE: true, scores: true,
	},
	{ // strongSwan
		order: []ike.KeyExchangeMethod{
			ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_BRAINPOOL_P256R1, ike.KE_BRAINPOOL_P384R1, ike.KE_BRAINPOOL_P512R1,
			ike.KE_CURVE25519, ike.KE_CURVE448,
			ike.KE_MODP_3072, ike.KE_MODP_4096, ike.KE_MODP_6144, ike.KE_MODP_8192, ike.KE_MODP_2048, ike.KE_MODP_1536, ike.KE_MODP_1024,
		},
	},
	{ // libreswan
		order: []ike.KeyExchangeMethod{
			ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_CURVE25519,
			ike.KE_MODP_4096, ike.KE_MODP_3072, ike.KE_MODP_2048, ike.KE_MODP_8192, ike.KE_MODP_6144, ike.KE_MODP_1536, ike.KE_MODP_1024,
		},
	},
}

// likeliestBehaviour returns the default behaviour that explains best what was
// seen, and the order of algorithms that explains it.
func (r *run) likeliestBehaviour() (best defaultBehaviour, order proposals.Product) {
	fewest := -1
	for _, b := range defaultBehaviours {
		o, moves := r.explained(b)
		if fewest < 0 || moves < fewest {
			best, order, fewest = b, o, moves
		}
	}
	return best, order
}

// explained returns the order of b, changed so that what was seen follows from
// it, and by how many places it was.
func (r *run) explained(b defaultBehaviour) (order proposals.Product, moves int) {
	for _, m := range b.order {
		order[proposals.KE] = append(order[proposals.KE], methodAlgorithm(m))
	}
	for _, p := range r.Accepted {
		for axis := range p {
			for _, a := range p.On(proposals.Axis(axis)) {
				if !slices.Contains(order[axis], a) {
					order[axis] = append(order[axis], a)
				}
			}
		}
	}
	for axis, list := range order {
		if proposals.Axis(axis) != proposals.KE {
			slices.SortStableFunc(list, func(a, b proposals.Algorithm) int {
				return cmp.Compare(matrix.Likelihood(b), matrix.Likelihood(a))
			})
		}
		for _, c := range r.seen {
			moves += c.obeyed(proposals.Axis(axis), list)
		}
	}
	return order, moves
}

// firstIn returns the suite of p whose algorithms come first in order, and the
// score of their places.
func firstIn(order, p proposals.Product) (s proposals.Suite, score int) {
	for axis := range p {
		least := len(order[axis])
		for _, a := range p.On(proposals.Axis(axis)) {
			if i := slices.Index(order[axis], a); i >= 0 && i < least {
				s[axis], least = a, i
			}
		}
		score += weight(proposals.Axis(axis)) * least
	}
	return s, score
}

// obeyed changes order, in place, so that c follows from it, and returns by how
// many places.
func (c Chosen) obeyed(axis proposals.Axis, order []proposals.Algorithm) int {
	for _, p := range c.Offer {
		chosen := methodAlgorithm(c.Pick.KE)
		if c.Suite != nil {
			chosen = c.Suite[axis]
			if !p.Contains(*c.Suite) {
				continue
			}
		} else if axis != proposals.KE {
			return 0
		}
		if !slices.Contains(p[axis], chosen) || axis == proposals.KE && proposals.MethodOf(chosen) == c.Question.KE {
			continue
		}
		to := slices.IndexFunc(order, func(a proposals.Algorithm) bool { return slices.Contains(p[axis], a) })
		from := slices.Index(order, chosen)
		if to < 0 || from < to {
			return 0
		}
		copy(order[to+1:from+1], order[to:from])
		order[to] = chosen
		return from - to
	}
	return 0
}
