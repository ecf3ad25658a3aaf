package keymat

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func hmac384(key []byte, parts ...[]byte) []byte {
	m := hmac.New(sha512.New384, key)
	m.Write(slices.Concat(parts...))
	return m.Sum(nil)
}

// TestFurther computes SKEYSEED of RFC 9370, Section 2.2.2, and the first key of it, by
// hand.
func TestFurther(t *testing.T) {
	transforms := Transforms{Encr: ike.ENCR_AES_GCM_16, KeyBits: 256, PRF: ike.PRF_HMAC_SHA2_384}
	ni, nr := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	spii, spir := ike.SPI{3}, ike.SPI{4}
	first, err := Derive(transforms, []byte("classic"), ni, nr, spii, spir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Further([]byte("ML-KEM"), ni, nr, spii, spir)
	if err != nil {
		t.Fatal(err)
	}
	seed := hmac384(first.SKd, []byte("ML-KEM"), ni, nr)
	if want := hmac384(seed, ni, nr, spii[:], spir[:], []byte{1}); !bytes.Equal(second.SKd, want) {
		t.Errorf("SK_d is %x, want %x", second.SKd, want)
	}
	if len(second.SKei) != len(first.SKei) || bytes.Equal(second.SKei, first.SKei) || second.transforms != transforms {
		t.Errorf("%x after %x", second.SKei, first.SKei)
	}
	if _, err := (&Keys{}).Further(nil, ni, nr, spii, spir); !errors.Is(err, ErrUnsupported) {
		t.Errorf("keys of nothing: %v", err)
	}
}

// TestIntAuth: of a message that is whole, and of one in fragments, it is the same, and
// what RFC 9242, Section 3.3.2, says: the header and the generic header of the Encrypted
// payload, with lengths of the payloads alone, and these.
func TestIntAuth(t *testing.T) {
	transforms := Transforms{Encr: ike.ENCR_AES_GCM_16, KeyBits: 256, PRF: ike.PRF_HMAC_SHA2_384}
	spii, spir := ike.SPI{3}, ike.SPI{4}
	k, err := Derive(transforms, []byte("classic"), bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32), spii, spir)
	if err != nil {
		t.Fatal(err)
	}
	h := ike.Header{SPIi: spii, SPIr: spir, MajorVersion: 2, Exchange: ike.IKE_INTERMEDIATE, Flags: ike.FlagResponse, MessageID: 1}
	payloads := []ike.Payload{&ike.KE{Method: ike.KE_ML_KEM_768, Data: bytes.Repeat([]byte{9}, 1088)}}
	inside, firstType, err := ike.AppendPayloads(nil, payloads)
	if err != nil {
		t.Fatal(err)
	}
	// The generic header of the KE payload is of 4 octets, and 4 more come before the data.
	if len(inside) != 1096 {
		t.Fatalf("%d octets", len(inside))
	}
	// SPIs, Next Payload 46, version, IKE_INTERMEDIATE (43), Response, Message ID 1, and
	// 28 + 4 + 1096 octets; then Next Payload KE (34) and 4 + 1096 octets.
	a, err := hex.DecodeString("0300000000000000" + "0400000000000000" + "2e202b20" + "00000001" + "00000468" + "2200044c")
	if err != nil {
		t.Fatal(err)
	}
	earlier := bytes.Repeat([]byte{7}, 48)
	want := hmac384(k.SKpr, earlier, a, inside)
	got, err := k.IntAuth(Responder, earlier, h, firstType, inside)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, %v; want %x", got, err, want)
	}
	if initiators, _ := k.IntAuth(Initiator, earlier, h, firstType, inside); bytes.Equal(initiators, got) {
		t.Error("both sides have the same")
	}
	for _, size := range []int{1 << 16, 500} {
		datagrams, err := k.SealFragments(Responder, h, payloads, rand.Reader, size)
		if err != nil {
			t.Fatal(err)
		}
		r := k.Reassembly(Responder)
		var m *ike.Message
		for _, d := range datagrams {
			if m, err = r.Open(d); err != nil && !errors.Is(err, ErrIncomplete) {
				t.Fatal(err)
			}
		}
		if of, err := r.IntAuthOf(earlier, m.Header); err != nil || !bytes.Equal(of, want) {
			t.Errorf("in %d datagrams %x, %v; want %x", len(datagrams), of, err, want)
		}
	}
	if got := Intermediate([]byte{1}, []byte{2}, 3); !bytes.Equal(got, []byte{1, 2, 0, 0, 0, 3}) {
		t.Errorf("%x", got)
	}
}
