package text

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Incident writes what logs say: one story, or a table of many.
func Incident(w io.Writer, d *incident.Document, o Options) error {
	p := newPage(o)
	several := len(d.Files) > 1
	switch {
	case o.Attempt > 0 && o.Attempt <= len(d.Stories):
		p.story(&d.Stories[o.Attempt-1], several)
	case len(d.Stories) == 1:
		p.story(&d.Stories[0], several)
	case len(d.Stories) > 1:
		p.stories(d)
	case len(d.Files) > 0:
		p.Wide(p.Paint(layout.Bold, printable.Text("no line of "+fileNames(d)+" shows that a connection failed")))
	}
	if len(d.Notes) > 0 {
		p.Section("NOTES")
		for _, note := range d.Notes {
			p.Text(2, "- "+note)
		}
	}
	return p.Print(w)
}

// story writes one story: heading, timeline, what to do, and what only the
// other side can show. The timeline names its log where there are several.
func (p *page) story(s *incident.Story, several bool) {
	style := layout.Bold
	if s.Cause != "" && s.Layer != incident.NoFailure {
		style = layout.Bold + ";" + layout.Red
	}
	for _, line := range layout.Wrap(printable.Text(storyHeading(s)), p.Width, 2) {
		p.Wide(p.Paint(style, line))
	}
	for _, line := range layout.Wrap(printable.Text(whose(s)), p.Width, 0) {
		p.Wide(p.Paint(layout.Dim, line))
	}
	if len(s.Details) > 0 {
		p.Section("APART")
		for _, detail := range s.Details {
			p.Text(2, detail)
		}
	}
	if len(s.Likely) > 0 {
		p.Section("LIKELY")
		for _, reason := range s.Likely {
			p.Text(2, "- "+reason)
		}
	}
	if len(s.Timeline) > 0 {
		p.Section("LINES")
		if several {
			p.Text(0, s.Timeline[0].File)
		}
		p.moments(s.Timeline)
	}
	if s.Other != nil {
		p.Section("OTHER LOG")
		p.Text(0, otherLog(s.Other))
		p.moments(s.Other.Timeline)
	}
	if len(s.Fix) > 0 {
		label := "FIX"
		if len(s.Likely) > 0 && !s.Firm {
			label = "CHECK"
		}
		p.Section(label)
		p.fixes(s.Fix)
	}
	if s.Elsewhere != "" && s.Other == nil {
		p.Section("OTHER SIDE")
		gateway := "GATEWAY"
		if a, err := netip.ParseAddr(s.Peer); err == nil {
			gateway = a.String() // other words of a log are none to paste
		}
		ask := incident.Ask(s.Cause, gateway)
		if ask == "" || s.Side != incident.Initiator {
			p.Text(0, s.Elsewhere)
		} else {
			p.Text(0, s.Elsewhere+"; "+incident.AskWords(s.Cause)+" "+ask)
		}
	}
}

func storyHeading(s *incident.Story) string {
	if s.Layer != incident.NoFailure && s.Layer != incident.Unknown {
		return string(s.Layer) + ": " + s.Heading
	}
	return s.Heading
}

// fixes writes what to do, below the places where it is to be done.
func (p *page) fixes(all []incident.Fix) {
	indent := 0
	for _, f := range all {
		if f.Where != "" {
			p.Text(2, f.Where+":")
			indent = 2
		} else if !f.Paste {
			indent = 0
		}
		if !f.Paste {
			p.Indented(indent, 0, f.Line)
			continue
		}
		for line := range strings.SplitSeq(f.Line, "\n") {
			p.paste(indent, line)
		}
	}
}

// paste writes a line to paste, which is not broken.
func (p *page) paste(indent int, line string) {
	p.Raw(strings.Repeat(" ", indent) + p.Paint(layout.Green, printable.Text(line)))
}

// whose says whose log it is, and how far the attempt came.
func whose(s *incident.Story) string {
	var out strings.Builder
	version := ""
	if s.IKE == 1 {
		version = ", IKEv1"
	}
	product := cmp.Or(s.Product, "the lines do not show of which product they are")
	switch s.Side {
	case incident.Responder:
		fmt.Fprintf(&out, "%s%s: the log of the responder, the gateway", product, version)
	case incident.Initiator:
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
	case incident.PhaseNone:
	case incident.PhaseEstablished:
		out.WriteString("; it was established")
	default:
		fmt.Fprintf(&out, "; it reached %s", phaseWords(s))
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

// phaseWords names how far the attempt came, in the words of its version of IKE.
func phaseWords(s *incident.Story) string {
	if s.IKE != 1 {
		return string(s.Reached)
	}
	switch s.Reached {
	case incident.PhaseInit:
		return "phase 1"
	case incident.PhaseAuth:
		return "the authentication of phase 1"
	case incident.PhaseEAP:
		return "XAUTH"
	case incident.PhaseChild:
		return "Quick Mode"
	}
	return string(s.Reached)
}

// slack is how far clocks may be apart without a word.
const slack = 2 * time.Second

// otherLog says what the other side's log shows.
func otherLog(l *incident.Partner) string {
	who := "the other side"
	switch l.Side {
	case incident.Responder:
		who = "the gateway"
	case incident.Initiator:
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

// moments writes lines of one log. Those that are not the cause are cut to two
// lines.
func (p *page) moments(all []incident.Moment) {
	width := 0
	for _, m := range all {
		width = max(width, len(strconv.Itoa(m.Line)))
	}
	for _, m := range all {
		mark, style := " ", ""
		if m.Cause {
			mark, style = ">", layout.Bold
		}
		text := strings.ReplaceAll(m.Text, "\t", " ")
		if stamp := clock(m.Stamp); stamp != "" {
			text = stamp + " " + text
		}
		switch {
		case m.Count > 1 && m.Alike:
			text += fmt.Sprintf(" (and %d more like it)", m.Count-1)
		case m.Count > 1:
			text += fmt.Sprintf(" (%d times)", m.Count)
		}
		head := fmt.Sprintf("%s%*d  ", mark, width, m.Line)
		words := strings.Split(printable.Text(text), " ") // spaces stay as they are
		lines := layout.WrapWords(words, p.Width-layout.Margin-len(head), 2)
		if !m.Cause && len(lines) > 2 {
			lines = append(lines[:1], lines[1]+" ...")
		}
		for _, line := range lines {
			p.Raw(head + p.Paint(style, line))
			head = strings.Repeat(" ", len(head))
		}
	}
}

// clock returns the time of day of a time as a log has it.
func clock(stamp string) string {
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

func fileNames(d *incident.Document) string {
	var names []string
	for _, f := range d.Files {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// maxRows bounds the table of stories.
const maxRows = 20

// stories writes a line for each story, the most frequent cause first.
func (p *page) stories(d *incident.Document) {
	counted := english.Counted(int64(d.Attempts), "attempt", "attempts") + " in " + english.Counted(int64(d.Kinds), "kind", "kinds")
	p.Wide(p.Paint(layout.Bold, printable.Text(fileNames(d)+": "+counted)))
	p.Wide("")
	for i := range d.Stories[:min(len(d.Stories), maxRows)] {
		s := &d.Stories[i]
		head := p.Paint(layout.Bold, fmt.Sprintf("%3d", i+1)) + fmt.Sprintf(" %5dx  ", s.Count)
		text := fmt.Sprintf("%s (%s, line %d)", storyHeading(s), attempted(s), s.LinesFirst)
		for _, line := range layout.Wrap(printable.Text(text), p.Width-12, 3) {
			p.Wide(head + line)
			head = strings.Repeat(" ", 12)
		}
		p.briefly(s)
	}
	if len(d.Stories) > maxRows {
		p.Wide(fmt.Sprintf("     %d more; -o json has up to %d", d.Kinds-maxRows, incident.MaxStories))
	}
	p.Wide("")
	p.Wide("ikescope explain FILE --attempt N shows one of them.")
}

// maxBrief bounds the fixes of a story in the table.
const maxBrief = 2

// briefly writes what to do about a story of the table: the first things, each in a
// line.
func (p *page) briefly(s *incident.Story) {
	indent := strings.Repeat(" ", 15)
	for _, f := range s.Fix[:min(len(s.Fix), maxBrief)] {
		if f.Paste {
			line, _, more := strings.Cut(f.Line, "\n")
			if more {
				line += " ..."
			}
			if f.Where != "" {
				p.Wide(indent + "FIX " + printable.Text(f.Where) + ":")
				p.Wide(indent + "    " + p.Paint(layout.Green, printable.Text(line)))
			} else {
				p.Wide(indent + "FIX " + p.Paint(layout.Green, printable.Text(line)))
			}
			continue
		}
		text := f.Line
		if f.Where != "" {
			text = f.Where + ": " + text
		}
		head := "FIX "
		for _, line := range layout.Wrap(printable.Text(text), p.Width-len(indent)-len(head), 0) {
			p.Wide(indent + head + line)
			head = "    "
		}
	}
}

// attempted says who attempted what.
func attempted(s *incident.Story) string {
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
