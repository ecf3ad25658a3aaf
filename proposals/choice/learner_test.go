package choice

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

var responders = flag.Int("responders", 200, "how many policies of each kind of responder TestLearner makes; TestLearnerSettles makes a third")

// numPolicies is how many that is; fewer with -short.
func numPolicies() int {
	if testing.Short() {
		return *responders / 2
	}
	return *responders
}

// chooser is a responder that chooses by its own proposals and a preference.
type chooser struct {
	policy  []proposals.Product
	profile iketest.Profile
	asked   int
	batches int // of questions asked at a time
}

func onWire(products []proposals.Product) []ike.Proposal {
	var out []ike.Proposal
	for i, p := range products {
		out = append(out, p.Proposal(uint8(i+1)))
	}
	return out
}

// choose returns the suite that the responder chooses.
func (c *chooser) choose(t rapid.TB, offer []proposals.Product, ke ike.KeyExchangeMethod) (proposals.Suite, bool) {
	chosen, ok := c.profile.Choose(onWire(c.policy), onWire(offer), ke)
	if !ok {
		return proposals.Suite{}, false
	}
	p, err := proposals.ProductOf(chosen)
	if err != nil {
		t.Fatal(err)
	}
	s, many := p.First()
	if many != proposals.NumAxes {
		t.Fatalf("%v is more than a suite", p)
	}
	return s, true
}

// dialog returns the suite that the responder chooses in the end, if the
// initiator tries again with the method that is wanted.
func (c *chooser) dialog(t rapid.TB, offer []proposals.Product, ke ike.KeyExchangeMethod) (proposals.Suite, bool) {
	s, ok := c.choose(t, offer, ke)
	for range 3 {
		if ok && proposals.MethodOf(s[proposals.KE]) != ke {
			ke = proposals.MethodOf(s[proposals.KE])
			s, ok = c.choose(t, offer, ke)
		}
	}
	return s, ok
}

// stateless answers an offer beside a KE payload of another method: with the
// method that is wanted, or with a refusal.
func (c *chooser) stateless(o matrix.Offer) matrix.Answer {
	for _, own := range c.policy {
		for _, p := range o.Products {
			both, ok := own.Intersect(p)
			if !ok {
				continue
			}
			for _, m := range own[proposals.KE] {
				if slices.Contains(both[proposals.KE], m) {
					return matrix.Answer{State: matrix.Accepted, KE: m}
				}
			}
		}
	}
	return matrix.Answer{State: matrix.Refused}
}

// pick returns a number from 0 to n-1.
type pick func(n int) int

// learner returns one that asks c.
func (c *chooser) learner(t rapid.TB, accepted []proposals.Product) Learner {
	return Learner{Accepted: accepted, Most: 200, Ask: func(questions []Question) []Pick {
		c.batches++
		var picks []Pick
		for _, q := range questions {
			c.asked++
			if c.asked > 2000 {
				t.Fatalf("it asks without end about %v", c.policy)
			}
			s, ok := c.choose(t, q.Offer, q.KE)
			if !ok {
				picks = append(picks, Pick{})
				continue
			}
			pick := Pick{KE: proposals.MethodOf(s[proposals.KE])}
			if pick.KE == q.KE {
				pick.Suite = &s
			}
			picks = append(picks, pick)
		}
		return picks
	}}
}

// few is a universe in which random proposals often meet.
func few(t testing.TB) *matrix.Universe {
	var products []proposals.Product
	for _, text := range []string{
		"aes256gcm16-aes128gcm16-chacha20poly1305-prfsha256-prfsha384-prfsha512-ecp256-ecp384-x25519-modp2048-modp1024",
		"aes256-aes128-3des-sha256-sha384-sha1-prfsha256-prfsha384-prfsha1-ecp256-ecp384-x25519-modp2048-modp1024",
	} {
		p, err := proposals.ParseProduct(text)
		if err != nil {
			t.Fatal(err)
		}
		products = append(products, p)
	}
	u, err := matrix.NewUniverse(products...)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// someOf returns up to most values of list, in any order.
func someOf(pick pick, list []proposals.Algorithm, most int) []proposals.Algorithm {
	list = slices.Clone(list)
	for i := range list {
		j := i + pick(len(list)-i)
		list[i], list[j] = list[j], list[i]
	}
	if len(list) == 0 {
		return nil
	}
	return list[:1+pick(min(most, len(list)))]
}

// orderedPolicy returns one to most proposals with lists in any order. Some are
// like an earlier one but on one axis.
func orderedPolicy(pick pick, u *matrix.Universe, most int) []proposals.Product {
	var policy []proposals.Product
	for range 1 + pick(most) {
		home := u.Products()[pick(2)]
		var p proposals.Product
		length := []int{1, 2, 3, 5}[pick(4)]
		for axis := range home {
			p[axis] = someOf(pick, home[axis], length)
		}
		if len(policy) > 0 && pick(3) == 0 {
			p = policy[pick(len(policy))]
			axis := []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.KE}[pick(3)]
			for _, home := range u.Products() {
				if slices.Contains(home[proposals.ENCR], p[proposals.ENCR][0]) {
					p[axis] = someOf(pick, home[axis], length)
				}
			}
		}
		policy = append(policy, p)
	}
	return policy
}

// learnt returns the choice of a random responder, as far as it can be learnt,
// above all that from offers.
func learnt(t rapid.TB, u *matrix.Universe, c *chooser, most int, offers ...Question) Choice {
	m := matrix.Planner{Universe: u, Exhaustive: true, Ask: func(offers []matrix.Offer) []matrix.Answer {
		var answers []matrix.Answer
		for _, o := range offers {
			answers = append(answers, c.stateless(o))
		}
		return answers
	}}.Run()
	var accepted []proposals.Product
	for _, r := range m.Products {
		accepted = append(accepted, r.Product)
	}
	want, err := matrix.Intersection(c.policy, u.Products())
	if err != nil {
		t.Fatal(err)
	}
	for _, sides := range [][2][]proposals.Product{{want, accepted}, {accepted, want}} {
		if rest, err := matrix.Difference(sides[0], sides[1]); err != nil || len(rest) > 0 {
			t.Fatalf("the matrix of %v differs by %v (%v)", c.policy, rest, err)
		}
	}
	l := c.learner(t, accepted)
	l.Most, l.Offers = most, offers
	choice, _ := l.Learn()
	return choice
}

// TestLearner: what a random responder chooses from random offers is predicted,
// and mostly exactly. Overlapping proposals of a responder can hide what would
// distinguish them: two predictions in a thousand may be wrong.
func TestLearner(t *testing.T) {
	u := few(t)
	for _, test := range []struct {
		name       string
		preference iketest.Preference
		followKE   bool
		certain    int // of a hundred offers that are accepted
		wrong      int // of a thousand, at most
	}{
		{"own", iketest.PreferOwn, false, 85, 2},
		{"own, best", iketest.PreferOwnBest, false, 90, 1},
		{"own, best, of the KE payload", iketest.PreferOwnBest, true, 85, 2},
		{"initiator", iketest.PreferInitiator, false, 65, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2)) // shares, unlike rules, need the same sample
			const offers = 20
			policies := numPolicies()
			var wrong, certain, taken, asked int
			for range policies {
				c := &chooser{policy: orderedPolicy(r.IntN, u, 4), profile: iketest.Profile{Preference: test.preference, FollowKE: test.followKE}}
				choice := learnt(t, u, c, 200)
				asked += c.asked
				for range offers {
					offer := orderedPolicy(r.IntN, u, 12)
					ke := proposals.MethodOf(offer[0][proposals.KE][0])
					got := choice.OfKE(offer, ke)
					want, ok := c.dialog(t, offer, ke)
					switch {
					case ok && slices.Contains(got, want):
						taken++
						if len(got) == 1 {
							certain++
						}
					case ok || len(got) > 0:
						wrong++
						if wrong <= 3 {
							t.Logf("policy %v\noffer %v\nlearnt %v %v\npredicted %v, chosen %v (%v)", c.policy, offer, choice.Proposals, choice.Own, got, want, ok)
						}
					}
				}
			}
			t.Logf("%d of %d accepted offers certain, %d of %d wrong, %d questions for a policy", certain, taken, wrong, policies*offers, asked/policies)
			if wrong*1000 > policies*offers*test.wrong {
				t.Errorf("%d of %d predictions are wrong", wrong, policies*offers)
			}
			if certain*100 < taken*test.certain {
				t.Errorf("%d of %d predictions are certain, want %d of a hundred", certain, taken, test.certain)
			}
		})
	}
}

// TestLearnerSettles: what is chosen of the offers that it is to know of is
// certain, and right, however little else it may ask; but for a few where the KE
// payload's method counts in own proposals that overlap.
func TestLearnerSettles(t *testing.T) {
	u := few(t)
	for _, profile := range []iketest.Profile{
		{Preference: iketest.PreferOwn}, {Preference: iketest.PreferOwnBest},
		{Preference: iketest.PreferOwnBest, FollowKE: true}, {Preference: iketest.PreferInitiator},
	} {
		r := rand.New(rand.NewPCG(3, 4))
		const offers = 8
		policies := numPolicies() / 3
		var wrong, open, asked int
		for i := range policies {
			c := &chooser{policy: orderedPolicy(r.IntN, u, 4), profile: profile}
			var known []Question
			for range offers {
				offer := orderedPolicy(r.IntN, u, 12)
				known = append(known, Question{offer, proposals.MethodOf(offer[0][proposals.KE][0])})
			}
			choice := learnt(t, u, c, []int{6, 36}[i%2], known...)
			asked += c.asked
			for _, q := range known {
				want, ok := c.dialog(t, q.Offer, q.KE)
				switch got := choice.OfKE(q.Offer, q.KE); {
				case ok != (len(got) > 0) || ok && !slices.Contains(got, want):
					wrong++
					t.Logf("policy %v\noffer %v with %v: predicted %v, chosen %v (%v)", c.policy, q.Offer, q.KE, got, want, ok)
				case len(got) > 1:
					open++
				}
			}
		}
		t.Logf("%v, follows KE %v: %d questions for a policy", profile.Preference, profile.FollowKE, asked/policies)
		most := 0
		if profile.FollowKE {
			most = max(3, policies*offers/200)
		}
		if wrong > most || open > 0 {
			t.Errorf("of %d predictions %d are wrong, %d not certain", policies*offers, wrong, open)
		}
	}
}

// TestLearnerOfTwo: two methods and no other PRF leave nothing of one weight to
// compare, but that the KE payload's method is chosen shows that one proposal has
// both. The policy is testdata/lab/policies/openiked/two.conf.
func TestLearnerOfTwo(t *testing.T) {
	policy, err := proposals.ParseProducts("aes256gcm16-aes128gcm16-prfsha384-ecp384-x25519,aes256-aes192-sha256-sha512-prfsha256-modp2048-modp4096")
	if err != nil {
		t.Fatal(err)
	}
	c := &chooser{policy: policy, profile: iketest.OpenIKED}
	choice, _ := c.learner(t, policy).Learn()
	if choice.FollowsKE != Yes || choice.Proposals != ProposalsResponderBest {
		t.Errorf("learnt %v, follows the KE payload: %v", choice.Proposals, choice.FollowsKE)
	}
	for _, p := range policy {
		for _, m := range p[proposals.KE] {
			offer := []proposals.Product{reversed(p)}
			want, _ := c.choose(t, offer, proposals.MethodOf(m))
			if got := choice.OfKE(offer, proposals.MethodOf(m)); len(got) != 1 || got[0] != want {
				t.Errorf("of %v with %v: predicted %v, chosen %v", offer, m, got, want)
			}
		}
	}
}

// TestLearnerWithinBudget: what was found before the questions ran out is not thrown
// away for want of one that confirms it, and five own proposals that overlap take no
// more than a scan allows. The policy is testdata/lab/policies/strongswan/overlap.conf.
func TestLearnerWithinBudget(t *testing.T) {
	policy, err := proposals.ParseProducts("aes128-aes256-sha256-sha512-prfsha256-prfsha512-modp2048-ecp256," +
		"aes256-sha256-sha384-prfsha256-prfsha384-ecp256-ecp384," +
		"aes128gcm16-aes256gcm16-prfsha256-prfsha384-ecp256-ecp384-x25519," +
		"aes256gcm16-chacha20poly1305-prfsha384-prfsha512-ecp384-ecp521-x25519," +
		"aes128-aes192-aes256-sha1-sha256-prfsha1-prfsha256-modp2048-modp3072")
	if err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int]int{24: 1, 36: 3, 48: 5} { // own proposals, at least
		c := &chooser{policy: policy, profile: iketest.StrongSwan}
		l := c.learner(t, policy)
		l.Most = most
		choice, _ := l.Learn()
		if choice.Algorithms != AlgorithmsResponder || len(choice.Own) < want || c.asked > most {
			t.Errorf("%d questions of at most %d: %v, %d own proposals, want %d", c.asked, most, choice.Algorithms, len(choice.Own), want)
		}
		for i, own := range choice.Own {
			if beyond, err := matrix.Difference([]proposals.Product{own.Product}, policy[i:i+1]); own.Rank != i+1 || err != nil || len(beyond) > 0 {
				t.Errorf("within %d questions, own proposal %d is %v with rank %d", most, i+1, own.Product, own.Rank)
			}
		}
	}
}

// TestLearnerOfNoSense: whatever is answered, learning ends within its bound.
func TestLearnerOfNoSense(t *testing.T) {
	t.Parallel()
	const most = 40
	u := matrix.Standard()
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 3))
		asked := 0
		answer := func(q Question) (p Pick) {
			asked++
			if r.IntN(10) == 0 {
				return Pick{}
			}
			s, _ := q.Offer[r.IntN(len(q.Offer))].First()
			for axis, list := range q.Offer[r.IntN(len(q.Offer))] {
				if len(list) > 0 {
					s[axis] = list[r.IntN(len(list))]
				}
			}
			if p.KE = proposals.MethodOf(s[proposals.KE]); p.KE == q.KE {
				p.Suite = &s
			}
			return p
		}
		Learner{Accepted: orderedPolicy(r.IntN, u, 8), Octets: matrix.DefaultOctets, Most: most, Ahead: 1 + r.IntN(4), Ask: func(questions []Question) []Pick {
			var picks []Pick
			for _, q := range questions {
				picks = append(picks, answer(q))
			}
			return picks
		}}.Learn()
		if asked > 2*most {
			t.Errorf("seed %d: %d questions, want at most %d", seed, asked, 2*most)
		}
	}
}

// TestLearnerOfLostAnswers: where answers fail to come, what is learnt are still
// proposals of accepted suites.
func TestLearnerOfLostAnswers(t *testing.T) {
	u := few(t)
	r := rand.New(rand.NewPCG(5, 6))
	learntSome := 0
	for range numPolicies() {
		c := &chooser{policy: orderedPolicy(r.IntN, u, 4), profile: iketest.Profile{Preference: iketest.PreferOwn}}
		accepted, err := matrix.Intersection(c.policy, u.Products())
		if err != nil {
			t.Fatal(err)
		}
		l := c.learner(t, accepted)
		ask := l.Ask
		l.Ask = func(questions []Question) []Pick {
			picks := ask(questions)
			for i := range picks {
				if r.IntN(20) == 0 {
					picks[i] = Pick{}
				}
			}
			return picks
		}
		choice, _ := l.Learn()
		for _, own := range choice.Own {
			learntSome++
			if beyond, err := matrix.Difference([]proposals.Product{own.Product}, accepted); err != nil || len(beyond) > 0 {
				t.Errorf("policy %v\nlearnt %v, of which %v is not accepted (%v)", c.policy, own.Product, beyond, err)
			}
		}
	}
	if learntSome == 0 {
		t.Error("nothing was learnt")
	}
}
