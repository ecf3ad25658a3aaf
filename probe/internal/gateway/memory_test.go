package gateway

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
		var f Failure
		for _, x := range tt.seen {
			f.add(x)
		}
		if f.Count != tt.count || f.Detail != tt.first {
			t.Errorf("%s: %+v, want %d of %q", tt.name, f, tt.count, tt.first)
		}
	}
}

// TestNow: what was known stays as it was while more is learnt.
func TestNow(t *testing.T) {
	var g Memory
	offer := offers.MustParse("aes256-sha256-prfsha256-modp2048-ecp256")
	aes, group := offer[0][proposals.ENCR][0], offer[0][proposals.KE][1]
	before := g.Now()
	if unread := before.Unread(offer); len(unread) != 5 {
		t.Errorf("%d algorithms unread, want 5: %v", len(unread), unread)
	}
	g.Answered(initiator.Exchange{ID: 1, Offer: offers.OnlyMethod(offer, ike.KE_MODP_2048), KE: ike.KE_ECP_384, Outcome: initiator.NoProposalChosen}, 300)
	g.AddIntolerance(group, 2)
	g.AddDescribed(initiator.UDP500)
	after := g.Now()
	if before.Refused || before.Longest != 0 || before.read[aes] || len(before.Intolerances) != 0 || before.Described[initiator.UDP500] {
		t.Errorf("what was known has changed: %+v", before)
	}
	if !after.Refused || after.Taken || after.Longest != 300 || !after.read[aes] || after.Intolerances[group] != 2 || !after.Described[initiator.UDP500] {
		t.Errorf("not learnt: %+v", after)
	}
	if unread := after.Unread(offer); len(unread) != 0 {
		t.Errorf("unread %v", unread)
	}
	if after.Tolerates(offer) || !after.Tolerates(offers.OnlyMethod(offer, ike.KE_MODP_2048)) {
		t.Error("intolerant of another offer than the one with ECP_256")
	}
}

// TestDivide: of an offer with an algorithm that the gateway does not read the
// rest can be asked, and that part stays without an answer.
func TestDivide(t *testing.T) {
	var g Memory
	offer := offers.MustParse("aes256-aes128-sha256-prfsha256-modp2048-ecp256")
	if parts := g.Now().Divide(offer); parts != nil {
		t.Fatalf("%d parts of an offer that can be asked", len(parts))
	}
	g.AddIntolerance(offer[0][proposals.KE][1], 9)
	parts := g.Now().Divide(offer)
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
	g.Learn(func(k *Known) { k.Oracle, k.Intolerances = ByOwnKE, nil })
	if parts := g.Now().Divide(offer); len(parts) != 2 {
		t.Errorf("%d parts, want one for each method", len(parts))
	}
	limit := g.Now().OctetsAs(offers.MustParse("aes256-sha256-prfsha256-modp2048"))
	g.Learn(func(k *Known) { k.Limit = limit })
	for _, p := range g.Now().Divide(offer) {
		if n := g.Now().OctetsAs(p.Products); n > limit {
			t.Errorf("a part of %d octets, more than %d: %v", n, limit, p.Products)
		}
	}
}
