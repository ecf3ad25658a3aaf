package keymat

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// TestDeriveVectors compares SKEYSEED and the keys with the IKEv2 vectors of
// the NIST CAVP (SP 800-135) for HMAC with SHA-1, SHA-256 and SHA-384. That of
// AES-XCBC, which the CAVP does not cover, comes from the tests of NSS.
func TestDeriveVectors(t *testing.T) {
	for _, row := range []struct {
		prf                        ike.PRFID
		ni, nr, spii, spir, secret string
		skeyseed                   string
		material                   string // 132 octets
	}{
		{ike.PRF_HMAC_SHA1,
			"32b50d5f4a3763f3", "9206a04b26564cb1", "34c9e7c188868785", "3ff77d760d2b2199",
			"4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52",
			"a9a7b222b59f8f48645f28a1db5b5f5d7479cba7",
			"a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002" +
				"a2a63080e514a062768b76606f9fa5e992204fc5a670bde3f10d6b027113936a" +
				"5c55b648a194ae587b0088d52204b702c979fa280870d2ed41efa9c549fd1119" +
				"8af1670b143d384bd275c5f594cf266b05ebadca855e4249520a441a81157435" +
				"a7a56cc4"},
		{ike.PRF_HMAC_SHA2_256,
			"3f302be1abcb28e1", "8c332ee006064c9b", "40dac39e1e1a8640", "8619a1cf9a6e4c07",
			"0f4d257d7a58fc4545c7d7a88119eee5d5c9690c5b4c989171d3abbfd99d1d29",
			"5f00d1bd2c58ec224b1e6b71fa0f19a1faa7a193952c444411b47c1a9d8ba6fe",
			"0b137d669b0947d7d026d593f0305ad401ff0c471357d695778a9c7f4b4869ec" +
				"e98aca531188d16041b3bb936d2dbb3b4993a6e768a809160de45d0283f273a6" +
				"cdf6854379e31be72b8d3d1fa990cf9c5b015ca9f918a7df6253c958114a09d4" +
				"e1c19bdcd4db14b29d98db1a74ad405c588662c14a04d0d36aa4ab55e90f8986" +
				"d12d4aad"},
		{ike.PRF_HMAC_SHA2_384,
			"fd1b572a8e735591", "6013b0ef88dacd3d", "2116ad07ce61f749", "24880e55f11a65b7",
			"d3288cd87565101e88fe3bad918f31939d8dd26ff1071f8b2d7f447524e58d7c",
			"69fe7a1ac94adaeb711295f5fe004b1a8d6a0b65d05692758ce8ad2f7a45f59d7d0b596f51f7dfcf3330061888f6a94f",
			"4f904c2025c90c817ea5ff9b662a6fdb445a73b57cdf09eacd379b95e1f03cac" +
				"b04cd6deeda4f952191dd9bc1f7a9502471a648d74dc06d38112de48a42501f6" +
				"b1a3ad55c2099cd9a648e5f17e5bf3e34bf9b5953decb768a34f875fe2b78dca" +
				"0c2fcca81ec1a412006dfaed38fa06882e61f4c148105fb8e231fdb33c4d484c" +
				"001721d4"},
		{ike.PRF_AES128_XCBC,
			"32b50d5f4a3763f3", "9206a04b26564cb1", "34c9e7c188868785", "3ff77d760d2b2199",
			"4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52",
			"08b95345c9557240ddc98d6e1dfda875",
			"efa38ecee9fd05062f64b655105436d54b4728da66f3bc5768636170ff5017ab" +
				"082342a683e7144a58d549c53d4575a2897d14c7c687040e86384065456b8dcd" +
				"8aaea88b85b5e4d8ab2f61c015859337000550cda1750a15c1f90af0ddd296e0" +
				"a7f291afe46295dd3108078bd8eadf09bc614c205a7c283907c3e6a384ad3f53" +
				"73887e83"},
	} {
		t.Run(row.prf.String(), func(t *testing.T) {
			ni, nr, secret := unhex(t, row.ni), unhex(t, row.nr), unhex(t, row.secret)
			seed, err := skeyseed(prfs[row.prf], secret, ni, nr)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(seed); got != row.skeyseed {
				t.Errorf("SKEYSEED is\n%s, want\n%s", got, row.skeyseed)
			}

			transforms := Transforms{Encr: ike.ENCR_AES_CBC, KeyBits: 128, PRF: row.prf, Integ: ike.AUTH_HMAC_MD5_96}
			k, err := Derive(transforms, secret, ni, nr, ike.SPI(unhex(t, row.spii)), ike.SPI(unhex(t, row.spir)))
			if err != nil {
				t.Fatal(err)
			}
			all := slices.Concat(k.SKd, k.SKai, k.SKar, k.SKei, k.SKer, k.SKpi, k.SKpr)
			want := unhex(t, row.material)
			n := min(len(all), len(want))
			if !bytes.Equal(all[:n], want[:n]) {
				t.Errorf("the keys are\n%x, want\n%x", all[:n], want[:n])
			}
			if long := prfs[row.prf].plus(seed, slices.Concat(ni, nr, unhex(t, row.spii), unhex(t, row.spir)), len(want)); !bytes.Equal(long, want) {
				t.Errorf("prf+ is\n%x, want\n%x", long, want)
			}
		})
	}
}

// TestKeyLengths checks the split of the keying material.
func TestKeyLengths(t *testing.T) {
	for _, row := range []struct {
		transforms Transforms
		d, a, e    int // octets of SK_d and SK_p, of SK_a, of SK_e
	}{
		{Transforms{ike.ENCR_3DES, 0, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96}, 20, 20, 24},
		{Transforms{ike.ENCR_DES, 0, ike.PRF_HMAC_MD5, ike.AUTH_HMAC_MD5_96}, 16, 16, 8},
		{Transforms{ike.ENCR_AES_CBC, 256, ike.PRF_HMAC_SHA2_512, ike.AUTH_HMAC_SHA2_512_256}, 64, 64, 32},
		{Transforms{ike.ENCR_AES_CTR, 192, ike.PRF_AES128_CMAC, ike.AUTH_AES_CMAC_96}, 16, 16, 28},
		{Transforms{ike.ENCR_AES_CCM_16, 128, ike.PRF_HMAC_SHA2_384, ike.AUTH_NONE}, 48, 0, 19},
		{Transforms{ike.ENCR_AES_GCM_16, 256, ike.PRF_HMAC_SHA2_256, ike.AUTH_NONE}, 32, 0, 36},
		{Transforms{ike.ENCR_CHACHA20_POLY1305, 0, ike.PRF_AES128_XCBC, ike.AUTH_NONE}, 16, 0, 36},
	} {
		k, err := Derive(row.transforms, counting(32), counting(32), counting(32), ike.SPI{1}, ike.SPI{2})
		if err != nil {
			t.Fatal(err)
		}
		got := []int{len(k.SKd), len(k.SKai), len(k.SKar), len(k.SKei), len(k.SKer), len(k.SKpi), len(k.SKpr)}
		if want := []int{row.d, row.a, row.a, row.e, row.e, row.d, row.d}; !slices.Equal(got, want) {
			t.Errorf("%v: %v octets, want %v", row.transforms, got, want)
		}
	}
}

func TestDeriveFails(t *testing.T) {
	good := Transforms{ike.ENCR_AES_GCM_16, 256, ike.PRF_AES128_XCBC, ike.AUTH_NONE}
	for _, row := range []struct {
		name           string
		transforms     Transforms
		secret, ni, nr []byte
		unsupported    bool
	}{
		{"unsupported cipher", Transforms{ike.ENCR_BLOWFISH, 128, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96}, counting(8), counting(16), counting(16), true},
		{"empty secret", good, nil, counting(16), counting(16), false},
		{"short Ni", good, counting(8), counting(7), counting(16), false},
		{"short Nr", good, counting(8), counting(16), counting(7), false},
		{"empty nonces", Transforms{ike.ENCR_AES_GCM_16, 256, ike.PRF_HMAC_SHA1, ike.AUTH_NONE}, counting(8), nil, nil, false},
	} {
		k, err := Derive(row.transforms, row.secret, row.ni, row.nr, ike.SPI{}, ike.SPI{})
		if err == nil || k != nil || errors.Is(err, ErrUnsupported) != row.unsupported {
			t.Errorf("%s: %v, %v", row.name, k, err)
		}
	}
}

// TestPSKAuth writes RFC 7296, Section 2.15, out for one PRF.
func TestPSKAuth(t *testing.T) {
	transforms := Transforms{ike.ENCR_AES_GCM_16, 256, ike.PRF_HMAC_SHA2_256, ike.AUTH_NONE}
	k, err := Derive(transforms, counting(32), counting(16), counting(20), ike.SPI{1}, ike.SPI{2})
	if err != nil {
		t.Fatal(err)
	}
	sum := func(key []byte, data ...[]byte) []byte {
		h := hmac.New(sha256.New, key)
		for _, d := range data {
			h.Write(d)
		}
		return h.Sum(nil)
	}
	psk, init, nonce, id := []byte("secret"), []byte("message"), counting(20), []byte{2, 0, 0, 0, 'x'}
	padded := sum(psk, []byte{'K', 'e', 'y', ' ', 'P', 'a', 'd', ' ', 'f', 'o', 'r', ' ', 'I', 'K', 'E', 'v', '2'})
	for role, skp := range map[Role][]byte{Initiator: k.SKpi, Responder: k.SKpr} {
		want := sum(padded, init, nonce, sum(skp, id))
		if got := k.PSKAuth(role, psk, init, nonce, id); !bytes.Equal(got, want) {
			t.Errorf("%v: %x, want %x", role, got, want)
		}
	}
}

// TestKeysKeepSecret makes sure that printing keys does not show them.
func TestKeysKeepSecret(t *testing.T) {
	transforms := Transforms{ike.ENCR_AES_CBC, 256, ike.PRF_HMAC_SHA2_256, ike.AUTH_HMAC_SHA2_256_128}
	k, err := Derive(transforms, counting(32), counting(16), counting(16), ike.SPI{1}, ike.SPI{2})
	if err != nil {
		t.Fatal(err)
	}
	const want = "keys for ENCR_AES_CBC(256), PRF_HMAC_SHA2_256, AUTH_HMAC_SHA2_256_128"
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{k, *k} {
			if got := fmt.Sprintf(format, v); got != want {
				t.Errorf("%s prints %s", format, strings.ReplaceAll(got, "\n", " "))
			}
		}
	}
}
