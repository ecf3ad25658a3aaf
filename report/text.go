package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals/baseline"
)

// TextOptions says how a text report looks.
type TextOptions struct {
	// Color uses the terminal's colours; no meaning rests on them alone.
	Color bool
	// Width is the number of columns; 0 means 80, and less than 60 is 60.
	Width int
	// Evidence lists the exchanges at the end of each target.
	Evidence bool
}

// WriteText writes doc for people. What came from the wire is escaped.
func WriteText(w io.Writer, doc *Document, o TextOptions) error {
	p := newPage(o)
	for i := range doc.Targets {
		if i > 0 {
			p.out.WriteByte('\n')
		}
		p.target(&doc.Targets[i], o.Evidence)
	}
	if len(doc.Targets) > 1 {
		p.section("TARGETS")
		p.text(0, tally(doc.Targets))
	}
	p.gates(doc)
	return p.writeTo(w)
}

func tally(targets []Target) string {
	count := map[string]int{}
	for _, t := range targets {
		count[t.Verdict]++
	}
	words := []string{fmt.Sprintf("%d scanned", len(targets))}
	for _, verdict := range []string{"ikev2", "no_answer", "unreachable", "not_ike", "error"} {
		if n := count[verdict]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, verdictWords(verdict)))
		}
	}
	return strings.Join(words, ", ")
}

func (p *page) target(t *Target, evidence bool) {
	p.heading(t)
	p.paths(t)
	if t.Matrix != nil {
		p.matrix(t)
	}
	p.clients(t)
	if t.Gateway != nil {
		p.gateway(t)
	}
	p.findings(t)
	p.policies(t)
	p.cost(t)
	if len(t.Notes) > 0 {
		p.section("NOTES")
		for _, n := range t.Notes {
			p.text(0, n)
		}
	}
	if evidence {
		p.exchanges(t)
	}
}

func verdictWords(verdict string) string {
	switch verdict {
	case "ikev2":
		return "IKEv2 gateway"
	case "no_answer":
		return "no answer"
	case "not_ike":
		return "no IKEv2 responder"
	case "error":
		return "scan failed"
	}
	return stateWords(verdict)
}

// heading writes who was scanned, the verdict and whether anything is wrong.
func (p *page) heading(t *Target) {
	name := printable(t.Target)
	if address := printable(t.Address); address != "" && address != name {
		name += "  " + address
	}
	problems := int64(0)
	for _, f := range t.Findings {
		if isProblem(f) {
			problems++
		}
	}
	verdict, style := printable(verdictWords(t.Verdict)), red
	if t.Verdict == "ikev2" {
		style = yellow
		switch {
		case problems > 0:
			verdict += ", " + counted(problems, "problem", "problems")
		case !t.Complete || t.Matrix != nil && t.Matrix.Unknown > 0:
			verdict += ", no problem seen so far"
		default:
			verdict += ", no problem found"
			style = green
		}
	}
	verdict = "  " + verdict
	if columns(name)+columns(verdict) > p.width {
		for _, line := range wrap(name, p.width, 2) {
			p.out.WriteString(p.paint(bold, line) + "\n")
		}
		name = ""
	}
	fill := strings.Repeat(" ", max(0, p.width-columns(name)-columns(verdict)))
	p.out.WriteString(p.paint(bold, name) + fill + p.paint(style, verdict) + "\n")
	if !t.Complete && t.Verdict != "error" {
		p.out.WriteString(p.paint(yellow, "PARTIAL: the scan ended before everything was asked.") + "\n")
	}
}

// paths writes each way to the gateway, and the NAT on it.
func (p *page) paths(t *Target) {
	if len(t.Paths) == 0 && t.NAT == nil {
		return
	}
	p.section("PATH")
	for _, path := range t.Paths {
		name := strings.Replace(path.name(), "UDP ", "udp/", 1)
		line := pad(printable(name), 11) + pad(printable(stateWords(path.State)), 10)
		if path.RTTms > 0 {
			line += fmt.Sprintf("%9s", duration(path.RTTms))
		}
		if path.Received > 0 {
			line += fmt.Sprintf("   %d of %d", path.Received, path.Sent)
		} else if path.Sent > 0 {
			line += fmt.Sprintf("  %d sent", path.Sent)
		}
		if path.State == "answers" && path.Transport == "udp4500" && t.NAT != nil && t.NAT.Supported {
			line += "   NAT traversal works"
		}
		detail := path.Detail
		if detail == "" && path.Reporter != "" {
			detail = "reported by " + path.Reporter
		}
		style := green
		if path.State != "answers" {
			style = red
		}
		p.raw(p.paint(style, line))
		if detail != "" {
			p.text(0, detail)
		}
	}
	n := t.NAT
	if n == nil {
		return
	}
	if !n.Supported {
		p.aligned("gateway    sent no NAT detection: NAT on the way cannot be told")
		return
	}
	you := "you        not behind NAT"
	if n.LocalBehindNAT {
		you = "you        behind NAT"
		switch {
		case n.Local != nil && n.Observed != nil:
			you += fmt.Sprintf(": %s is seen as %s", n.Local, n.Observed)
		case n.Local != nil:
			you += fmt.Sprintf(": not seen as %s", n.Local)
		}
	}
	p.aligned(you)
	gateway := "gateway    not behind NAT"
	if n.GatewayBehindNAT {
		gateway = "gateway    behind NAT"
	}
	p.aligned(gateway)
}

// aligned writes a paragraph whose first 11 columns are a label of their own.
func (p *page) aligned(text string) {
	label, rest := text[:11], text[11:]
	for i, line := range wrap(printable(rest), p.width-margin-11, 0) {
		if i > 0 {
			label = ""
		}
		p.raw(pad(label, 11) + line)
	}
}

// String returns the endpoint as "192.0.2.1:500" or "[2001:db8::1]:500".
func (e *Endpoint) String() string {
	if strings.Contains(e.Address, ":") {
		return fmt.Sprintf("[%s]:%d", e.Address, e.Port)
	}
	return fmt.Sprintf("%s:%d", e.Address, e.Port)
}

// gateway writes what the gateway told of itself.
func (p *page) gateway(t *Target) {
	g := t.Gateway
	p.section("GATEWAY")
	if len(g.VendorIDs) == 0 {
		p.text(0, "no vendor ID")
	}
	for _, v := range g.VendorIDs {
		p.text(2, "vendor ID "+vendorWords(v))
	}
	var said []string
	for _, n := range g.Notifies {
		if w := notifyWords(n); w != "" {
			said = append(said, w)
		}
	}
	if len(g.SignatureHashes) > 0 {
		said = append(said, "signature hashes "+join(convert(g.SignatureHashes, func(h Number) string {
			return strings.ReplaceAll(strings.TrimPrefix(h.Name, "SIGHASH_"), "_", "-")
		}), "and"))
	}
	if g.Authorities > 0 {
		said = append(said, "asks for certificates of "+counted(int64(g.Authorities), "authority", "authorities"))
	}
	if len(said) > 0 {
		p.text(2, strings.Join(said, "; "))
	}
	var not []string
	if t.Cost.Cookies == 0 {
		not = append(not, "no cookies asked")
	}
	if g.Redirect == "" {
		not = append(not, "no redirect")
	} else {
		p.text(2, "redirects to "+g.Redirect)
	}
	if len(not) > 0 {
		p.text(2, strings.Join(not, ", "))
	}
}

// vendorWords names a vendor ID: its own text, in quotes unless the vendor is
// known, or what is known of it.
func vendorWords(v VendorID) string {
	switch {
	case v.Text != "" && v.Name != "":
		return v.Text
	case v.Text != "":
		return strconv.Quote(v.Text)
	case v.Name != "" && v.Verification == "one-source":
		return v.Name + " (according to one source)"
	case v.Name != "":
		return v.Name
	}
	return v.Hex + " (unknown)"
}

// notifyWords says what a status notify of an IKE_SA_INIT answer means. NAT
// detection and signature hashes have places of their own.
func notifyWords(n Number) string {
	switch ike.NotifyType(n.ID) {
	case ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP, ike.SIGNATURE_HASH_ALGORITHMS, ike.REDIRECT:
		return ""
	case ike.IKEV2_FRAGMENTATION_SUPPORTED:
		return "fragmentation"
	case ike.MULTIPLE_AUTH_SUPPORTED:
		return "multiple authentication"
	case ike.CHILDLESS_IKEV2_SUPPORTED:
		return "childless IKE SAs"
	case ike.INTERMEDIATE_EXCHANGE_SUPPORTED:
		return "intermediate exchange"
	}
	return n.Name
}

// findings writes what is wrong and what to do, worst first.
func (p *page) findings(t *Target) {
	if len(t.Findings) == 0 {
		return
	}
	p.section("FINDINGS")
	for _, f := range t.Findings {
		style := ""
		switch rank := severityRank(f); {
		case rank <= baseline.High.Rank():
			style = red
		case rank <= baseline.Low.Rank():
			style = yellow
		}
		severity := p.paint(style, pad(printable(f.Severity), 9))
		for i, line := range wrap(printable(f.ID+": "+f.Title+shownEvidence(f.Evidence)), p.width-margin-9, 0) {
			if i > 0 {
				severity = strings.Repeat(" ", 9)
			}
			p.raw(severity + p.paint(bold, line))
		}
		if f.Detail != "" {
			p.indented(9, 0, f.Detail)
		}
		for _, fix := range f.Fix {
			p.indented(9, 5, "fix: "+fix)
		}
		if len(f.Refs) > 0 {
			p.indented(9, 5, "see: "+strings.Join(f.Refs, "; "))
		}
	}
}

// indented writes a paragraph indented by n columns, its further lines by
// hang more.
func (p *page) indented(n, hang int, text string) {
	for _, line := range wrap(printable(text), p.width-margin-n, hang) {
		p.raw(strings.Repeat(" ", n) + line)
	}
}

// shownEvidence names the first exchanges of evidence.
func shownEvidence(ids []int) string {
	const most = 4
	switch {
	case len(ids) == 0:
		return ""
	case len(ids) == 1:
		return fmt.Sprintf(" (exchange %d)", ids[0])
	case len(ids) > most:
		return fmt.Sprintf(" (exchanges %s and %d more)", list(ids[:most]), len(ids)-most)
	}
	return fmt.Sprintf(" (exchanges %s)", list(ids))
}

func list(ids []int) string {
	return strings.Join(convert(ids, func(id int) string { return fmt.Sprint(id) }), ", ")
}

// cost writes what the scan took.
func (p *page) cost(t *Target) {
	c := t.Cost
	if c.Exchanges == 0 {
		return
	}
	p.section("COST")
	took := fmt.Sprintf("%s in %.1f s", counted(int64(c.Exchanges), "exchange", "exchanges"), c.ElapsedMs/1000)
	if t.Matrix != nil {
		decided := t.Matrix.Universe - t.Matrix.Unknown
		took = counted(decided, "combination", "combinations") + " decided by " + took
	}
	p.text(0, took)
	p.text(0, fmt.Sprintf("%s, %s, %d retransmitted; %d half-open left, %s",
		counted(int64(c.DatagramsSent), "datagram", "datagrams"), octets(c.BytesSent), c.Retransmits,
		c.HalfOpenLeft, counted(int64(c.Cookies), "cookie", "cookies")))
}

// exchanges lists the evidence.
func (p *page) exchanges(t *Target) {
	p.section("EVIDENCE")
	for _, e := range t.Exchanges {
		line := fmt.Sprintf("%4d  %-8s %-8s %s", e.ID, strings.Replace(printable(e.Transport), "udp", "udp/", 1),
			printable(e.Purpose), printable(stateWords(e.Outcome)))
		if e.Group != "" {
			line += " " + printable(e.Group)
		}
		if e.RTTms > 0 {
			line += ", " + duration(e.RTTms)
		}
		if e.Tries > 1 {
			line += fmt.Sprintf(", %d tries", e.Tries)
		}
		if e.Cookie {
			line += ", cookie"
		}
		p.raw(line)
		if e.Suite != "" {
			p.indented(6, 2, "chose "+e.Suite)
		}
		if e.Detail != "" {
			p.indented(6, 2, e.Detail)
		}
		if e.Offer != "" {
			with := ""
			if e.KE != "" {
				with = " with a " + e.KE + " public value"
			}
			p.indented(6, 2, "offer"+with+": "+strings.ReplaceAll(e.Offer, ",", ", "))
		}
	}
}

// duration writes milliseconds for people.
func duration(ms float64) string {
	switch {
	case ms < 0.95:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 100:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// octets writes an amount of data for people.
func octets(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
