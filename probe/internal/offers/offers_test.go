package offers

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

const some = "aes256-aes128-sha256-prfsha256-modp2048-ecp256,aes256gcm16-prfsha384-ecp384"

// TestHalve: both halves together are the offer, until a suite is left.
func TestHalve(t *testing.T) {
	whole := MustParse(some)
	todo, suites := [][]proposals.Product{whole}, 0
	for len(todo) > 0 {
		offer := todo[0]
		todo = todo[1:]
		first, rest := Halve(offer)
		if rest == nil {
			if Size(offer) != 1 {
				t.Errorf("%v is not halved", offer)
			}
			suites++
			continue
		}
		if Size(first)+Size(rest) != Size(offer) {
			t.Errorf("%v and %v of %v", first, rest, offer)
		}
		todo = append(todo, first, rest)
	}
	if float64(suites) != Size(whole) {
		t.Errorf("%d suites, want %v", suites, Size(whole))
	}
	if got := MustParse(some); Octets(got) != Octets(whole) || got[0].String() != whole[0].String() {
		t.Errorf("the offer has changed: %v", whole)
	}
}

// TestMethods: the method of a KE payload is or is not in what is offered.
func TestMethods(t *testing.T) {
	offer := MustParse(some)
	if m, ok := ForeignMethod(offer); !ok || proposals.HasKeyExchange(offer, m) {
		t.Errorf("%v is foreign: %v", m, ok)
	}
	if with := WithMethod(offer, ike.KE_MODP_768); len(with) != 2 || len(OfMethod(with, ike.KE_MODP_768)) != 2 || Size(with) <= Size(offer) {
		t.Errorf("with another method: %v", with)
	}
	if of := OfMethod(offer, ike.KE_ECP_384); len(of) != 1 || Size(of) != 1 {
		t.Errorf("with ECP_384: %v", of)
	}
	if left := WithoutMethod(offer, ike.KE_ECP_384); len(left) != 1 || proposals.HasKeyExchange(left, ike.KE_ECP_384) {
		t.Errorf("without ECP_384: %v", left)
	}
	if only := OnlyMethod(offer, ike.KE_ECP_521); Size(only) != 3 || len(proposals.KeyExchangeMethods(only)) != 1 {
		t.Errorf("with ECP_521 alone: %v", only)
	}
	if Size(offer) != 5 || proposals.HasKeyExchange(offer, ike.KE_MODP_768) {
		t.Errorf("the offer has changed: %v", offer)
	}
}

// TestImpossible: no suite of the offer is left in what nobody can mean.
func TestImpossible(t *testing.T) {
	control := MustParse(some)
	for _, kind := range AllImpossible() {
		if kind == UnknownType {
			continue // its transform is not an algorithm
		}
		offer := Impossible(control, kind)
		if len(offer) == 0 {
			t.Errorf("kind %d cannot be asked", kind)
		}
		for _, p := range offer {
			for _, c := range control {
				if p.Overlaps(c) {
					t.Errorf("kind %d: %v can be meant", kind, p)
				}
			}
		}
	}
	suite := MustParse("aes256-sha256-prfsha256-ecp256")[0]
	if p := LastInLists(suite, 15); len(p[proposals.ENCR]) != 15 || !p.Overlaps(suite) || len(p[proposals.ADDKE1]) != 0 {
		t.Errorf("the last in lists: %v", p)
	}
	many := LastProposal(suite, 20)
	for i, p := range many {
		if p.Overlaps(suite) != (i == 19) {
			t.Errorf("proposal %d: %v", i+1, p)
		}
	}
	if len(many) != 20 {
		t.Errorf("%d proposals", len(many))
	}
}
