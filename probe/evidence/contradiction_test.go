package evidence

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// TestContradictions: which refusals deny that a suite is accepted. A gateway may
// refuse a KE payload in place of an offer, unless it is seen not to.
func TestContradictions(t *testing.T) {
	const (
		ours   = "aes256gcm16-prfsha384-ecp384"
		both   = ours + ",aes256-sha256-prfsha256-modp2048"
		beside = "aes256gcm16-prfsha384-ecp384-ecp521"
	)
	exchange := func(id int, outcome initiator.Outcome, offer string, ke ike.KeyExchangeMethod) Exchange {
		x := Exchange{Exchange: initiator.Exchange{ID: id, Type: ike.IKE_SA_INIT, Outcome: outcome, Offer: products(t, offer), KE: ke}, Purpose: PurposeDetail}
		switch outcome {
		case initiator.Accepted:
			s, _ := products(t, ours)[0].First()
			x.Suite = &s
		case initiator.InvalidKEPayload:
			x.Group = ike.KE_ECP_384
		}
		return x
	}
	doubtful := func(x Exchange) Exchange { x.Doubtful = true; return x }
	of := func(x Exchange, p Purpose) Exchange { x.Purpose = p; return x }
	for _, tc := range []struct {
		name      string
		accepted  string
		exchanges []Exchange
		want      int // the exchange that denies it, 0 for none
	}{
		{"the same question is accepted and refused", both, []Exchange{
			exchange(1, initiator.Accepted, both, ike.KE_ECP_384), exchange(2, initiator.NoProposalChosen, both, ike.KE_ECP_384)}, 2},
		{"the same question is refused and accepted", both, []Exchange{
			exchange(1, initiator.NoProposalChosen, both, ike.KE_ECP_384), exchange(2, initiator.Accepted, both, ike.KE_ECP_384)}, 1},
		{"with another KE payload", both, []Exchange{
			exchange(1, initiator.Accepted, both, ike.KE_ECP_384), exchange(2, initiator.NoProposalChosen, both, ike.KE_MODP_2048)}, 0},
		{"a client is refused", both, []Exchange{
			exchange(1, initiator.Accepted, both, ike.KE_ECP_384), of(exchange(2, initiator.NoProposalChosen, both, ike.KE_ECP_384), PurposeClient)}, 0},
		{"a doubtful refusal", both, []Exchange{
			exchange(1, initiator.Accepted, both, ike.KE_ECP_384), doubtful(exchange(2, initiator.NoProposalChosen, both, ike.KE_ECP_384))}, 0},
		{"one of several methods, of a gateway that was not seen to name one", both, []Exchange{
			exchange(1, initiator.NoProposalChosen, both, ike.KE_ECP_384)}, 0},
		{"the only method that is accepted of those offered", ours, []Exchange{
			exchange(1, initiator.NoProposalChosen, beside, ike.KE_ECP_384)}, 1},
		{"another method than the accepted one", ours, []Exchange{
			exchange(1, initiator.NoProposalChosen, beside, ike.KE_ECP_521)}, 0},
		{"one of several methods, of a gateway that names them", both, []Exchange{
			exchange(1, initiator.InvalidKEPayload, beside, ike.KE_ECP_521), exchange(2, initiator.NoProposalChosen, both, ike.KE_ECP_384)}, 2},
	} {
		m := &matrix.Matrix{}
		for _, p := range products(t, tc.accepted) {
			m.Products = append(m.Products, matrix.Region{Product: p})
		}
		got := Contradictions(Result{Matrix: m, Exchanges: tc.exchanges})
		if len(got) > 1 || len(got) == 0 && tc.want != 0 || len(got) == 1 && (got[0].Exchange != tc.want || got[0].Says != matrix.Accepted) {
			t.Errorf("%s: %+v, want exchange %d", tc.name, got, tc.want)
		}
	}
}

func products(t *testing.T, s string) []proposals.Product {
	t.Helper()
	out, err := proposals.ParseProducts(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
