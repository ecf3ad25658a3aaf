package html

import (
	"fmt"
	"io"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/capturewords"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/spelling"
)

// CaptureOptions say what of a capture is shown, and how.
type CaptureOptions struct {
	// All shows each IKE SA in full, scans and similar ones included.
	All bool
	// Names is whose names algorithms have, one of [spelling.All]; "" for those of the
	// document.
	Names string
}

type capturePageView struct {
	frame
	*report.Capture
	Heading string
	Counted string
	Files   []fileView
	Several bool // files
	Groups  []groupView
	Left    string
	Scans   []scanView
	SAs     []saView
}

type fileView struct {
	report.CaptureFile
	Counted string
}

type groupView struct {
	*capturewords.Group
	State, Mark string
	Shown       []int  // numbers of IKE SAs
	More        string // how many are not
}

type scanView struct{ Words, Evidence string }

type saView struct {
	*report.CapturedSA
	Ways          []wayView
	Ends          string
	State, Mark   string
	When, Between []string
	Entries       []capturewords.Entry
	OmittedWords  string
}

// wayView is a pair of addresses.
type wayView struct {
	report.CapturedPath
	From, To string
}

// Capture writes c: a summary where there are several IKE SAs, and each that is shown
// with its verdict, paths and exchanges. What came from the wire is escaped.
func Capture(w io.Writer, c *report.Capture, o CaptureOptions) error {
	c = printed.Copy(c)
	groups := capturewords.Alike(c.SAs)
	shown := capturewords.Choose(groups, o.All)
	v := capturePageView{frame: newFrame("IKE in " + c.File), Capture: c, Counted: capturewords.Counts(c.Counts), Several: len(c.Files) > 1}
	if v.Heading = c.File; v.Several {
		v.Heading = "IKE in " + english.Counted(int64(len(c.Files)), "capture", "captures")
	}
	for _, f := range c.Files {
		v.Files = append(v.Files, fileView{f, capturewords.Counts(f.Counts)})
	}
	if len(c.SAs) > 1 {
		v.Groups = newGroups(groups, shown, o.Names)
	}
	for _, s := range c.Scans {
		v.Scans = append(v.Scans, scanView{capturewords.Scan(s), s.Evidence})
	}
	for i := range c.SAs {
		if shown[c.SAs[i].Number] {
			v.SAs = append(v.SAs, newSA(&c.SAs[i], o.Names))
		}
	}
	if left := len(c.SAs) - len(shown); left > 0 {
		v.Left = english.Counted(int64(left), "IKE SA is", "IKE SAs are") + " not shown: ikescope capture --all shows all"
	}
	return pages().ExecuteTemplate(w, "capture", v)
}

// newGroups are those that are not questions of a scan.
func newGroups(groups []*capturewords.Group, shown map[int]bool, names string) []groupView {
	var out []groupView
	for _, g := range groups {
		if g.Scan > 0 {
			continue
		}
		v := groupView{Group: g}
		if names != "" {
			v.Verdict.Title = spelling.Names(names).Text(v.Verdict.Title)
		}
		v.State, v.Mark = resultMark(g.Verdict.Result)
		for _, n := range g.Numbers {
			if shown[n] {
				v.Shown = append(v.Shown, n)
			}
		}
		if more := len(g.Numbers) - len(v.Shown); more > 0 {
			v.More = fmt.Sprintf(" %s more", english.Grouped(int64(more)))
		}
		out = append(out, v)
	}
	return out
}

func newSA(sa *report.CapturedSA, names string) saView {
	if names != "" {
		in := spelling.Names(names).Text
		sa.Suite, sa.Verdict.Title, sa.Verdict.Detail = in(sa.Suite), in(sa.Verdict.Title), in(sa.Verdict.Detail)
		sa.Verdict.Fix = lists.Convert(sa.Verdict.Fix, in)
	}
	v := saView{CapturedSA: sa, Ends: fmt.Sprintf("%s > %s", &sa.Initiator, &sa.Responder), When: capturewords.When(sa), Between: capturewords.Between(sa),
		Entries: capturewords.Exchanges(sa, spelling.Names(names))}
	v.State, v.Mark = resultMark(sa.Verdict.Result)
	for _, p := range sa.Paths {
		v.Ways = append(v.Ways, wayView{p, p.Initiator.String(), p.Responder.String()})
	}
	if sa.Omitted > 0 {
		v.OmittedWords = english.Counted(int64(sa.Omitted), "more message is", "more messages are") + " not shown, from the middle of the IKE SA"
	}
	return v
}

// resultMark is how a result is shown beside its word.
func resultMark(r report.Result) (state, mark string) {
	switch r {
	case report.ResultWorks:
		return "passed", "+"
	case report.ResultFails:
		return "failed", "-"
	}
	return "unknown", "?"
}
