package proposals

import (
	"strconv"

	"github.com/ikescope/ikescope/ike"
)

// Axis is a transform type that an IKE SA can negotiate, as an index into a
// [Suite] or a [Product] (RFC 7296, Section 3.3.2; RFC 9370, Section 2.2.1).
type Axis uint8

const (
	ENCR   Axis = iota // encryption algorithm, transform type 1
	PRF                // pseudorandom function, transform type 2
	INTEG              // integrity algorithm, transform type 3; absent with AEAD
	KE                 // key exchange method, transform type 4
	ADDKE1             // additional key exchange 1, transform type 6; optional
	ADDKE2
	ADDKE3
	ADDKE4
	ADDKE5
	ADDKE6
	ADDKE7
)

// NumAxes is the number of axes of an IKE SA.
const NumAxes = 11

// TransformType returns the transform type that a negotiates.
func (a Axis) TransformType() ike.TransformType {
	if a >= ADDKE1 {
		return ike.TransformADDKE1 + ike.TransformType(a-ADDKE1)
	}
	return ike.TransformENCR + ike.TransformType(a)
}

// AxisOf returns the axis of a transform type. It reports false for the types
// that an IKE SA does not negotiate, such as Sequence Numbers.
func AxisOf(t ike.TransformType) (Axis, bool) {
	switch {
	case t >= ike.TransformENCR && t <= ike.TransformKE:
		return ENCR + Axis(t-ike.TransformENCR), true
	case t >= ike.TransformADDKE1 && t <= ike.TransformADDKE7:
		return ADDKE1 + Axis(t-ike.TransformADDKE1), true
	}
	return 0, false
}

// String returns the short name of the transform type, such as "ENCR" or
// "ADDKE1".
func (a Axis) String() string {
	switch {
	case a == ENCR:
		return "ENCR"
	case a == PRF:
		return "PRF"
	case a == INTEG:
		return "INTEG"
	case a == KE:
		return "KE"
	case a < NumAxes:
		return "ADDKE" + strconv.Itoa(int(a-ADDKE1)+1)
	}
	return "Axis(" + strconv.Itoa(int(a)) + ")"
}

// Noun names in the singular what stands on a: "cipher", "PRF", "integrity
// algorithm", "key exchange method" or "additional key exchange".
func (a Axis) Noun() string {
	switch a {
	case ENCR:
		return "cipher"
	case PRF:
		return "PRF"
	case INTEG:
		return "integrity algorithm"
	case KE:
		return "key exchange method"
	}
	return "additional key exchange"
}

// optional reports whether a suite can do without an algorithm on a: INTEG,
// which AEAD ciphers bring along (RFC 7296, Section 3.3), and the additional
// key exchanges.
func (a Axis) optional() bool { return a == INTEG || a >= ADDKE1 }
