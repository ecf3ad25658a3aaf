package ike

import (
	"bytes"
	"reflect"
	"testing"
)

func TestCertReq(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"any authority", &CertReq{Encoding: CertX509Signature}, "04"},
		{"unknown encoding", &CertReq{200, []byte{1, 2}}, "c80102"},
	})
	testPrefixesFail(t, PayloadCERTREQ, "04")
}

func TestHashes(t *testing.T) {
	two := append(bytes.Repeat([]byte{1}, 20), bytes.Repeat([]byte{2}, 20)...)
	hashes := [][20]byte{[20]byte(two[:20]), [20]byte(two[20:])}
	for _, c := range []struct {
		name    string
		certReq CertReq
		want    [][20]byte
	}{
		{"X.509", CertReq{CertX509Signature, two}, hashes},
		{"hash and URL", CertReq{CertHashAndURL, two}, hashes},
		{"hash and URL of a bundle", CertReq{CertHashAndURLBundle, two}, hashes},
		{"other encoding", CertReq{CertRawPublicKey, two}, nil},
		{"odd length", CertReq{CertX509Signature, two[:39]}, nil},
		{"any authority", CertReq{CertX509Signature, nil}, nil},
	} {
		if got := c.certReq.Hashes(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %x, want %x", c.name, got, c.want)
		}
	}
}

func FuzzCertReq(f *testing.F) {
	fuzzBody(f, PayloadCERTREQ, "04", "040102030405060708090a0b0c0d0e0f1011121314")
}

func FuzzHashes(f *testing.F) {
	f.Add(uint8(CertX509Signature), make([]byte, 40))
	f.Add(uint8(CertHashAndURL), make([]byte, 21))
	f.Fuzz(func(t *testing.T, encoding uint8, authorities []byte) {
		c := CertReq{CertEncoding(encoding), authorities}
		if hashes := c.Hashes(); hashes != nil && 20*len(hashes) != len(authorities) {
			t.Fatalf("%d hashes in %d octets", len(hashes), len(authorities))
		}
	})
}
