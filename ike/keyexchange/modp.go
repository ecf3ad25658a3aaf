package keyexchange

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"

	"github.com/ikescope/ikescope/ike"
)

var one = big.NewInt(1)

// A modpGroup is a group of integers modulo a prime.
type modpGroup struct {
	p, g *big.Int
	q    *big.Int // order of the subgroup that g generates; nil: p is a safe prime
	max  *big.Int // private exponents are 1 <= x < max
	size int      // octets of p
}

// oakley returns the method of a safe prime with generator 2 and private
// exponents of the given number of bits.
func oakley(m ike.KeyExchangeMethod, exponentBits uint) method {
	p := fromHex(oakleyPrimes[m])
	return (&modpGroup{
		p:    p,
		g:    big.NewInt(2),
		max:  new(big.Int).Lsh(one, exponentBits),
		size: (p.BitLen() + 7) / 8,
	}).method()
}

// subgroup returns the method of a prime with a subgroup of small prime order.
// RFC 5114, Section 4: the secret key should have the size of q.
func subgroup(m ike.KeyExchangeMethod) method {
	s := subgroups[m]
	p, q := fromHex(s.p), fromHex(s.q)
	return (&modpGroup{p: p, g: fromHex(s.g), q: q, max: q, size: (p.BitLen() + 7) / 8}).method()
}

func (g *modpGroup) method() method { return diffieHellman(g.size, g.generate) }

func (g *modpGroup) generate(rand io.Reader) (key, error) {
	x, err := scalar(rand, g.max)
	if err != nil {
		return nil, err
	}
	return &modpKey{g, x}, nil
}

type modpKey struct {
	group *modpGroup
	x     *big.Int
}

// RFC 7296, Section 3.4: "the length of the Diffie-Hellman public value for
// MODP groups MUST be equal to the length of the prime modulus over which the
// exponentiation was performed, prepending zero bits to the value if
// necessary." Section 2.14 says the same of the secret.
func (k *modpKey) public() []byte {
	y := new(big.Int).Exp(k.group.g, k.x, k.group.p)
	return y.FillBytes(make([]byte, k.group.size))
}

func (k *modpKey) sharedSecret(peer []byte) ([]byte, error) {
	g := k.group
	y := new(big.Int).SetBytes(peer)
	// RFC 6989, Section 2.1: "Each recipient MUST verify that the peer's public
	// value r is in the legal range (1 < r < p-1)."
	if y.Cmp(one) <= 0 || y.Cmp(new(big.Int).Sub(g.p, one)) >= 0 {
		return nil, fmt.Errorf("%w: not between 1 and p-1", ErrInvalidPublicValue)
	}
	// RFC 6989, Section 2.2, demands "that r^q = 1 mod p" only of those who
	// reuse a key. It costs little and tells a broken peer from a sound one.
	if g.q != nil && new(big.Int).Exp(y, g.q, g.p).Cmp(one) != 0 {
		return nil, fmt.Errorf("%w: not in the subgroup of order q", ErrInvalidPublicValue)
	}
	return y.Exp(y, k.x, g.p).FillBytes(make([]byte, g.size)), nil
}

// scalar returns a uniform number 1 <= x < limit.
func scalar(random io.Reader, limit *big.Int) (*big.Int, error) {
	x, err := rand.Int(random, new(big.Int).Sub(limit, one))
	if err != nil {
		return nil, err
	}
	return x.Add(x, one), nil
}

// fromHex reads a number of this package's own tables.
func fromHex(s string) *big.Int {
	x, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("keyexchange: internal error: not hexadecimal: " + s)
	}
	return x
}
