package ike

import (
	"bytes"
	"testing"
)

func TestUnknown(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"private", &Unknown{PayloadType: 200, Body: []byte{1, 2}}, "0102"},
		{"registered, not read", &Unknown{PayloadType: PayloadGSPM}, ""},
	})
	got, _, err := AppendPayloads(nil, []Payload{&Unknown{PayloadType: 200, Critical: true}, &Unknown{PayloadType: PayloadSA, Body: []byte{7}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "21800004 0000000507"); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func FuzzUnknown(f *testing.F) { fuzzBody(f, 200, "0102") }
