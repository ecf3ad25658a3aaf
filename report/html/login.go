package html

import (
	"io"
	"slices"

	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/login"
	"github.com/ikescope/ikescope/report/spelling"
)

type loginView struct {
	frame
	*login.Document
	Heading     string
	State, Mark string
	StepViews   []stepView
	Parts       []partView
	ClientViews []loginClientView
}

// stepView is a step of a login.
type stepView struct {
	login.Step
	Name, Class, Mark string
	Reason            *reasonView
}

// reasonView is why a step did not pass.
type reasonView struct {
	*login.Reason
	Fixes []fixView
}

// partView is a section of sentences, below suites.
type partView struct {
	Title         string
	Suites, Lines []string
}

type loginClientView struct {
	login.Client
	Mark  string
	Order int // worst last
	Fixes []fixView
}

// stepMarks are how states of steps are shown: the class, and the mark.
var stepMarks = map[string][2]string{"passed": {"passed", "+"}, "failed": {"failed", "-"}, "warning": {"warning", "!"}}

// clientMarks are how verdicts on clients of a login are shown: the mark, and the order.
var clientMarks = map[login.ClientVerdict]loginClientView{
	login.ClientConnects: {Mark: "+"}, login.ClientDrops: {Mark: "!", Order: 1}, login.ClientUnknown: {Mark: "?", Order: 2}, login.ClientFails: {Mark: "-", Order: 3},
}

// Login writes how a login went: its steps, why one did not pass and what to do, and what
// the gateway showed. What came from the wire is escaped. Names is whose names algorithms
// have, one of [spelling.All]; "" for those of strongSwan.
func Login(w io.Writer, d *login.Document, names string) error {
	d = d.Named(spelling.Names(names))
	// Lines to paste are escaped one by one.
	var whys, clients [][]fixView
	for _, s := range d.Steps {
		var fixes []fixView
		if s.Reason != nil {
			fixes = newFixes(s.Reason.Fix)
		}
		whys = append(whys, fixes)
	}
	for _, c := range d.Clients {
		clients = append(clients, newFixes(c.Fixes()))
	}
	d = printed.Copy(d)
	v := loginView{Document: d, Heading: d.Heading()}
	v.frame = newFrame(v.Heading)
	switch d.Verdict {
	case login.LoggedIn:
		v.State, v.Mark = "passed", "+"
	case login.Failed:
		v.State, v.Mark = "failed", "-"
	default:
		v.State, v.Mark = "unknown", "?"
	}
	for i, s := range d.Steps {
		view := stepView{Step: s, Name: s.Name(), Class: "unknown", Mark: "?"}
		if m, ok := stepMarks[s.State]; ok {
			view.Class, view.Mark = m[0], m[1]
		}
		if s.Reason != nil {
			view.Reason = &reasonView{s.Reason, whys[i]}
		}
		v.StepViews = append(v.StepViews, view)
	}
	v.Parts = loginParts(d)
	for i, c := range d.Clients {
		view := clientMarks[c.Verdict]
		view.Client, view.Fixes = c, clients[i]
		v.ClientViews = append(v.ClientViews, view)
	}
	return pages().ExecuteTemplate(w, "login", v)
}

// loginParts are what the gateway and its EAP server gave and said.
func loginParts(d *login.Document) (out []partView) {
	add := func(p partView) {
		if len(p.Suites)+len(p.Lines) > 0 {
			out = append(out, p)
		}
	}
	add(partView{Title: "EAP", Lines: d.EAP.Lines()})
	add(partView{Title: "Session", Lines: d.Session.Lines()})
	if d.ESP != nil {
		add(partView{"Child SAs", d.ESP.Suites(), d.ESP.Lines()})
	}
	if d.IKE != nil {
		add(partView{"Rekeying of the IKE SA", d.IKE.Suites, d.IKE.Lines()})
	}
	if d.Stay != nil {
		add(partView{Title: "Stayed", Lines: slices.Concat(d.Stay.Said()...)})
	}
	return out
}
