package html

import (
	"fmt"
	"io"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/changed"
	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/spelling"
)

type diffView struct {
	frame
	Tool             report.Tool
	Heading          string
	Same             bool
	OnlyOld, OnlyNew []string
}

// changesView is what changed of a target.
type changesView struct {
	ID, Name, Between, Summary string
	Groups                     []changeGroup
}

type changeGroup struct {
	Title, State, Mark string
	Changes            []changeView
}

type changeView struct {
	report.Change
	Listed []string // suites
}

// groupMarks are how groups of changes are shown: the class, and the mark.
var groupMarks = map[string][2]string{"weaker": {"failed", "-"}, "unclear": {"unknown", "?"}, "stronger": {"passed", "+"}}

// Diff writes what changed between two reports, one target after the other, the weaker
// first. What came from the wire is escaped. Names is whose names algorithms have, one of
// [spelling.All]; "" for those of strongSwan.
func Diff(w io.Writer, d report.Differences, names string) error {
	of := d.Head()
	head := printed.Copy(&of)
	v := diffView{Tool: head.Tool, Heading: "What changed between two reports", Same: head.Same, OnlyOld: targetNames(head.OnlyOld), OnlyNew: targetNames(head.OnlyNew)}
	v.frame = newFrame(v.Heading)
	if err := pages().ExecuteTemplate(w, "diff", v); err != nil {
		return err
	}
	count := 0
	for t, err := range d.EachTarget() {
		if err != nil {
			return err
		}
		count++
		if err := pages().ExecuteTemplate(w, "changes", newChanges(count, &t, spelling.Names(names))); err != nil {
			return err
		}
	}
	return pages().ExecuteTemplate(w, "foot", v)
}

func targetNames(all []report.DiffTarget) (out []string) {
	for _, t := range all {
		out = append(out, t.String())
	}
	return out
}

func newChanges(number int, t *report.TargetDiff, n spelling.Names) changesView {
	const stamp = "2006-01-02 15:04:05 MST"
	groups := changed.Groups(t.Changes, n)
	t = printed.Copy(t)
	v := changesView{ID: fmt.Sprintf("d%d", number), Name: t.New.String(), Between: t.Old.Started.Format(stamp) + " to " + t.New.Started.Format(stamp), Summary: changed.Summary(t.Changes)}
	if t.Same {
		v.Summary = "no difference"
	}
	for _, g := range groups {
		view := changeGroup{Title: g.Title}
		if m, ok := groupMarks[g.Title]; ok {
			view.State, view.Mark = m[0], m[1]
		}
		for _, c := range g.Changes {
			c = *printed.Copy(&c)
			view.Changes = append(view.Changes, changeView{c, changed.Suites(c)})
		}
		v.Groups = append(v.Groups, view)
	}
	return v
}
