package captures

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// page is a page of the text.
type page struct{ *layout.Page }

// Write writes c for people. What came from the wire is escaped.
func Write(w io.Writer, c *report.Capture, o layout.Options) error {
	p := page{layout.NewPage(o)}
	p.captureHead(c)
	groups := alike(c.SAs)
	if len(c.SAs) > 1 {
		p.captureSummary(groups, c.Scans)
	}
	told := chooseSAs(groups, o.All)
	for i := range c.SAs {
		if told[c.SAs[i].Number] {
			p.Blank()
			p.capturedSA(&c.SAs[i])
		}
	}
	if left := len(c.SAs) - len(told); left > 0 {
		p.Section("")
		p.Text(0, english.Counted(int64(left), "IKE SA is", "IKE SAs are")+" not shown: --sa NUMBER shows one, and --all shows all")
	}
	return p.Print(w)
}

// captureHead writes what is in the files.
func (p page) captureHead(c *report.Capture) {
	for _, line := range layout.Wrap(printable.Text(c.File), p.Width, 2) {
		p.Wide(p.Paint(layout.Bold, line))
	}
	p.Section("FILE")
	p.Text(0, countsWords(c.Counts))
	for _, f := range c.Files {
		if len(c.Files) > 1 {
			p.Text(2, f.Name+": "+countsWords(f.Counts))
		}
		if !f.Complete {
			p.Styled(layout.Yellow, 0, "PARTIAL: "+f.Error)
		}
	}
	for _, note := range c.Notes {
		p.Text(0, note)
	}
}

func countsWords(n report.CaptureCounts) string {
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

func resultStyle(result report.Result) string {
	switch result {
	case report.ResultFails:
		return layout.Red
	case report.ResultWorks:
		return layout.Green
	}
	return layout.Yellow
}

// group is IKE SAs of the same two addresses with the same verdict, or of one
// scan.
type group struct {
	verdict   report.CapturedVerdict
	file, who string
	scan      int
	numbers   []int
}

// alike puts IKE SAs into groups, the worst first.
func alike(sas []report.CapturedSA) []*group {
	type key struct {
		file, who, id, title string
		scan                 int
	}
	var groups []*group
	index := map[key]*group{}
	for _, sa := range sas {
		k := key{who: sa.Initiator.Address + " > " + sa.Responder.Address, scan: sa.Scan}
		if sa.Scan == 0 {
			k.file, k.id, k.title = sa.File, sa.Verdict.ID, sa.Verdict.Title
		}
		if index[k] == nil {
			index[k] = &group{verdict: sa.Verdict, file: sa.File, who: k.who, scan: sa.Scan}
			groups = append(groups, index[k])
		}
		index[k].numbers = append(index[k].numbers, sa.Number)
	}
	rank := map[report.Result]int{report.ResultFails: 0, report.ResultUnknown: 1, report.ResultWorks: 2}
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(rank[a.verdict.Result], rank[b.verdict.Result]) })
	return groups
}

const (
	// toldAlike is how many IKE SAs of a group are shown, and toldSAs how many of
	// all groups.
	toldAlike = 3
	toldSAs   = 60
)

// chooseSAs returns the numbers of the IKE SAs that are shown: of each group the
// first, the worst groups first, and none of a scan.
func chooseSAs(groups []*group, all bool) map[int]bool {
	told := map[int]bool{}
	one := len(groups) == 1 && len(groups[0].numbers) == 1
	for _, g := range groups {
		for i, number := range g.numbers {
			if all || one || g.scan == 0 && i < toldAlike && len(told) < toldSAs {
				told[number] = true
			}
		}
	}
	return told
}

// captureSummary writes a line for each group, and beyond a number of them, for
// each verdict.
func (p page) captureSummary(groups []*group, scans []report.CapturedScan) {
	p.Section("SUMMARY")
	lines := 0
	var more []*further
	for _, g := range groups {
		// What was tried again counts as what came of it.
		if g.scan > 0 || g.verdict.ID == report.CapturedTriedAgain {
			continue
		}
		if lines++; lines > summaryLines {
			more = addFurther(more, g)
			continue
		}
		which := fmt.Sprintf("IKE SA %d", g.numbers[0])
		if n := len(g.numbers); n > 1 {
			which = fmt.Sprintf("%s IKE SAs, the first of them %d", english.Grouped(int64(n)), g.numbers[0])
		}
		if g.file != "" {
			which += ", in " + g.file
		}
		p.Styled(resultStyle(g.verdict.Result), 2, fmt.Sprintf("%s: %s (%s; %s)", g.verdict, g.verdict.Title, g.who, which))
	}
	for _, f := range more {
		p.Styled(resultStyle(f.verdict.Result), 2, fmt.Sprintf("%s: %s (%s, between %s)", f.verdict, f.verdict.Title,
			english.Counted(int64(f.sas), "more IKE SA", "more IKE SAs"), english.Counted(int64(f.pairs), "other pair of addresses", "other pairs of addresses")))
	}
	for _, s := range scans {
		p.Text(2, scanWords(s))
		p.Indented(2, 0, "recognized by its numbers: "+s.Evidence)
	}
}

// summaryLines is how many groups are shown one by one.
const summaryLines = 60

// further is the groups of a verdict that are not shown one by one.
type further struct {
	verdict    report.CapturedVerdict
	sas, pairs int
}

func addFurther(more []*further, g *group) []*further {
	i := slices.IndexFunc(more, func(f *further) bool {
		return f.verdict.ID == g.verdict.ID && f.verdict.Result == g.verdict.Result && f.verdict.Layer == g.verdict.Layer
	})
	if i < 0 {
		i = len(more)
		more = append(more, &further{verdict: g.verdict})
	}
	more[i].sas += len(g.numbers)
	more[i].pairs++
	return more
}

// scanWords describes a scan in one sentence.
func scanWords(s report.CapturedScan) string {
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
