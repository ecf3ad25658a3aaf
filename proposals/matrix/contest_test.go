package matrix

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

func TestContest(t *testing.T) {
	const policy = "aes256-sha256-prfsha256-modp2048"
	g := gatewayFor(t, Classical(), policy)
	m := Planner{Universe: Classical(), Ask: func(offers []Offer) []Answer { return g.ask(t, offers) }}.Run()
	if !m.Proven || m.Accepted != 1 {
		t.Fatalf("proven: %v, %d suites accepted", m.Proven, m.Accepted)
	}
	universe := m.Universe
	count := func(accepted, refused, open int64) {
		t.Helper()
		if m.Accepted != accepted || m.Refused != refused || m.NoAnswer != open || m.NotTested != 0 || m.Accepted+m.Refused+m.NoAnswer != universe {
			t.Errorf("%d accepted, %d refused, %d without an answer; want %d, %d, %d", m.Accepted, m.Refused, m.NoAnswer, accepted, refused, open)
		}
	}
	state := func(keywords string, want State, evidence ...int) {
		t.Helper()
		s, err := proposals.ParseSuite(keywords)
		if err != nil {
			t.Fatal(err)
		}
		if got, ids := m.State(s); got != want || len(evidence) > 0 && !slices.Equal(ids, evidence) {
			t.Errorf("%s is %v by %v, want %v by %v", keywords, got, ids, want, evidence)
		}
	}

	// Of four suites one is accepted.
	p, err := proposals.ParseProduct("aes128-aes256-sha256-prfsha256-modp1024-modp2048")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := m.Contest(p, []int{70, 80}); err != nil {
			t.Fatal(err)
		}
		count(1, universe-4, 3)
	}
	state(policy, Accepted)
	state("aes128-sha256-prfsha256-modp1024", NoAnswer, 70, 80)
	state("3des-sha256-prfsha256-modp1024", Refused)
	if m.Proven {
		t.Error("it is still proven")
	}

	weak, err := proposals.ParseSuite("3des-sha1-prfsha1-modp1024")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := m.Admit(weak, []int{90}); err != nil {
			t.Fatal(err)
		}
		count(2, universe-5, 3)
	}
	state("3des-sha1-prfsha1-modp1024", Accepted, 90)
	if !m.Observed(weak) {
		t.Error("it was not observed")
	}
}
