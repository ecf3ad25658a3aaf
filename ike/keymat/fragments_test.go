package keymat

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/ike"
)

var (
	gcm = Transforms{Encr: ike.ENCR_AES_GCM_16, KeyBits: 256, PRF: ike.PRF_HMAC_SHA2_384}
	cbc = Transforms{Encr: ike.ENCR_AES_CBC, KeyBits: 128, PRF: ike.PRF_HMAC_SHA2_256, Integ: ike.AUTH_HMAC_SHA2_256_128}
)

// long are payloads that take n octets and some.
func long(n int) []ike.Payload {
	return []ike.Payload{
		&ike.ID{Payload: ike.PayloadIDr, IDType: ike.ID_FQDN, Data: []byte("vpn.example.com")},
		&ike.Cert{Encoding: ike.CertX509Signature, Data: bytes.Repeat([]byte{7}, n)},
	}
}

func TestFragments(t *testing.T) {
	for _, transforms := range []Transforms{gcm, cbc} {
		for _, size := range []int{100, 548, 576, 1200, 1232, 5000} {
			for _, octets := range []int{1, 500, 1500, 3000} {
				k := derive(t, transforms)
				sealed, err := k.SealFragments(Responder, header, long(octets), rand.Reader, size)
				if err != nil {
					t.Fatal(err)
				}
				for i, b := range sealed {
					if len(b) > size {
						t.Errorf("%v: fragment %d of %d octets, want %d at most", transforms, i, len(b), size)
					}
				}
				backward := slices.Clone(sealed)
				slices.Reverse(backward)
				for name, datagrams := range map[string][][]byte{
					"in order":   sealed,
					"last first": backward,
					"twice":      slices.Concat(sealed[:len(sealed)-1], sealed),
				} {
					r := k.Reassembly(Responder)
					for i, b := range datagrams {
						m, err := r.Open(b)
						if i < len(datagrams)-1 {
							if m != nil || !errors.Is(err, ErrIncomplete) {
								t.Fatalf("%s: datagram %d of %d: %v", name, i+1, len(datagrams), err)
							}
							continue
						}
						if err != nil {
							t.Fatalf("%s: %v", name, err)
						}
						if diff := cmp.Diff(long(octets), m.Payloads); diff != "" {
							t.Errorf("%s: (-want +got)\n%s", name, diff)
						}
					}
				}
			}
		}
	}
}

// TestFragmentsDividedAnew: what was divided into fewer fragments before is
// forgotten, and comes too late afterwards.
func TestFragmentsDividedAnew(t *testing.T) {
	k := derive(t, gcm)
	large, err := k.SealFragments(Responder, header, long(2000), rand.Reader, 1200)
	if err != nil {
		t.Fatal(err)
	}
	small, err := k.SealFragments(Responder, header, long(2000), rand.Reader, 548)
	if err != nil {
		t.Fatal(err)
	}
	r := k.Reassembly(Responder)
	feed := slices.Concat(large[:1], small[:1], large[1:], small[1:])
	for i, b := range feed {
		m, err := r.Open(b)
		if last := i == len(feed)-1; last != (err == nil) || !last && !errors.Is(err, ErrIncomplete) {
			t.Fatalf("datagram %d of %d: %v", i+1, len(feed), err)
		} else if last && !cmp.Equal(long(2000), m.Payloads) {
			t.Error("another message")
		}
	}
}

func TestFragmentsRefused(t *testing.T) {
	k := derive(t, gcm)
	seal := func(f ike.EncryptedFragment) []byte {
		p, size, err := k.protection(Responder)
		if err != nil {
			t.Fatal(err)
		}
		b, err := sealBody(p, size, header, []byte("inside"), rand.Reader, &f.Body, &f)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := ike.EncryptedFragment{First: ike.PayloadNotify, Number: 1, Total: 2}
	r := k.Reassembly(Responder)
	if _, err := r.Open(seal(good)); !errors.Is(err, ErrIncomplete) {
		t.Fatalf("a good one: %v", err)
	}
	changed := seal(ike.EncryptedFragment{Number: 2, Total: 2})
	changed[len(changed)-1] ^= 1
	for name, b := range map[string][]byte{
		"number 0":      seal(ike.EncryptedFragment{Number: 0, Total: 2}),
		"number beyond": seal(ike.EncryptedFragment{Number: 3, Total: 2}),
		"too many":      seal(ike.EncryptedFragment{Number: 1, Total: maxFragments + 1}),
		"changed":       changed,
		"cut":           seal(good)[:40],
		"nothing":       nil,
	} {
		if m, err := r.Open(b); m != nil || err == nil || errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r.have != 1 {
		t.Errorf("%d fragments are kept, want the good one", r.have)
	}
}

func FuzzReassembly(f *testing.F) {
	k := derive(f, gcm)
	sealed, err := k.SealFragments(Responder, header, long(1500), rand.Reader, 576)
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range sealed {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, datagram []byte) {
		r := k.Reassembly(Responder)
		for _, b := range slices.Concat([][]byte{datagram}, sealed, [][]byte{datagram}) {
			if m, err := r.Open(b); err == nil && m == nil {
				t.Error("neither a message nor an error")
			}
		}
	})
}
