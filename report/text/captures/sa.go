package captures

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/traversal"
)

// capturedSA writes one IKE SA.
func (p page) capturedSA(sa *report.CapturedSA) {
	p.capturedHeading(sa)

	p.Section("WHEN")
	if sa.First.IsZero() {
		p.Text(0, "the capture has no times")
	} else {
		p.Text(0, fmt.Sprintf("%s, for %s", sa.First.UTC().Format("2006-01-02 15:04:05.000 UTC"), layout.InSeconds(sa.Last.Sub(sa.First))))
	}
	spis := "SPI " + sa.SPIi + " of the initiator"
	if sa.SPIr != "" {
		spis += ", " + sa.SPIr + " of the responder"
	}
	p.Text(0, spis)
	if sa.Next > 0 {
		p.Text(0, fmt.Sprintf("the initiator starts over as IKE SA %d", sa.Next))
	}
	for _, note := range sa.Notes {
		p.Text(0, note)
	}
	if sa.Rekeys > 0 {
		p.Text(0, fmt.Sprintf("most likely comes from rekeying IKE SA %d", sa.Rekeys))
	}
	if sa.File != "" {
		p.Text(0, "in "+sa.File)
	}
	for _, other := range sa.Elsewhere {
		sent, received := sa.Datagrams()
		p.Text(0, fmt.Sprintf("also in %s, as IKE SA %d: of the initiator's datagrams, %d are here and %d there; of the responder's, %d and %d",
			other.File, other.Number, sent, other.FromInitiator, received, other.FromResponder))
	}
	p.capturedPaths(sa)

	p.Section("EXCHANGES")
	for i := 0; i < len(sa.Exchanges); {
		if n := routine(sa.Exchanges[i:]); n >= leastRoutine {
			p.capturedRoutine(sa, sa.Exchanges[i:i+n])
			i += n
			continue
		}
		p.capturedExchange(sa, sa.Exchanges[i])
		i++
	}
	for _, e := range sa.Errors {
		p.timed(since(sa.First, e.Time), layout.Yellow, capturedErrorWords(sa, e))
	}
	if sa.Omitted > 0 {
		p.Text(0, english.Counted(int64(sa.Omitted), "more message is", "more messages are")+" not shown, from the middle of the IKE SA")
	}

	p.Section("VERDICT")
	p.Styled(resultStyle(sa.Verdict.Result), 2, sa.Verdict.String()+": "+sa.Verdict.Title)
	if sa.Verdict.Detail != "" {
		p.Text(0, sa.Verdict.Detail)
	}
	for _, fix := range sa.Verdict.Fix {
		p.Text(5, "fix: "+fix)
	}
}

// capturedErrorWords describes an ICMP error in one line.
func capturedErrorWords(sa *report.CapturedSA, e report.CapturedError) string {
	from, to := e.From.String(), e.To.String()
	if e.Child && e.From.Port == 0 {
		from, to = "ESP of "+e.From.Address, e.To.Address
	} else if e.Child {
		from = "ESP of " + from
	}
	text := fmt.Sprintf("ICMP: %s reports for %s > %s: %s, %s", e.Reporter, from, to, e.Text, packetWords(sa, e.File, e.Packet))
	if e.Times > 1 {
		text += fmt.Sprintf(", %d times", e.Times)
	}
	return text
}

// capturedHeading writes who, and the verdict.
func (p page) capturedHeading(sa *report.CapturedSA) {
	name := printable.Text(fmt.Sprintf("IKE SA %d  %s > %s", sa.Number, &sa.Initiator, &sa.Responder))
	verdict := printable.Text(sa.Verdict.String())
	gap := p.Width - layout.Columns(name) - layout.Columns(verdict)
	if gap < 2 {
		p.Wide(p.Paint(layout.Bold, name))
		name, gap = "", p.Width-layout.Columns(verdict)
	}
	p.Wide(p.Paint(layout.Bold, name) + strings.Repeat(" ", gap) + p.Paint(resultStyle(sa.Verdict.Result), verdict))
}

// packetWords names a packet, with its file where that is not the IKE SA's.
func packetWords(sa *report.CapturedSA, file string, packet int) string {
	if file == sa.File {
		return fmt.Sprintf("packet %d", packet)
	}
	return fmt.Sprintf("packet %d of %s", packet, file)
}

// leastRoutine is how many exchanges alike are shown in one line.
const leastRoutine = 4

// routine returns how many exchanges, from the first on, are alike: encrypted,
// by the same side, of the same type and sizes, and each answered at the first
// try, as dead peer detection is.
func routine(exchanges []report.CapturedExchange) int {
	n := 0
	for _, x := range exchanges {
		first := exchanges[0]
		if x.Request == nil || len(x.Responses) != 1 || !x.Request.Encrypted || x.Request.Sent != 1 || x.Responses[0].Sent != 1 ||
			x.Request.Fragments != 0 || x.Type != first.Type || x.By != first.By ||
			x.Request.Octets != first.Request.Octets || x.Responses[0].Octets != first.Responses[0].Octets {
			break
		}
		n++
	}
	return n
}

// capturedRoutine writes one line for exchanges that are alike.
func (p page) capturedRoutine(sa *report.CapturedSA, all []report.CapturedExchange) {
	first, last := all[0], all[len(all)-1]
	name := fmt.Sprintf("%s %d to %d", first.Type, first.MessageID, last.MessageID)
	if first.By == report.SideResponder {
		name += " of the responder"
	}
	p.timed(since(sa.First, first.Request.Time), layout.Bold, fmt.Sprintf("%s: %d requests of %s octets, each answered with %s, until %s, %s to %s, encrypted",
		name, len(all), english.Grouped(int64(first.Request.Octets)), english.Grouped(int64(first.Responses[0].Octets)), since(sa.First, last.Request.Time),
		packetWords(sa, first.Request.File, first.Request.Packet), packetWords(sa, last.Responses[0].File, last.Responses[0].Packet)))
}

func (p page) capturedPaths(sa *report.CapturedSA) {
	p.Section("PATH")
	for _, path := range sa.Paths {
		text := fmt.Sprintf("%s > %s: %d sent, %d received", &path.Initiator, &path.Responder, path.Sent, path.Received)
		if path.TCP {
			text = "TCP " + text
		}
		if path.Keepalives > 0 {
			text += ", " + english.Counted(int64(path.Keepalives), "NAT keepalive", "NAT keepalives")
		}
		p.Text(2, text)
	}
	if n := sa.NAT; n != nil {
		p.Text(0, behindWords("initiator", n.InitiatorBehindNAT)+", "+behindWords("responder", n.ResponderBehindNAT))
		if n.InitiatorSupports != n.ResponderSupports {
			silent := "initiator"
			if n.InitiatorSupports {
				silent = "responder"
			}
			text := "there is no NAT detection of the " + silent
			if sa.Verdict.ID == report.CapturedOneSided || isCut(sa) {
				text = "the NAT detection of the " + silent + " is not in the capture"
			}
			p.Text(0, text+": a NAT beyond the capture point cannot be seen")
		}
	} else if sa.Version == 2 && sa.Rekeys == 0 && hasInit(sa) {
		p.Text(0, "no NAT detection: a NAT on the way cannot be detected")
	}
	if sa.ESPSent+sa.ESPReceived > 0 {
		p.Text(0, fmt.Sprintf("ESP: %s from the initiator, %d to it", english.Counted(int64(sa.ESPSent), "packet", "packets"), sa.ESPReceived))
	}
	if sa.AHSent+sa.AHReceived > 0 {
		p.Text(0, fmt.Sprintf("AH: %s from the initiator, %d to it", english.Counted(int64(sa.AHSent), "packet", "packets"), sa.AHReceived))
	}
}

// hasInit reports whether both messages of an IKE_SA_INIT are there, so that
// what they lack is not in them.
func hasInit(sa *report.CapturedSA) bool {
	return !isCut(sa) && slices.ContainsFunc(sa.Exchanges, func(x report.CapturedExchange) bool {
		return x.Type == "IKE_SA_INIT" && x.Request != nil
	})
}

// isCut reports whether a first message is not all in the capture.
func isCut(sa *report.CapturedSA) bool {
	return slices.ContainsFunc(sa.Exchanges, func(x report.CapturedExchange) bool {
		return x.Type == "IKE_SA_INIT" && (x.Request == nil || x.Request.MissingOctets > 0 ||
			slices.ContainsFunc(x.Responses, func(m report.CapturedMessage) bool { return m.MissingOctets > 0 }))
	})
}

func behindWords(who string, behind bool) string {
	if behind {
		return who + " behind NAT, or pretends to be"
	}
	return who + " not behind NAT"
}

// since returns when something was, in seconds after the IKE SA began.
func since(began, at time.Time) string {
	if began.IsZero() || at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%+.3f", at.Sub(began).Seconds())
}

// timed writes a paragraph beside the time of what it describes.
func (p page) timed(at, style, text string) {
	const column = 9
	for _, line := range layout.Wrap(printable.Text(text), p.Width-layout.Margin-column, 2) {
		// Of an IKE SA of hours the time takes more than the column.
		p.Raw(layout.Pad(at, max(column, len(at)+1)) + p.Paint(style, line))
		at = ""
	}
}

func (p page) capturedExchange(sa *report.CapturedSA, x report.CapturedExchange) {
	if sa.Version == 1 && x.Version == 0 || x.Version == 1 {
		p.ikev1Exchange(sa, x)
		return
	}
	name := x.Type
	if x.MessageID > 0 {
		name += fmt.Sprintf(" %d", x.MessageID)
	}
	if x.By == report.SideResponder {
		name += " of the responder"
	}
	if x.Request == nil {
		p.timed("", layout.Yellow, name+" request: not in the capture")
	} else {
		p.capturedMessage(sa, name+" request", *x.Request)
	}
	for _, m := range x.Responses {
		p.capturedMessage(sa, name+" response", m)
	}
	switch {
	case len(x.Responses) > 0:
	case sa.Verdict.ID == report.CapturedOneSided:
		p.timed("", layout.Yellow, name+" response: not in the capture")
	default:
		p.timed("", layout.Yellow, "no response")
	}
}

// ikev1Exchange writes a message of IKEv1, and the one that answers it.
func (p page) ikev1Exchange(sa *report.CapturedSA, x report.CapturedExchange) {
	name, other := x.Type+" of the initiator", x.Type+" of the responder"
	if x.By == report.SideResponder {
		name, other = other, name
	}
	if x.Version == 1 { // in an IKE SA of IKEv2
		name, other = "IKEv1 "+name, "IKEv1 "+other
	}
	if x.Request != nil {
		p.capturedMessage(sa, name, *x.Request)
	}
	for _, m := range x.Responses {
		p.capturedMessage(sa, other, m)
	}
}

// capturedMessage writes a line on a message, and what can be read in it below.
func (p page) capturedMessage(sa *report.CapturedSA, name string, m report.CapturedMessage) {
	words := []string{fmt.Sprintf("%s octets", english.Grouped(int64(m.Octets))), packetWords(sa, m.File, m.Packet)}
	if m.Sent > 1 {
		text := fmt.Sprintf("sent %d times", m.Sent)
		if m.SentAfterAnswer > 0 {
			text += fmt.Sprintf(", %d of them after the answer", m.SentAfterAnswer)
		}
		words = append(words, text)
	}
	if m.Copies > 0 {
		words = append(words, english.Counted(int64(m.Copies), "copy", "copies")+" in the capture")
	}
	if m.Fragments > 0 {
		words = append(words, fmt.Sprintf("%d of %d IKE fragments", m.FragmentsCaptured, m.Fragments))
	}
	if m.IPFragments > 0 {
		words = append(words, english.Counted(int64(m.IPFragments), "IP fragment", "IP fragments"))
	}
	if m.IPFragmentsLost {
		words = append(words, fmt.Sprintf("IP fragments are missing, %d octets", m.MissingOctets))
	} else if m.MissingOctets > 0 {
		words = append(words, fmt.Sprintf("truncated by %d octets", m.MissingOctets))
	}
	if m.Variants > 0 {
		words = append(words, english.Counted(int64(m.Variants), "datagram differs", "datagrams differ"))
	}
	if m.Encrypted {
		words = append(words, "encrypted")
	}
	p.timed(since(sa.First, m.Time), layout.Bold, name+": "+strings.Join(words, ", "))
	const in = 11
	for _, o := range m.Proposals {
		p.capturedProposal(in, o)
	}
	if m.KE != "" {
		p.Indented(in, 2, "KE payload of "+m.KE)
	}
	var said []string
	for _, n := range m.Notifies {
		if n.Error || n.Name == "COOKIE" || n.Name == "REDIRECT" || strings.HasPrefix(n.Name, "MS_") {
			text := n.Name
			if n.Meaning != "" {
				text += ": " + n.Meaning
			}
			for _, line := range layout.Wrap(printable.Text(text), p.Width-layout.Margin-in, 2) {
				p.Raw(strings.Repeat(" ", in) + p.Paint(layout.Yellow, line))
			}
			continue
		}
		if w := capturedStatus(n); w != "" {
			said = append(said, w)
		}
	}
	if len(said) > 0 {
		p.Indented(in, 2, "says: "+strings.Join(said, "; "))
	}
	for _, v := range m.VendorIDs {
		p.Indented(in, 2, "vendor ID "+v.String())
	}
	if m.Fault != "" {
		p.Indented(in, 2, "fault: "+m.Fault)
	}
}

func (p page) capturedProposal(in int, o report.CapturedProposal) {
	text := fmt.Sprintf("proposal %d: %s", o.Number, o.Keywords)
	if o.Authentication != "" {
		text += ", " + o.Authentication
	}
	if o.Fault != "" {
		text += " (" + o.Fault + ")"
	}
	p.Indented(in, 2, text)
}

// capturedStatus says what a status notify means, "" for those of NAT, which
// have a place of their own.
func capturedStatus(n report.CapturedNotify) string {
	w := traversal.Notify(report.Number{ID: n.ID, Name: n.Name})
	if w == "" && !strings.HasPrefix(n.Name, "NAT_") {
		w = "signature hashes"
	}
	if w != "" && n.Meaning != "" {
		w += " " + n.Meaning
	}
	return w
}
