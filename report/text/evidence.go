package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// cost writes what the scan took, in one line: what does not fit is a detail.
func (p *page) cost(t *report.Target) {
	c := t.Cost
	if c.Exchanges == 0 {
		return
	}
	identity := 0
	for _, e := range t.Exchanges {
		if e.Purpose == report.PurposeIdentity {
			identity++
		}
	}
	parts := []string{
		fmt.Sprintf("%s in %.1f s", english.Counted(int64(c.Exchanges), "exchange", "exchanges"), c.ElapsedMs/1000),
		fmt.Sprintf("%d half-open left", c.HalfOpenLeft),
		english.Counted(int64(c.DatagramsSent), "datagram", "datagrams"),
		layout.Octets(c.BytesSent),
	}
	for _, more := range []struct {
		n     int
		words string
	}{
		{len(c.HalfOpenUnconfirmed), fmt.Sprintf("%d unconfirmed", len(c.HalfOpenUnconfirmed))},
		{c.Cookies, english.Counted(int64(c.Cookies), "cookie", "cookies")},
		{c.Retransmits, fmt.Sprintf("%d retransmitted", c.Retransmits)},
		{identity, english.Counted(int64(identity), "exchange", "exchanges") + " to ask who the gateway is"},
	} {
		if more.n > 0 {
			parts = append(parts, more.words)
		}
	}
	if t.Matrix != nil {
		parts = append(parts, english.Counted(t.Matrix.Universe-t.Matrix.Unknown, "combination", "combinations")+" decided")
	}
	line := parts[0]
	for _, part := range parts[1:] {
		if longer := line + ", " + part; p.details || layout.Columns(longer) <= p.Width-layout.Margin {
			line = longer
		}
	}
	p.Section("COST")
	p.Text(0, line)
}

// exchanges lists the evidence.
func (p *page) exchanges(t *report.Target) {
	p.Section("EVIDENCE")
	for _, e := range t.Exchanges {
		head := fmt.Sprintf("%4d  %-8s %-8s ", e.ID, strings.Replace(printable.Text(e.Transport), "udp", "udp/", 1), printable.Text(e.Purpose))
		line := printable.Text(english.Plain(string(e.Outcome)))
		if e.Group != "" {
			line += " " + printable.Text(p.names.Text(e.Group))
		}
		if e.RTTms > 0 {
			line += ", " + layout.Duration(e.RTTms)
		}
		if e.Tries > 1 {
			line += fmt.Sprintf(", %d tries", e.Tries)
		}
		if e.Cookie {
			line += ", cookie"
		}
		for _, words := range layout.Wrap(line, p.Width-layout.Margin-layout.Columns(head), 0) {
			p.Raw(head + words)
			head = strings.Repeat(" ", layout.Columns(head))
		}
		if e.Suite != "" {
			p.Indented(6, 2, "chose "+p.names.Text(e.Suite))
		}
		if e.Detail != "" {
			p.Indented(6, 2, e.Detail)
		}
		if e.Offer != "" {
			with := ""
			if e.KE != "" {
				with = " with a public value of " + p.names.Text(e.KE)
			}
			p.Indented(6, 2, "offer"+with+": "+p.names.Text(strings.ReplaceAll(e.Offer, ",", ", ")))
		}
	}
}
