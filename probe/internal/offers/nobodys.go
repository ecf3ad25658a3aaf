package offers

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// NobodysCipher is of private use: no gateway selects it.
var NobodysCipher = proposals.Algorithm{Axis: proposals.ENCR, ID: 65001, KeyBits: 256}

// Impossibility is a way in which an offer cannot be meant.
type Impossibility uint8

// The ways, each with what nobody has in an offer.
const (
	UnknownType      Impossibility = iota // a transform type that nobody has
	UnknownENCR                           // a number that nobody has, of each axis
	UnknownPRF                            //
	UnknownINTEG                          //
	UnknownKE                             //
	UnknownKeyLength                      // that the cipher does not have
	impossibilities
)

// Numbers for private use, which no gateway can know from us.
const (
	// NobodysType is that of the transform of UnknownType.
	NobodysType   = ike.TransformType(250)
	nobodysNumber = 65001
	// nobodysKeyLength is none of AES, in bits.
	nobodysKeyLength = 136
)

// Impossible returns the control offer with what cannot be meant of a kind in
// each suite; the type of UnknownType is for the caller to add.
func Impossible(control []proposals.Product, kind Impossibility) []proposals.Product {
	var out []proposals.Product
	for _, p := range control {
		switch kind {
		case UnknownENCR:
			if len(p[proposals.INTEG]) == 0 {
				continue // it would need an INTEG, as no one knows it as AEAD
			}
			p[proposals.ENCR] = []proposals.Algorithm{NobodysCipher}
		case UnknownPRF, UnknownKE:
			axis := proposals.PRF
			if kind == UnknownKE {
				axis = proposals.KE
			}
			p[axis] = []proposals.Algorithm{{Axis: axis, ID: nobodysNumber}}
		case UnknownINTEG:
			if len(p[proposals.INTEG]) == 0 {
				continue
			}
			p[proposals.INTEG] = []proposals.Algorithm{{Axis: proposals.INTEG, ID: nobodysNumber}}
		case UnknownKeyLength:
			i := slices.IndexFunc(p[proposals.ENCR], func(a proposals.Algorithm) bool { return a.KeyBits != 0 })
			if i < 0 {
				continue
			}
			a := p[proposals.ENCR][i]
			a.KeyBits = nobodysKeyLength
			p[proposals.ENCR] = []proposals.Algorithm{a}
		}
		out = append(out, p)
	}
	return out
}

// AllImpossible returns every way, ascending.
func AllImpossible() []Impossibility {
	var all []Impossibility
	for kind := range impossibilities {
		all = append(all, kind)
	}
	return all
}

// LastInLists returns p, of one suite, with its algorithms as the last of n of each
// type, of which the others are nobody's.
func LastInLists(p proposals.Product, n int) proposals.Product {
	for axis := range p {
		if len(p[axis]) == 0 {
			continue
		}
		var list []proposals.Algorithm
		for i := range n - 1 {
			list = append(list, nobodys(proposals.Axis(axis), i))
		}
		p[axis] = append(list, p[axis]...)
	}
	return p
}

// LastProposal returns p as the last of n proposals, of which the others are
// like it, with a PRF that is nobody's, and another key exchange method: an answer
// that names one shows which was chosen.
func LastProposal(p proposals.Product, n int) []proposals.Product {
	method := ike.KE_MODP_768 // known to every gateway, and hardly accepted
	if proposals.HasKeyExchange([]proposals.Product{p}, method) {
		method = ike.KE_MODP_1024
	}
	var out []proposals.Product
	for i := range n - 1 {
		other := OnlyMethod([]proposals.Product{p}, method)[0]
		other[proposals.PRF] = []proposals.Algorithm{nobodys(proposals.PRF, i)}
		out = append(out, other)
	}
	return append(out, p)
}

// nobodys returns one of many algorithms for private use.
func nobodys(axis proposals.Axis, i int) proposals.Algorithm {
	return proposals.Algorithm{Axis: axis, ID: nobodysNumber + uint16(i)}
}
