//go:build linux

package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/assess"
)

// testPreference: with each policy of each gateway, a scan tells which suite
// any client gets. That is held against what the gateway chooses from the
// offers of well-known clients, and from parts of what it accepts in any order.
func (l lab) testPreference(t *testing.T, gateway string) {
	if gateway != "openiked" { // which has none
		l.limits(t, gateway, "1000", "1000")
	}
	for _, policy := range sample(strings.Fields(l.do(t, "policies", gateway)), 2) {
		t.Run(policy, func(t *testing.T) {
			l.do(t, "restart", gateway)
			l.policy(t, gateway, policy)
			address := l.do(t, "addr", gateway)
			target := l.scan(t, beside, 0, address)
			learnt := assess.ChoiceOf(&target)
			a := l.asker(t, beside, address)
			var certain, taken int
			for _, offer := range variedOffers(learnt.Accepted) {
				ke := proposals.KeyExchangeMethods(offer)[0]
				got := learnt.OfKE(offer, ke)
				want, ok := a.chosen(t, offer, ke)
				switch {
				case !ok && len(got) > 0:
					t.Errorf("%v is refused, predicted are %v", offer, got)
				case ok && !slices.Contains(got, want):
					t.Errorf("of %v with %v it chooses %v, predicted are %v", offer, ke, want, got)
				case ok:
					taken++
					if len(got) == 1 {
						certain++
					} else {
						t.Logf("of %v with %v it chooses %v, and that is not certain: %v", offer, ke, want, got)
					}
				}
			}
			t.Logf("%d of %d accepted offers certain; %d exchanges in all", certain, taken, target.Cost.Exchanges)
			if want := sure(gateway, policy); taken == 0 || certain*10 < taken*want {
				t.Errorf("%d of %d accepted offers are certain, want %d of ten", certain, taken, want)
			}
			l.do(t, "restart", gateway) // without the IKE SAs that were begun
		})
	}
}

// sure is of how many of ten offers the choice has to be certain.
func sure(gateway, policy string) int {
	switch {
	case policy == "overlap":
		return 0 // too many questions would tell its five proposals apart
	case strings.HasPrefix(gateway, "strongswan") && policy == "default":
		return 7 // it has many algorithms that few offer, and that are not placed
	}
	return 9
}

// variedOffers returns those of well-known clients, and 30 random parts of
// accepted: single suites and lists, in any order.
func variedOffers(accepted []proposals.Product) [][]proposals.Product {
	var out [][]proposals.Product
	for _, p := range client.Policies() {
		if len(p.Offer) > 0 && len(proposals.KeyExchangeMethods(p.Offer)) > 0 {
			out = append(out, p.Offer)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		var offer []proposals.Product
		for range 1 + r.IntN(6) {
			p := accepted[r.IntN(len(accepted))]
			most := []int{1, 3}[r.IntN(2)]
			for axis, list := range p {
				list = slices.Clone(list)
				r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				p[axis] = list[:min(len(list), 1+r.IntN(most))]
			}
			offer = append(offer, p)
		}
		if keyexchange.Supported(proposals.KeyExchangeMethods(offer)[0]) {
			out = append(out, offer)
		}
	}
	return out
}

// chosen offers as a client would, whose first KE payload is of method ke, and
// returns the suite that it gets.
func (a *asker) chosen(t *testing.T, offer []proposals.Product, ke ike.KeyExchangeMethod) (proposals.Suite, bool) {
	t.Helper()
	for range 2 {
		answer := a.ask(t, question{offer: good, ke: ke, notifies: []ike.NotifyType{ike.INTERMEDIATE_EXCHANGE_SUPPORTED},
			change: func(m *ike.Message) { m.Payloads[0] = &ike.SA{Proposals: client.Policy{Offer: offer}.Proposals()} }})
		if answer == nil {
			t.Fatalf("silence to %v", offer)
		}
		if sa, ok := ike.Find[*ike.SA](answer); ok {
			p, err := proposals.ProductOf(sa.Proposals[0])
			if err != nil {
				t.Fatal(err)
			}
			suite, err := proposals.ParseSuite(p.String())
			if err != nil {
				t.Fatal(err)
			}
			return suite, true
		}
		n, ok := answer.Notify(ike.INVALID_KE_PAYLOAD)
		if !ok {
			return proposals.Suite{}, false
		}
		ke, _ = n.InvalidKEMethod()
	}
	t.Fatalf("a second INVALID_KE_PAYLOAD to %v", offer)
	return proposals.Suite{}, false
}
