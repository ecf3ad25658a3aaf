package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// judgedAxes are the axes on which algorithms can be weak.
var judgedAxes = []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE}

// weakFindings names the accepted algorithms that should not be, one finding
// for each weakness. Of the clients in use some are known, perhaps.
func weakFindings(t *report.Target, f Facts, inUse []client.Policy) []report.Finding {
	type weak struct {
		baseline.Weakness
		algorithms []proposals.Algorithm
	}
	var found []weak
	for _, axis := range judgedAxes {
		for _, a := range f.AcceptedOn(axis) {
			w, ok := baseline.WeaknessOf(a)
			if !ok {
				continue
			}
			i := slices.IndexFunc(found, func(o weak) bool { return o.ID == w.ID })
			if i < 0 {
				found = append(found, weak{w, nil})
				i = len(found) - 1
			}
			found[i].algorithms = append(found[i].algorithms, a)
		}
	}
	if len(found) == 0 {
		return nil
	}
	var out []report.Finding
	instead := newPredictor(t).successorsOf(inUse)
	clients := everyClient(inUse)
	for _, w := range found {
		out = append(out, weakFinding(instead, clients, w.Weakness, w.algorithms))
	}
	return out
}

func weakFinding(instead *successors, clients []client.Policy, w baseline.Weakness, algorithms []proposals.Algorithm) report.Finding {
	t, f := instead.target, instead.Facts
	axis := algorithms[0].Axis
	names := lists.Distinct(lists.Convert(algorithms, proposals.Algorithm.Name))
	keywords := lists.Convert(algorithms, proposals.Algorithm.Keyword)
	verb := "is"
	if len(names) > 1 {
		verb = "are"
	}
	out := report.Finding{
		ID: w.ID, Severity: report.Severity(w.Severity),
		Title:  english.List(names, "and") + " " + verb + " accepted",
		Detail: w.Reason,
		Refs:   w.Refs,
	}
	others := slices.ContainsFunc(f.Accepted, func(p proposals.Product) bool {
		return len(p[axis]) == 0 || slices.ContainsFunc(p[axis], func(a proposals.Algorithm) bool { return !slices.Contains(algorithms, a) })
	})
	if !others && len(names) == 1 {
		out.Title = names[0] + " is the only " + axis.Noun() + " accepted"
	}
	for _, a := range algorithms {
		out.Evidence = append(out.Evidence, f.shown(a)...)
	}
	for i, p := range f.Accepted {
		if slices.ContainsFunc(algorithms, func(a proposals.Algorithm) bool { return slices.Contains(p[axis], a) }) {
			if len(out.Evidence) == 0 {
				ids := t.Matrix.Products[i].Evidence
				out.Evidence = append(out.Evidence, ids[:min(len(ids), enoughEvidence)]...)
				if t.Matrix.Products[i].Basis == report.BasisInferred {
					out.Detail += "; inferred, because offers that contain it were accepted and none was refused"
				}
			}
			out.Detail += "; for example " + exampleWith(p, algorithms)
			break
		}
	}
	remove := "remove " + english.List(keywords, "and") + " from the gateway's IKE proposals" + comesWith(f, algorithms)
	if ready := instead.accepted(axis); ready != "" {
		out.Fix = []string{remove + "; it accepts " + ready}
	} else {
		out.Fix = []string{
			"add " + instead.toAdd(axis) + " to the gateway's IKE proposals, and move the clients to it",
			"then " + remove,
		}
	}
	if len(f.Accepted) <= mostChanged {
		now := instead.without(algorithms)
		out.CutsOff = instead.cutOff(clients, now.Accepted)
		if move := moveWindows(out.CutsOff, now.Accepted); move != "" && instead.accepted(axis) != "" {
			out.Fix = []string{"first, " + move, "then " + remove + "; it accepts " + instead.accepted(axis)}
		}
		out.Weaker = instead.weakened(clients, now, true)
	}
	return out
}

// comesWith says, of PRFs that few configurations name, which integrity algorithms
// bring them in: most products have one word for both. It is "" where none of these
// is accepted.
func comesWith(f Facts, algorithms []proposals.Algorithm) string {
	var words []string
	for _, a := range f.AcceptedOn(proposals.INTEG) {
		if prf, ok := proposals.PRFOf(a); ok && slices.Contains(algorithms, prf) && !slices.Contains(words, a.Keyword()) {
			words = append(words, a.Keyword())
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (if they do not name it, it comes and goes with " + english.List(words, "and") + ")"
}

// exampleWith returns a suite of p with one of the algorithms, and beside it
// the best that p has.
func exampleWith(p proposals.Product, algorithms []proposals.Algorithm) string {
	axis := algorithms[0].Axis
	for i, list := range p {
		p[i] = slices.SortedStableFunc(slices.Values(list), BestFirst)
	}
	p[axis] = slices.DeleteFunc(slices.Clone(p[axis]), func(a proposals.Algorithm) bool { return !slices.Contains(algorithms, a) })
	for s := range p.Suites() {
		return s.String()
	}
	return ""
}

// suiteFindings judges the matrix as a whole.
func suiteFindings(t *report.Target, f Facts) []report.Finding {
	var out []report.Finding
	m := t.Matrix
	if m.Accepted == 0 && m.Refused > 0 && m.Unknown == 0 && !f.askedAllInUse() {
		title := "the gateway accepts none of the " + english.Counted(m.Refused, "suite", "suites") + " that were asked about"
		if m.Refused == 1 {
			title = "the gateway does not accept the only suite that was asked about"
		}
		out = append(out, report.Finding{
			ID: "IKE-ASKED-REFUSED", Severity: report.SeverityInfo, Title: title,
			Detail: "nothing else was asked about: a scan of all suites shows what it accepts",
		})
	} else if m.Accepted == 0 && m.Refused > 0 && m.Unknown == 0 {
		out = append(out, report.Finding{
			ID: "IKE-NOTHING-ACCEPTED", Severity: report.SeverityHigh,
			Title:  "the gateway answers, but accepts no suite",
			Detail: "it may have no connection for the address of this scan, or require an algorithm that was not asked about",
			Fix: []string{
				"scan from an address that the gateway has a connection for",
				"read the gateway's log: it shows why it refused the offers",
			},
		})
	}
	if len(m.Contradictions) > 0 && !slices.ContainsFunc(t.Doubts, func(d report.Doubt) bool { return d.Kind == report.DoubtContradiction }) {
		out = append(out, report.Finding{
			ID: "SCAN-CONTRADICTION", Severity: report.SeverityMedium,
			Title:  "the same suite was accepted and refused: " + strings.Join(m.Contradictions[:min(3, len(m.Contradictions))], ", "),
			Detail: "several gateways with different policies share the address, or the policy changed during the scan",
			Fix:    []string{"give every member of the cluster the same IKE proposals, and scan again"},
		})
	}
	if m.Unknown > 0 {
		out = append(out, undecidedFinding(m))
	}
	if fd, ok := preferenceFinding(t); ok {
		out = append(out, fd)
	}
	if fd, ok := missingFinding(f); ok {
		out = append(out, fd)
	}
	// A gateway that accepts nothing has no problem with Windows clients.
	if m.Accepted > 0 {
		if fd, ok := windowsFinding(t, f); ok {
			out = append(out, fd)
		}
	}
	return out
}

// undecidedFinding says which suites a scan could not decide, and why.
func undecidedFinding(m *report.Matrix) report.Finding {
	out := report.Finding{
		ID: "SCAN-UNDECIDED", Severity: report.SeverityLow,
		Title: english.Grouped(m.Unknown) + " of " + english.Grouped(m.Universe) + " suites are undecided",
	}
	if m.Accepted == 0 {
		out.Severity = report.SeverityMedium // the scan found nothing of use
	}
	unasked, unanswered := false, false
	for _, u := range m.Undecided {
		out.Evidence = append(out.Evidence, u.Evidence...)
		unasked = unasked || u.State == report.StateNotTested
		unanswered = unanswered || u.State != report.StateNotTested
	}
	var why []string
	if unanswered {
		why = append(why, "suites without a clear answer were not refused: the gateway may accept them")
		out.Fix = append(out.Fix, "scan again, more slowly or from another network")
	}
	if unasked {
		why = append(why, "the scan ended before it asked about all suites")
		out.Fix = append(out.Fix, "let the scan finish; if it ran out of exchanges, allow more")
	}
	out.Detail = strings.Join(why, "; ")
	return out
}

// preferenceFinding says that the gateway chose a weak algorithm from an
// offer of what it accepts, though it accepts a sound suite, and not because
// it leaves the choice to the initiator.
func preferenceFinding(t *report.Target) (report.Finding, bool) {
	if t.Preference == nil || t.Preference.Suite == "" || t.Preference.Decides == report.ByInitiator {
		return report.Finding{}, false
	}
	var weak []string
	for _, p := range ParseKeywords(t.Preference.Suite) {
		for _, axis := range judgedAxes {
			for _, a := range p[axis] {
				if _, ok := baseline.WeaknessOf(a); ok && soundSuiteAccepted(t) {
					weak = append(weak, a.Keyword())
				}
			}
		}
	}
	if len(weak) == 0 {
		return report.Finding{}, false
	}
	f := report.Finding{
		ID: "IKE-PREFERS-WEAK", Severity: report.SeverityMedium,
		Title:    "the gateway prefers " + english.List(weak, "and") + " to better suites that it accepts",
		Detail:   "from an offer of suites that it accepts, it chose " + t.Preference.Suite,
		Evidence: t.Preference.Evidence,
		Fix:      []string{"put the strongest proposal first in the gateway's configuration"},
	}
	if t.Preference.Decides != report.ByGateway && len(t.Preference.KE) == 0 {
		f.Severity = report.SeverityLow
		f.Title = "the gateway chose " + english.List(weak, "and") + ", although it accepts better suites"
		f.Detail += "; it is not known whose order decided"
	}
	return f, true
}

// soundSuiteAccepted reports whether the gateway accepts a suite without a
// weakness.
func soundSuiteAccepted(t *report.Target) bool {
	for _, accepted := range t.Matrix.Products {
		p := accepted.Product()
		sound := true
		for _, axis := range judgedAxes {
			sound = sound && (len(p[axis]) == 0 || slices.ContainsFunc(p[axis], func(a proposals.Algorithm) bool {
				_, weak := baseline.WeaknessOf(a)
				return !weak
			}))
		}
		if sound {
			return true
		}
	}
	return false
}

// missingFinding names what RFC 8247 makes mandatory to implement and the
// gateway refuses in every combination, if every one was asked about.
func missingFinding(f Facts) (report.Finding, bool) {
	if len(f.Accepted) == 0 || !f.askedAllClassical() {
		return report.Finding{}, false
	}
	rfc8247, _ := baseline.Named(baseline.RFC8247)
	var names []string
	var evidence []int
	for _, a := range rfc8247.Required() {
		if anyHolds(f.Asked, a) && !anyHolds(f.Accepted, a) && !anyHolds(f.Undecided, a) {
			name := a.Name()
			if a.KeyBits != 0 {
				name = fmt.Sprintf("%s with %d bits", name, a.KeyBits)
			}
			names = append(names, name)
			evidence = append(evidence, f.refusals(a)...)
		}
	}
	if len(names) == 0 {
		return report.Finding{}, false
	}
	return report.Finding{
		ID: "IKE-RFC8247-MUST", Severity: report.SeverityInfo,
		Title:    "not accepted, although every IKEv2 implementation must support it: " + english.List(names, "and"),
		Detail:   "a policy may leave it out; clients that have nothing better cannot connect",
		Evidence: evidence,
		Refs:     []string{"RFC 8247, Section 2: MUST"},
	}, true
}
