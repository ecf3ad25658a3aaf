package ike

import "testing"

func TestCert(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"X.509", &Cert{CertX509Signature, []byte{0x30, 0x00}}, "043000"},
		{"empty", &Cert{Encoding: 200}, "c8"},
	})
	testPrefixesFail(t, PayloadCERT, "04")
}

func FuzzCert(f *testing.F) { fuzzBody(f, PayloadCERT, "043000") }
