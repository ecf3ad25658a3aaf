package assess

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
)

// PostQuantum says what m means for a key exchange that is recorded today.
func PostQuantum(m *matrix.Matrix) *report.PostQuantum {
	out := &report.PostQuantum{State: report.QuantumNotTested, Methods: []report.Algorithm{}}
	seen := map[uint16]bool{}
	without := false // some accepted suite has no post-quantum method
	for _, r := range m.Products {
		always := false
		for axis := proposals.KE; axis < proposals.NumAxes; axis++ {
			all := len(r.Product[axis]) > 0
			for _, a := range r.Product[axis] {
				if !postQuantum(a) {
					all = false
				} else if !seen[a.ID] {
					seen[a.ID] = true
					out.Methods = append(out.Methods, report.MethodOf(ike.KeyExchangeMethod(a.ID)))
				}
			}
			always = always || all
		}
		without = without || !always
	}
	slices.SortFunc(out.Methods, func(a, b report.Algorithm) int { return cmp.Compare(a.ID, b.ID) })
	asksPostQuantum := func(p proposals.Product) bool {
		return slices.ContainsFunc(p[proposals.KE:], func(list []proposals.Algorithm) bool {
			return slices.ContainsFunc(list, postQuantum)
		})
	}
	switch {
	case len(out.Methods) > 0 && !without && len(m.Undecided) == 0:
		out.State = report.QuantumRequired
	case len(out.Methods) > 0:
		out.State = report.QuantumAccepted
	case !slices.ContainsFunc(m.Asked, asksPostQuantum):
	case slices.ContainsFunc(m.Undecided, func(u matrix.UndecidedRegion) bool { return asksPostQuantum(u.Product) }):
		out.State = report.QuantumUnknown
	default:
		out.State = report.QuantumNone
	}
	return out
}

// PrefersWithout returns the exchanges in which t's gateway, whose order counts,
// chose a suite without a post-quantum method, though the same offered proposal
// holds one with it that is accepted: as an additional key exchange or, where the
// KE payload does not count, in place of the method.
func PrefersWithout(t *report.Target) []int {
	pref := t.Preference
	if t.Matrix == nil || pref == nil || pref.Decides != report.ByGateway {
		return nil
	}
	f := FactsOf(t)
	axes := []proposals.Axis{proposals.ADDKE1, proposals.ADDKE2, proposals.ADDKE3, proposals.ADDKE4, proposals.ADDKE5, proposals.ADDKE6, proposals.ADDKE7}
	if followsKE(pref) == choice.No {
		axes = append(axes, proposals.KE)
	}
	var ids []int
	for _, e := range t.Exchanges {
		chosen, err := proposals.ParseSuite(e.Suite)
		if e.Outcome != report.OutcomeAccepted || err != nil || e.Suite == "" || slices.ContainsFunc(chosen[proposals.KE:], postQuantum) {
			continue
		}
		for _, p := range ParseKeywords(e.Offer) {
			if len(ids) < enoughEvidence && p.Contains(chosen) && f.acceptsPostQuantum(p, chosen, axes) {
				ids = append(ids, e.ID)
				break
			}
		}
	}
	return ids
}

// acceptsPostQuantum reports whether p holds chosen with a post-quantum method on
// one of axes, and that is accepted.
func (f Facts) acceptsPostQuantum(p proposals.Product, chosen proposals.Suite, axes []proposals.Axis) bool {
	for _, axis := range axes {
		for _, a := range p[axis] {
			with := chosen
			with[axis] = a
			if postQuantum(a) && f.State(with) == matrix.Accepted {
				return true
			}
		}
	}
	return false
}

// sntrup761x25519 is the hybrid of OpenIKED and of OpenSSH as one method, a
// private use number.
const sntrup761x25519 = 1035

// postQuantum reports whether a withstands a quantum computer.
func postQuantum(a proposals.Algorithm) bool {
	switch a.ID {
	case uint16(ike.KE_ML_KEM_512), uint16(ike.KE_ML_KEM_768), uint16(ike.KE_ML_KEM_1024), sntrup761x25519:
		return true
	}
	return false
}
