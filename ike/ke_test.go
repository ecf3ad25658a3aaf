package ike

import "testing"

func TestKE(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"known", &KE{KE_CURVE25519, []byte{1, 2, 3}}, "001f0000 010203"},
		{"unknown and empty", &KE{Method: 65000}, "fde80000"},
	})
	testPrefixesFail(t, PayloadKE, "001f0000")
}

func FuzzKE(f *testing.F) { fuzzBody(f, PayloadKE, "001f0000010203", "00130001") }
