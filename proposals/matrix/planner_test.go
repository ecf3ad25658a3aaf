package matrix

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// gateway answers offers as a responder with a list of products does: the
// first configured product that meets the offer wins, and in it the first
// algorithms of each axis.
type gateway struct {
	u      *Universe
	policy []proposals.Product
	boxes  []sets.Box
	asked  int
	rounds int
	octets int
	// reply, if set, may replace an answer.
	reply func(n int, o Offer, a Answer) Answer
}

func newGateway(t testing.TB, u *Universe, policy string) *gateway {
	t.Helper()
	products, err := proposals.ParseProducts(policy)
	if err != nil {
		t.Fatal(err)
	}
	return gatewayOf(t, u, products)
}

func gatewayOf(t testing.TB, u *Universe, products []proposals.Product) *gateway {
	t.Helper()
	g := &gateway{u: u, policy: products}
	for _, p := range products {
		b, ok := u.box(p)
		if !ok {
			t.Fatalf("%v is not in the universe", p)
		}
		g.boxes = append(g.boxes, b)
	}
	return g
}

func (g *gateway) ask(t testing.TB, offers []Offer) []Answer {
	g.rounds++
	var answers []Answer
	for _, o := range offers {
		g.asked++
		if g.asked > 20000 {
			t.Fatal("too many")
		}
		octets := 0
		for _, p := range o.Products {
			octets += p.Octets()
			for a, list := range p {
				if len(list) > defaultTransforms {
					t.Fatalf("%d transforms on axis %v", len(list), proposals.Axis(a))
				}
			}
		}
		if octets > DefaultOctets {
			t.Fatalf("offer of %d octets", octets)
		}
		g.octets += octets
		a := g.answer(o)
		a.Exchange = g.asked
		if g.reply != nil {
			a = g.reply(g.asked, o, a)
		}
		answers = append(answers, a)
	}
	return answers
}

func (g *gateway) answer(o Offer) Answer {
	theirs := make([]sets.Box, len(o.Products))
	for i, p := range o.Products {
		theirs[i], _ = g.u.box(p)
	}
	for i, mine := range g.boxes {
		for _, b := range theirs {
			if !mine.Overlaps(b) {
				continue
			}
			for _, m := range g.policy[i][proposals.KE] {
				if mine[proposals.KE]&b[proposals.KE]&(1<<slices.Index(g.u.axes[proposals.KE], m)) != 0 {
					return Answer{State: Accepted, KE: m}
				}
			}
		}
	}
	return Answer{State: Refused}
}

func (g *gateway) scan(t testing.TB) *Matrix {
	return Planner{Universe: g.u, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
}

// want is the accepted set, in the universe, as disjoint boxes.
func (g *gateway) want() []sets.Box {
	var in []sets.Box
	for _, b := range g.boxes {
		for _, ub := range g.u.boxes {
			if part := b.And(ub); !part.Empty() {
				in = append(in, part)
			}
		}
	}
	return sets.Disjoint(in)
}

// found is the accepted set that m tells, as disjoint boxes.
func (g *gateway) found(m *Matrix) []sets.Box {
	var got []sets.Box
	for _, r := range m.Products {
		b, _ := g.u.box(r.Product)
		got = append(got, b)
	}
	return sets.Disjoint(got)
}

// differ returns the number of suites that m has wrong.
func (g *gateway) differ(m *Matrix) int64 {
	got := g.found(m)
	return sets.Size(sets.Subtract(g.want(), got...)) + sets.Size(sets.Subtract(got, g.want()...))
}

const strongSwanDefault = "aes128-aes192-aes256-aes128ctr-aes192ctr-aes256ctr-camellia128-camellia192-camellia256-camellia128ctr-camellia192ctr-camellia256ctr-3des-sha256-sha384-sha512-sha1-aesxcbc-aescmac-prfsha256-prfsha384-prfsha512-prfaesxcbc-prfaescmac-prfsha1-ecp256-ecp384-ecp521-ecp256bp-ecp384bp-ecp512bp-curve25519-curve448-modp3072-modp4096-modp6144-modp8192-modp2048," +
	"aes128gcm16-aes192gcm16-aes256gcm16-chacha20poly1305-aes128gcm12-aes192gcm12-aes256gcm12-aes128gcm8-aes192gcm8-aes256gcm8-aes128ccm16-aes192ccm16-aes256ccm16-aes128ccm12-aes192ccm12-aes256ccm12-aes128ccm8-aes192ccm8-aes256ccm8-camellia128ccm16-camellia192ccm16-camellia256ccm16-prfsha256-prfsha384-prfsha512-prfaesxcbc-prfaescmac-prfsha1-ecp256-ecp384-ecp521-ecp256bp-ecp384bp-ecp512bp-curve25519-curve448-modp3072-modp4096-modp6144-modp8192-modp2048"

const openIKEDDefault = "aes128gcm16-aes256gcm16-prfsha256-prfsha384-prfsha512-prfsha1-x25519-ecp521-ecp384-ecp256-modp4096-modp3072-modp2048-modp1536-modp1024," +
	"aes256-aes192-aes128-3des-sha256-sha384-sha512-sha1-prfsha256-prfsha384-prfsha512-prfsha1-x25519-ecp521-ecp384-ecp256-modp4096-modp3072-modp2048-modp1536-modp1024"

var policies = []struct {
	name, policy string
	most         int // exchanges
}{
	{"nothing", "", 14},
	{"one suite", "aes256-sha256-prfsha256-modp2048", 70},
	{"windows", "3des-aes128-aes192-aes256-sha1-prfsha1-modp1024,3des-aes128-aes192-aes256-sha256-prfsha256-modp1024,3des-aes128-aes192-aes256-sha384-prfsha384-modp1024", 200},
	{"five suites", "aes256gcm16-prfsha384-ecp384,aes256-sha256-prfsha256-modp2048,aes128-sha1-prfsha1-modp1024,chacha20poly1305-prfsha256-x25519,3des-sha1-prfsha1-modp1536", 128},
	{"five overlapping products", "aes256gcm16-aes128gcm16-prfsha256-prfsha384-ecp256-ecp384-x25519,aes256-aes128-sha256-sha512-prfsha256-prfsha512-modp2048-ecp256,aes256-sha384-sha256-prfsha384-prfsha256-ecp384-modp2048-modp3072,aes128-aes192-sha1-sha256-prfsha1-prfsha256-modp2048-modp1536,aes256gcm16-prfsha384-prfsha512-ecp521-ecp384-modp4096", 256},
	{"five overlapping products, 67 suites", "aes128-aes256-sha256-sha512-prfsha256-prfsha512-modp2048-ecp256,aes256-sha256-sha384-prfsha256-prfsha384-ecp256-ecp384,aes128gcm16-aes256gcm16-prfsha256-prfsha384-ecp256-ecp384-x25519,aes256gcm16-chacha20poly1305-prfsha384-prfsha512-ecp384-ecp521-x25519,aes128-aes192-aes256-sha1-sha256-prfsha1-prfsha256-modp2048-modp3072", 256},
	{"libreswan", "aes256gcm16-aes128gcm16-prfsha512-prfsha256-modp2048-modp3072-modp4096-modp8192-ecp256-ecp384-ecp521-x25519,chacha20poly1305-prfsha512-prfsha256-modp2048-modp3072-modp4096-modp8192-ecp256-ecp384-ecp521-x25519,aes256-aes128-sha512-sha256-prfsha512-prfsha256-modp2048-modp3072-modp4096-modp8192-ecp256-ecp384-ecp521-x25519", 110},
	{"openiked", openIKEDDefault, 110},
	{"strongswan", strongSwanDefault, 256},
	{"hybrid", "aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke1_mlkem1024,aes256gcm16-prfsha384-x25519-ecp384-ke1_none,aes256-sha384-prfsha384-ecp384-x25519-modp3072", 200},
}

func TestPlanner(t *testing.T) {
	for _, tt := range policies {
		t.Run(tt.name, func(t *testing.T) {
			u := Standard()
			var g *gateway
			if tt.policy == "" {
				g = gatewayOf(t, u, nil)
			} else {
				g = newGateway(t, u, tt.policy)
			}
			m := g.scan(t)
			t.Logf("%d accepted by %d exchanges in %d rounds, %d octets, %d products", m.Accepted, g.asked, g.rounds, g.octets, len(m.Products))
			if n := g.differ(m); n != 0 {
				for _, r := range m.Products {
					t.Logf("%v %v %d", r.Product, r.Basis, r.Samples)
				}
				t.Errorf("%d suites wrong", n)
			}
			if !m.Proven {
				t.Error("not proven")
			}
			if g.asked > tt.most {
				t.Errorf("%d exchanges, want at most %d", g.asked, tt.most)
			}
		})
	}
}

// TestThorough: with each triple of algorithms seen together, and not without.
func TestThorough(t *testing.T) {
	for _, thorough := range []bool{false, true} {
		u := Standard()
		g := newGateway(t, u, openIKEDDefault)
		m := Planner{Universe: u, Thorough: thorough, Ask: func(o []Offer) []Answer { return g.ask(t, o) }}.Run()
		if n := g.differ(m); n != 0 {
			t.Errorf("thorough %v: %d suites wrong", thorough, n)
		}
		missing := 0
		for _, b := range inUniverse(g) {
			seen := newCombinations(3)
			for s := range m.observed {
				if cell, _ := u.box(s.Product()); b.Holds(cell) {
					seen.add(b, cell)
				}
			}
			for range seen.missing(b, sets.Open(b)) {
				missing++
			}
		}
		if thorough != (missing == 0) {
			t.Errorf("thorough %v: %d triples were not seen", thorough, missing)
		}
	}
}

// TestPrior: a run that goes on where another one stopped asks nothing again,
// finds the same, and leaves nothing to decide.
func TestPrior(t *testing.T) {
	for _, tt := range policies[1:] {
		u := Standard()
		whole := newGateway(t, u, tt.policy)
		want := whole.scan(t)
		for _, stop := range []int{1, 13, 25, 50} {
			g := newGateway(t, u, tt.policy)
			var prior []Asked
			ask := func(offers []Offer) []Answer {
				answers := g.ask(t, offers)
				for i := range answers {
					if len(prior) >= stop {
						answers[i] = Answer{State: NotTested}
						continue
					}
					prior = append(prior, Asked{Offer: offers[i], Answer: answers[i]})
				}
				return answers
			}
			first := Planner{Universe: u, Ask: ask}.Run()
			if first.NotTested == 0 && len(prior) >= stop {
				t.Errorf("%s: stopped after %d exchanges, and nothing is left", tt.name, stop)
			}
			seen := make(map[string]bool)
			for _, a := range prior {
				seen[offerString(a.Offer)] = true
			}
			again := newGateway(t, u, tt.policy)
			goOn := func(look func(Offer)) *Matrix {
				return Planner{Universe: u, Prior: slices.Clip(prior), Ask: func(offers []Offer) []Answer {
					answers := again.ask(t, offers)
					for i, o := range offers {
						if seen[offerString(o)] {
							t.Errorf("%s: asked again: %s", tt.name, offerString(o))
						}
						seen[offerString(o)] = true
						prior = append(prior, Asked{Offer: o, Answer: answers[i]})
						look(o)
					}
					return answers
				}}.Run()
			}
			m := goOn(func(Offer) {})
			if n := again.differ(m); n != 0 || !m.Proven {
				t.Errorf("%s, stopped after %d: %d suites wrong, proven %v", tt.name, stop, n, m.Proven)
			}
			if m.Accepted != want.Accepted {
				t.Errorf("%s, stopped after %d: %d accepted, want %d", tt.name, stop, m.Accepted, want.Accepted)
			}
			// Where all is decided nothing is asked but to observe what was
			// inferred.
			goOn(func(o Offer) {
				for _, p := range o.Products {
					for suite := range p.Suites() {
						if state, _ := m.State(suite); state != Accepted || m.Observed(suite) {
							t.Errorf("%s, stopped after %d: %s was asked of a matrix that is whole", tt.name, stop, offerString(o))
							return
						}
					}
				}
			})
		}
	}
}

func offerString(o Offer) string {
	var s []string
	for _, p := range o.Products {
		s = append(s, p.String())
	}
	return strings.Join(s, ",")
}
