// Package markdown writes reports for tickets, in the Markdown of GitHub and GitLab.
package markdown

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/introduction"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/part"
)

// Write writes doc: an overview of many targets, gates, and for each target its
// findings with what to change, the clients that do not get on with it, the policies
// that it does not meet, and what it accepts. Each part is left out where there is
// nothing to say. What came from the wire is shown as it is, and is never markup.
func Write(w io.Writer, doc report.Source) error {
	p := &page{}
	if doc.Count() > 1 {
		p.line("# IKE report on %s", english.Counted(int64(doc.Count()), "target", "targets"))
		if err := p.overview(doc); err != nil {
			return err
		}
	}
	if err := p.gates(doc); err != nil {
		return err
	}
	for i := range doc.Count() {
		t, err := doc.At(i)
		if err != nil {
			return err
		}
		p.target(t, doc.Count() > 1, doc.Head().About == report.AboutIdentity)
		if err := p.flush(w); err != nil {
			return err
		}
	}
	head := doc.Head()
	p.line("")
	p.line("Written by %s %s.", prose(head.Tool.Name), prose(head.Tool.Version))
	return p.flush(w)
}

// page is what was not written yet.
type page struct{ bytes.Buffer }

func (p *page) line(format string, a ...any) { fmt.Fprintf(p, format+"\n", a...) }

// table begins one.
func (p *page) table(columns ...string) {
	p.line("")
	p.row(columns...)
	p.row(lists.Convert(columns, func(string) string { return "---" })...)
}

func (p *page) row(cells ...string) { p.line("| %s |", strings.Join(cells, " | ")) }

func (p *page) flush(w io.Writer) error {
	_, err := p.WriteTo(w)
	return err
}

func (p *page) overview(doc report.Source) error {
	columns := []string{"target", "verdict", "critical", "high", "medium", "low", "clients that fail", "policies violated"}
	onlyIdentity := doc.Head().About == report.AboutIdentity
	if onlyIdentity {
		columns = slices.Delete(columns, 6, 7)
	}
	p.table(columns...)
	for i := range doc.Count() {
		t, err := doc.At(i)
		if err != nil {
			return err
		}
		cells := []string{name(t, cell), prose(t.Verdict.Words())}
		for _, s := range []report.Severity{report.SeverityCritical, report.SeverityHigh, report.SeverityMedium, report.SeverityLow} {
			cells = append(cells, count(t.Findings, func(f report.Finding) bool { return f.Severity == s }))
		}
		if !onlyIdentity {
			cells = append(cells, of(t.Clients, func(c report.Client) bool { return c.Verdict == report.ClientFails }))
		}
		p.row(append(cells, of(t.Policies, func(q report.Policy) bool { return q.Verdict == report.RuleViolated }))...)
	}
	return nil
}

// of counts those of a list that are meant, of how many.
func of[T any](list []T, is func(T) bool) string {
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %d", count(list, is), len(list))
}

func count[T any](list []T, is func(T) bool) string {
	n := 0
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return fmt.Sprint(n)
}

// name names t, which is the user's word.
func name(t *report.Target, code func(string) string) string {
	out := code(t.Name)
	if address := report.AddressBeside(t.Name, t.Address); address != "" {
		out += " " + code(address)
	}
	return out
}

func (p *page) gates(doc report.Source) error {
	n := 0
	for g, err := range doc.EachGate() {
		if err != nil {
			return err
		}
		if n++; n == 1 {
			p.line("\n## Gates")
			p.table("state", "target", "gate", "reason")
		}
		kind := strings.ReplaceAll(string(g.Kind), "_", "-")
		if g.Kind != report.BaselineGate {
			kind += " " + g.Name
		}
		p.row(prose(string(g.State)), cell(strings.TrimSpace(g.Target+" "+report.AddressBeside(g.Target, g.Address))), prose(kind), prose(g.Reason))
	}
	if exit := doc.Head().Exit; n > 0 {
		p.line("\nExit code %d: %s", exit.Code, prose(exit.Reason))
	}
	return nil
}

func (p *page) target(t *report.Target, isOneOfMany, onlyIdentity bool) {
	heading, verdict := "IKE report on ", t.Verdict.Words()
	if onlyIdentity {
		heading, verdict = "Identity of ", part.IdentityWords(t)
	}
	if isOneOfMany {
		heading = ""
	}
	p.line("\n## %s%s", heading, name(t, code))
	p.line("\n**%s**%s", prose(verdict), wrong(t))
	if !t.Complete && t.Verdict != report.VerdictError {
		p.line("\n**Partial:** the scan ended before everything was asked.")
	}
	if t.Error != "" {
		p.line("\n%s", prose(t.Error))
	}
	p.path(t)
	p.routes(t)
	p.findings(t)
	p.clients(t, onlyIdentity)
	p.policies(t)
	p.identity(t)
	p.suites(t)
	if len(t.Notes) > 0 {
		p.line("\n### Notes\n")
		for _, n := range t.Notes {
			p.line("- %s", prose(n))
		}
	}
	if !t.Started.IsZero() {
		p.line("\nScanned at %s with %s.", t.Started.UTC().Format("2006-01-02 15:04 UTC"),
			english.Counted(int64(t.Cost.Exchanges), "exchange", "exchanges"))
	}
}

// wrong counts what is wrong with t, in words behind its verdict.
func wrong(t *report.Target) string {
	var out []string
	for _, s := range report.Severities() {
		n := 0
		for _, f := range t.Findings {
			if f.Severity == s {
				n++
			}
		}
		if n > 0 && s != report.SeverityInfo {
			out = append(out, english.Counted(int64(n), string(s)+" finding", string(s)+" findings"))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, ", ")
}

func (p *page) findings(t *report.Target) {
	if len(t.Findings) == 0 {
		return
	}
	p.line("\n### Findings")
	for _, f := range t.Findings {
		p.line("\n- **%s** %s: %s%s", prose(string(f.Severity)), code(f.ID), prose(f.Title), exchanges(f.Evidence))
		if f.Detail != "" {
			p.line("  - %s", prose(f.Detail))
		}
		for _, fix := range f.Fix {
			p.line("  - **fix:** %s", prose(fix))
		}
		for _, weaker := range f.Weaker {
			p.line("  - **weaker then:** %s", prose(weaker))
		}
		if len(f.CutsOff) > 0 {
			p.line("  - would cut off: %s", prose(strings.Join(f.CutsOff, ", ")))
		}
		if len(f.Refs) > 0 {
			p.line("  - see: %s", prose(strings.Join(f.Refs, "; ")))
		}
		if len(f.Lines) > 0 {
			p.WriteString("\n" + block(f.Lines, 2))
		}
	}
}

func exchanges(numbers []int) string {
	const most = 4
	if len(numbers) == 0 {
		return ""
	}
	words := "exchange "
	if len(numbers) > 1 {
		words = "exchanges "
	}
	more := ""
	if n := len(numbers) - most; n > 0 {
		numbers, more = numbers[:most], fmt.Sprintf(" and %d more", n)
	}
	return " (" + words + strings.Join(lists.Convert(numbers, func(n int) string { return fmt.Sprint(n) }), ", ") + more + ")"
}

// clients lists those that fail, or get something weak, or of which it is not known.
func (p *page) clients(t *report.Target, onlyIdentity bool) {
	if len(t.Clients) == 0 {
		return
	}
	var rows [][]string
	connect := 0
	for _, c := range t.Clients {
		verdict, what := c.Words(), ""
		switch {
		case c.Verdict == report.ClientConnects && c.Weak == nil:
			connect++
			continue
		case c.Verdict == report.ClientConnects:
			verdict += ", with a weak suite"
			if !c.Weak.Certain {
				verdict = "connects, perhaps with a weak suite"
			}
			what = cell(c.Suite)
			if c.Suite == "" {
				what = cell(strings.Join(c.Candidates, ", "))
			}
		case c.FailsInAuth():
			what = prose(c.LoginWords())
		case c.Verdict == report.ClientFails:
			what = prose(strings.Join(lists.Convert(c.Missing, func(m report.Missing) string { return m.Text }), " "))
			if what == "" {
				what = prose(strings.Join(c.Notes, " "))
			}
		default:
			what = prose(strings.Join(c.Notes, " "))
		}
		fix := ""
		if c.Fix != nil {
			fix = prose(c.Fix.Side) + ": " + cell(c.Fix.Suite)
			if c.Fix.What != "" {
				fix = prose(c.Fix.Side + ": " + c.Fix.Words())
			}
		}
		rows = append(rows, []string{prose(c.Name), prose(verdict), what, fix})
	}
	p.line("\n### Clients")
	if onlyIdentity {
		p.line("\nThese get an IKE SA and fail in IKE_AUTH.")
	} else {
		verb := "connect"
		if len(t.Clients) == 1 {
			verb = "connects"
		}
		p.line("\n%d of %s %s with a sound suite.", connect, english.Counted(int64(len(t.Clients)), "client", "clients"), verb)
	}
	if len(rows) > 0 {
		p.table("client", "verdict", "suite, or what is missing", "change on the side of")
		for _, r := range rows {
			p.row(r...)
		}
	}
}

func (p *page) policies(t *report.Target) {
	for _, policy := range t.Policies {
		p.line("\n### Policy %s: %s", prose(policy.Name), prose(string(policy.Verdict)))
		p.line("\n%s: %s", prose(policy.Title), prose(policy.Reason))
		var rows [][]string
		for _, r := range policy.Rules {
			if r.State == report.RuleViolated || r.State == report.RuleUndecided {
				rows = append(rows, []string{prose(r.ID), prose(string(r.Severity)), prose(string(r.State)), prose(r.Demand), prose(r.Found),
					strings.Join(lists.Convert(r.Fix, prose), "; ")})
			}
		}
		if len(rows) > 0 {
			p.table("rule", "severity", "state", "demand", "found", "fix")
			for _, r := range rows {
				p.row(r...)
			}
		}
	}
}

// identity has what the text report says of who the gateway is, as it stands there.
func (p *page) identity(t *report.Target) {
	if t.Identity == nil {
		return
	}
	text := layout.NewPage(layout.Options{Width: identityWidth + layout.Margin})
	introduction.Write(text, t)
	var all strings.Builder
	_ = text.Print(&all) // a Builder takes all
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(all.String(), "\n")) {
		lines = append(lines, strings.TrimRight(line[min(layout.Margin, len(line)):], "\n"))
	}
	p.line("\n### Identity\n\n%s", strings.TrimRight(block(lines, 0), "\n"))
}

// identityWidth is how many columns its lines have at most.
const identityWidth = 90

// suites lists what is accepted, as keywords.
func (p *page) suites(t *report.Target) {
	m := t.Matrix
	if m == nil {
		return
	}
	proven := ""
	if m.Proven {
		proven = " (proven)"
	}
	p.line("\n### Suites")
	p.line("\n%s accepted, %s refused%s, %s unknown.", english.Grouped(m.Accepted), english.Grouped(m.Refused), proven, english.Grouped(m.Unknown))
	if len(m.Products) == 0 {
		return
	}
	p.line("")
	for _, product := range m.Products {
		var words []string
		for _, list := range append([][]report.Algorithm{product.ENCR, product.INTEG, product.PRF, product.KE}, product.ADDKE...) {
			words = append(words, lists.Convert(list, func(a report.Algorithm) string { return a.Keyword })...)
		}
		p.line("- %s, %s", code(strings.Join(words, "-")), prose(string(product.Basis)))
	}
}
