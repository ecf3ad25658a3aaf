package choice

import (
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

// TestHypothesisIsAValue: what is placed in one hypothesis is placed in no other
// that was made of the same one.
func TestHypothesisIsAValue(t *testing.T) {
	p := mustParse(t, "aes256gcm16-prfsha384-ecp256-ecp384-ecp521-x25519")
	top, _ := p.First()
	r := &run{Learner: Learner{Accepted: []proposals.Product{p}}}
	begin := r.hypothesis(top)
	methods := p[proposals.KE]
	one := begin.place(proposals.KE, methods[1]).place(proposals.KE, methods[2])
	other := one.place(proposals.KE, methods[3])
	for i, tt := range []struct {
		h             hypothesis
		own           string
		ordered, left int
	}{
		// A single candidate that is left is the last.
		{begin, "aes256gcm16-prfsha384-ecp256-ecp384-ecp521-x25519", 1, 3},
		{one, "aes256gcm16-prfsha384-ecp256-ecp384-ecp521-x25519", 4, 1},
		{other, "aes256gcm16-prfsha384-ecp256-ecp384-ecp521-x25519", 4, 0},
		{one.dropped(proposals.KE), "aes256gcm16-prfsha384-ecp256-ecp384-ecp521", 3, 0},
		{begin.place(proposals.KE, methods[3]), "aes256gcm16-prfsha384-ecp256-x25519-ecp384-ecp521", 2, 2},
	} {
		own := tt.h.own()
		if own.Product.String() != tt.own || own.Ordered[proposals.KE] != tt.ordered || len(tt.h.candidates[proposals.KE]) != tt.left {
			t.Errorf("%d: %v, %d methods in order, %d candidates left; want %+v", i, own.Product, own.Ordered[proposals.KE], len(tt.h.candidates[proposals.KE]), tt)
		}
	}
}

// TestHalts: a run says why it asks no more, and a question after that is not
// answered.
func TestHalts(t *testing.T) {
	p := mustParse(t, "aes256gcm16-aes128gcm16-prfsha384-ecp256-ecp384")
	offer := []proposals.Product{p}
	known := map[string]Pick{Question{offer, 0}.key(): {KE: 19}}
	for _, tt := range []struct {
		name string
		most int
		ask  func(*run)
		want halt
	}{
		{"an answer that is known", 1, func(r *run) { r.method(offer...) }, notHalted},
		{"the same again", 1, func(r *run) { r.method(offer...); r.method(offer...) }, notHalted},
		{"an answer that is awaited", 1, func(r *run) { r.ask(offer, 19) }, awaiting},
		{"more than is asked at most", 1, func(r *run) { r.method(offer...); r.ask(offer, 19) }, spent},
		{"an own proposal that holds nothing new", 1, func(r *run) {
			r.left = []proposals.Product{mustParse(t, "aes256gcm16-prfsha384-ecp521")}
			r.add(OwnProposal{Rank: 1, Product: p})
		}, contradicted},
	} {
		r := &run{Learner: Learner{Accepted: offer, Most: tt.most}, known: known, asked: make(map[string]bool)}
		tt.ask(r)
		if r.halted != tt.want {
			t.Errorf("%s: halted by %d, want %d", tt.name, r.halted, tt.want)
		}
		if _, ok := r.method(offer...); ok != (tt.want == notHalted) {
			t.Errorf("%s: the next question is answered: %v", tt.name, ok)
		}
	}
}

// TestPreferredWithoutAnswer: where it cannot be asked what is preferred, the
// suite that began the hypothesis stays.
func TestPreferredWithoutAnswer(t *testing.T) {
	p := mustParse(t, "aes256gcm16-aes128gcm16-prfsha384-ecp256-ecp384")
	top, _ := p.First()
	r := &run{Learner: Learner{Accepted: []proposals.Product{p}}, halted: spent}
	if got, ok := r.preferred(top); ok || got != top {
		t.Errorf("%v, %v, want %v and false", got, ok, top)
	}
}
