package text

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// fewClients is how many clients a report names one by one; more are listed
// by their verdicts.
const fewClients = 6

// clients writes what the clients get that were compared with the gateway, in
// short unless they are few.
func (p *page) clients(t *report.Target) {
	if len(t.Clients) == 0 {
		return
	}
	p.Section("CLIENTS")
	if len(t.Clients) <= fewClients {
		for _, line := range p.comparison(t.Clients, p.Width-layout.Margin) {
			p.Raw(line)
		}
		return
	}
	p.Text(0, countedClients(t.Clients)+"; "+basisWords(t.Clients)+loginBasis(t.Clients)+doubtWords(t.Clients)+weakLegend(slices.DeleteFunc(slices.Clone(t.Clients), func(c report.Client) bool { return c.Verdict == report.ClientFails })))
	for _, label := range clientLabels {
		var names, inAuth []string
		for _, c := range t.Clients {
			if clientLabel(c) != label {
				continue
			}
			if c.FailsInAuth() {
				inAuth = append(inAuth, markedName(c))
			} else {
				names = append(names, markedName(c))
			}
		}
		p.listed(label, names)
		if len(inAuth) > 0 {
			inAuth[0] = "in IKE_AUTH: " + inAuth[0]
			p.listed(label, inAuth)
		}
	}
	p.Text(0, "why, client by client: ikescope compare")
}

// countedClients counts the verdicts.
func countedClients(all []report.Client) string {
	var words []string
	for _, v := range []struct {
		verdict   report.ClientVerdict
		one, many string
	}{{report.ClientFails, "fails", "fail"}, {report.ClientUnknown, "is unknown", "are unknown"}, {report.ClientConnects, "connects", "connect"}} {
		n := 0
		for _, c := range all {
			if c.Verdict == v.verdict {
				n++
			}
		}
		if n > 0 {
			words = append(words, english.Counted(int64(n), v.one, v.many))
		}
	}
	return strings.Join(words, ", ")
}

// clientLabels are the labels that clients are listed by, in their order.
var clientLabels = []string{"fails", "unknown", "weak !!", "weak !", "maybe !!", "maybe !", "connects"}

// clientLabel is the verdict on c, and the mark of a weak suite.
func clientLabel(c report.Client) string {
	switch {
	case c.Weak == nil || c.Verdict == report.ClientFails:
		return string(c.Verdict)
	case !c.Weak.Certain:
		return "maybe " + suiteMark(c)
	}
	return "weak " + suiteMark(c)
}

// marks are those of the suites that clients get, the best first.
var marks = []string{"", "!", "!!"}

// suiteMark marks the suite that a client gets as weak, or very weak, if it is,
// or may be.
func suiteMark(c report.Client) string {
	if c.Weak == nil {
		return ""
	}
	return severityMark(c.Weak.Severity)
}

// weakLegend explains the marks that the suites of clients have.
func weakLegend(clients []report.Client) string {
	legend := ""
	for i, words := range []string{"", "; ! with a weak suite", "; !! with a very weak suite"} {
		if i > 0 && slices.ContainsFunc(clients, func(c report.Client) bool { return suiteMark(c) == marks[i] }) {
			legend += words
		}
	}
	return legend
}

// listed writes names beside a label: all of those that fail, and of others as many as
// fit into two lines, or with the details.
func (p *page) listed(label string, names []string) {
	const most = 2
	if len(names) == 0 {
		return
	}
	width := p.Width - layout.Margin
	lines := layout.Wrap(printable.Text(strings.Join(names, ", ")), width, 0)
	for n := len(names); len(lines) > most && n > 1 && label != "fails" && !p.details; n-- {
		lines = layout.Wrap(printable.Text(fmt.Sprintf("%s and %d more", strings.Join(names[:n-1], ", "), len(names)-n+1)), width, 0)
	}
	style := layout.Yellow
	switch label {
	case "fails":
		style = layout.Red
	case "connects":
		style = layout.Green
	}
	head := p.Paint(style, layout.Pad("  "+label, layout.Margin))
	for _, line := range lines {
		p.Wide(head + line)
		head = layout.Pad("", layout.Margin)
	}
}

// basisWords says how the verdicts are known.
func basisWords(clients []report.Client) string {
	live := 0
	for _, c := range clients {
		if c.Basis == report.BasisLive {
			live++
		}
	}
	switch live {
	case 0:
		return "predicted from the suites"
	case len(clients):
		return "from the answer to each client's own first packet"
	}
	return fmt.Sprintf("%d from the answers to their own first packets, the others predicted", live)
}

// loginBasis says how far IKE_AUTH is part of the verdicts.
func loginBasis(clients []report.Client) string {
	asked := false
	for _, c := range clients {
		if c.Login == nil {
			continue
		}
		asked = true
		if c.Login.Verdict != report.CertificateUnknown {
			return ", and from the gateway's certificate and identity"
		}
	}
	if asked {
		return "; what IKE_AUTH brings is unknown"
	}
	return "; IKE_AUTH was not asked about"
}

func doubtWords(clients []report.Client) string {
	if slices.ContainsFunc(clients, func(c report.Client) bool { return c.Doubt != "" }) {
		return "; * its offer is doubtful"
	}
	return ""
}

// longestName is how much of a client's name a table shows: an offer of the
// command line is its own name.
const longestName = 30

// shortName is the name of a client, cut where it is long.
func shortName(c report.Client) string {
	name := printable.Text(c.Name)
	if layout.Columns(name) > longestName {
		name = string([]rune(name)[:longestName-3]) + "..."
	}
	return name
}

// markedName is the short name of a client, with a mark if its offer is
// doubtful.
func markedName(c report.Client) string {
	name := shortName(c)
	if c.Doubt != "" {
		name += "*"
	}
	return name
}

// comparison returns a line for each client and, below, why some fail and
// what is unknown of others; of few clients, all that is said of them.
func (p *page) comparison(clients []report.Client, width int) []string {
	name, verdict := 0, len(report.ClientConnects)
	for _, c := range clients {
		verdict = max(verdict, len(c.Words()))
		name = max(name, layout.Columns(markedName(c)))
	}
	var lines []string
	several, many := "", ""
	mixed := slices.ContainsFunc(clients, func(c report.Client) bool { return c.Basis != report.BasisLive })
	for _, c := range clients {
		symbol, style := "?", layout.Yellow
		switch c.Verdict {
		case report.ClientConnects:
			symbol, style = "+", layout.Green
			if c.Weak != nil {
				style = layout.Yellow
			}
		case report.ClientFails:
			symbol, style = "-", layout.Red
		}
		head := fmt.Sprintf("%s %s  %s  ", symbol, layout.Pad(printable.Text(c.Words()), verdict), layout.Pad(markedName(c), name))
		got := layout.Wrap(printable.Text(p.gotWords(c, mixed)), width, 4)
		if len(got) == 1 && layout.Columns(head)+layout.Columns(got[0]) <= width {
			lines = append(lines, p.Paint(style, head)+got[0])
		} else {
			lines = append(lines, p.Paint(style, head))
			for _, line := range layout.Wrap(printable.Text(p.gotWords(c, mixed)), width-4, 0) {
				lines = append(lines, "    "+line)
			}
		}
		switch n := len(c.Candidates); {
		case n >= assess.MostCandidates:
			many = "; (many) or one of many others"
		case n > 1:
			several = "; (+1) or 1 other suite"
		}
	}
	legend := basisWords(clients) + loginBasis(clients) + doubtWords(clients) + weakLegend(clients) + several + many
	if slices.ContainsFunc(clients, func(c report.Client) bool { return c.Fix != nil }) {
		legend += "; ikescope explain has each fix in full"
	}
	lines = append(append(lines, ""), layout.Wrap(legend, width, 0)...)
	return append(lines, p.reasons(clients, width)...)
}

// gotWords is what a client gets, or what is missing, in few words, marked if it
// is live among others that are not.
func (p *page) gotWords(c report.Client, mixed bool) string {
	var words string
	switch {
	case c.Suite != "":
		words = c.Suite
	case len(c.Candidates) > 1:
		words = fmt.Sprintf("%s (+%d)", c.Candidates[0], len(c.Candidates)-1)
		if len(c.Candidates) >= assess.MostCandidates {
			words = fmt.Sprintf("%s (many)", c.Candidates[0])
		}
	case len(c.Candidates) == 1:
		words = c.Candidates[0] + ", perhaps"
	case len(c.Missing) == 1:
		words = missingWords(c.Missing[0])
	case len(c.Missing) > 1:
		words = english.List(lists.Convert(c.Missing, func(m report.Missing) string { return m.Axis }), "and") + " do not match"
	}
	switch mark := suiteMark(c); {
	case mark != "" && c.Weak.Certain:
		words += " " + mark
	case mark != "":
		words += " " + mark + "?"
	}
	words = p.names.Text(words)
	if c.Basis == report.BasisLive && mixed {
		words = strings.TrimSpace(words + " (live)")
	}
	return words
}

// missingWords names what does not meet.
func missingWords(m report.Missing) string {
	if m.Axis == report.AxisCombination {
		return "no combination in common"
	}
	offers := lists.Convert(m.Offers, func(a report.Algorithm) string { return a.Keyword })
	if len(offers) > 3 { // "1 more" is as long as a name
		offers = append(offers[:2], fmt.Sprintf("%d more", len(offers)-2))
	}
	return m.Axis + ": only " + strings.Join(offers, ", ")
}

// reasons returns what is said of clients, once for those of which it is the
// same.
func (p *page) reasons(clients []report.Client, width int) []string {
	few := len(clients) <= fewClients
	var lines []string
	told := make(map[string]bool)
	for i, c := range clients {
		said := p.sayings(c, few, false)
		key := strings.Join(said, "\n")
		if len(said) == 0 || told[key] {
			continue
		}
		told[key] = true
		var names []string
		for _, other := range clients[i:] {
			if other.Verdict == c.Verdict && strings.Join(p.sayings(other, few, false), "\n") == key {
				names = append(names, other.Name)
			}
		}
		head := strings.Join(names, ", ")
		if len(names) == 1 {
			head += shownEvidence(c.Evidence)
		} else {
			said = p.sayings(c, few, true)
		}
		lines = append(lines, "")
		for _, line := range layout.Wrap(printable.Text(head), width, 0) {
			lines = append(lines, p.Paint(layout.Bold, line))
		}
		for _, s := range said {
			for _, line := range layout.Wrap(printable.Text(s), width-2, 2) {
				lines = append(lines, "  "+line)
			}
		}
	}
	return lines
}

// sayings are the sentences on a client, or on several of which they are the same; of
// many, only those on what is wrong.
func (p *page) sayings(c report.Client, few, several bool) []string {
	said := lists.Convert(c.Missing, func(m report.Missing) string { return m.Text })
	if !few && c.Verdict == report.ClientConnects {
		c.Worse, c.Notes = "", nil
	}
	if words := c.LoginWords(); c.FailsInAuth() || words != "" && few {
		said = append(said, "IKE_AUTH: "+words)
	}
	said = append(append(said, assess.WeakWords(c, several)...), c.Notes...)
	if few && c.Doubt != "" {
		said = append(said, "Doubt: "+c.Doubt)
	}
	if c.Fix != nil {
		mark := "Fix: "
		if len(c.Fix.Weaker) > 0 {
			mark = "Fix, WEAKER than now: "
		}
		said = append(said, mark+assess.FixWords(*c.Fix)+".")
	}
	return lists.Convert(said, p.names.Text)
}

// Comparison writes what the clients of doc get, for people, one target after the
// other.
func Comparison(w io.Writer, doc report.Source, o Options) error {
	for i := range doc.Count() {
		t, err := targetOf(doc, i, o)
		if err != nil {
			return err
		}
		p := newPage(o)
		if i > 0 {
			p.Blank()
		}
		p.heading(t, true)
		p.problems(t)
		if t.Error != "" {
			for _, line := range layout.Wrap(printable.Text(t.Error), p.Width, 0) {
				p.Wide(line)
			}
		}
		if t.Verdict != report.VerdictIKEv2 {
			p.paths(t) // which say why nothing is known
		}
		p.Wide("")
		for _, line := range p.comparison(t.Clients, p.Width) {
			p.Wide(line)
		}
		if o.Evidence {
			p.exchanges(t)
		}
		if err := p.Print(w); err != nil {
			return err
		}
	}
	return nil
}
