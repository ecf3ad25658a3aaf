package keymat

import (
	"encoding/hex"
	"testing"
)

func TestCamelliaVectors(t *testing.T) {
	// RFC 3713, Appendix A. The plaintext is that of the shortest key.
	const plaintext = "0123456789abcdeffedcba9876543210"
	for _, row := range []struct{ key, ciphertext string }{
		{plaintext, "67673138549669730857065648eabe43"},
		{plaintext + "0011223344556677", "b4993401b3e996f84ee5cee7d79b09b9"},
		{plaintext + "00112233445566778899aabbccddeeff", "9acc237dff16d76c20ef7c919e3a7509"},
	} {
		block, err := newCamellia(unhex(t, row.key))
		if err != nil {
			t.Fatal(err)
		}
		b := unhex(t, plaintext)
		block.Encrypt(b, b)
		if got := hex.EncodeToString(b); got != row.ciphertext {
			t.Errorf("key %s: encrypted to %s, want %s", row.key, got, row.ciphertext)
		}
		block.Decrypt(b, b)
		if got := hex.EncodeToString(b); got != plaintext {
			t.Errorf("key %s: decrypted to %s, want %s", row.key, got, plaintext)
		}
	}
}

func TestCamelliaKeyLengths(t *testing.T) {
	for n := range 50 {
		if block, err := newCamellia(counting(n)); (err == nil) != (n == 16 || n == 24 || n == 32) {
			t.Errorf("key of %d octets: %v, %v", n, block, err)
		}
	}
}

func TestCamelliaCounterMode(t *testing.T) {
	// RFC 5528, Section 4.1: test vectors 3, 6 and 9.
	for _, row := range []struct{ key, nonce, iv, ciphertext string }{
		{"7691be035e5020a8ac6e618529f9a0dc", "00e0017b", "27777f3f4a1786f0",
			"b19d1fcdcb75eb882f849ce24d85cf739ce64b2b5c9d73f14f2d5d9dce9889cddf508696"},
		{"02bf391ee8ecb159b959617b0965279bf59b60a786d3e0fe", "0007bdfd", "5cbd60278dcc0912",
			"5710e556e1487a20b5ac0e73f19e4e7876f37fdc91b1ef4d4dade8e666a64d0ed557ab57"},
		{"ff7a617ce69148e4f1726e2f43581de2aa62d9f805532edff1eed687fb54153d", "001cc5b7", "51a51d70a1c11148",
			"a4da23fce6a5ffaa6d64ae9a0652a42cd161a34b65f9679f75c01f101f71276f15ef0d8d"},
	} {
		block, err := newCamellia(unhex(t, row.key))
		if err != nil {
			t.Fatal(err)
		}
		got := counting(36)
		encryptThenMAC{block: block, salt: unhex(t, row.nonce)}.counter(unhex(t, row.iv)).XORKeyStream(got, got)
		if hex.EncodeToString(got) != row.ciphertext {
			t.Errorf("key %s:\n%x, want\n%s", row.key, got, row.ciphertext)
		}
	}
}
