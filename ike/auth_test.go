package ike

import "testing"

func TestAuth(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"shared key", &Auth{AuthSharedKey, []byte{1, 2, 3}}, "02000000 010203"},
		{"empty", &Auth{Method: 200}, "c8000000"},
	})
	testPrefixesFail(t, PayloadAUTH, "02000000")
}

func FuzzAuth(f *testing.F) { fuzzBody(f, PayloadAUTH, "02000000010203") }
