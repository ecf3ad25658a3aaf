package choice

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// A keTest is what came of a test whether the method of the KE payload counts.
type keTest struct {
	// beside is the method that the KE payload had, beside a more preferred one;
	// the zero value if there was no test.
	beside proposals.Algorithm
	// scores: of two suites of one own proposal the better one was chosen, and
	// not the first.
	scores bool
}

// testKE finds out whether the method of the KE payload counts, by the own
// proposal that holds t, if that is not known. If it does, two suites of one own
// proposal are known, which show whether the better one or the first offered is
// chosen. It reports false if there is no answer.
func (r *run) testKE(t proposals.Suite) (test keTest, ok bool) {
	if r.choice.FollowsKE != Unknown {
		return test, true
	}
	p := t.Product()
	p[proposals.KE] = slices.DeleteFunc(r.values(t, proposals.KE, true), func(a proposals.Algorithm) bool { return !r.clearWith(t, a) })
	if len(p[proposals.KE]) == 0 {
		return test, true
	}
	p[proposals.KE] = append(p[proposals.KE], t[proposals.KE])
	first, ok := r.preferredMethod(p)
	if !ok {
		return test, false
	}
	p[proposals.KE] = without(p[proposals.KE], first)
	if test.beside, ok = r.preferredMethod(p); !ok {
		return test, false
	}
	t[proposals.KE] = first
	p[proposals.KE] = []proposals.Algorithm{first, test.beside}
	pick, ok := r.ask([]proposals.Product{p}, proposals.MethodOf(test.beside))
	if pick.Suite == nil {
		return test, ok
	}
	r.choice.FollowsKE = Yes
	m, ok := r.method(pick.Suite.Product(), t.Product())
	test.scores = m == proposals.MethodOf(first)
	r.firstOfEquals = r.firstOfEquals || ok && !test.scores
	return test, ok
}

// preferredMethod returns the method that is chosen from p.
func (r *run) preferredMethod(p proposals.Product) (proposals.Algorithm, bool) {
	if len(p[proposals.KE]) == 1 {
		return p[proposals.KE][0], true
	}
	m, ok := r.method(p)
	return methodAlgorithm(m), ok
}
