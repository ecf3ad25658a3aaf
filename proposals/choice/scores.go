package choice

import "github.com/ikescope/ikescope/proposals"

// How a responder is recognized that takes the offered proposal with the least
// score ([ProposalsResponderBest]).

// scoresMethods finds out whether the responder scores, by its order of methods.
// The second method of key exchange scores better then than a second cipher, and
// the third worse; where there are two, the second as well as a second cipher
// with a second PRF, so that it takes the initiator's first of these.
func (r *run) scoresMethods(t proposals.Suite) bool {
	heavy, ok := r.second(t, proposals.ENCR)
	if integrity, both := r.second(t, proposals.INTEG); !ok {
		heavy, ok = integrity, both
	}
	if !ok {
		return false
	}
	second, ok := r.second(t, proposals.KE)
	if !ok {
		return false
	}
	rest := without(r.values(t, proposals.KE, true), second[proposals.KE])
	if len(rest) == 0 {
		light, ok := r.second(t, proposals.PRF)
		both := instead(second, light[proposals.PRF])
		return ok && r.beats(heavy, both) && r.beats(both, heavy)
	}
	p := t.Product()
	p[proposals.KE] = rest
	m, ok := r.preferredMethod(p)
	third := instead(t, m)
	return ok && r.beats(second, heavy) && !r.beats(third, heavy) && r.beats(heavy, third)
}

// scoresIntegrity finds out whether the responder scores where it has one method:
// a second cipher scores then as well as a second integrity algorithm.
func (r *run) scoresIntegrity(t proposals.Suite) bool {
	cipher, ok := r.second(t, proposals.ENCR)
	integrity, both := r.second(t, proposals.INTEG)
	return ok && both && cipher != integrity && r.beats(cipher, integrity) && r.beats(integrity, cipher)
}

// second returns t with the value of axis that is preferred after its own.
func (r *run) second(t proposals.Suite, axis proposals.Axis) (proposals.Suite, bool) {
	p := t.Product()
	p[axis] = r.values(t, axis, true)
	switch {
	case len(p[axis]) == 0:
		return proposals.Suite{}, false
	case len(p[axis]) == 1:
		return instead(t, p[axis][0]), true
	case axis == proposals.KE:
		m, ok := r.method(p)
		return instead(t, methodAlgorithm(m)), ok
	}
	return r.chosenFrom([]proposals.Product{p}, proposals.MethodOf(t[proposals.KE]))
}
