package keymat

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
)

// camellia is the block cipher of RFC 3713, in the RFC's words. Its lookups in a
// table take times that depend on the key, which is no loss with IKE SAs that are
// begun only to be closed.
type camellia struct {
	encrypt, decrypt []pair // the subkeys in the order of their use
}

// pair is 128 bits: a block as D1 and D2, or two subkeys that are used together.
type pair [2]uint64

// newCamellia returns the cipher for a key of 16, 24 or 32 octets.
func newCamellia(key []byte) (cipher.Block, error) {
	var kl, kr pair
	switch len(key) {
	case 16:
		kl = pairOf(key)
	case 24:
		kl = pairOf(key)
		right := binary.BigEndian.Uint64(key[16:])
		kr = pair{right, ^right}
	case 32:
		kl, kr = pairOf(key), pairOf(key[16:])
	default:
		return nil, fmt.Errorf("camellia: key of %d octets", len(key))
	}
	subkeys := camelliaSubkeys(kl, kr, len(key) == 16)

	// To decrypt is to use them backwards. Those of the first and the last
	// step are for whole blocks, whose halves keep their places.
	backwards := slices.Clone(subkeys)
	slices.Reverse(backwards)
	for i := 1; i < len(backwards)-1; i++ {
		backwards[i] = backwards[i].swap()
	}
	return camellia{subkeys, backwards}, nil
}

// camelliaSubkeys is the key schedule of RFC 3713, Section 2.2: kw1 and kw2,
// then six subkeys k of rounds and two subkeys ke of FL and FLINV by turns, and
// in the end kw3 and kw4. The numbers are Sigma1 to Sigma6.
func camelliaSubkeys(kl, kr pair, short bool) []pair {
	d := rounds(kl.xor(kr), pair{0xa09e667f3bcc908b, 0xb67ae8584caa73b2})
	ka := rounds(d.xor(kl), pair{0xc6ef372fe94f82be, 0x54ff53a5f1d36f1c})
	if short {
		return []pair{
			kl,
			ka, kl.rotate(15), ka.rotate(15),
			ka.rotate(30),
			kl.rotate(45), {ka.rotate(45)[0], kl.rotate(60)[1]}, ka.rotate(60),
			kl.rotate(77),
			kl.rotate(94), ka.rotate(94), kl.rotate(111),
			ka.rotate(111),
		}
	}
	kb := rounds(ka.xor(kr), pair{0x10e527fade682d1d, 0xb05688c2b3e6c1fd})
	return []pair{
		kl,
		kb, kr.rotate(15), ka.rotate(15),
		kr.rotate(30),
		kb.rotate(30), kl.rotate(45), ka.rotate(45),
		kl.rotate(60),
		kr.rotate(60), kb.rotate(60), kl.rotate(77),
		ka.rotate(77),
		kr.rotate(94), ka.rotate(94), kl.rotate(111),
		kb.rotate(111),
	}
}

func (c camellia) BlockSize() int          { return 16 }
func (c camellia) Encrypt(dst, src []byte) { crypt(c.encrypt, dst, src) }
func (c camellia) Decrypt(dst, src []byte) { crypt(c.decrypt, dst, src) }

// crypt is RFC 3713, Section 2.3.
func crypt(subkeys []pair, dst, src []byte) {
	last := len(subkeys) - 1
	d := pairOf(src).xor(subkeys[0])
	for i, k := range subkeys[1:last] {
		if i%4 == 3 { // after six rounds
			d = pair{fl(d[0], k[0]), flInverse(d[1], k[1])}
		} else {
			d = rounds(d, k)
		}
	}
	d = d.swap().xor(subkeys[last])
	binary.BigEndian.PutUint64(dst[8:16], d[1])
	binary.BigEndian.PutUint64(dst, d[0])
}

// rounds are two rounds of the Feistel network.
func rounds(d, k pair) pair {
	d[1] ^= camelliaF(d[0], k[0])
	d[0] ^= camelliaF(d[1], k[1])
	return d
}

// camelliaF is the F-function: RFC 3713, Section 2.4.1.
func camelliaF(in, k uint64) uint64 {
	var t [8]byte
	binary.BigEndian.PutUint64(t[:], in^k)
	t1, t8 := sbox1[t[0]], sbox1[t[7]]
	t2, t5 := sbox2(t[1]), sbox2(t[4])
	t3, t6 := sbox3(t[2]), sbox3(t[5])
	t4, t7 := sbox4(t[3]), sbox4(t[6])
	return binary.BigEndian.Uint64([]byte{
		t1 ^ t3 ^ t4 ^ t6 ^ t7 ^ t8,
		t1 ^ t2 ^ t4 ^ t5 ^ t7 ^ t8,
		t1 ^ t2 ^ t3 ^ t5 ^ t6 ^ t8,
		t2 ^ t3 ^ t4 ^ t5 ^ t6 ^ t7,
		t1 ^ t2 ^ t6 ^ t7 ^ t8,
		t2 ^ t3 ^ t5 ^ t7 ^ t8,
		t3 ^ t4 ^ t5 ^ t6 ^ t8,
		t1 ^ t4 ^ t5 ^ t6 ^ t7,
	})
}

// fl is the FL-function of RFC 3713, Section 2.4.2, and flInverse the
// FLINV-function.
func fl(in, k uint64) uint64 {
	x1, x2 := uint32(in>>32), uint32(in)
	k1, k2 := uint32(k>>32), uint32(k)
	x2 ^= bits.RotateLeft32(x1&k1, 1)
	x1 ^= x2 | k2
	return uint64(x1)<<32 | uint64(x2)
}

func flInverse(in, k uint64) uint64 {
	y1, y2 := uint32(in>>32), uint32(in)
	k1, k2 := uint32(k>>32), uint32(k)
	y1 ^= y2 | k2
	y2 ^= bits.RotateLeft32(y1&k1, 1)
	return uint64(y1)<<32 | uint64(y2)
}

func pairOf(b []byte) pair {
	return pair{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func (p pair) xor(q pair) pair { return pair{p[0] ^ q[0], p[1] ^ q[1]} }
func (p pair) swap() pair      { return pair{p[1], p[0]} }

// rotate turns the 128 bits left by n, up to 127.
func (p pair) rotate(n uint) pair {
	if n >= 64 {
		p, n = p.swap(), n-64
	}
	return pair{p[0]<<n | p[1]>>(64-n), p[1]<<n | p[0]>>(64-n)}
}

func sbox2(x byte) byte { return bits.RotateLeft8(sbox1[x], 1) }
func sbox3(x byte) byte { return bits.RotateLeft8(sbox1[x], 7) }
func sbox4(x byte) byte { return sbox1[bits.RotateLeft8(x, 1)] }

// sbox1 is the table SBOX1 of RFC 3713, Section 2.4.
var sbox1 = [256]byte{
	112, 130, 44, 236, 179, 39, 192, 229, 228, 133, 87, 53, 234, 12, 174, 65,
	35, 239, 107, 147, 69, 25, 165, 33, 237, 14, 79, 78, 29, 101, 146, 189,
	134, 184, 175, 143, 124, 235, 31, 206, 62, 48, 220, 95, 94, 197, 11, 26,
	166, 225, 57, 202, 213, 71, 93, 61, 217, 1, 90, 214, 81, 86, 108, 77,
	139, 13, 154, 102, 251, 204, 176, 45, 116, 18, 43, 32, 240, 177, 132, 153,
	223, 76, 203, 194, 52, 126, 118, 5, 109, 183, 169, 49, 209, 23, 4, 215,
	20, 88, 58, 97, 222, 27, 17, 28, 50, 15, 156, 22, 83, 24, 242, 34,
	254, 68, 207, 178, 195, 181, 122, 145, 36, 8, 232, 168, 96, 252, 105, 80,
	170, 208, 160, 125, 161, 137, 98, 151, 84, 91, 30, 149, 224, 255, 100, 210,
	16, 196, 0, 72, 163, 247, 117, 219, 138, 3, 230, 218, 9, 63, 221, 148,
	135, 92, 131, 2, 205, 74, 144, 51, 115, 103, 246, 243, 157, 127, 191, 226,
	82, 155, 216, 38, 200, 55, 198, 59, 129, 150, 111, 75, 19, 190, 99, 46,
	233, 121, 167, 140, 159, 110, 188, 142, 41, 245, 249, 182, 47, 253, 180, 89,
	120, 152, 6, 106, 231, 70, 113, 186, 212, 37, 171, 66, 136, 162, 141, 250,
	114, 7, 185, 85, 248, 238, 172, 10, 54, 73, 42, 104, 60, 56, 241, 164,
	64, 40, 211, 123, 187, 201, 67, 193, 21, 227, 173, 244, 119, 199, 128, 158,
}
