package ledger

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/offers"
)

func TestDisorder(t *testing.T) {
	const one = "aes256gcm16-prfsha384-ecp384"
	exchange := func(outcome initiator.Outcome, offer string, ke ike.KeyExchangeMethod) evidence.Exchange {
		x := evidence.Exchange{Exchange: initiator.Exchange{Type: ike.IKE_SA_INIT, Outcome: outcome, Offer: offers.MustParse(offer), KE: ke}}
		if outcome == initiator.InvalidKEPayload {
			x.Group = ike.KE_ECP_384
		}
		return x
	}
	refused := exchange(initiator.NoProposalChosen, one, ike.KE_ECP_256)
	long := exchange(initiator.NoProposalChosen, "aes128gcm16-aes256gcm16-prfsha384-ecp384-ecp521", ike.KE_ECP_256)
	taken := exchange(initiator.InvalidKEPayload, one, ike.KE_ECP_256)
	doubtful := taken
	doubtful.Doubtful = true
	close := taken
	close.Type = ike.IKE_AUTH
	for _, tc := range []struct {
		name  string
		add   []evidence.Exchange
		times int
		want  evidence.DoubtKind // 0 for order
	}{
		{"accepted and refused", []evidence.Exchange{taken, refused}, 2, evidence.DoubtContradiction},
		{"accepted, and refused among others", []evidence.Exchange{taken, long}, 2, evidence.DoubtContradiction},
		{"refused among others and then accepted", []evidence.Exchange{long, taken, taken, taken}, 1, evidence.DoubtContradiction},
		{"refused with another kind of KE payload", []evidence.Exchange{taken, exchange(initiator.NoProposalChosen, one, ike.KE_ECP_384)}, 20, 0},
		{"other suites are refused", []evidence.Exchange{taken, exchange(initiator.NoProposalChosen, "aes128gcm16-prfsha384-ecp384", ike.KE_ECP_256)}, 20, 0},
		{"once", []evidence.Exchange{taken, refused}, 1, 0},
		{"answered twice", []evidence.Exchange{taken, doubtful}, 2, evidence.DoubtForged},
		{"now and then answered twice", []evidence.Exchange{taken, taken, taken, doubtful}, 20, 0},
		{"malformed", []evidence.Exchange{exchange(initiator.Malformed, one, ike.KE_ECP_256)}, 2, evidence.DoubtMalformed},
		{"silence", []evidence.Exchange{exchange(initiator.NoAnswer, one, ike.KE_ECP_256)}, 20, 0},
		{"the end of an IKE SA", []evidence.Exchange{close, close}, 20, 0},
	} {
		var d Disorder
		for range tc.times {
			for _, x := range tc.add {
				d.Add(x)
			}
		}
		_, _, ok := d.Since()
		if kind, _, bad, all := d.Doubts(); ok != (tc.want != 0) || ok && kind != tc.want || bad > all {
			t.Errorf("%s: disorder: %v, %v, %d of %d", tc.name, ok, kind, bad, all)
		}
		d.Forget()
		if _, _, ok := d.Since(); ok {
			t.Errorf("%s: not forgotten", tc.name)
		}
	}
	var d Disorder
	d.Add(taken)
	d.AddLate([]int{1, 2})
	d.AddLate([]int{1, 2})
	if _, _, ok := d.Since(); !ok {
		t.Error("late answers that deny others are not seen")
	}
}
