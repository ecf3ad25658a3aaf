// Package esp chooses the suite of a Child SA as a responder does.
package esp

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// Choose returns the first suite of own that is offered.
func Choose(own, offered []ike.Proposal) (ike.Proposal, bool) {
	for _, own := range own {
		for _, theirs := range offered {
			if chosen, ok := meet(own, theirs); ok {
				return chosen, true
			}
		}
	}
	return ike.Proposal{}, false
}

// Plain returns suites without their key exchange, as they are in IKE_AUTH.
func Plain(own []ike.Proposal) []ike.Proposal {
	out := slices.Clone(own)
	for i := range out {
		out[i].Transforms = slices.DeleteFunc(slices.Clone(out[i].Transforms), func(t ike.Transform) bool { return t.Type == ike.TransformKE })
	}
	return out
}

// meet returns the first transform of each type that both have. A type that one of them
// has not, the other may not have, but for short sequence numbers.
func meet(own, theirs ike.Proposal) (ike.Proposal, bool) {
	chosen := ike.Proposal{Number: theirs.Number, Protocol: ike.ProtocolESP}
	for _, t := range []ike.TransformType{ike.TransformENCR, ike.TransformINTEG, ike.TransformKE, ike.TransformSN} {
		of := func(p ike.Proposal) []ike.Transform {
			var out []ike.Transform
			for _, transform := range p.Transforms {
				if transform.Type == t {
					out = append(out, transform)
				}
			}
			if out == nil && t == ike.TransformSN {
				out = []ike.Transform{{Type: t}}
			}
			return out
		}
		ours, offered := of(own), of(theirs)
		if len(ours) == 0 && len(offered) == 0 {
			continue
		}
		i := slices.IndexFunc(ours, func(a ike.Transform) bool {
			return slices.ContainsFunc(offered, func(b ike.Transform) bool { return sameTransform(a, b) })
		})
		if i < 0 {
			return ike.Proposal{}, false
		}
		chosen.Transforms = append(chosen.Transforms, ours[i])
	}
	return chosen, true
}

func sameTransform(a, b ike.Transform) bool {
	x, _ := a.KeyLength()
	y, _ := b.KeyLength()
	return a.ID == b.ID && x == y
}
