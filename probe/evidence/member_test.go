package evidence

import (
	"reflect"
	"testing"

	"github.com/ikescope/ikescope/probe/initiator"
)

// TestMembers: gateways are told apart by what their answers look like, and only
// where an answer alone cannot be somebody else's.
func TestMembers(t *testing.T) {
	zero, drawn := Look{ErrorSPI: ErrorSPIZero}, Look{ErrorSPI: ErrorSPIDrawn}
	one, other := Look{Accepted: true, VendorIDs: "01"}, Look{Accepted: true}
	const no, ke, yes = initiator.NoProposalChosen, initiator.InvalidKEPayload, initiator.Accepted
	type answer struct {
		outcome initiator.Outcome
		look    Look
	}
	for _, tc := range []struct {
		name    string
		answers []answer
		want    []Member
	}{
		{"one gateway", []answer{{no, zero}, {ke, zero}, {yes, one}, {no, zero}}, nil},
		{"two shapes of SPIs", []answer{{no, zero}, {no, drawn}, {ke, zero}, {no, zero}, {no, drawn}, {yes, one}},
			[]Member{{Look: zero, Exchanges: []int{1, 3, 4}}, {Look: drawn, Exchanges: []int{2, 5}}}},
		{"one error that may be forged", []answer{{no, zero}, {no, drawn}, {no, zero}}, nil},
		{"a shape for each error", []answer{{no, zero}, {ke, drawn}, {no, zero}, {ke, drawn}}, nil},
		{"two vendor IDs", []answer{{no, zero}, {yes, other}, {yes, one}, {yes, other}},
			[]Member{{Look: other, Exchanges: []int{2, 4}}, {Look: one, Exchanges: []int{3}}}},
		{"SPIs before vendor IDs", []answer{{ke, drawn}, {ke, zero}, {yes, other}, {yes, one}, {ke, drawn}, {ke, zero}},
			[]Member{{Look: drawn, Exchanges: []int{1, 5}}, {Look: zero, Exchanges: []int{2, 6}}}},
		{"another program since an update", []answer{{ke, drawn}, {ke, drawn}, {yes, other}, {yes, one}, {ke, zero}, {ke, zero}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var exchanges []Exchange
			for i, a := range tc.answers {
				exchanges = append(exchanges, Exchange{Exchange: initiator.Exchange{ID: i + 1, Outcome: a.outcome}, Look: a.look, Traits: &Traits{}})
			}
			if got := Members(exchanges); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// TestFlowOf: a flow is one gateway's if none of its answers looks otherwise, and the
// last of them is taken.
func TestFlowOf(t *testing.T) {
	zero, drawn := Look{ErrorSPI: ErrorSPIZero}, Look{ErrorSPI: ErrorSPIDrawn}
	of := func(flow int, look Look) Exchange {
		return Exchange{Exchange: initiator.Exchange{Flow: flow}, Look: look}
	}
	exchanges := []Exchange{of(0, zero), of(1, zero), of(2, zero), of(3, zero), of(3, drawn), of(2, Look{Accepted: true}), of(4, Look{})}
	if got := FlowOf(exchanges, zero); got != 2 {
		t.Errorf("flow %d, want 2", got)
	}
	if got := FlowOf(exchanges, drawn); got != 0 {
		t.Errorf("flow %d, want none", got)
	}
}
