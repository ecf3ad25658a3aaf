package html

import (
	"fmt"
	"io"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/advised"
	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/spelling"
)

type adviceView struct {
	frame
	Tool    report.Tool
	Heading string
	All     []advisedView
}

// advisedView is what is said of one client at one target.
type advisedView struct {
	ID, Client, Where, State, Mark, Words, Next string
	Parts                                       []advised.Part
	Remedies                                    []advised.Remedy
}

// Advice writes whether clients connect, and what would change that, with lines to copy.
// Names is whose names algorithms have, one of [spelling.All]; "" for those of strongSwan.
func Advice(w io.Writer, all []report.Advice, names string) error {
	n := spelling.Names(names)
	v := adviceView{Tool: report.Tool{Name: "ikescope"}, Heading: english.Counted(int64(len(all)), "verdict on clients", "verdicts on clients")}
	if len(all) == 1 {
		v.Heading = "Advice on " + printed.Copy(&all[0]).Client.Name
	}
	v.frame = newFrame(v.Heading)
	for i, a := range all {
		one := advisedView{ID: fmt.Sprintf("a%d", i+1), Client: a.Client.Name, Parts: advised.Parts(a, suiteMark(a.Client), n), Remedies: advised.Remedies(a, n), Next: n.Text(advised.Next(a.Client))}
		one.Words, one.Where = advised.Verdict(a)
		switch {
		case advised.IsWeak(a.Client):
			one.State, one.Mark = "warning", "!"
		case a.Client.Verdict == report.ClientConnects:
			one.State, one.Mark = "passed", "+"
		case a.Client.Verdict == report.ClientFails:
			one.State, one.Mark = "failed", "-"
		default:
			one.State, one.Mark = "unknown", "?"
		}
		v.All = append(v.All, *printed.Copy(&one))
	}
	return pages().ExecuteTemplate(w, "advice", v)
}

// suiteMark is "!!" behind a suite with an algorithm that is critical or high, "!" behind
// one with less.
func suiteMark(c report.Client) string {
	switch {
	case c.Weak == nil:
		return ""
	case c.Weak.Severity.Rank() <= report.SeverityHigh.Rank():
		return "!!"
	}
	return "!"
}
