package proposals

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// Proposal returns p as a Proposal for IKE without an SPI, as it stands in
// IKE_SA_INIT. The transforms come in the order ENCR, PRF, INTEG, KE and
// ADDKE1 to ADDKE7. A list that holds none alone is left out; none beside
// others is sent as Transform ID 0.
func (p Product) Proposal(number uint8) ike.Proposal {
	out := ike.Proposal{Number: number, Protocol: ike.ProtocolIKE}
	for i, list := range p {
		if p.Absent(Axis(i)) {
			continue
		}
		for _, a := range list {
			out.Transforms = append(out.Transforms, a.Transform())
		}
	}
	return out
}

// ProductOf returns the set of suites that a Proposal for IKE offers, exactly
// as it is written, whatever an implementation may make of it: the transforms
// may come in any order, of which the product keeps the order within each
// type; repeated ones count once; INTEG with AEAD stays. It is an error if the
// Proposal is not for IKE, if it lacks ENCR, PRF or KE, or if it holds a
// transform type or an attribute that a [Product] cannot express.
func ProductOf(p ike.Proposal) (Product, error) {
	var out Product
	if p.Protocol != ike.ProtocolIKE {
		return Product{}, fmt.Errorf("proposal %d is for %v, not IKE", p.Number, p.Protocol)
	}
	for i, t := range p.Transforms {
		a, err := AlgorithmOf(t)
		if err != nil {
			return Product{}, fmt.Errorf("proposal %d: transform %d: %w", p.Number, i+1, err)
		}
		if !slices.Contains(out[a.Axis], a) {
			out[a.Axis] = append(out[a.Axis], a)
		}
	}
	for i := range out {
		axis := Axis(i)
		switch {
		case len(out[i]) == 0 && !axis.optional():
			return Product{}, fmt.Errorf("proposal %d has no %v transform", p.Number, axis)
		case out.Absent(axis):
			out[i] = nil
		}
	}
	return out, nil
}

// SuiteOf returns the suite of a Proposal for IKE that holds one transform of
// each type, as a responder's choice does (RFC 7296, Section 3.3). The errors
// are those of [ProductOf], and more than one transform of a type.
func SuiteOf(p ike.Proposal) (Suite, error) {
	product, err := ProductOf(p)
	if err != nil {
		return Suite{}, err
	}
	s, many := product.First()
	if many != NumAxes {
		return Suite{}, fmt.Errorf("proposal %d holds %d %v transforms, a choice holds one",
			p.Number, len(product[many]), many)
	}
	return s, nil
}

// AlgorithmOf returns the algorithm of a transform whose only attribute, if
// any, is its Key Length (RFC 7296, Section 3.3.5). The error says what else it
// holds, or that an IKE SA has no such type.
func AlgorithmOf(t ike.Transform) (Algorithm, error) {
	axis, ok := AxisOf(t.Type)
	if !ok {
		return Algorithm{}, fmt.Errorf("an IKE SA has no %v transform", t.Type)
	}
	a := Algorithm{Axis: axis, ID: t.ID}
	for _, attr := range t.Attributes {
		if attr.Type != ike.AttributeKeyLength {
			return Algorithm{}, fmt.Errorf("%s has an unknown attribute %v", a.Name(), attr.Type)
		}
	}
	switch len(t.Attributes) {
	case 0:
		return a, nil
	case 1:
		bits, ok := t.KeyLength()
		if !ok || bits < 1 || bits > 65535 {
			return Algorithm{}, fmt.Errorf("%s has a malformed Key Length attribute", a.Name())
		}
		if a.IsNone() {
			return Algorithm{}, errors.New("NONE has a Key Length attribute")
		}
		a.KeyBits = uint16(bits)
		return a, nil
	}
	return Algorithm{}, fmt.Errorf("%s has %d Key Length attributes", a.Name(), len(t.Attributes))
}
