package proposals

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
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
		s := &learning{Learner: l, choice: Choice{Accepted: l.Accepted}, known: known}
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
func (l *learning) ask(offer []Product, ke ike.KeyExchangeMethod) Pick {
	q := Question{make([]Product, len(offer)), ke}
	for i, p := range offer {
		for axis, list := range p {
			q.Offer[i][axis] = slices.Clone(list) // which the outline goes on with
		}
	}
	pick, ok := l.known[q.key()]
	if !ok {
		if l.failed = l.failed || len(l.known)+len(l.open) >= l.Most || len(l.open) >= max(l.Ahead, 1); l.failed {
			return Pick{}
		}
		pick = l.guess(q)
		l.open = append(l.open, q)
	}
	if pick.KE != ike.KE_NONE {
		l.seen = append(l.seen, Chosen{q, pick})
	}
	return pick
}

// guess returns what a responder with an order like the known ones is likely to
// choose, that chose what was seen.
func (l *learning) guess(q Question) Pick {
	p := q.Offer[0]
	if l.top != nil {
		if i := slices.IndexFunc(q.Offer, func(p Product) bool { return p.Contains(*l.top) }); i >= 0 && len(q.Offer) > 2 {
			p = q.Offer[i]
		}
	}
	var s Suite
	for axis, list := range p {
		switch {
		case len(list) == 0:
			s[axis] = None(Axis(axis))
		case Axis(axis) == KE && l.choice.FollowsKE && slices.ContainsFunc(list, func(a Algorithm) bool { return methodOf(a) == q.KE }):
			s[axis] = Algorithm{Axis: KE, ID: uint16(q.KE)}
		default:
			s[axis] = l.likeliest(Axis(axis), list)
		}
	}
	pick := Pick{KE: methodOf(s[KE])}
	if pick.KE == q.KE {
		pick.Suite = &s
	}
	return pick
}

// orders of key exchange methods that daemons have by default: OpenIKED,
// strongSwan, libreswan, and others. What is in none of them comes last.
var usualOrders = [][]ike.KeyExchangeMethod{
	{
		ike.KE_CURVE25519, ike.KE_ECP_521, ike.KE_ECP_384, ike.KE_ECP_256,
		ike.KE_MODP_8192, ike.KE_MODP_6144, ike.KE_MODP_4096, ike.KE_MODP_3072, ike.KE_MODP_2048, ike.KE_MODP_1536, ike.KE_MODP_1024,
	},
	{
		ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_BRAINPOOL_P256R1, ike.KE_BRAINPOOL_P384R1, ike.KE_BRAINPOOL_P512R1,
		ike.KE_CURVE25519, ike.KE_CURVE448,
		ike.KE_MODP_3072, ike.KE_MODP_4096, ike.KE_MODP_6144, ike.KE_MODP_8192, ike.KE_MODP_2048, ike.KE_MODP_1536, ike.KE_MODP_1024,
	},
	{
		ike.KE_ECP_256, ike.KE_ECP_384, ike.KE_ECP_521, ike.KE_CURVE25519,
		ike.KE_MODP_4096, ike.KE_MODP_3072, ike.KE_MODP_2048, ike.KE_MODP_8192, ike.KE_MODP_6144, ike.KE_MODP_1536, ike.KE_MODP_1024,
	},
}

// likeliest returns the value of list that was chosen before others of it, or
// else is likely to be.
func (l *learning) likeliest(axis Axis, list []Algorithm) Algorithm {
	if len(list) == 1 {
		return list[0]
	}
	var best []Algorithm
	fewest := -1
	for _, order := range l.orders(axis, list) {
		moves := 0
		for _, c := range l.seen {
			moves += c.obeyed(axis, order)
		}
		if fewest < 0 || moves < fewest {
			best, fewest = order, moves
		}
	}
	for _, a := range best {
		if slices.Contains(list, a) {
			return a
		}
	}
	return list[0]
}

// orders returns orders that the values of an axis may have, at least those of
// list.
func (l *learning) orders(axis Axis, list []Algorithm) [][]Algorithm {
	var all []Algorithm
	for _, p := range l.Accepted {
		all = append(all, p[axis]...)
	}
	all = append(all, list...)
	if axis != KE {
		return [][]Algorithm{all}
	}
	var out [][]Algorithm
	for _, order := range usualOrders {
		var o []Algorithm
		for _, m := range order {
			o = append(o, Algorithm{Axis: KE, ID: uint16(m)})
		}
		out = append(out, append(o, all...))
	}
	return out
}

// obeyed changes order so that c follows from it, and returns by how much.
func (c Chosen) obeyed(axis Axis, order []Algorithm) int {
	for _, p := range c.Offer {
		chosen := Algorithm{Axis: KE, ID: uint16(c.Pick.KE)}
		if c.Suite != nil {
			chosen = c.Suite[axis]
			if !p.Contains(*c.Suite) {
				continue
			}
		} else if axis != KE {
			return 0
		}
		if !slices.Contains(p[axis], chosen) || axis == KE && methodOf(chosen) == c.Question.KE {
			continue
		}
		to := slices.IndexFunc(order, func(b Algorithm) bool { return slices.Contains(p[axis], b) })
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
