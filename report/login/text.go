package login

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// marks are those of steps, with their styles.
var marks = map[string]struct{ mark, style string }{
	"passed": {"+", layout.Green}, "failed": {"!", layout.Red}, "warning": {"!", layout.Yellow}, "unknown": {"?", layout.Yellow},
}

// Text writes the document for people.
func Text(w io.Writer, d *Document, o layout.Options) error {
	p := layout.NewPage(o)
	style := layout.Bold
	if d.Verdict != LoggedIn {
		style += ";" + layout.Red
	}
	for _, line := range layout.Wrap(printable.Text(d.heading()), p.Width, 2) {
		p.Wide(p.Paint(style, line))
	}
	p.Section("STEPS")
	for _, s := range d.Steps {
		mark := marks[s.State]
		for i, line := range layout.Wrap(printable.Text(s.Text), p.Width-layout.Margin-2, 0) {
			if i > 0 {
				mark.mark = " "
			}
			p.Raw(p.Paint(mark.style, mark.mark) + " " + line)
		}
	}
	for _, s := range d.Steps {
		if s.Reason != nil {
			why(p, s)
		}
	}
	d.gave(p)
	d.esp(p)
	d.clients(p)
	d.stay(p)
	return p.Print(w)
}

// heading says in a sentence how it went.
func (d *Document) heading() string {
	who := cmp.Or(d.User, d.Identity)
	method := d.Method
	if d.SecondMethod != "" {
		who, method = d.Identity, method+", and "+d.User+" by "+d.SecondMethod
	}
	at := d.Target
	if d.Target != d.Address {
		at += " (" + d.Address + ")"
	}
	how := map[Verdict]string{
		LoggedIn: "logged in, and out again", Failed: "the login fails", Undecided: "the login was not decided", NoAnswer: "no IKEv2 answer",
	}[d.Verdict]
	if d.Stay != nil && d.Stay.End == string(login.StayDeleted) {
		how = "logged in, until the gateway ended the IKE SA"
	}
	if f := d.Failure(); f != nil && d.Verdict == Failed {
		how = "the login fails at " + stepNames[f.Step]
	}
	return fmt.Sprintf("%s: %s, as %s by %s", at, how, who, method)
}

var stepNames = map[string]string{
	"negotiate": "the negotiation", "gateway": "the proof of who the gateway is", "eap_method": "the choice of the EAP method",
	"authenticate": "the credentials", "session": "what comes with the session", "end": "its end",
}

// why writes why a step did not pass, and what to do.
func why(p *layout.Page, s Step) {
	r := s.Reason
	p.Section("WHY")
	p.Text(2, string(r.Layer)+": "+r.Text)
	if r.Detail != "" {
		p.Text(2, r.Detail)
	}
	var also []string
	if r.Notify != "" {
		also = append(also, "the gateway answers "+r.Notify)
	}
	if r.Windows != nil {
		also = append(also, fmt.Sprintf("Windows shows %s (%s)", r.Windows.Code, r.Windows.Symbol))
	}
	if len(s.Evidence) > 0 {
		also = append(also, numbers(s.Evidence))
	}
	if len(also) > 0 {
		p.Text(2, strings.Join(also, "; "))
	}
	if r.Elsewhere != "" && !strings.HasPrefix(r.Elsewhere, "nothing") {
		p.Section("GATEWAY")
		if r.Ask == "" {
			p.Text(2, "only the gateway knows "+r.Elsewhere)
		} else {
			p.Text(2, "the gateway knows "+r.Elsewhere+"; "+incident.AskWords(r.Cause))
			p.Raw("  " + p.Paint(layout.Green, printable.Text(r.Ask)))
		}
	}
	if len(r.Fix) > 0 {
		p.Section("FIX")
		for _, f := range r.Fix {
			line(p, f)
		}
	}
}

func line(p *layout.Page, f incident.Fix) {
	if f.Where != "" {
		p.Text(2, f.Where+":")
	}
	if !f.Paste {
		p.Text(0, f.Line)
		return
	}
	for l := range strings.SplitSeq(f.Line, "\n") {
		p.Raw("  " + p.Paint(layout.Green, printable.Text(l)))
	}
}

func numbers(all []int) string {
	var out []string
	for _, n := range all {
		out = append(out, fmt.Sprint(n))
	}
	if len(out) == 1 {
		return "exchange " + out[0]
	}
	return "exchanges " + strings.Join(out, ", ")
}

// gave writes what the gateway gave, and what its EAP server said.
func (d *Document) gave(p *layout.Page) {
	if e := d.EAP; e != nil && (e.Server != "" || e.Message != "" || len(e.Notices) > 0) {
		p.Section("EAP")
		if e.Server != "" {
			p.Text(2, "the server calls itself "+e.Server)
		}
		for _, said := range append(e.Notices[:len(e.Notices):len(e.Notices)], e.Message) {
			if said != "" {
				p.Text(2, "it says: "+said)
			}
		}
	}
	if s := d.Session; s != nil && (len(s.Assigned) > 0 || s.AuthLifetime > 0) {
		p.Section("SESSION")
		for _, a := range s.Assigned {
			p.Text(2, a.Type+" "+a.Value)
		}
		if s.AuthLifetime > 0 {
			p.Text(2, fmt.Sprintf("the gateway wants a new login after %d seconds (AUTH_LIFETIME)", s.AuthLifetime))
		}
	}
}
