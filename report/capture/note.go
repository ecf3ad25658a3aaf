package capture

import (
	"fmt"

	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// addNotes says what the files hold beside what is told, and what they lack.
func (c builder) addNotes(omitted int) {
	c.note(omitted, "message", "messages", " of further IKE SAs are not told: there are too many")
	c.note(c.Counts.Cut, "packet is", "packets are", " cut: capture without a snapshot length (tcpdump -s 0) to have all")
	c.note(c.Counts.Incomplete, "datagram lacks", "datagrams lack", " IP fragments: they were dropped before the place of the capture, or the capture's filter leaves them out, as that of a port does: further fragments have no ports")
	for _, n := range c.NotRead {
		c.note(n.Packets, "packet", "packets", " of "+n.What+" not looked into")
	}
	unreadable := c.Counts.Unreadable
	for _, n := range c.NotRead {
		if isLinkType(n.What) {
			unreadable -= n.Packets
		}
	}
	c.note(unreadable, "packet", "packets", " could not be read: malformed, or cut within their headers")
	c.note(c.Counts.Malformed, "datagram is", "datagrams are", " malformed IKE: the initiator's SPI is zero")
	c.note(c.Counts.Other, "datagram", "datagrams", " on IKE ports hold neither IKE nor ESP")
	c.note(c.Counts.Disordered, "packet is", "packets are", " older than one before them: the file is not in order of time, and exchanges are put in theirs")
	for _, p := range c.OtherPorts {
		c.note(p.Datagrams, "datagram", "datagrams", fmt.Sprintf(" on UDP %d look like IKE%s: read them with --port %d", p.Port, ofPort(p.Port), p.Port))
	}
	if c.Counts.IKE == 0 {
		c.Notes = append(c.Notes, c.whyNoIKE())
	}
}

// isLinkType reports whether a kind of packets is all of a link type, which
// counts as unreadable.
func isLinkType(what string) bool { return len(what) > 9 && what[:9] == "link type" }

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
		return "the capture holds no packets"
	case n.ESP+n.AH > 0:
		return "there is no IKE message, and " + english.List(espWords(n), "and") + ": the capture begins after IKE, or its filter leaves out UDP 500 and 4500"
	case len(c.NotRead) > 0:
		return "there is no IKE message in what is looked into: capture on an interface of Ethernet or IP packets"
	case len(c.OtherPorts) > 0:
		return "there is no IKE message on UDP 500 and 4500"
	}
	return "there is no IKE message on the ports looked at (others: --port)"
}

func espWords(n report.CaptureCounts) []string {
	var words []string
	if n.ESP > 0 {
		words = append(words, english.Counted(int64(n.ESP), "packet of ESP", "packets of ESP"))
	}
	if n.AH > 0 {
		words = append(words, english.Counted(int64(n.AH), "packet of AH", "packets of AH"))
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
	add(sa.Swapped, "message has", "messages have", " the SPIs and the flag of the initiator the wrong way round: the side that answered asks as if it were the initiator of another IKE SA")
	add(sa.Misflagged, "message has", "messages have", " the wrong flags: they do not fit who sent it, or what it is")
	add(sa.OmittedPaths, "datagram is", "datagrams are", " on further paths, which are not told")
	return notes
}
