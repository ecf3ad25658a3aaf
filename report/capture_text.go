package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// WriteCaptureText writes c for people. What came from the wire is escaped.
func WriteCaptureText(w io.Writer, c *Capture, o TextOptions) error {
	if o.Width == 0 {
		o.Width = 80
	}
	p := &page{width: max(o.Width, 60), color: o.Color}
	p.captureHead(c)
	if len(c.SAs) > 1 {
		p.captureSummary(c.SAs)
	}
	for i := range c.SAs {
		p.out.WriteByte('\n')
		p.capturedSA(&c.SAs[i])
	}
	return p.writeTo(w)
}

// captureHead writes what is in the file.
func (p *page) captureHead(c *Capture) {
	for _, line := range wrap(printable(c.File), p.width, 2) {
		p.wide(p.paint(bold, line))
	}
	n := c.Counts
	words := []string{counted(int64(n.Packets), "packet", "packets"), counted(int64(n.IKE), "IKE datagram", "IKE datagrams")}
	for _, more := range []struct {
		n         int
		one, many string
	}{
		{n.ESP, "ESP packet", "ESP packets"},
		{n.Keepalives, "NAT keepalive", "NAT keepalives"},
		{n.ICMPErrors, "ICMP error about IKE", "ICMP errors about IKE"},
		{n.Reassembled, "datagram put together of IP fragments", "datagrams put together of IP fragments"},
	} {
		if more.n > 0 {
			words = append(words, counted(int64(more.n), more.one, more.many))
		}
	}
	p.section("FILE")
	p.text(0, strings.Join(words, ", "))
	if !c.Complete {
		p.styled(yellow, 0, "PARTIAL: "+c.Error)
	}
	for _, note := range c.Notes {
		p.text(0, note)
	}
}

func resultStyle(result string) string {
	switch result {
	case resultFails:
		return red
	case resultWorks:
		return green
	}
	return yellow
}

// String returns the result with its layer, such as "fails: network".
func (v CapturedVerdict) String() string {
	if v.Layer == "" {
		return v.Result
	}
	return v.Result + ": " + v.Layer
}

// captureSummary writes a line for each IKE SA, worst first. Those whose
// verdict is the same, of the same two addresses, are one line.
func (p *page) captureSummary(sas []CapturedSA) {
	type row struct {
		verdict  CapturedVerdict
		who      string
		numbers  []int
		position int
	}
	var rows []*row
	index := map[string]*row{}
	for i, sa := range sas {
		who := sa.Initiator.Address + " > " + sa.Responder.Address
		key := who + " " + sa.Verdict.ID + " " + sa.Verdict.Title
		if index[key] == nil {
			index[key] = &row{verdict: sa.Verdict, who: who, position: i}
			rows = append(rows, index[key])
		}
		index[key].numbers = append(index[key].numbers, sa.Number)
	}
	rank := map[string]int{resultFails: 0, resultUnknown: 1, resultWorks: 2}
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(rank[a.verdict.Result], rank[b.verdict.Result]) })
	p.section("SUMMARY")
	for _, r := range rows {
		which := fmt.Sprintf("IKE SA %d", r.numbers[0])
		if n := len(r.numbers); n > 1 {
			which = fmt.Sprintf("%s IKE SAs, the first of them %d", grouped(int64(n)), r.numbers[0])
		}
		p.styled(resultStyle(r.verdict.Result), 2, fmt.Sprintf("%s: %s (%s; %s)", r.verdict, r.verdict.Title, r.who, which))
	}
}

func (p *page) capturedSA(sa *CapturedSA) {
	name := fmt.Sprintf("IKE SA %d  %s > %s", sa.Number, &sa.Initiator, &sa.Responder)
	name = printable(name)
	verdict := printable(sa.Verdict.String())
	gap := p.width - columns(name) - columns(verdict)
	if gap < 2 {
		p.wide(p.paint(bold, name))
		name, gap = "", p.width-columns(verdict)
	}
	p.wide(p.paint(bold, name) + strings.Repeat(" ", gap) + p.paint(resultStyle(sa.Verdict.Result), verdict))

	p.section("WHEN")
	if sa.First.IsZero() {
		p.text(0, "the capture has no times")
	} else {
		p.text(0, fmt.Sprintf("%s, for %s", sa.First.UTC().Format("2006-01-02 15:04:05.000 UTC"), seconds(sa.Last.Sub(sa.First))))
	}
	spis := "SPI " + sa.SPIi + " of the initiator"
	if sa.SPIr != "" {
		spis += ", " + sa.SPIr + " of the responder"
	}
	p.text(0, spis)
	p.capturedPaths(sa)

	p.section("EXCHANGES")
	for _, x := range sa.Exchanges {
		p.capturedExchange(sa, x)
	}
	for _, e := range sa.Errors {
		p.timed(since(sa.First, e.Time), yellow, fmt.Sprintf("ICMP: %s says of %s > %s: %s, packet %d",
			e.Reporter, &e.From, &e.To, e.Text, e.Packet))
	}
	if sa.Omitted > 0 {
		p.text(0, counted(int64(sa.Omitted), "more message is", "more messages are")+" not told")
	}

	p.section("VERDICT")
	p.styled(resultStyle(sa.Verdict.Result), 2, sa.Verdict.String()+": "+sa.Verdict.Title)
	if sa.Verdict.Detail != "" {
		p.text(0, sa.Verdict.Detail)
	}
	for _, fix := range sa.Verdict.Fix {
		p.text(5, "fix: "+fix)
	}
}

func (p *page) capturedPaths(sa *CapturedSA) {
	p.section("PATH")
	for _, path := range sa.Paths {
		p.text(2, fmt.Sprintf("%s > %s: %d sent, %d received", &path.Initiator, &path.Responder, path.Sent, path.Received))
	}
	if n := sa.NAT; n != nil {
		p.text(0, behindWords("initiator", n.InitiatorBehindNAT)+", "+behindWords("responder", n.ResponderBehindNAT))
		if n.InitiatorSupports != n.ResponderSupports {
			silent := "initiator"
			if n.InitiatorSupports {
				silent = "responder"
			}
			p.text(0, "there is no NAT detection of the "+silent+": NAT beyond the place of the capture cannot be told")
		}
	} else if sa.Version == 2 {
		p.text(0, "no NAT detection: NAT on the way cannot be told")
	}
	if sa.ESPSent+sa.ESPReceived > 0 {
		p.text(0, fmt.Sprintf("ESP: %d packets from the initiator, %d to it", sa.ESPSent, sa.ESPReceived))
	}
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

// timed writes a paragraph beside the time of what it tells.
func (p *page) timed(at, style, text string) {
	const column = 9
	for _, line := range wrap(printable(text), p.width-margin-column, 2) {
		p.raw(pad(at, column) + p.paint(style, line))
		at = ""
	}
}

func (p *page) capturedExchange(sa *CapturedSA, x CapturedExchange) {
	name := x.Type
	if x.MessageID > 0 && sa.Version == 2 {
		name += fmt.Sprintf(" %d", x.MessageID)
	}
	if x.By == "responder" {
		name += " of the responder"
	}
	if x.Request == nil {
		p.timed("", yellow, name+" request: not in the capture")
	} else {
		p.capturedMessage(sa, name+" request", *x.Request)
	}
	for _, m := range x.Responses {
		p.capturedMessage(sa, name+" response", m)
	}
	if len(x.Responses) == 0 {
		p.timed("", yellow, "no response")
	}
}

// capturedMessage writes a line on a message, and what can be read in it below.
func (p *page) capturedMessage(sa *CapturedSA, name string, m CapturedMessage) {
	words := []string{fmt.Sprintf("%s octets", grouped(int64(m.Octets))), fmt.Sprintf("packet %d", m.Packet)}
	if m.Sent > 1 {
		words = append(words, fmt.Sprintf("sent %d times", m.Sent))
	}
	if m.Copies > 0 {
		words = append(words, counted(int64(m.Copies), "copy", "copies")+" in the capture")
	}
	if m.Fragments > 0 {
		words = append(words, fmt.Sprintf("%d of %d IKE fragments", m.FragmentsCaptured, m.Fragments))
	}
	if m.IPFragments > 0 {
		words = append(words, counted(int64(m.IPFragments), "IP fragment", "IP fragments"))
	}
	if m.IPFragmentsLost {
		words = append(words, fmt.Sprintf("IP fragments are missing, %d octets", m.MissingOctets))
	} else if m.MissingOctets > 0 {
		words = append(words, fmt.Sprintf("cut by %d octets", m.MissingOctets))
	}
	if m.Variants > 0 {
		words = append(words, counted(int64(m.Variants), "datagram differs", "datagrams differ"))
	}
	if m.Encrypted {
		words = append(words, "encrypted")
	}
	p.timed(since(sa.First, m.Time), bold, name+": "+strings.Join(words, ", "))
	const in = 11
	for _, o := range m.Proposals {
		p.capturedProposal(in, o)
	}
	if m.KE != "" {
		p.indented(in, 2, "KE payload of "+m.KE)
	}
	var said []string
	for _, n := range m.Notifies {
		if n.Error || n.Name == "COOKIE" || n.Name == "REDIRECT" || strings.HasPrefix(n.Name, "MS_") {
			text := n.Name
			if n.Meaning != "" {
				text += ": " + n.Meaning
			}
			for _, line := range wrap(printable(text), p.width-margin-in, 2) {
				p.raw(strings.Repeat(" ", in) + p.paint(yellow, line))
			}
			continue
		}
		if w := capturedStatus(n); w != "" {
			said = append(said, w)
		}
	}
	if len(said) > 0 {
		p.indented(in, 2, "says: "+strings.Join(said, "; "))
	}
	for _, v := range m.VendorIDs {
		p.indented(in, 2, "vendor ID "+vendorWords(v))
	}
	if m.Fault != "" {
		p.indented(in, 2, "fault: "+m.Fault)
	}
}

func (p *page) capturedProposal(in int, o CapturedProposal) {
	text := fmt.Sprintf("proposal %d: %s", o.Number, o.Keywords)
	if o.Fault != "" {
		text += " (" + o.Fault + ")"
	}
	p.indented(in, 2, text)
}

// capturedStatus says what a status notify means, "" for those of NAT, which
// have a place of their own.
func capturedStatus(n CapturedNotify) string {
	w := notifyWords(Number{ID: n.ID, Name: n.Name})
	if w == "" && !strings.HasPrefix(n.Name, "NAT_") {
		w = "signature hashes"
	}
	if w != "" && n.Meaning != "" {
		w += " " + n.Meaning
	}
	return w
}
