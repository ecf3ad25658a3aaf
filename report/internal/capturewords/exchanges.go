package capturewords

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/traversal"
	"github.com/ikescope/ikescope/report/spelling"
)

// Entry is a message, or what there is in place of one, and what can be read in it.
type Entry struct {
	At      string // in seconds after the IKE SA began; "" where not known
	Text    string
	Warning bool // it is an ICMP error, or not there
	Below   []Line
}

// Line is a part of a message.
type Line struct {
	Text    string
	Warning bool
	suites  bool // it has the names of algorithms, and no words of a stranger
}

// Exchanges returns those of an IKE SA, and the ICMP errors behind them. Exchanges that
// are alike are one entry. Unless it is "", names is whose names algorithms have.
func Exchanges(sa *report.CapturedSA, names spelling.Names) []Entry {
	var out []Entry
	for i := 0; i < len(sa.Exchanges); {
		if n := routine(sa.Exchanges[i:]); n >= leastRoutine {
			out = append(out, alike(sa, sa.Exchanges[i:i+n]))
			i += n
			continue
		}
		out = append(out, exchange(sa, sa.Exchanges[i])...)
		i++
	}
	for _, e := range sa.Errors {
		out = append(out, Entry{At: since(sa.First, e.Time), Text: Error(sa, e), Warning: true})
	}
	for _, e := range out {
		for i := range e.Below {
			if l := &e.Below[i]; l.suites && names != "" {
				l.Text = names.Text(l.Text)
			}
		}
	}
	return out
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

// alike is one entry for exchanges that are alike.
func alike(sa *report.CapturedSA, all []report.CapturedExchange) Entry {
	first, last := all[0], all[len(all)-1]
	name := fmt.Sprintf("%s %d to %d", first.Type, first.MessageID, last.MessageID)
	if first.By == report.SideResponder {
		name += " of the responder"
	}
	return Entry{At: since(sa.First, first.Request.Time), Text: fmt.Sprintf("%s: %d requests of %s octets, each answered with %s, until %s, %s to %s, encrypted",
		name, len(all), english.Grouped(int64(first.Request.Octets)), english.Grouped(int64(first.Responses[0].Octets)), since(sa.First, last.Request.Time),
		packet(sa, first.Request.File, first.Request.Packet), packet(sa, last.Responses[0].File, last.Responses[0].Packet))}
}

func exchange(sa *report.CapturedSA, x report.CapturedExchange) []Entry {
	if sa.Version == 1 && x.Version == 0 || x.Version == 1 {
		return ikev1Exchange(sa, x)
	}
	name := x.Type
	if x.MessageID > 0 {
		name += fmt.Sprintf(" %d", x.MessageID)
	}
	if x.By == report.SideResponder {
		name += " of the responder"
	}
	var out []Entry
	if x.Request == nil {
		out = append(out, Entry{Text: name + " request: not in the capture", Warning: true})
	} else {
		out = append(out, message(sa, name+" request", *x.Request))
	}
	for _, m := range x.Responses {
		out = append(out, message(sa, name+" response", m))
	}
	switch {
	case len(x.Responses) > 0:
	case sa.Verdict.ID == report.CapturedOneSided:
		out = append(out, Entry{Text: name + " response: not in the capture", Warning: true})
	default:
		out = append(out, Entry{Text: "no response", Warning: true})
	}
	return out
}

// ikev1Exchange returns a message of IKEv1, and the one that answers it.
func ikev1Exchange(sa *report.CapturedSA, x report.CapturedExchange) []Entry {
	name, other := x.Type+" of the initiator", x.Type+" of the responder"
	if x.By == report.SideResponder {
		name, other = other, name
	}
	if x.Version == 1 { // in an IKE SA of IKEv2
		name, other = "IKEv1 "+name, "IKEv1 "+other
	}
	var out []Entry
	if x.Request != nil {
		out = append(out, message(sa, name, *x.Request))
	}
	for _, m := range x.Responses {
		out = append(out, message(sa, other, m))
	}
	return out
}

// message returns a line on a message, and what can be read in it below.
func message(sa *report.CapturedSA, name string, m report.CapturedMessage) Entry {
	words := []string{fmt.Sprintf("%s octets", english.Grouped(int64(m.Octets))), packet(sa, m.File, m.Packet)}
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
	e := Entry{At: since(sa.First, m.Time), Text: name + ": " + strings.Join(words, ", ")}
	for _, o := range m.Proposals {
		e.Below = append(e.Below, Line{Text: proposal(o), suites: o.Fault == ""})
	}
	if m.KE != "" {
		e.Below = append(e.Below, Line{Text: "KE payload of " + m.KE, suites: true})
	}
	var said []string
	for _, n := range m.Notifies {
		if n.Error || n.Name == "COOKIE" || n.Name == "REDIRECT" || strings.HasPrefix(n.Name, "MS_") {
			text := n.Name
			if n.Meaning != "" {
				text += ": " + n.Meaning
			}
			e.Below = append(e.Below, Line{Text: text, Warning: true})
			continue
		}
		if w := status(n); w != "" {
			said = append(said, w)
		}
	}
	if len(said) > 0 {
		e.Below = append(e.Below, Line{Text: "says: " + strings.Join(said, "; ")})
	}
	for _, v := range m.VendorIDs {
		e.Below = append(e.Below, Line{Text: "vendor ID " + v.String()})
	}
	if m.Fault != "" {
		e.Below = append(e.Below, Line{Text: "fault: " + m.Fault})
	}
	return e
}

func proposal(o report.CapturedProposal) string {
	text := fmt.Sprintf("proposal %d: %s", o.Number, o.Keywords)
	if o.Authentication != "" {
		text += ", " + o.Authentication
	}
	if o.Fault != "" {
		text += " (" + o.Fault + ")"
	}
	return text
}

// status says what a status notify means, "" for those of NAT, which
// have a place of their own.
func status(n report.CapturedNotify) string {
	w := traversal.Notify(report.Number{ID: n.ID, Name: n.Name})
	if w == "" && !strings.HasPrefix(n.Name, "NAT_") {
		w = "signature hashes"
	}
	if w != "" && n.Meaning != "" {
		w += " " + n.Meaning
	}
	return w
}
