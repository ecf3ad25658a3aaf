package matrix

import (
	"math"
	"math/bits"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// The steps of [Likelihood]: what most gateways take, many, a few, and hardly any.
const (
	Common = 0.7
	Usual  = 0.4
	Some   = 0.15
	Rare   = 0.04
)

// Likelihood is a rough chance, of 0 to 1, that a gateway in the field takes
// an algorithm at all: from the default policies of strongSwan, libreswan,
// OpenIKED, Windows, Cisco and FortiGate. The planner asks about what is
// likely first; a wrong guess costs exchanges, never a wrong result.
func Likelihood(a proposals.Algorithm) float64 {
	if a.IsNone() {
		if a.Axis > proposals.ADDKE1 {
			return 0.95 // few have more than one additional key exchange
		}
		return 0.5
	}
	switch a.Axis {
	case proposals.ENCR:
		switch ike.EncryptionID(a.ID) {
		case ike.ENCR_AES_CBC:
			if a.KeyBits == 192 {
				return Usual
			}
			return Common
		case ike.ENCR_AES_GCM_16:
			if a.KeyBits == 192 {
				return Some
			}
			return Common
		case ike.ENCR_CHACHA20_POLY1305:
			return Usual
		case ike.ENCR_3DES:
			return Usual
		case ike.ENCR_AES_CTR, ike.ENCR_AES_GCM_8, ike.ENCR_AES_GCM_12,
			ike.ENCR_AES_CCM_8, ike.ENCR_AES_CCM_12, ike.ENCR_AES_CCM_16,
			ike.ENCR_CAMELLIA_CBC, ike.ENCR_CAMELLIA_CTR, ike.ENCR_CAMELLIA_CCM_16:
			return Some
		}
	case proposals.PRF:
		switch ike.PRFID(a.ID) {
		case ike.PRF_HMAC_SHA2_256:
			return Common
		case ike.PRF_HMAC_SHA1, ike.PRF_HMAC_SHA2_384, ike.PRF_HMAC_SHA2_512:
			return Usual
		case ike.PRF_AES128_XCBC, ike.PRF_AES128_CMAC, ike.PRF_HMAC_MD5:
			return Some
		}
	case proposals.INTEG:
		switch ike.IntegrityID(a.ID) {
		case ike.AUTH_HMAC_SHA2_256_128:
			return Common
		case ike.AUTH_HMAC_SHA1_96, ike.AUTH_HMAC_SHA2_384_192, ike.AUTH_HMAC_SHA2_512_256:
			return Usual
		case ike.AUTH_AES_XCBC_96, ike.AUTH_AES_CMAC_96, ike.AUTH_HMAC_MD5_96:
			return Some
		}
	default:
		switch ike.KeyExchangeMethod(a.ID) {
		case ike.KE_MODP_2048, ike.KE_ECP_256:
			return Common
		case ike.KE_CURVE25519, ike.KE_ECP_384, ike.KE_MODP_3072, ike.KE_MODP_4096:
			return Usual
		case ike.KE_ML_KEM_768, ike.KE_ML_KEM_1024:
			if a.Axis > proposals.ADDKE1 {
				return Some
			}
			if a.Axis != proposals.KE {
				return Usual
			}
		case ike.KE_ECP_521, ike.KE_MODP_1024, ike.KE_MODP_1536, ike.KE_MODP_6144,
			ike.KE_MODP_8192, ike.KE_CURVE448:
			return Some
		}
	}
	return Rare
}

// weigher holds the likelihoods of a universe's values, by axis and bit.
type weigher [proposals.NumAxes][maxValues]float64

func newWeigher(u *Universe) *weigher {
	w := new(weigher)
	for i, list := range u.axes {
		for n, a := range list {
			w[i][n] = Likelihood(a)
		}
	}
	return w
}

func (w *weigher) value(a proposals.Axis, v uint64) float64 { return w[a][bits.TrailingZeros64(v)] }

// set returns the summed weight of the values of set on axis a.
func (w *weigher) set(a proposals.Axis, set uint64) float64 {
	sum := 0.0
	for v := range sets.Values(set) {
		sum += w.value(a, v)
	}
	return sum
}

// box returns the weight of b: that of its suites, were its axes independent.
func (w *weigher) box(b sets.Box) float64 {
	product := 1.0
	for a, set := range b {
		if !sets.IsOne(set) {
			product *= w.set(proposals.Axis(a), set)
		} else {
			product *= w.value(proposals.Axis(a), set)
		}
	}
	return product
}

// part returns the likeliest values of set, which together have nearly the given
// share of its weight: one at least, and not all. Set has two or more.
func (w *weigher) part(a proposals.Axis, set uint64, share float64) uint64 {
	var first uint64
	order := w.order(a, set)
	target := w.set(a, set) * share
	sum := 0.0
	for i, v := range order[:len(order)-1] {
		next := sum + w.value(a, v)
		if i > 0 && math.Abs(target-sum) <= math.Abs(target-next) {
			break
		}
		first |= v
		sum = next
	}
	return first
}

// order returns the values of set, the likeliest first; equals in the
// universe's order.
func (w *weigher) order(a proposals.Axis, set uint64) []uint64 {
	var order []uint64
	for v := range sets.Values(set) {
		i := len(order)
		for i > 0 && w.value(a, order[i-1]) < w.value(a, v) {
			i--
		}
		order = append(order, 0)
		copy(order[i+1:], order[i:])
		order[i] = v
	}
	return order
}
