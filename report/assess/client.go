package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Clients says what each of policies gets from t, in their order, and what would
// mend it: predicted from the matrix, except where t holds what the client's own
// packet got. Such a live verdict stays, and a prediction that differs is noted.
// Where several gateways at the address can be told apart, it is what a client gets
// of each.
func Clients(t *report.Target, policies []client.Policy) []report.Client {
	c := newPredictor(t)
	clients := c.verdicts(policies)
	for i, p := range policies {
		clients[i].Fix = c.fix(p, clients[i])
	}
	return clients
}

// Verdicts is [Clients] without what would mend it.
func Verdicts(t *report.Target, policies []client.Policy) []report.Client {
	return newPredictor(t).verdicts(policies)
}

func (c predictor) verdicts(policies []client.Policy) []report.Client {
	live := make(map[string]report.Client)
	for _, l := range c.target.Clients {
		if l.Basis == report.BasisLive {
			live[l.Name] = withoutLogin(l)
		}
	}
	var members []predictor
	for _, own := range OfMembers(c.target) {
		members = append(members, newPredictor(&own))
	}
	clients := []report.Client{}
	for _, p := range policies {
		out := c.predict(p)
		if seen, ok := live[p.Name]; ok && c.sentAs(seen, p) {
			out = c.confirm(p, seen, out)
		}
		ofEach(&out, p, c.target, members)
		out.Doubt = p.Doubt
		c.rate(&out, p.Offer)
		c.login(&out, p)
		if note := fragmentNote(c.target, p); note != "" && out.Verdict == report.ClientConnects && !slices.Contains(out.Notes, note) {
			out.Notes = append(slices.Clip(out.Notes), note)
		}
		clients = append(clients, out)
	}
	return clients
}

// predictor is what a target shows of the suites that clients offer.
type predictor struct {
	Facts
	target  *report.Target
	choice  choice.Choice
	reading reading
	// untold says why nothing can be predicted, in a sentence; "" if it can.
	untold string
	// others are the well-known clients, now what they get, by name, and told what
	// changes do to them, by change.
	others []client.Policy
	now    map[string][]proposals.Suite
	told   map[string][]string
}

func newPredictor(t *report.Target) predictor {
	c := predictor{target: t, reading: readingOf(t), others: initiators(), now: make(map[string][]proposals.Suite), told: make(map[string][]string)}
	switch {
	case t.Matrix != nil:
		c.Facts = FactsOf(t)
		c.choice = ChoiceOf(t)
	case t.Verdict == report.VerdictIKEv2:
		c.untold = "The scan did not ask the gateway what it accepts."
	default:
		c.untold = "The target did not answer in IKEv2."
	}
	return c
}

// predict says what a client gets, as far as the matrix shows.
func (c predictor) predict(p client.Policy) report.Client {
	out := report.Client{
		Name: p.Name, Verdict: report.ClientUnknown, Candidates: []string{}, Missing: []report.Missing{},
		Basis: report.BasisPredicted, Notes: []string{}, Evidence: []int{},
	}
	if c.untold != "" {
		out.Notes = append(out.Notes, c.untold)
		return out
	}
	if len(p.Offer) == 0 {
		out.Notes = append(out.Notes, "Its offer contains nothing that can be expressed as suites.")
		return out
	}
	offer, less := c.reading.of(p.Offer)
	candidates := c.choice.OfKE(offer, p.KE)
	open := c.undecidedOf(offer)
	switch {
	case len(candidates) > 0 && less:
		out.Notes = append(out.Notes, "It offers more than the gateway reads or takes, so what it gets is not known.")
	case len(candidates) > 0:
		out.Verdict = report.ClientConnects
		c.connects(&out, p, candidates, open)
	case open != "":
		out.Notes = append(out.Notes, open)
	default:
		out.Verdict = report.ClientFails
		out.Evidence = c.refusalsOf(offer)
		if less {
			out.Notes = append(out.Notes, "It offers more than the gateway reads or takes.")
		}
		if len(c.Accepted) == 0 {
			out.Notes = append(out.Notes, "The gateway accepted none of the suites that the scan asked about.")
		} else {
			out.Missing = missing(offer, c.Accepted)
		}
	}
	return out
}

// MostCandidates is how many suites are named of which a gateway may choose
// one.
const MostCandidates = 16

// connects fills in what the gateway chooses of an offer that it takes.
func (c predictor) connects(out *report.Client, p client.Policy, candidates []proposals.Suite, open string) {
	if len(candidates) == 1 && open == "" {
		out.Suite = candidates[0].String()
	} else {
		named := candidates[:min(len(candidates), MostCandidates)]
		out.Candidates = lists.Convert(named, proposals.Suite.String)
		if len(named) < len(candidates) {
			out.Notes = append(out.Notes, "The gateway may also choose suites other than these.")
		}
	}
	if open != "" {
		out.Notes = append(out.Notes, open+" The gateway may choose one of these.")
	}
	firstKE := func(s proposals.Suite) bool { return s[proposals.KE].ID == uint16(p.KE) }
	if open == "" && !slices.ContainsFunc(candidates, firstKE) {
		sentence := fmt.Sprintf("The first KE payload is of %s, which the gateway does not choose: the client gets the IKE SA after INVALID_KE_PAYLOAD.",
			report.MethodLabel(report.MethodOf(p.KE)))
		out.Notes = append(out.Notes, sentence)
	}
	out.Evidence = c.acceptanceOf(candidates[0], p.Offer)
}

// undecidedOf says in a sentence how much of offer is not decided, or "".
func (c predictor) undecidedOf(offer []proposals.Product) string {
	notAsked, err := matrix.Difference(offer, c.Asked)
	if err != nil {
		return "Its offer is too large to compare."
	}
	open, err := matrix.Intersection(offer, c.Undecided)
	if err != nil {
		return "The undecided suites are too many to compare."
	}
	n, m := CountSuites(notAsked), CountSuites(open)
	var parts []string
	if n > 0 {
		parts = append(parts, english.Counted(n, "was", "were")+" not asked about")
	}
	if m > 0 {
		parts = append(parts, english.Counted(m, "is", "are")+" undecided")
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("Of the %s that it offers, %s.", english.Counted(CountSuites(offer), "suite", "suites"), english.List(parts, "and"))
}

// acceptanceOf returns the exchange in which the gateway chose s of what is the
// same offer to it, else some that show that s is accepted.
func (c predictor) acceptanceOf(s proposals.Suite, offer []proposals.Product) []int {
	ke := ike.KeyExchangeMethod(s[proposals.KE].ID)
	compared := 0
	for _, e := range c.exchanges {
		if e.outcome != report.OutcomeAccepted || len(e.suite) != 1 || !e.suite[0].Contains(s) {
			continue
		}
		if compared++; compared > maxChosen {
			break
		}
		if c.choice.Same(choice.Question{Offer: e.offer, KE: ke}, choice.Question{Offer: offer, KE: ke}) {
			return []int{e.id}
		}
	}
	for _, e := range c.exchanges {
		if e.outcome == report.OutcomeAccepted && len(e.suite) == 1 && e.suite[0].Contains(s) {
			return []int{e.id}
		}
	}
	for i, p := range c.Accepted {
		if p.Contains(s) {
			ids := c.target.Matrix.Products[i].Evidence
			return lists.Sorted(ids[:min(len(ids), enoughEvidence)])
		}
	}
	return []int{}
}

// refusalsOf returns the exchanges whose refused offers hold all of offer, as
// far as the document has them.
func (c predictor) refusalsOf(offer []proposals.Product) []int {
	ids := []int{}
	left := offer
	for _, e := range c.exchanges {
		if e.outcome != report.OutcomeNoProposalChosen || len(left) == 0 || !overlapsAny(left, e.offer) {
			continue
		}
		rest, err := matrix.Difference(left, e.offer)
		if err != nil {
			break
		}
		left, ids = rest, append(ids, e.id)
	}
	return lists.Sorted(ids)
}

// sentAs reports whether the packet of a live verdict was p's: a name may stand
// for another offer than it did when a document was saved, such as that of a
// connection that was changed since.
func (c predictor) sentAs(live report.Client, p client.Policy) bool {
	if len(live.Evidence) == 0 {
		return true // nothing was sent, and nothing is claimed
	}
	i := slices.IndexFunc(c.target.Exchanges, func(e report.Exchange) bool { return e.ID == live.Evidence[0] })
	if i < 0 {
		return false
	}
	// Proposals that a product cannot express are empty there, and not in p.
	told := slices.DeleteFunc(strings.Split(c.target.Exchanges[i].Offer, ","), func(s string) bool { return s == "" })
	return slices.Equal(told, lists.Convert(p.Offer, proposals.Product.String))
}

// confirm returns what a client's own packet got, with what the prediction
// adds, or how it differs.
func (c predictor) confirm(p client.Policy, live, predicted report.Client) report.Client {
	differs := ""
	switch {
	case predicted.Verdict == report.ClientUnknown || live.Verdict == report.ClientUnknown:
	case predicted.Verdict != live.Verdict:
		differs = "it " + string(predicted.Verdict)
	case live.Suite != "" && !c.mayChoose(p, live.Suite):
		differs = predicted.Suite
		if differs == "" {
			differs = "another suite"
		}
	}
	live.Candidates, live.Missing = []string{}, []report.Missing{}
	if live.Verdict == report.ClientFails {
		live.Missing = predicted.Missing
	}
	live.Notes = append([]string{}, live.Notes...)
	if note := "The matrix predicted something else: " + differs + "."; differs != "" && !slices.Contains(live.Notes, note) {
		live.Notes = append(live.Notes, note)
	}
	return live
}

// mayChoose reports whether the gateway may choose a suite of p's offer, as far
// as its matrix shows.
func (c predictor) mayChoose(p client.Policy, keywords string) bool {
	s, err := proposals.ParseSuite(keywords)
	if err != nil {
		return false
	}
	switch candidates := c.choice.OfKE(p.Offer, p.KE); {
	case slices.Contains(candidates, s), c.State(s) == matrix.NotTested:
		return true
	default: // of many, not all are named
		return len(candidates) > MostCandidates && c.State(s) == matrix.Accepted
	}
}

// SuitesOf returns the suites that c may get, as far as they are named: one where
// the gateway's choice is known.
func SuitesOf(c report.Client) []proposals.Suite {
	var out []proposals.Suite
	for _, keywords := range append([]string{c.Suite}, c.Candidates...) {
		if s, err := proposals.ParseSuite(keywords); err == nil && keywords != "" {
			out = append(out, s)
		}
	}
	return out
}

// SuiteWords names the suite that a client gets, or how many it may be.
func SuiteWords(c report.Client) string {
	switch {
	case c.Suite != "":
		return c.Suite
	case len(c.Candidates) == 1:
		return c.Candidates[0] + ", or another suite"
	}
	return "one of " + english.Counted(int64(len(c.Candidates)), "suite", "suites")
}

// MissingWords says in one sentence, without its full stop, why a client fails.
func MissingWords(c report.Client) string {
	return strings.Join(lists.Convert(c.Missing, func(m report.Missing) string { return strings.TrimSuffix(m.Text, ".") }), ". ")
}
