package incident

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/incident/offered"
)

// lists are the last proposals of both sides among events, and at is the event of the
// later of them.
type lists struct {
	theirs, ours []Proposal
	at           *Event
	// apart: both are there and do not meet. Of the two nearest, got and want, gaps are
	// the axes on which they do not.
	apart     bool
	gaps      []Gap
	got, want Proposal
}

func listed(events []*Event) (l lists) {
	for _, e := range events {
		switch {
		case e.Kind == Theirs, e.Kind == Root && len(e.Proposals) > 0:
			l.theirs, l.at = e.Proposals, e
		case e.Kind == Ours:
			l.ours, l.at = e.Proposals, e
		}
	}
	if l.theirs != nil && l.ours != nil {
		l.gaps, l.got, l.want, l.apart = offered.Unmet(l.theirs, l.ours)
	}
	return l
}

// ofChild reports whether an event lists proposals for a Child SA.
func (e *Event) ofChild() bool {
	return (e.Kind == Theirs || e.Kind == Ours) && len(e.Proposals) > 0 && e.Proposals[0].Protocol != "IKE" && e.Proposals[0].Protocol != ""
}

// meets reports whether a match is what another event waited for. One that says
// nothing of proposals leaves lists of them standing, and one of those for the IKE SA
// the lists for a Child SA.
func (e *Event) meets(o *Event) bool {
	switch {
	case e.Cause == "path-lost": // a way was found again: it says nothing of what was searched for
		return o.Cause == e.Cause
	case o.Kind == Try || o.Kind == Wait:
		return e.Cause == "" || o.Cause == e.Cause || o.Cause == ""
	case o.Kind != Theirs && o.Kind != Ours:
		return false
	case e.Cause == "ike-proposal" || strings.HasPrefix(e.arg("selected"), "IKE:"):
		return !o.ofChild()
	}
	return (e.Cause == "" || e.Cause == "child-proposal") && !strings.HasSuffix(e.Text, "proposal matches") // its lists follow
}

// ofPhase2 reports whether lines that name no side of it say that phase 2 failed.
func (a *Attempt) ofPhase2() bool {
	return a.Product == "" && !a.says("phase 1") && (a.says(`mode="quick"`) || slices.ContainsFunc(a.Events, func(e Event) bool { return e.Cause == "phase2" }))
}

// besides are causes that a connection which comes up does not take back.
var besides = map[string]bool{"dns-settings": true, "source-route": true, "esp-replay": true}
