package capture

import (
	"fmt"

	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// addNotes says what the files hold beside what is shown, and what they lack: so
// many messages are omitted, and so many packets of link types that are not read.
func (c builder) addNotes(omitted, unknownLinks int) {
	c.note(omitted, "message", "messages", " of further IKE SAs are not shown: there are too many")
	c.note(c.Counts.Cut, "packet is", "packets are", " truncated: capture without a snapshot length (tcpdump -s 0) to have them whole")
	c.note(c.Counts.Incomplete, "datagram lacks", "datagrams lack", " IP fragments: they were dropped before the capture point, or the filter of the capture left them out, as a port filter does: only the first fragment has ports")
	for _, n := range c.NotRead {
		c.note(n.Packets, "packet", "packets", " of "+n.What+" not examined")
	}
	c.note(c.Counts.Unreadable-unknownLinks, "packet", "packets", " could not be parsed: malformed, or truncated within their headers")
	c.note(c.Counts.Malformed, "datagram is", "datagrams are", " malformed IKE: the initiator's SPI is zero")
	c.note(c.Counts.Other, "datagram", "datagrams", " on IKE ports are neither IKE nor ESP")
	c.note(c.Counts.Disordered, "packet is", "packets are", " older than one before: the file is not in chronological order, but the exchanges here are")
	for _, p := range c.OtherPorts {
		c.note(p.Datagrams, "datagram", "datagrams", fmt.Sprintf(" on UDP %d look like IKE%s: read them with --port %d", p.Port, ofPort(p.Port), p.Port))
	}
	if c.Counts.IKE == 0 {
		c.Notes = append(c.Notes, c.whyNoIKE())
	}
}

// ofPort says what a port is of, with the words before it, "" if that is not
// known.
func ofPort(port uint16) string {
	if port == 848 {
		return ", of groups (GDOI, G-IKEv2)"
	}
	return ""
}

// whyNoIKE says what there is where IKE is not.
func (c builder) whyNoIKE() string {
	switch n := c.Counts; {
	case n.Packets == 0:
		return "the capture does not contain any packets"
	case n.ESP+n.AH > 0:
		return "there is no IKE message, but " + english.List(espWords(n), "and") + ": the capture begins after IKE, or its filter left out UDP 500 and 4500"
	case len(c.NotRead) > 0:
		return "there is no IKE message in what was examined: capture on an interface with Ethernet or IP packets"
	case len(c.OtherPorts) > 0:
		return "there is no IKE message on UDP 500 and 4500"
	}
	return "there is no IKE message on the ports that were examined (others: --port)"
}

func espWords(n report.CaptureCounts) []string {
	var words []string
	if n.ESP > 0 {
		words = append(words, english.Counted(int64(n.ESP), "ESP packet", "ESP packets"))
	}
	if n.AH > 0 {
		words = append(words, english.Counted(int64(n.AH), "AH packet", "AH packets"))
	}
	return words
}

// oddities says what is odd about an IKE SA, whatever its verdict.
func oddities(sa *dialog.SA) []string {
	notes := []string{}
	add := func(n int, one, many, rest string) {
		if n > 0 {
			notes = append(notes, english.Counted(int64(n), one, many)+rest)
		}
	}
	add(sa.Swapped, "message has", "messages have", " the SPIs and the Initiator flag the wrong way round: the side that answered sends requests as if it were the initiator of another IKE SA")
	add(sa.Misflagged, "message has", "messages have", " the wrong flags: they do not match the sender or the kind of message")
	add(sa.OmittedPaths, "datagram is", "datagrams are", " on further paths, which are not shown")
	return notes
}
