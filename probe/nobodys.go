package probe

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// nobodysCipher is of private use: no gateway selects it.
var nobodysCipher = proposals.Algorithm{Axis: proposals.ENCR, ID: 65001, KeyBits: 256}

// impossibility is a way in which an offer cannot be meant.
type impossibility uint8

const (
	unknownType      impossibility = iota // a transform type that nobody has
	unknownENCR                           // a number that nobody has, of each axis
	unknownPRF                            //
	unknownINTEG                          //
	unknownKE                             //
	unknownKeyLength                      // that the cipher does not have
	impossibilities
)

// Numbers for private use, which no gateway can know from us.
const (
	nobodysType   = ike.TransformType(250)
	nobodysNumber = 65001
	// nobodysKeyLength is none of AES, in bits.
	nobodysKeyLength = 136
)

// impossible returns the control offer with what cannot be meant of a kind in
// each suite; the type of unknownType is for the caller to add.
func impossible(control []proposals.Product, kind impossibility) []proposals.Product {
	var out []proposals.Product
	for _, p := range control {
		switch kind {
		case unknownENCR:
			if len(p[proposals.INTEG]) == 0 {
				continue // it would need an INTEG, as no one knows it as AEAD
			}
			p[proposals.ENCR] = []proposals.Algorithm{nobodysCipher}
		case unknownPRF, unknownKE:
			axis := proposals.PRF
			if kind == unknownKE {
				axis = proposals.KE
			}
			p[axis] = []proposals.Algorithm{{Axis: axis, ID: nobodysNumber}}
		case unknownINTEG:
			if len(p[proposals.INTEG]) == 0 {
				continue
			}
			p[proposals.INTEG] = []proposals.Algorithm{{Axis: proposals.INTEG, ID: nobodysNumber}}
		case unknownKeyLength:
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

func allImpossible() []impossibility {
	var all []impossibility
	for kind := range impossibilities {
		all = append(all, kind)
	}
	return all
}

// lastOf returns p, of one suite, with its algorithms as the last of n of each
// type, of which the others are nobody's.
func lastOf(p proposals.Product, n int) proposals.Product {
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

// lastProposal returns p as the last of n proposals, of which the others are
// like it, with a PRF that is nobody's.
func lastProposal(p proposals.Product, n int) []proposals.Product {
	var out []proposals.Product
	for i := range n - 1 {
		other := p
		other[proposals.PRF] = []proposals.Algorithm{nobodys(proposals.PRF, i)}
		out = append(out, other)
	}
	return append(out, p)
}

// nobodys returns one of many algorithms for private use.
func nobodys(axis proposals.Axis, i int) proposals.Algorithm {
	return proposals.Algorithm{Axis: axis, ID: nobodysNumber + uint16(i)}
}
