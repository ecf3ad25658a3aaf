package ike

import (
	"bytes"
	"reflect"
	"testing"
)

func TestEncrypted(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload Payload
		octets  string // with the generic header, whose Next Payload counts
	}{
		{"SK", &Encrypted{PayloadIDi, []byte{1, 2, 3}}, "23000007 010203"},
		{"empty SK", &Encrypted{}, "00000004"},
		{"first SKF", &EncryptedFragment{PayloadIDi, 1, 2, []byte{1, 2, 3}}, "2300000b 00010002 010203"},
		{"last SKF", &EncryptedFragment{0, 2, 2, nil}, "00000008 00020002"},
	} {
		t.Run(c.name, func(t *testing.T) {
			octets := unhex(t, c.octets)
			got, err := ParsePayloads(c.payload.Type(), octets)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, []Payload{c.payload}) {
				t.Errorf("got %+v", got)
			}
			back, _, err := AppendPayloads(nil, []Payload{c.payload})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(back, octets) {
				t.Errorf("written as %x, want %x", back, octets)
			}
		})
	}
	testPrefixesFail(t, PayloadEncryptedFragment, "00010002")
}

func TestEncryptedAfterOthers(t *testing.T) {
	want := []Payload{&Notify{Notification: INITIAL_CONTACT}, &Encrypted{PayloadIDi, []byte{7}}}
	octets, first, err := AppendPayloads(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParsePayloads(first, octets)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzEncrypted(f *testing.F) { fuzzBody(f, PayloadEncrypted, "010203", "") }

func FuzzEncryptedFragment(f *testing.F) {
	fuzzBody(f, PayloadEncryptedFragment, "00010002010203", "000200")
}
