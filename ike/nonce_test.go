package ike

import "testing"

func TestNonce(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"octets", &Nonce{[]byte{1, 2, 3}}, "010203"},
		{"empty", &Nonce{}, ""},
	})
}

func FuzzNonce(f *testing.F) { fuzzBody(f, PayloadNonce, "010203", "") }
