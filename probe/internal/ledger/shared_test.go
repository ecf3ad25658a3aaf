package ledger

import (
	"net/netip"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestShared: a public value or a nonce that another gateway of the run had is said of the
// later one, with the address of the other; what one gateway repeats is not taken for that.
func TestShared(t *testing.T) {
	answer := func(id int, public, nonce string) initiator.Answer {
		var a initiator.Answer
		a.ID, a.Outcome = id, initiator.Accepted
		a.Message = &ike.Message{
			Header:   ike.Header{SPIr: ike.SPI{byte(id)}},
			Payloads: []ike.Payload{&ike.KE{Data: []byte(public)}, &ike.Nonce{Data: []byte(nonce)}},
		}
		return a
	}
	const n1, n2, n3 = "a nonce of 16 octets", "another nonce of 16", "a third nonce of 16"
	var shared Shared
	first, second, third := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("2001:db8::1")
	var of1, of2, of3 Findings
	f1, f2, f3 := Fresh{Shared: &shared, Of: first}, Fresh{Shared: &shared, Of: second}, Fresh{Shared: &shared, Of: third}
	f1.Add(answer(1, "one", n1), &of1)
	f1.Add(answer(2, "one", n2), &of1)
	f2.Add(answer(3, "one", n3), &of2)
	f2.Add(answer(4, "two", n2), &of2)
	f3.Add(answer(5, "three", "a fourth nonce of 16"), &of3)
	var alone Findings
	new(Fresh).Add(answer(6, "one", n1), &alone) // of no run

	if h := of1.habits; len(h) != 1 || h[0].Kind != evidence.HabitRepeatsPublic {
		t.Errorf("the first: %+v", h)
	}
	got := map[evidence.HabitKind]evidence.Habit{}
	for _, h := range of2.habits {
		got[h.Kind] = h
	}
	if p, n := got[evidence.HabitSharesPublic], got[evidence.HabitSharesNonces]; len(got) != 2 || p.Other != first || n.Other != first || p.Count != 1 || n.Count != 1 || p.Exchanges[0] != 3 || n.Exchanges[0] != 4 {
		t.Errorf("the second: %+v", of2.habits)
	}
	if h := append(of3.habits, alone.habits...); len(h) > 0 {
		t.Errorf("the others: %+v", h)
	}
}
