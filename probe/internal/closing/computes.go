package closing

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// mostTransforms of a type are in an offer that asks for an accepted answer.
const mostTransforms = 15

// MostPublic is the most octets of a public value, so that an offer of many suites
// fits the datagram with it.
const MostPublic = 512

// Computes reports whether the IKE SA of a suite with a can be closed.
func Computes(a proposals.Algorithm) bool {
	t := keymat.Transforms{Encr: ike.ENCR_AES_CBC, KeyBits: 128, PRF: ike.PRF_HMAC_SHA2_256, Integ: ike.AUTH_HMAC_SHA2_256_128}
	switch a.Axis {
	case proposals.ENCR:
		t.Encr, t.KeyBits = ike.EncryptionID(a.ID), int(a.KeyBits)
		if a.AEAD() {
			t.Integ = ike.AUTH_NONE
		}
	case proposals.PRF:
		t.PRF = ike.PRFID(a.ID)
	case proposals.INTEG:
		t.Integ = ike.IntegrityID(a.ID)
	case proposals.KE:
		m := ike.KeyExchangeMethod(a.ID)
		public, _, _ := keyexchange.Sizes(m)
		return keyexchange.Supported(m) && public <= MostPublic
	default:
		return true
	}
	return keymat.Supported(t)
}

// ComputesSuite reports whether the IKE SA of a suite can be closed.
func ComputesSuite(s proposals.Suite) bool {
	return !slices.ContainsFunc(s[:], func(a proposals.Algorithm) bool { return !a.IsNone() && !Computes(a) })
}

// ComputesCipher reports whether the IKE SA of the cipher encr with the first other
// algorithms of p can be closed.
func ComputesCipher(encr proposals.Algorithm, p proposals.Product) bool {
	t := keymat.Transforms{Encr: ike.EncryptionID(encr.ID), KeyBits: int(encr.KeyBits), PRF: ike.PRFID(p[proposals.PRF][0].ID)}
	if len(p[proposals.INTEG]) > 0 {
		t.Integ = ike.IntegrityID(p[proposals.INTEG][0].ID)
	}
	return keymat.Supported(t)
}

// Offer returns what of the accepted products fits so many octets, and can be computed
// with a public value of so many octets at most.
func Offer(accepted []proposals.Product, octets, public int) []proposals.Product {
	var offer []proposals.Product
	for _, p := range accepted {
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool {
			m := ike.KeyExchangeMethod(a.ID)
			n, _, _ := keyexchange.Sizes(m)
			return !keyexchange.Supported(m) || n > public
		})
		p[proposals.ENCR] = slices.DeleteFunc(slices.Clone(p[proposals.ENCR]), func(a proposals.Algorithm) bool { return !ComputesCipher(a, p) })
		for a, list := range p {
			p[a] = list[:min(len(list), mostTransforms)]
		}
		if p.Size() == 0 {
			continue
		}
		offer = append(offer, p)
	}
	for offers.Octets(offer) > octets {
		longest := slices.MaxFunc(offer, func(p, q proposals.Product) int { return p.Octets() - q.Octets() })
		i := slices.IndexFunc(offer, func(p proposals.Product) bool { return p.Octets() == longest.Octets() })
		if first, rest := offers.Halve(offer[i : i+1]); rest != nil {
			offer[i] = first[0]
		} else {
			offer = slices.Delete(offer, i, i+1)
		}
	}
	return offer
}
