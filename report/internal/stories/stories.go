// Package stories has what log stories say in words: whose log it is, how far an attempt
// came, what the other side has. The words are for a writer to escape.
package stories

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/ask"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Heading says in a line what happened.
func Heading(s *incident.Story) string {
	if s.Layer != incident.NoFailure && s.Layer != incident.Unknown {
		return string(s.Layer) + ": " + s.Heading
	}
	return s.Heading
}

// Whose says whose log it is, and how far the attempt came.
func Whose(s *incident.Story) string {
	var out strings.Builder
	version := ""
	if s.IKE == 1 {
		version = ", IKEv1"
	}
	product := cmp.Or(s.Product, "the lines do not show of which product they are")
	switch s.Side {
	case event.Responder:
		fmt.Fprintf(&out, "%s%s: the log of the responder, the gateway", product, version)
	case event.Initiator:
		fmt.Fprintf(&out, "%s%s: the log of the initiator, the client", product, version)
	default:
		fmt.Fprintf(&out, "%s%s: the lines do not show whose log it is", product, version)
	}
	if s.Connection != "" {
		fmt.Fprintf(&out, "; connection %q", s.Connection)
	}
	if peer := cmp.Or(s.PeerID, s.Peer); peer != "" && len(s.Peers) <= 1 {
		fmt.Fprintf(&out, "; peer %s", peer)
	}
	switch s.Reached {
	case event.PhaseNone:
	case event.PhaseEstablished:
		out.WriteString("; it was established")
	default:
		fmt.Fprintf(&out, "; it reached %s", phase(s))
	}
	if s.Retries > 0 {
		fmt.Fprintf(&out, "; %s", english.Counted(int64(s.Retries), "retransmission", "retransmissions"))
	}
	if s.Count > 1 {
		fmt.Fprintf(&out, "; %s attempts", english.Grouped(int64(s.Count)))
		if len(s.Peers) > 1 {
			fmt.Fprintf(&out, " of %d peers", len(s.Peers))
		}
		if !s.First.IsZero() {
			fmt.Fprintf(&out, ", %s to %s", s.First.Format(time.DateTime), s.Last.Format(time.DateTime))
		}
	}
	return out.String()
}

// phase names how far the attempt came, in the words of its version of IKE.
func phase(s *incident.Story) string {
	if s.IKE != 1 {
		return string(s.Reached)
	}
	switch s.Reached {
	case event.PhaseInit:
		return "phase 1"
	case event.PhaseAuth:
		return "the authentication of phase 1"
	case event.PhaseEAP:
		return "XAUTH"
	case event.PhaseChild:
		return "Quick Mode"
	}
	return string(s.Reached)
}

// slack is how far clocks may be apart without a word.
const slack = 2 * time.Second

// OtherLog says what the other side's log shows.
func OtherLog(l *incident.Partner) string {
	who := "the other side"
	switch l.Side {
	case event.Responder:
		who = "the gateway"
	case event.Initiator:
		who = "the client"
	}
	out := l.File + ", the log of " + who + " (" + l.Product + "; paired by " + string(l.PairedBy) + "): " + l.Heading
	ahead := time.Duration(l.ClockAhead) * time.Millisecond
	switch {
	case !l.ClockKnown:
	case ahead > slack:
		out += "; its clock, or time zone, is " + ahead.Round(time.Second).String() + " ahead"
	case ahead < -slack:
		out += "; its clock, or time zone, is " + (-ahead).Round(time.Second).String() + " behind"
	}
	return out
}

// Clock returns the time of day of a time as a log has it.
func Clock(stamp string) string {
	i := strings.IndexByte(stamp, ':')
	if i < 1 {
		return ""
	}
	from := i
	for from > 0 && stamp[from-1] >= '0' && stamp[from-1] <= '9' {
		from--
	}
	to := i
	for to < len(stamp) && (stamp[to] >= '0' && stamp[to] <= '9' || stamp[to] == ':') {
		to++
	}
	return stamp[from:to]
}

// Files are the names of the logs.
func Files(d *incident.Document) string {
	var names []string
	for _, f := range d.Files {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// Attempted says who attempted what.
func Attempted(s *incident.Story) string {
	who := cmp.Or(s.Product, "unknown product")
	if s.Side != "" {
		who += ", " + string(s.Side)
	}
	if s.Connection != "" {
		who += ", " + s.Connection
	}
	switch {
	case len(s.Peers) > 1:
		who += fmt.Sprintf(", %d peers", len(s.Peers))
	case s.Peer != "":
		who += ", " + s.Peer
	}
	return who
}

// Times says how often a line, or the like of it, stands in the log; "" for once.
func Times(m incident.Moment) string {
	switch {
	case m.Count > 1 && m.Alike:
		return fmt.Sprintf(" (and %d more like it)", m.Count-1)
	case m.Count > 1:
		return fmt.Sprintf(" (%d times)", m.Count)
	}
	return ""
}

// Elsewhere says what only the other side's log shows, and how ikescope asks for it, if
// it can.
func Elsewhere(s *incident.Story) string {
	gateway := "GATEWAY"
	if a, err := netip.ParseAddr(s.Peer); err == nil {
		gateway = a.String() // other words of a log are none to paste
	}
	command := ask.Command(s.Cause, gateway)
	if command == "" || s.Side != event.Initiator {
		return s.Elsewhere
	}
	return s.Elsewhere + "; " + ask.Words(s.Cause) + " " + command
}
