package markdown

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/login"
	"github.com/ikescope/ikescope/report/spelling"
)

// Login writes how a login went: its steps, why one did not pass, what to do, and what the
// gateway gave. Names is whose names algorithms have, one of [spelling.All]; "" for those
// of strongSwan.
func Login(w io.Writer, d *login.Document, names string) error {
	d = d.Named(spelling.Names(names))
	p := &page{}
	p.line("## %s", prose(d.Heading()))
	if d.Left {
		p.line("\nThe gateway may still have the IKE SA.")
	}
	p.table("step", "state", "what happened")
	for _, s := range d.Steps {
		p.row(prose(s.Name()), prose(s.State), prose(s.Text))
	}
	for _, s := range d.Steps {
		if s.Reason != nil {
			p.reason(s.Reason)
		}
	}
	p.sentences("EAP", d.EAP.Lines())
	p.sentences("Session", d.Session.Lines())
	if d.ESP != nil {
		p.line("\n### Child SAs\n")
		for _, suite := range d.ESP.Suites() {
			p.line("- %s", code(suite))
		}
		for _, line := range d.ESP.Lines() {
			p.line("- %s", prose(line))
		}
	}
	if d.IKE != nil {
		p.line("\n### Rekeying of the IKE SA\n")
		for _, suite := range d.IKE.Suites {
			p.line("- %s", code(suite))
		}
		for _, line := range d.IKE.Lines() {
			p.line("- %s", prose(line))
		}
	}
	if len(d.Clients) > 0 {
		p.line("\n### Clients")
		p.table("client", "verdict", "what becomes of its Child SAs", "doubt")
		for _, c := range d.Clients {
			p.row(cell(c.Name), prose(string(c.Verdict)), prose(c.Text), prose(c.Doubt))
		}
		if note := d.ClientNote(); note != "" {
			p.line("\n%s", prose(note))
		}
		p.fixes("Fix for clients", d.ClientFixes())
	}
	if d.Stay != nil {
		p.sentences("Stayed", lists.Convert(d.Stay.Said(), func(lines []string) string { return strings.Join(lines, "; ") }))
	}
	p.line("\nWritten by %s %s.", prose(d.Tool.Name), prose(d.Tool.Version))
	return p.flush(w)
}

// sentences are a section of them, if there are any.
func (p *page) sentences(title string, all []string) {
	if len(all) == 0 {
		return
	}
	p.line("\n### %s\n", title)
	for _, s := range all {
		p.line("- %s", prose(s))
	}
}

// reason says why a step did not pass, and what to do.
func (p *page) reason(r *login.Reason) {
	said := []string{string(r.Layer) + ": " + r.Text}
	if r.Detail != "" {
		said = append(said, r.Detail)
	}
	p.sentences("Why", lists.Distinct(append(said, r.Shown()...)))
	if words := r.GatewayKnows(); words != "" {
		p.line("- %s", prose(words))
		if r.Ask != "" {
			p.WriteString("\n" + block([]string{r.Ask}, 2))
		}
	}
	p.fixes("Fix", r.Fix)
}

// fixes are a section of what to do, if there is anything.
func (p *page) fixes(title string, all []incident.Fix) {
	if len(all) > 0 {
		p.line("\n### %s\n", title)
	}
	for _, f := range all {
		p.fix(f)
	}
}

func (p *page) fix(f incident.Fix) {
	where := ""
	if f.Where != "" {
		where = prose(f.Where) + ":"
	}
	if !f.Paste {
		p.line("- %s", strings.TrimSpace(where+" "+prose(f.Line)))
		return
	}
	p.line("- %s\n", strings.TrimSpace(where+" paste"))
	p.WriteString(block(lists.Convert(strings.Split(f.Line, "\n"), printable.Text[string]), 2))
}
