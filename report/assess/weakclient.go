package assess

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// rate says what is weak in the suite that a client gets which offers offer, and
// what it would get by another order of proposals.
func (c predictor) rate(out *report.Client, offer []proposals.Product) {
	got := SuitesOf(*out)
	if out.Verdict != report.ClientConnects || len(got) == 0 {
		return
	}
	bySoundness := func(a, b proposals.Suite) int {
		return cmp.Compare(baseline.SuiteSoundness(a), baseline.SuiteSoundness(b))
	}
	worst, best := slices.MinFunc(got, bySoundness), slices.MaxFunc(got, bySoundness)
	common := c.common(offer)
	if algorithms := baseline.WeakIn(worst); len(algorithms) > 0 {
		out.Weak = &report.WeakSuite{
			Severity:   worstSeverity(algorithms),
			Algorithms: lists.Convert(algorithms, proposals.Algorithm.Keyword),
			Certain:    baseline.SuiteSoundness(best) < baseline.Sound && c.allNamed(*out, offer),
		}
		if s, ok := extreme(common, 1); ok && bySoundness(s, best) > 0 {
			out.Weak.Better = s.String()
		}
	}
	if s, ok := extreme(common, -1); ok && bySoundness(s, worst) < 0 &&
		baseline.SuiteSoundness(s) <= baseline.Medium.Rank() {
		out.Worse = s.String()
	}
}

// allNamed reports whether what a client gets is one of the suites that out names.
func (c predictor) allNamed(out report.Client, offer []proposals.Product) bool {
	return out.Suite != "" || len(out.Candidates) < MostCandidates && c.undecidedOf(offer) == ""
}

// common returns the suites of offer that are accepted; some, where either is
// in too many pieces.
func (c predictor) common(offer []proposals.Product) []proposals.Product {
	var out []proposals.Product
	for _, o := range offer {
		for _, a := range c.Accepted[:min(len(c.Accepted), mostSets)] {
			if both, ok := o.Intersect(a); ok {
				out = append(out, both)
			}
		}
	}
	return out
}

// extreme returns the soundest suite of products, for sign 1, or the least sound
// one, for -1.
func extreme(products []proposals.Product, sign int) (best proposals.Suite, found bool) {
	for _, p := range products {
		var s proposals.Suite
		for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
			s[axis] = slices.MaxFunc(p.On(axis), func(a, b proposals.Algorithm) int { return sign * baseline.Compare(a, b) })
		}
		if !found || sign*cmp.Or(
			cmp.Compare(baseline.SuiteSoundness(s), baseline.SuiteSoundness(best)),
			baseline.CompareSuites(s, best),
		) > 0 {
			best, found = s, true
		}
	}
	return best, found
}

func worstSeverity(algorithms []proposals.Algorithm) report.Severity {
	worst := report.SeverityInfo
	for _, a := range algorithms {
		if w, ok := baseline.WeaknessOf(a); ok && report.Severity(w.Severity).Rank() < worst.Rank() {
			worst = report.Severity(w.Severity)
		}
	}
	return worst
}

// WeakWord is how bad a weak suite is, as marks say it: "very weak" or "weak".
func WeakWord(s report.Severity) string {
	if s.Rank() <= report.SeverityHigh.Rank() {
		return "very weak"
	}
	return "weak"
}

// ConnectsWords says how a client connects, as far as suites go: "connects, but
// only with a very weak suite".
func ConnectsWords(c report.Client) string {
	switch w := c.Weak; {
	case w == nil:
		return "connects"
	case !w.Certain:
		return "connects, perhaps with a " + WeakWord(w.Severity) + " suite"
	case w.Better != "":
		return "connects, but with a " + WeakWord(w.Severity) + " suite"
	default:
		return "connects, but only with a " + WeakWord(w.Severity) + " suite"
	}
}

// WeakWords says in sentences what is weak in the suite that a client gets, what
// keeps it from a better one, and what keeps it from a worse one; several: it is said of
// several clients at once.
func WeakWords(c report.Client, several bool) []string {
	they, get, offer, them := "It", "gets", "it offers", "it"
	if several {
		they, get, offer, them = "They", "get", "they offer", "them"
	}
	var out []string
	if w := c.Weak; w != nil {
		end := "."
		switch {
		case w.Better != "":
			end = "; both sides have " + w.Better + ", and only the order of the proposals prevents that."
		case w.Certain:
			end = "; " + offer + " nothing stronger that the gateway accepts."
		}
		if !w.Certain {
			get = "may get"
		}
		out = append(out, they+" "+get+" a "+WeakWord(w.Severity)+" suite, with "+english.List(w.Algorithms, "and")+end)
	}
	if c.Worse != "" {
		out = append(out, "It is the order of proposals that keeps "+them+" from "+c.Worse+", which both sides have, too.")
	}
	return out
}
