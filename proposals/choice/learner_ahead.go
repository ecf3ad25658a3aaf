package choice

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Most of what a [Learner] asks depends on the answers before it. Where the
// responder is far away it asks ahead, on a guess of these: it learns as if each
// guess were the answer, asks all that came up, and learns again from the start
// with what was answered, until no question is open. A wrong guess costs
// questions, and no more, since in the end there is none.

// learnt learns until every question is answered, and returns the last run.
func (l Learner) learnt() *learning {
	known := make(map[string]Pick)
	for {
		s := &learning{Learner: l, choice: Choice{Accepted: l.Accepted}, known: known, asked: make(map[string]bool)}
		s.learn()
		if len(s.open) == 0 {
			return s
		}
		for i, p := range l.Ask(s.open) {
			known[s.open[i].key()] = p
		}
	}
}

// key tells questions apart.
func (q Question) key() string { return fmt.Sprint(q.Offer, q.KE) }

// ask returns what the responder chooses from offer, or what it may choose if
// that is not known yet; the zero Pick if there is no answer, or there are no
// more questions.
func (l *learning) ask(offer []proposals.Product, ke ike.KeyExchangeMethod) Pick {
	q := Question{make([]proposals.Product, len(offer)), ke}
	for i, p := range offer {
		for axis, list := range p {
			q.Offer[i][axis] = slices.Clone(list) // which the outline goes on with
		}
	}
	key := q.key()
	if l.asked[key] = true; l.failed || len(l.asked) > l.Most {
		l.failed = true
		return Pick{}
	}
	pick, ok := l.known[key]
	if !ok {
		l.open = append(l.open, q)
		ahead := max(l.Ahead, 1)
		if len(l.known) == 0 {
			ahead = min(ahead, 3) // there is little to go by
		}
		if len(l.open) >= ahead || len(l.known)+len(l.open) >= 2*l.Most {
			l.failed = true
			return Pick{}
		}
		pick = l.guess(q)
		l.failed = pick.Suite != nil && !l.foreseeable(q, *pick.Suite)
	}
	if pick.KE != ike.KE_NONE {
		l.seen = append(l.seen, Chosen{q, pick})
	}
	return pick
}

// guess returns what a responder with the habits of a daemon is likely to
// choose, that chose what was seen.
func (l *learning) guess(q Question) Pick {
	h, order := l.likeliest()
	follows := l.choice.FollowsKE == Yes || h.followsKE && l.choice.FollowsKE == Unknown && l.top != nil
	var chosen proposals.Suite
	least := -1
	for _, p := range q.Offer {
		s, places := firstIn(order, p)
		if i := slices.IndexFunc(p[proposals.KE], func(a proposals.Algorithm) bool { return proposals.MethodOf(a) == q.KE }); i >= 0 && follows {
			s[proposals.KE] = p[proposals.KE][i]
		}
		if least < 0 || h.best && places < least {
			chosen, least = s, places
		}
	}
	pick := Pick{KE: proposals.MethodOf(chosen[proposals.KE])}
	if pick.KE == q.KE {
		pick.Suite = &chosen
	}
	return pick
}

// foreseeable reports whether what s has from where q offers several was seen to
// be chosen before.
func (l *learning) foreseeable(q Question, s proposals.Suite) bool {
	for axis, a := range s {
		several := func(p proposals.Product) bool { return proposals.Axis(axis) != proposals.KE && len(p[axis]) > 1 }
		seen := func(c Chosen) bool { return c.Suite != nil && c.Suite[axis] == a }
		if slices.ContainsFunc(q.Offer, several) && !slices.ContainsFunc(l.seen, seen) {
			return false
		}
	}
	return true
}

// habit is how a daemon chooses by default: its order of key exchange methods,
// whether that of the KE payload counts, and whether it takes the best offered
// proposal. What is not in the order comes last.
type habit struct {
	order           []ike.KeyExchangeMethod
	followsKE, best bool
}

var habits = []habit{
	{ // OpenIKED
		order: []ike.KeyExchangeMethod{
			ike.KE_CURVE25519, ike.KE_ECP_521, ike.KE_ECP_384, ike.KE_ECP_256,
			ike.KE_MODP_8192, ike.KE_MODP_6144, ike.KE_MODP_4096, ike.KE_MODP_3072, ike.KE_MODP_2048, ike.KE_MODP_1536, ike.KE_MODP_1024,
		},
		followsKE: true, best: true,
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

// likeliest returns the habit that explains best what was seen, and the order
// that explains it.
func (l *learning) likeliest() (h habit, order proposals.Product) {
	fewest := -1
	for _, tried := range habits {
		var o proposals.Product
		for _, m := range tried.order {
			o[proposals.KE] = append(o[proposals.KE], proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
		}
		for _, p := range l.Accepted {
			for axis := range p {
				for _, a := range p.On(proposals.Axis(axis)) {
					if !slices.Contains(o[axis], a) {
						o[axis] = append(o[axis], a)
					}
				}
			}
		}
		moves := 0
		for axis := range o {
			if proposals.Axis(axis) != proposals.KE {
				slices.SortStableFunc(o[axis], func(a, b proposals.Algorithm) int {
					return cmp.Compare(matrix.Likelihood(b), matrix.Likelihood(a))
				})
			}
			for _, c := range l.seen {
				moves += c.obeyed(proposals.Axis(axis), o[axis])
			}
		}
		if fewest < 0 || moves < fewest {
			h, order, fewest = tried, o, moves
		}
	}
	return h, order
}

// firstIn returns the suite of q whose algorithms come first in the order p, and
// the sum of their places.
func firstIn(p, q proposals.Product) (s proposals.Suite, places int) {
	for axis := range q {
		least := len(p[axis])
		for _, a := range q.On(proposals.Axis(axis)) {
			if i := slices.Index(p[axis], a); i >= 0 && i < least {
				s[axis], least = a, i
			}
		}
		places += weight(proposals.Axis(axis)) * least
	}
	return s, places
}

// obeyed changes order so that c follows from it, and returns by how much.
func (c Chosen) obeyed(axis proposals.Axis, order []proposals.Algorithm) int {
	for _, p := range c.Offer {
		chosen := proposals.Algorithm{Axis: proposals.KE, ID: uint16(c.Pick.KE)}
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
		to := slices.IndexFunc(order, func(b proposals.Algorithm) bool { return slices.Contains(p[axis], b) })
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
