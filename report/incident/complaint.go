package incident

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/general"
	"github.com/ikescope/ikescope/report/incident/logtext"
)

// complain keeps a line that says in plain words that something failed, and that no table
// knows: why an attempt ended may be there, and is not claimed to be.
func (s *Scanner) complain(l *event.Line) {
	kept := *l
	kept.Text = logtext.Clip(l.Text, logtext.MaxRead)
	if strings.HasPrefix(l.Text, "|") || !general.Complains(kept.Text) {
		return
	}
	s.File.Complaint = &kept
	a := s.collector.open[s.products[s.last].Name+"\x00"+s.lane.within(s.key)]
	if a == nil {
		s.collector.complaints[s.products[s.last].Name+"\x00"+s.lane.name] = &kept
	} else if !a.ended && s.collector.only(a) && !s.collector.namesAnother(a, kept.Text) || !a.ended && a.Connection != "" && strings.Contains(kept.Text, a.Connection) {
		a.complaints = append(a.complaints, &kept)
		if len(a.complaints) > maxComplaints { // the first stays: the cause may be the event right after it
			a.complaints = slices.Delete(a.complaints, 1, 2)
		}
	}
}

// maxComplaints bounds the lines that are kept of an attempt because they complain.
const maxComplaints = 4

// maxWatched bounds the attempts among which a line that names none may be of one.
const maxWatched = 16

// only reports whether an attempt is the only one that goes on.
func (c *collector) only(a *Attempt) bool {
	if len(c.open) > maxWatched {
		return false
	}
	for _, o := range c.open {
		if o != a && !o.ended && (!o.Established || a.Established) {
			return false
		}
	}
	return true
}

// namesAnother reports whether a line names the connection of another attempt.
func (c *collector) namesAnother(a *Attempt, text string) bool {
	for _, o := range c.open {
		if o.Connection != "" && o.Connection != a.Connection && strings.Contains(text, o.Connection) {
			return true
		}
	}
	return false
}

// saidBefore quotes the last complaint that stands right before the event that a cause is
// drawn from, or anywhere before requests that stay unanswered.
func (a *Attempt) saidBefore(first *event.Event) []string {
	for _, c := range slices.Backward(a.complaints) {
		apart := first.Line - c.Number
		if first.Line < a.FirstLine { // in descending order
			apart = -apart
		}
		if apart > 0 && (first.Kind != event.Root || event.Vague(first.Cause)) && (apart <= maxApart || first.Kind == event.Again || first.Kind == event.Gone) {
			return []string{fmt.Sprintf("what line %d says before, which ikescope does not know: %s", c.Number, c.Quoted())}
		}
	}
	return nil
}

// quote says of a line of an attempt that it complains, and puts it among those that
// matter.
func (s *Story) quote(c *event.Line) string {
	s.Timeline = append(s.Timeline, Moment{File: c.File, Line: c.Number, Stamp: c.Stamp, Count: 1, Text: c.Quoted()})
	if s.Timeline[0].Line <= c.Number {
		slices.SortStableFunc(s.Timeline, func(x, y Moment) int { return x.Line - y.Line })
	}
	return fmt.Sprintf("the last line that reads like a failure is line %d, which ikescope does not know: %s", c.Number, c.Quoted())
}
