package keymat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"testing"
)

func TestCCMVectors(t *testing.T) {
	for _, row := range []struct {
		source          string
		newBlock        func(key []byte) (cipher.Block, error)
		key, nonce      string
		additional, msg []byte
		tagLen          int
		want            string
	}{
		{"RFC 3610, packet vector 1", aes.NewCipher, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000003020100a0a1a2a3a4a5",
			counting(8), counting(31)[8:], 8,
			"588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"},
		{"SP 800-38C, example 2", aes.NewCipher, "404142434445464748494a4b4c4d4e4f", "1011121314151617",
			counting(16), counting(48)[32:], 6,
			"d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd"},
		{"SP 800-38C, example 3", aes.NewCipher, "404142434445464748494a4b4c4d4e4f", "101112131415161718191a1b",
			counting(20), counting(56)[32:], 8,
			"e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951"},
		{"SP 800-38C, example 4", aes.NewCipher, "404142434445464748494a4b4c4d4e4f", "101112131415161718191a1b1c",
			counting(1 << 16), counting(64)[32:], 14,
			"69915dad1e84c6376a68c2967e4dab615ae0fd1faec44cc484828529463ccf72b4ac6bec93e8598e7f0dadbcea5b"},
		{"RFC 5528, packet vector 1", newCamellia, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000003020100a0a1a2a3a4a5",
			counting(8), counting(31)[8:], 8,
			"ba737185e719310492f38a5f1251da55fafbc949848a0dfcaece746b3db9ad"},
		{"RFC 5528, packet vector 24", newCamellia, "d75c2778078ca93d971f96fde720f4cd", "003b8fd8d3a937b160b6a31c1c",
			unhex(t, "a4d499f78419728c19178b0c"), unhex(t, "9dc9edae2ff5df8636e8c6de0eed55f7867e33337d"), 10,
			"4b198156393b0f7796086aafb454f8c3f034cca966945f1fcea7e11bee6a2f"},
	} {
		block, err := row.newBlock(unhex(t, row.key))
		if err != nil {
			t.Fatal(err)
		}
		nonce := unhex(t, row.nonce)
		c := ccm{block, len(nonce), row.tagLen}
		sealed := c.Seal(nil, nonce, row.msg, row.additional)
		if hex.EncodeToString(sealed) != row.want {
			t.Errorf("%s:\n%x, want\n%s", row.source, sealed, row.want)
		}
		if got, err := c.Open(nil, nonce, sealed, row.additional); err != nil || !bytes.Equal(got, row.msg) {
			t.Errorf("%s: opened %x, %v", row.source, got, err)
		}
	}
}

// TestGCM8 compares with the longer tags of the standard library.
func TestGCM8(t *testing.T) {
	for _, n := range []int{0, 1, 16, 100} {
		key, nonce, additional := counting(32), counting(12), counting(28)
		short, err := newGCM8(key)
		if err != nil {
			t.Fatal(err)
		}
		full, err := newGCM(16)(key)
		if err != nil {
			t.Fatal(err)
		}
		sealed := short.Seal(nil, nonce, counting(n), additional)
		if want := full.Seal(nil, nonce, counting(n), additional)[:n+8]; !bytes.Equal(sealed, want) {
			t.Errorf("%d octets: sealed %x, want %x", n, sealed, want)
		}
		if got, err := short.Open(nil, nonce, sealed, additional); err != nil || !bytes.Equal(got, counting(n)) {
			t.Errorf("%d octets: opened %x, %v", n, got, err)
		}
	}
}

// TestAEADRejects changes every bit of what was sealed, and the other inputs.
func TestAEADRejects(t *testing.T) {
	for id, e := range encryptions {
		if e.newAEAD == nil {
			continue
		}
		a, err := e.newAEAD(counting(e.keyBits[len(e.keyBits)-1] / 8))
		if err != nil {
			t.Fatal(err)
		}
		if a.NonceSize() != e.saltLen+e.ivLen {
			t.Errorf("%v: nonce of %d octets, salt and vector have %d", id, a.NonceSize(), e.saltLen+e.ivLen)
		}
		nonce, additional := counting(a.NonceSize()), counting(5)
		sealed := a.Seal(nil, nonce, counting(20), additional)
		rejects := func(name string, nonce, sealed, additional []byte) {
			t.Helper()
			if got, err := a.Open(nil, nonce, sealed, additional); err == nil || got != nil {
				t.Errorf("%v: %s: opened %x, %v", id, name, got, err)
			}
		}
		for bit := range 8 * len(sealed) {
			rejects("changed bit", nonce, flip(sealed, bit), additional)
		}
		for n := range sealed {
			rejects("cut", nonce, sealed[:n], additional)
		}
		rejects("nonce", flip(nonce, 0), sealed, additional)
		rejects("additional data", nonce, sealed, flip(additional, 0))
		rejects("no additional data", nonce, sealed, nil)
	}
}

// flip returns b with one bit changed.
func flip(b []byte, bit int) []byte {
	b = bytes.Clone(b)
	b[bit/8] ^= 1 << (bit % 8)
	return b
}

var (
	_ cipher.AEAD = ccm{}
	_ cipher.AEAD = gcm8{}
)
