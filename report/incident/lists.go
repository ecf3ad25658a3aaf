package incident

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// lists are the last proposals of both sides among events, and at is the event of the
// later of them.
type lists struct {
	theirs, ours []offered.Proposal
	at           *event.Event
	// apart: both are there and do not meet. Of the two nearest, got and want, gaps are
	// the axes on which they do not.
	apart     bool
	gaps      []offered.Gap
	got, want offered.Proposal
}

func listed(events []*event.Event) (l lists) {
	for _, e := range events {
		switch {
		case e.Kind == event.Theirs, e.Kind == event.Root && len(e.Proposals) > 0:
			l.theirs, l.at = e.Proposals, e
		case e.Kind == event.Ours:
			l.ours, l.at = e.Proposals, e
		}
	}
	if l.theirs != nil && l.ours != nil {
		l.gaps, l.got, l.want, l.apart = offered.Unmet(l.theirs, l.ours)
	}
	return l
}

// ofChild reports whether an event lists proposals for a Child SA.
func ofChild(e *event.Event) bool {
	return (e.Kind == event.Theirs || e.Kind == event.Ours) && len(e.Proposals) > 0 && e.Proposals[0].Protocol != "IKE" && e.Proposals[0].Protocol != ""
}

// meets reports whether a match, e, is what another event waited for. One that says
// nothing of proposals leaves lists of them standing, and one of those for the IKE SA
// the lists for a Child SA.
func meets(e, o *event.Event) bool {
	switch {
	case e.Cause == "path-lost": // a way was found again: it says nothing of what was searched for
		return o.Cause == e.Cause
	case o.Kind == event.Try || o.Kind == event.Wait:
		return e.Cause == "" || o.Cause == e.Cause || o.Cause == ""
	case o.Kind != event.Theirs && o.Kind != event.Ours:
		return false
	case e.Cause == "ike-proposal" || strings.HasPrefix(e.Arg("selected"), "IKE:"):
		return !ofChild(o)
	}
	return (e.Cause == "" || e.Cause == "child-proposal") && !strings.HasSuffix(e.Text, "proposal matches") // its lists follow
}

// ofPhase2 reports whether lines that name no side of it say that phase 2 failed.
func (a *Attempt) ofPhase2() bool {
	return a.Product == "" && !a.says("phase 1") && (a.says(`mode="quick"`) || slices.ContainsFunc(a.Events, func(e event.Event) bool { return e.Cause == "phase2" }))
}

// besides are causes that a connection which comes up does not take back.
var besides = map[string]bool{"dns-settings": true, "source-route": true, "esp-replay": true}
