package incident

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Options are how a text is laid out.
type Options struct {
	Width int // columns, 80 for 0
	Color bool
	// Attempt is the number of the story to tell alone, 0 for what there is.
	Attempt int
}

// WriteText writes what logs say as a text to read: one story, or a table of
// many.
func WriteText(w io.Writer, d *Document, o Options) error {
	t := &writer{width: cmp.Or(o.Width, 80), color: o.Color, files: len(d.Files) > 1}
	switch {
	case o.Attempt > 0 && o.Attempt <= len(d.Stories):
		t.story(&d.Stories[o.Attempt-1])
	case len(d.Stories) == 1:
		t.story(&d.Stories[0])
	case len(d.Stories) > 1:
		t.table(d)
	}
	for i, note := range d.Notes {
		label := ""
		if i == 0 {
			t.out.WriteByte('\n')
			label = "NOTES"
		}
		t.item(label, "- "+note, 2)
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

type writer struct {
	out   strings.Builder
	width int
	color bool
	files bool
}

const (
	styleBold  = "1"
	styleRed   = "31"
	styleGreen = "32"
	styleDim   = "2"
	labelWidth = 11
)

func (t *writer) paint(style, s string) string {
	if !t.color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// item writes a paragraph beside a label, its further lines indented by hang.
func (t *writer) item(label, text string, hang int) {
	for i, line := range wrap(printable(text), t.width-labelWidth, hang) {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(&t.out, "%s\n", strings.TrimRight(t.paint(styleBold, fmt.Sprintf("%-*s", labelWidth, label))+line, " "))
	}
}

// story writes one story: heading, timeline, what to do, and what only the
// other side can tell.
func (t *writer) story(s *Story) {
	heading := s.Heading
	if s.Layer != NoFailure && s.Layer != Unknown {
		heading = string(s.Layer) + ": " + s.Heading
	}
	for _, line := range wrap(printable(heading), t.width, 2) {
		style := styleBold
		if s.Cause != "" {
			style = styleBold + ";" + styleRed
		}
		t.out.WriteString(t.paint(style, line) + "\n")
	}
	for _, line := range wrap(printable(s.whose()), t.width, 0) {
		t.out.WriteString(t.paint(styleDim, line) + "\n")
	}
	if len(s.Details) > 0 {
		t.out.WriteByte('\n')
		for i, detail := range s.Details {
			t.item(labelled(i, "APART"), detail, 2)
		}
	}
	if len(s.Likely) > 0 {
		t.out.WriteByte('\n')
		for i, reason := range s.Likely {
			t.item(labelled(i, "LIKELY"), "- "+reason, 2)
		}
	}
	if len(s.Timeline) > 0 {
		t.out.WriteByte('\n')
		t.timeline("LINES", s.Timeline)
	}
	if s.Other != nil {
		t.out.WriteByte('\n')
		t.item("OTHER LOG", s.Other.words(), 0)
		t.lines("", s.Other.Timeline)
	}
	if len(s.Fix) > 0 {
		t.out.WriteByte('\n')
		label := "FIX"
		if len(s.Likely) > 0 && !s.Firm {
			label = "CHECK"
		}
		indent := ""
		for _, f := range s.Fix {
			if f.Where != "" {
				t.item(label, f.Where+":", 2)
				label, indent = "", "  "
			} else if !f.Paste {
				indent = ""
			}
			if !f.Paste {
				t.item(label, indent+f.Line, len(indent))
				label = ""
				continue
			}
			for line := range strings.SplitSeq(f.Line, "\n") { // not broken
				t.pasted(label, indent, line)
				label = ""
			}
		}
	}
	if s.Elsewhere != "" && s.Other == nil {
		t.out.WriteByte('\n')
		t.item("OTHER SIDE", s.Elsewhere, 0)
	}
}

// pasted writes a line to paste, which is not broken.
func (t *writer) pasted(label, indent, line string) {
	fmt.Fprintf(&t.out, "%s%s%s\n", t.paint(styleBold, fmt.Sprintf("%-*s", labelWidth, label)), indent, t.paint(styleGreen, printable(line)))
}

func labelled(i int, label string) string {
	if i > 0 {
		return ""
	}
	return label
}

// whose says whose log it is, and how far the attempt came.
func (s *Story) whose() string {
	var out strings.Builder
	version := ""
	if s.IKE == 1 {
		version = ", IKEv1"
	}
	switch s.Side {
	case Responder:
		fmt.Fprintf(&out, "%s%s: the log of the responder, the gateway", s.Product, version)
	case Initiator:
		fmt.Fprintf(&out, "%s%s: the log of the initiator, the client", s.Product, version)
	default:
		fmt.Fprintf(&out, "%s%s: the lines do not say whose log it is", s.Product, version)
	}
	if s.Connection != "" {
		fmt.Fprintf(&out, "; connection %q", s.Connection)
	}
	if peer := cmp.Or(s.PeerID, s.Peer); peer != "" && len(s.Peers) <= 1 {
		fmt.Fprintf(&out, "; peer %s", peer)
	}
	switch s.Reached {
	case PhaseNone:
	case PhaseEstablished:
		out.WriteString("; it was established")
	default:
		fmt.Fprintf(&out, "; it came to %s", s.Reached)
	}
	if s.Retries > 0 {
		fmt.Fprintf(&out, "; %s", times(s.Retries, "retransmission", "retransmissions"))
	}
	if s.Count > 1 {
		fmt.Fprintf(&out, "; %d attempts", s.Count)
		if len(s.Peers) > 1 {
			fmt.Fprintf(&out, " of %d peers", len(s.Peers))
		}
		if !s.First.IsZero() {
			fmt.Fprintf(&out, ", %s to %s", s.First.Format(time.DateTime), s.Last.Format(time.DateTime))
		}
	}
	return out.String()
}

func times(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// timeline writes lines of one log, under its name where there are several.
func (t *writer) timeline(label string, all []Moment) {
	if t.files {
		t.item(label, all[0].File, 0)
		label = ""
	}
	t.lines(label, all)
}

func (t *writer) lines(label string, all []Moment) {
	width := 0
	for _, m := range all {
		width = max(width, len(strconv.Itoa(m.Line)))
	}
	for i, m := range all {
		mark := " "
		if m.Cause {
			mark = ">"
		}
		text := m.Text
		if stamp := clock(m.Stamp); stamp != "" {
			text = stamp + " " + text
		}
		if m.Count > 1 {
			text += fmt.Sprintf(" (%d times)", m.Count)
		}
		head := fmt.Sprintf("%s%*d  ", mark, width, m.Line)
		lines := wrap(printable(text), t.width-labelWidth-len(head), 2)
		if !m.Cause && len(lines) > 2 {
			lines = append(lines[:1], lines[1]+" ...")
		}
		for j, line := range lines {
			if j > 0 {
				head = strings.Repeat(" ", len(head))
			}
			if m.Cause {
				line = t.paint(styleBold, line)
			}
			fmt.Fprintf(&t.out, "%s%s%s\n", t.paint(styleBold, fmt.Sprintf("%-*s", labelWidth, labelled(i+j, label))), head, line)
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

// table writes a line for each story, the most frequent cause first.
func (t *writer) table(d *Document) {
	name := make([]string, 0, len(d.Files))
	for _, f := range d.Files {
		name = append(name, f.Name)
	}
	head := fmt.Sprintf("%s: %s in %s", strings.Join(name, ", "), times(d.Attempts, "attempt", "attempts"), times(d.Kinds, "kind", "kinds"))
	t.out.WriteString(t.paint(styleBold, printable(head)) + "\n\n")
	most := 20
	for i := range d.Stories {
		if i == most {
			fmt.Fprintf(&t.out, "     %d more; -o json has up to %d\n", d.Kinds-most, maxStories)
			break
		}
		s := &d.Stories[i]
		text := s.Heading
		if s.Layer != NoFailure && s.Layer != Unknown {
			text = string(s.Layer) + ": " + text
		}
		who := s.Product
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
		for j, line := range wrap(printable(text+" ("+who+fmt.Sprintf(", line %d)", s.LinesFirst)), t.width-12, 2) {
			if j == 0 {
				fmt.Fprintf(&t.out, "%s %5dx  %s\n", t.paint(styleBold, fmt.Sprintf("%3d", i+1)), s.Count, line)
			} else {
				fmt.Fprintf(&t.out, "%11s  %s\n", "", strings.TrimRight(line, " "))
			}
		}
	}
	t.out.WriteString("\nikescope explain FILE --attempt N tells one of them.\n")
}

// wrap breaks text into lines of at most width columns, those after the first
// indented by hang.
func wrap(text string, width, hang int) []string {
	var lines []string
	indent := ""
	for {
		if utf8.RuneCountInString(text) <= width-len(indent) {
			return append(lines, indent+text)
		}
		n, last := 0, 0
		for i, r := range text {
			if n > width-len(indent) {
				break
			}
			if r == ' ' && i > 0 {
				last = i
			}
			n++
		}
		if last == 0 { // a long word
			runes := []rune(text)
			cut := max(1, width-len(indent))
			lines = append(lines, indent+string(runes[:cut]))
			text = string(runes[cut:])
		} else {
			lines = append(lines, indent+text[:last])
			text = strings.TrimLeft(text[last:], " ")
		}
		if hang < width/2 {
			indent = strings.Repeat(" ", hang)
		}
	}
}

// printable returns s fit for a terminal: what does not print is replaced by
// its code point.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r != utf8.RuneError && unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}
