package offers

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// Transforms holds those of one Proposal by their type.
type Transforms [ike.TransformADDKE7 + 1][]ike.Transform

// OrNone returns the transforms of a type, or none, which is the same as
// omitting all of that type (RFC 7296, Section 3.3.3).
func (ts *Transforms) OrNone(t ike.TransformType) []ike.Transform {
	if len(ts[t]) == 0 {
		return []ike.Transform{{Type: t}}
	}
	return ts[t]
}

// Mixed reports whether AEAD ciphers and others, and INTEG, are offered together.
func (ts *Transforms) Mixed() bool {
	aead := func(t ike.Transform) bool { return ike.EncryptionID(t.ID).AEAD() }
	classic := func(t ike.Transform) bool { return !aead(t) }
	integ := func(t ike.Transform) bool { return ike.IntegrityID(t.ID) != ike.AUTH_NONE }
	return slices.ContainsFunc(ts[ike.TransformENCR], aead) &&
		slices.ContainsFunc(ts[ike.TransformENCR], classic) &&
		slices.ContainsFunc(ts[ike.TransformINTEG], integ)
}

// NoneBeside reports whether AUTH_NONE is offered together with other INTEG.
func (ts *Transforms) NoneBeside() bool {
	none := ike.Transform{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_NONE)}
	return len(ts[ike.TransformINTEG]) > 1 && slices.ContainsFunc(ts[ike.TransformINTEG], Same(none))
}
