package probe

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// TestFailure: an error counts as the only one as long as nothing else came, and
// is known by its number, whatever stands beside it.
func TestFailure(t *testing.T) {
	redirect := func(to string) initiator.Exchange {
		return initiator.Exchange{Outcome: initiator.OtherError, Notify: ike.REDIRECT, Detail: "REDIRECT to " + to}
	}
	syntax := initiator.Exchange{Outcome: initiator.OtherError, Notify: ike.INVALID_SYNTAX, Detail: "INVALID_SYNTAX"}
	silent := initiator.Exchange{Outcome: initiator.NoAnswer}
	refused := initiator.Exchange{Outcome: initiator.NoProposalChosen}
	for _, tt := range []struct {
		name  string
		seen  []initiator.Exchange
		count int
		first string
	}{
		{"nothing", nil, 0, ""},
		{"silence", []initiator.Exchange{silent}, 0, ""},
		{"one error", []initiator.Exchange{syntax, silent, syntax}, 2, "INVALID_SYNTAX"},
		{"one error of several words", []initiator.Exchange{redirect("a"), redirect("b"), redirect("c")}, 3, "REDIRECT to a"},
		{"two errors", []initiator.Exchange{syntax, redirect("a"), syntax}, 0, ""},
		{"a refusal first", []initiator.Exchange{refused, syntax}, 0, ""},
		{"a refusal last", []initiator.Exchange{syntax, refused}, 0, ""},
	} {
		var f failure
		for _, x := range tt.seen {
			f.add(x)
		}
		if f.count != tt.count || f.detail != tt.first {
			t.Errorf("%s: %+v, want %d of %q", tt.name, f, tt.count, tt.first)
		}
	}
}

// TestGatewayNow: what was known stays as it was while more is learnt.
func TestGatewayNow(t *testing.T) {
	var g gateway
	offer := offers.MustParse("aes256-sha256-prfsha256-modp2048-ecp256")
	aes, group := offer[0][proposals.ENCR][0], offer[0][proposals.KE][1]
	before := g.now()
	if unread := before.unread(offer); len(unread) != 5 {
		t.Errorf("%d algorithms unread, want 5: %v", len(unread), unread)
	}
	g.answered(initiator.Exchange{ID: 1, Offer: offers.OnlyMethod(offer, ike.KE_MODP_2048), KE: ike.KE_ECP_384, Outcome: initiator.NoProposalChosen}, 300)
	g.addIntolerance(group, 2)
	g.addDescribed(initiator.UDP500)
	after := g.now()
	if before.refused || before.longest != 0 || before.read[aes] || len(before.intolerances) != 0 || before.described[initiator.UDP500] {
		t.Errorf("what was known has changed: %+v", before)
	}
	if !after.refused || after.taken || after.longest != 300 || !after.read[aes] || after.intolerances[group] != 2 || !after.described[initiator.UDP500] {
		t.Errorf("not learnt: %+v", after)
	}
	if unread := after.unread(offer); len(unread) != 0 {
		t.Errorf("unread %v", unread)
	}
	if after.tolerates(offer) || !after.tolerates(offers.OnlyMethod(offer, ike.KE_MODP_2048)) {
		t.Error("intolerant of another offer than the one with ECP_256")
	}
}

// TestDivide: of an offer with an algorithm that the gateway does not read the
// rest can be asked, and that part stays without an answer.
func TestDivide(t *testing.T) {
	var g gateway
	offer := offers.MustParse("aes256-aes128-sha256-prfsha256-modp2048-ecp256")
	if parts := g.now().divide(offer); parts != nil {
		t.Fatalf("%d parts of an offer that can be asked", len(parts))
	}
	g.addIntolerance(offer[0][proposals.KE][1], 9)
	parts := g.now().divide(offer)
	if len(parts) != 2 || parts[0].Exchange != 9 || parts[1].Exchange != 0 {
		t.Fatalf("parts %+v", parts)
	}
	for i, want := range []string{"aes256-aes128-sha256-prfsha256-ecp256", "aes256-aes128-sha256-prfsha256-modp2048"} {
		if got := parts[i].Products[0].String(); got != want {
			t.Errorf("part %d is %s, want %s", i, got, want)
		}
	}
	// Where answers are accepted, each method is asked alone; none is longer
	// than the gateway answers.
	g.learn(func(k *knowledge) { k.oracle, k.intolerances = byOwnKE, nil })
	if parts := g.now().divide(offer); len(parts) != 2 {
		t.Errorf("%d parts, want one for each method", len(parts))
	}
	limit := g.now().octetsAs(offers.MustParse("aes256-sha256-prfsha256-modp2048"))
	g.learn(func(k *knowledge) { k.limit = limit })
	for _, p := range g.now().divide(offer) {
		if n := g.now().octetsAs(p.Products); n > limit {
			t.Errorf("a part of %d octets, more than %d: %v", n, limit, p.Products)
		}
	}
}
