package keyexchange

import (
	"bytes"
	"encoding/hex"
	"io"
	"math/big"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// TestDiffieHellmanVectors replays the published exchanges through both roles.
func TestDiffieHellmanVectors(t *testing.T) {
	covered := make(map[ike.KeyExchangeMethod]bool)
	for _, v := range readVectors(t, "testdata/diffie-hellman.txt") {
		t.Run(v["method"], func(t *testing.T) {
			m := methodNamed(t, v["method"])
			covered[m] = true
			k, err := Generate(m, privateKeySource(t, m, v["a"]))
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(k.Public()); got != v["A"] {
				t.Errorf("A is\n%s, want\n%s", got, v["A"])
			}
			public, secret, err := Respond(m, privateKeySource(t, m, v["b"]), unhex(t, v["A"]))
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(public); got != v["B"] {
				t.Errorf("B is\n%s, want\n%s", got, v["B"])
			}
			if got := hex.EncodeToString(secret); got != v["secret"] {
				t.Errorf("the responder's secret is\n%s, want\n%s", got, v["secret"])
			}
			secret, err = k.SharedSecret(unhex(t, v["B"]))
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(secret); got != v["secret"] {
				t.Errorf("the initiator's secret is\n%s, want\n%s", got, v["secret"])
			}
		})
	}
	for _, m := range Methods() {
		if !covered[m] && m < ike.KE_ML_KEM_512 {
			t.Errorf("no vector for %v", m)
		}
	}
}

// privateKeySource returns a source of randomness from which m makes the given
// private key: scalar draws a number below limit-1 and adds 1.
func privateKeySource(t *testing.T, m ike.KeyExchangeMethod, private string) io.Reader {
	t.Helper()
	if m == ike.KE_CURVE25519 || m == ike.KE_CURVE448 {
		return bytes.NewReader(unhex(t, private))
	}
	var limit *big.Int
	switch k, err := Generate(m, counter()); k := k.key.(type) {
	case *modpKey:
		limit = k.group.max
	case *weierstrassKey:
		limit = k.curve.n
	case nistKey:
		limit = new(big.Int).Lsh(one, uint(8*len(k.Bytes())))
		if m == ike.KE_ECP_521 {
			limit = new(big.Int).Lsh(one, 521)
		}
	default:
		t.Fatalf("key %T, error %v", k, err)
	}
	x := fromHex(private)
	if x.Sign() <= 0 || x.Cmp(limit) >= 0 {
		t.Fatalf("private key %s is out of range", private)
	}
	x.Sub(x, one)
	return bytes.NewReader(x.FillBytes(make([]byte, (limit.BitLen()-1+7)/8)))
}

// TestOakleyPrimes computes the primes from their definition, which RFC 2409,
// Section 6, and RFC 3526 give: 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) pi) + k).
func TestOakleyPrimes(t *testing.T) {
	for _, row := range []struct {
		method ike.KeyExchangeMethod
		n      uint
		k      int64
	}{
		{ike.KE_MODP_768, 768, 149686},
		{ike.KE_MODP_1024, 1024, 129093},
		{ike.KE_MODP_1536, 1536, 741804},
		{ike.KE_MODP_2048, 2048, 124476},
		{ike.KE_MODP_3072, 3072, 1690314},
		{ike.KE_MODP_4096, 4096, 240904},
		{ike.KE_MODP_6144, 6144, 929484},
		{ike.KE_MODP_8192, 8192, 4743158},
	} {
		p := pi(row.n - 130)
		p.Add(p, big.NewInt(row.k))
		p.Lsh(p, 64)
		p.Add(p, new(big.Int).Lsh(one, row.n))
		p.Sub(p, new(big.Int).Lsh(one, row.n-64))
		p.Sub(p, one)
		if got := fromHex(oakleyPrimes[row.method]); got.Cmp(p) != 0 {
			t.Errorf("%v: the prime is\n%x, want\n%x", row.method, got, p)
		}
	}
}

// pi returns floor(2^bits * pi) by Machin's formula, pi = 16 arctan(1/5) - 4
// arctan(1/239), with 64 bits to spare for the rounding of each term.
func pi(bits uint) *big.Int {
	const spare = 64
	arctan := func(inverse int64) *big.Int {
		square := big.NewInt(inverse * inverse)
		power := new(big.Int).Lsh(one, bits+spare)
		power.Quo(power, big.NewInt(inverse))
		sum := new(big.Int)
		for i := int64(0); power.Sign() != 0; i++ {
			term := new(big.Int).Quo(power, big.NewInt(2*i+1))
			if i%2 == 1 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Quo(power, square)
		}
		return sum
	}
	x := new(big.Int).Mul(arctan(5), big.NewInt(16))
	y := new(big.Int).Mul(arctan(239), big.NewInt(4))
	return x.Rsh(x.Sub(x, y), spare)
}

// TestSubgroups checks what RFC 5114 promises of p, q and g.
func TestSubgroups(t *testing.T) {
	for m, s := range subgroups {
		p, g, q := fromHex(s.p), fromHex(s.g), fromHex(s.q)
		if !p.ProbablyPrime(1) || !q.ProbablyPrime(1) {
			t.Errorf("%v: p or q is not prime", m)
		}
		if g.Cmp(one) <= 0 || new(big.Int).Exp(g, q, p).Cmp(one) != 0 {
			t.Errorf("%v: g does not have the order q", m)
		}
	}
}

// TestWeierstrassCurves checks that the generator is on the curve and has the
// order n, and that the group law holds where add has its special cases.
func TestWeierstrassCurves(t *testing.T) {
	for m := range weierstrassCurves {
		c := newWeierstrassCurve(m)
		if !c.p.ProbablyPrime(1) || !c.n.ProbablyPrime(1) {
			t.Errorf("%v: p or n is not prime", m)
		}
		if !c.contains(c.g) {
			t.Errorf("%v: the generator is not on the curve", m)
		}
		if !c.multiply(c.n, c.g).isInfinity() {
			t.Errorf("%v: the generator does not have the order n", m)
		}
		minus := c.multiply(new(big.Int).Sub(c.n, one), c.g)
		if minus.x.Cmp(c.g.x) != 0 || minus.y.Cmp(c.g.y) == 0 {
			t.Errorf("%v: (n-1)g is not -g", m)
		}
		two := c.add(c.g, c.g)
		three := c.add(two, c.g)
		if again := c.add(c.add(three, minus), point{}); again.x.Cmp(two.x) != 0 || again.y.Cmp(two.y) != 0 {
			t.Errorf("%v: 3g - g is not 2g", m)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func BenchmarkGenerate(b *testing.B) {
	for _, m := range Methods() {
		b.Run(m.String(), func(b *testing.B) {
			for b.Loop() {
				k, err := Generate(m, counter())
				if err != nil {
					b.Fatal(err)
				}
				k.Public()
			}
		})
	}
}
