package client

import (
	"reflect"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

func TestHeld(t *testing.T) {
	held := make(map[string][]proposals.Product)
	for name, products := range Held() {
		if held[name] != nil {
			t.Errorf("two sets are named %q", name)
		}
		held[name] = products
	}
	proposalsOf := 0
	for _, p := range Policies() {
		if !reflect.DeepEqual(held[p.Name], p.Offer) {
			t.Errorf("%s: %v, want %v", p.Name, held[p.Name], p.Offer)
		}
		if len(p.Offer) > 1 {
			proposalsOf += len(p.Offer)
		}
	}
	if n := len(held) - len(Policies()); n != proposalsOf {
		t.Errorf("%d sets are Proposals of policies, want %d", n, proposalsOf)
	}
	windows, _ := Named("windows-11")
	if got := held["windows-11, proposal 18"]; !reflect.DeepEqual(got, windows.Offer[17:]) {
		t.Errorf("the last Proposal of windows-11 is %v, want %v", got, windows.Offer[17:])
	}
	for range Held() {
		break
	}
}
