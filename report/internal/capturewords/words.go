// Package capturewords has what captures hold in words: IKE SAs by verdict, their messages,
// paths and errors. The words are for a writer to escape.
package capturewords

import (
	"fmt"
	"strings"
	"time"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Counts says what is in a file.
func Counts(n report.CaptureCounts) string {
	words := []string{english.Counted(int64(n.Packets), "packet", "packets"), english.Counted(int64(n.IKE), "IKE datagram", "IKE datagrams")}
	for _, more := range []struct {
		n         int
		one, many string
	}{
		{n.ESP, "ESP packet", "ESP packets"},
		{n.AH, "AH packet", "AH packets"},
		{n.Keepalives, "NAT keepalive", "NAT keepalives"},
		{n.ICMPErrors, "ICMP error about IKE or ESP", "ICMP errors about IKE or ESP"},
		{n.Reassembled, "datagram reassembled from IP fragments", "datagrams reassembled from IP fragments"},
	} {
		if more.n > 0 {
			words = append(words, english.Counted(int64(more.n), more.one, more.many))
		}
	}
	return strings.Join(words, ", ")
}

// Scan describes a scan in one sentence.
func Scan(s report.CapturedScan) string {
	acceptable := s.Accepted + s.Acceptable
	text := fmt.Sprintf("ikescope scan: %s in %s: %s", english.Counted(int64(s.Exchanges), "question", "questions"), layout.InSeconds(s.Last.Sub(s.First)),
		english.Counted(int64(acceptable), "offer acceptable", "offers acceptable"))
	if s.Accepted > 0 {
		text += fmt.Sprintf(" (for %s, an IKE SA was established and ended)", english.Grouped(int64(s.Accepted)))
	}
	text += fmt.Sprintf(", %s refused", english.Grouped(int64(s.Refused)))
	if s.Other > 0 {
		text += fmt.Sprintf(", %s answered otherwise", english.Grouped(int64(s.Other)))
	}
	text += fmt.Sprintf(", %s not answered", english.Grouped(int64(s.Silent)))
	if s.Errors > 0 {
		text += ", " + english.Counted(int64(s.Errors), "ICMP error", "ICMP errors")
	}
	return text + fmt.Sprintf(" (%s > %s; IKE SAs %d to %d)", &s.Initiator, s.Responder.Address, s.FirstSA, s.LastSA)
}

// Error describes an ICMP error in one line.
func Error(sa *report.CapturedSA, e report.CapturedError) string {
	from, to := e.From.String(), e.To.String()
	if e.Child && e.From.Port == 0 {
		from, to = "ESP of "+e.From.Address, e.To.Address
	} else if e.Child {
		from = "ESP of " + from
	}
	text := fmt.Sprintf("ICMP: %s reports for %s > %s: %s, %s", e.Reporter, from, to, e.Text, packet(sa, e.File, e.Packet))
	if e.Times > 1 {
		text += fmt.Sprintf(", %d times", e.Times)
	}
	return text
}

// packet names a packet, with its file where that is not the IKE SA's.
func packet(sa *report.CapturedSA, file string, number int) string {
	if file == sa.File {
		return fmt.Sprintf("packet %d", number)
	}
	return fmt.Sprintf("packet %d of %s", number, file)
}

// since returns when something was, in seconds after the IKE SA began.
func since(began, at time.Time) string {
	if began.IsZero() || at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%+.3f", at.Sub(began).Seconds())
}

// When says when an IKE SA was, by which SPIs it is known, and what it has to do with
// others.
func When(sa *report.CapturedSA) []string {
	var out []string
	if sa.First.IsZero() {
		out = append(out, "the capture has no times")
	} else {
		out = append(out, fmt.Sprintf("%s, for %s", sa.First.UTC().Format("2006-01-02 15:04:05.000 UTC"), layout.InSeconds(sa.Last.Sub(sa.First))))
	}
	spis := "SPI " + sa.SPIi + " of the initiator"
	if sa.SPIr != "" {
		spis += ", " + sa.SPIr + " of the responder"
	}
	out = append(out, spis)
	if sa.Next > 0 {
		out = append(out, fmt.Sprintf("the initiator starts over as IKE SA %d", sa.Next))
	}
	out = append(out, sa.Notes...)
	if sa.Rekeys > 0 {
		out = append(out, fmt.Sprintf("most likely comes from rekeying IKE SA %d", sa.Rekeys))
	}
	if sa.File != "" {
		out = append(out, "in "+sa.File)
	}
	for _, other := range sa.Elsewhere {
		sent, received := sa.Datagrams()
		out = append(out, fmt.Sprintf("also in %s, as IKE SA %d: of the initiator's datagrams, %d are here and %d there; of the responder's, %d and %d",
			other.File, other.Number, sent, other.FromInitiator, received, other.FromResponder))
	}
	return out
}
