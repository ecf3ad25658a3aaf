package html

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/internal/stories"
)

type storiesView struct {
	frame
	*incident.Document
	Heading  string
	Tool     report.Tool
	Counted  string
	Overview bool
	Several  bool // logs
	Stories  []storyView
}

type storyView struct {
	*incident.Story
	Number               int
	State, Mark          string
	Words, Whose         string
	LayerWord, Attempted string
	Fixes                []fixView
	FixWord              string
	OtherWords           string
	ElsewhereWords       string
}

// fixView is something to do, or lines to paste.
type fixView struct {
	Where, Text string
	Lines       []string
}

// Stories writes what logs say: a table of the attempts where there are several, and the
// story of each, or with attempt over 0 of that one alone. What the logs hold is escaped.
func Stories(w io.Writer, d *incident.Document, attempt int) error {
	fixes := lists.Convert(d.Stories, func(s incident.Story) []fixView { return newFixes(s.Fix) })
	d = printed.Copy(withoutTabs(d))
	v := storiesView{Document: d, Tool: report.Tool{Name: "ikescope"}, Several: len(d.Files) > 1}
	for i := range d.Stories {
		if attempt == 0 || attempt == i+1 {
			s := newStory(i+1, &d.Stories[i])
			s.Fixes = fixes[i]
			v.Stories = append(v.Stories, s)
		}
	}
	v.Overview = len(v.Stories) > 1
	switch {
	case v.Overview:
		v.Counted = english.Counted(int64(d.Attempts), "attempt", "attempts") + " in " + english.Counted(int64(d.Kinds), "kind", "kinds")
	case len(v.Stories) == 0:
		v.Counted = "no line shows that a connection failed"
	}
	v.Heading = "Why a connection failed: " + stories.Files(d)
	v.frame = newFrame(v.Heading)
	if v.Several {
		v.Heading = "Why a connection failed: " + english.Counted(int64(len(d.Files)), "log", "logs")
	}
	return pages().ExecuteTemplate(w, "stories", v)
}

// newFixes are escaped line by line.
func newFixes(all []incident.Fix) []fixView {
	return lists.Convert(all, func(f incident.Fix) fixView {
		v := fixView{Where: printable.Text(f.Where)}
		if f.Paste {
			v.Lines = lists.Convert(strings.Split(f.Line, "\n"), printable.Text[string])
		} else {
			v.Text = printable.Text(f.Line)
		}
		return v
	})
}

// withoutTabs returns a copy of d whose lines of logs have spaces for tabs.
func withoutTabs(d *incident.Document) *incident.Document {
	lines := func(all []incident.Moment) []incident.Moment {
		return lists.Convert(all, func(m incident.Moment) incident.Moment {
			m.Text = strings.ReplaceAll(m.Text, "\t", " ")
			return m
		})
	}
	out := *d
	out.Stories = lists.Convert(d.Stories, func(s incident.Story) incident.Story {
		s.Timeline = lines(s.Timeline)
		if s.Other != nil {
			other := *s.Other
			other.Timeline = lines(other.Timeline)
			s.Other = &other
		}
		return s
	})
	return &out
}

func newStory(number int, s *incident.Story) storyView {
	v := storyView{Story: s, Number: number, State: "unknown", Mark: "?", Words: stories.Heading(s), Whose: stories.Whose(s), Attempted: stories.Attempted(s), FixWord: "Fix"}
	switch {
	case s.Cause != "" && s.Layer != incident.NoFailure:
		v.State, v.Mark = "failed", "-"
	case s.Established:
		v.State, v.Mark = "passed", "+"
	}
	if s.Layer != incident.NoFailure {
		v.LayerWord = string(s.Layer)
	}
	if len(s.Likely) > 0 && !s.Firm {
		v.FixWord = "Check"
	}
	if s.Other != nil {
		v.OtherWords = stories.OtherLog(s.Other)
	} else if s.Elsewhere != "" {
		v.ElsewhereWords = stories.Elsewhere(s)
	}
	return v
}
