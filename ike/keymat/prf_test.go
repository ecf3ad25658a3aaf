package keymat

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func TestPRFVectors(t *testing.T) {
	for _, row := range []struct {
		source    string
		prf       ike.PRFID
		key, data []byte
		want      string
	}{
		{"RFC 2202, Section 2, case 1", ike.PRF_HMAC_MD5, bytes.Repeat([]byte{0x0b}, 16), []byte("Hi There"),
			"9294727a3638bb1c13f48ef8158bfc9d"},
		{"RFC 2202, Section 3, case 1", ike.PRF_HMAC_SHA1, bytes.Repeat([]byte{0x0b}, 20), []byte("Hi There"),
			"b617318655057264e28bc0b6fb378c8ef146be00"},
		{"RFC 4231, Section 4.2", ike.PRF_HMAC_SHA2_256, bytes.Repeat([]byte{0x0b}, 20), []byte("Hi There"),
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"RFC 4231, Section 4.2", ike.PRF_HMAC_SHA2_384, bytes.Repeat([]byte{0x0b}, 20), []byte("Hi There"),
			"afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"},
		{"RFC 4231, Section 4.2", ike.PRF_HMAC_SHA2_512, bytes.Repeat([]byte{0x0b}, 20), []byte("Hi There"),
			"87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
		{"RFC 4868, Section 2.7.1", ike.PRF_HMAC_SHA2_256, bytes.Repeat([]byte{0x0b}, 32), []byte("Hi There"),
			"198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7"},
		{"RFC 4434, key of 16 octets", ike.PRF_AES128_XCBC, counting(16), counting(20),
			"47f51b4564966215b8985c63055ed308"},
		{"RFC 4434, key of 10 octets", ike.PRF_AES128_XCBC, counting(10), counting(20),
			"0fa087af7d866e7653434e602fdde835"},
		{"RFC 4434, key of 18 octets", ike.PRF_AES128_XCBC, append(counting(16), 0xed, 0xcb), counting(20),
			"8cd3c93ae598a9803006ffb67c40e9e4"},
		{"RFC 4615, key of 18 octets", ike.PRF_AES128_CMAC, append(counting(16), 0xed, 0xcb), counting(20),
			"84a348a4a45d235babfffc0d2b4da09a"},
		{"RFC 4615, key of 16 octets", ike.PRF_AES128_CMAC, counting(16), counting(20),
			"980ae87b5f4c9c5214f5b6a8455e4c2d"},
		{"RFC 4615, key of 10 octets", ike.PRF_AES128_CMAC, counting(10), counting(20),
			"290d9e112edb09ee141fcf64c0b72f3d"},
	} {
		k := &Keys{transforms: Transforms{PRF: row.prf}}
		got := k.PRF(row.key, row.data)
		if hex.EncodeToString(got) != row.want {
			t.Errorf("%v, %s:\n%x, want\n%s", row.prf, row.source, got, row.want)
		}
		if len(got) != prfs[row.prf].size {
			t.Errorf("%v: %d octets, size says %d", row.prf, len(got), prfs[row.prf].size)
		}
	}
}

func TestIntegrityVectors(t *testing.T) {
	// The message of RFC 4493, Section 4.
	nist := unhex(t, "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"+
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	nistKey := unhex(t, "2b7e151628aed2a6abf7158809cf4f3c")
	for _, row := range []struct {
		source    string
		integ     ike.IntegrityID
		key, data []byte
		want      string // as sent
	}{
		{"RFC 2202, Section 2, case 1", ike.AUTH_HMAC_MD5_96, bytes.Repeat([]byte{0x0b}, 16), []byte("Hi There"), "9294727a3638bb1c13f48ef8"},
		{"RFC 2202, Section 3, case 1", ike.AUTH_HMAC_SHA1_96, bytes.Repeat([]byte{0x0b}, 20), []byte("Hi There"), "b617318655057264e28bc0b6"},
		{"RFC 4868, Section 2.7.2.1", ike.AUTH_HMAC_SHA2_256_128, bytes.Repeat([]byte{0x0b}, 32), []byte("Hi There"),
			"198a607eb44bfbc69903a0f1cf2bbdc5"},
		{"RFC 4868, Section 2.7.2.2", ike.AUTH_HMAC_SHA2_384_192, bytes.Repeat([]byte{0x0b}, 48), []byte("Hi There"),
			"b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973"},
		{"RFC 4868, Section 2.7.2.3", ike.AUTH_HMAC_SHA2_512_256, bytes.Repeat([]byte{0x0b}, 64), []byte("Hi There"),
			"637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8"},
		{"RFC 3566, case 1", ike.AUTH_AES_XCBC_96, counting(16), nil, "75f0251d528ac01c4573dfd5"},
		{"RFC 3566, case 2", ike.AUTH_AES_XCBC_96, counting(16), counting(3), "5b376580ae2f19afe7219cee"},
		{"RFC 3566, case 3", ike.AUTH_AES_XCBC_96, counting(16), counting(16), "d2a246fa349b68a79998a439"},
		{"RFC 3566, case 4", ike.AUTH_AES_XCBC_96, counting(16), counting(20), "47f51b4564966215b8985c63"},
		{"RFC 3566, case 5", ike.AUTH_AES_XCBC_96, counting(16), counting(32), "f54f0ec8d2b9f3d36807734b"},
		{"RFC 3566, case 6", ike.AUTH_AES_XCBC_96, counting(16), counting(34), "becbb3bccdb518a30677d548"},
		{"RFC 3566, case 7", ike.AUTH_AES_XCBC_96, counting(16), make([]byte, 1000), "f0dafee895db30253761103b"},
		{"RFC 4493, example 1", ike.AUTH_AES_CMAC_96, nistKey, nil, "bb1d6929e95937287fa37d12"},
		{"RFC 4493, example 2", ike.AUTH_AES_CMAC_96, nistKey, nist[:16], "070a16b46b4d4144f79bdd9d"},
		{"RFC 4493, example 3", ike.AUTH_AES_CMAC_96, nistKey, nist[:40], "dfa66747de9ae63030ca3261"},
		{"RFC 4493, example 4", ike.AUTH_AES_CMAC_96, nistKey, nist, "51f0bebf7e3b9d92fc497417"},
	} {
		i := integrities[row.integ]
		got := i.sum(row.key, row.data)[:i.icvLen]
		if hex.EncodeToString(got) != row.want {
			t.Errorf("%v, %s: %x, want %s", row.integ, row.source, got, row.want)
		}
		if len(row.key) != i.keyLen {
			t.Errorf("%v: the key of the vector has %d octets, keyLen is %d", row.integ, len(row.key), i.keyLen)
		}
	}
}

// TestPlusGrows makes sure that a longer output begins with the shorter one
// and that 255 rounds are enough for what Section 2.13 defines.
func TestPlusGrows(t *testing.T) {
	p := prfs[ike.PRF_AES128_CMAC]
	key, seed := counting(16), counting(40)
	long := p.plus(key, seed, 255*p.size)
	if len(long) != 255*p.size {
		t.Fatalf("%d octets", len(long))
	}
	for _, n := range []int{0, 1, 15, 16, 17, 100} {
		if short := p.plus(key, seed, n); !bytes.Equal(short, long[:n]) {
			t.Errorf("%d octets are %x, want %x", n, short, long[:n])
		}
	}
	if t1 := p.sum(key, append(counting(40), 1)); !bytes.Equal(t1, long[:16]) {
		t.Errorf("T1 is %x, want %x", long[:16], t1)
	}
}

// counting returns n octets 00 01 02 and so on.
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
