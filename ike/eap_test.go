package ike

import "testing"

func TestEAP(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"request for the identity", &EAP{[]byte{1, 0, 0, 5, 1}}, "0100000501"},
		{"empty", &EAP{}, ""},
	})
}

func FuzzEAP(f *testing.F) { fuzzBody(f, PayloadEAP, "0100000501") }
