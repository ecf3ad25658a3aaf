package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// cost writes what the scan took.
func (p *page) cost(t *report.Target) {
	c := t.Cost
	if c.Exchanges == 0 {
		return
	}
	p.Section("COST")
	took := fmt.Sprintf("%s in %.1f s", english.Counted(int64(c.Exchanges), "exchange", "exchanges"), c.ElapsedMs/1000)
	identity := 0
	for _, e := range t.Exchanges {
		if e.Purpose == report.PurposeIdentity {
			identity++
		}
	}
	if t.Matrix != nil {
		decided := t.Matrix.Universe - t.Matrix.Unknown
		took = english.Counted(decided, "combination", "combinations") + " decided by " + took
	}
	if identity > 0 {
		took += fmt.Sprintf(", %d of them to ask who the gateway is", identity)
	}
	p.Text(0, took)
	left := fmt.Sprintf("%d half-open left", c.HalfOpenLeft)
	if n := len(c.HalfOpenUnconfirmed); n > 0 {
		left += fmt.Sprintf(", %d unconfirmed", n)
	}
	p.Text(0, fmt.Sprintf("%s, %s, %d retransmitted; %s, %s",
		english.Counted(int64(c.DatagramsSent), "datagram", "datagrams"), layout.Octets(c.BytesSent), c.Retransmits,
		left, english.Counted(int64(c.Cookies), "cookie", "cookies")))
}

// exchanges lists the evidence.
func (p *page) exchanges(t *report.Target) {
	p.Section("EVIDENCE")
	for _, e := range t.Exchanges {
		head := fmt.Sprintf("%4d  %-8s %-8s ", e.ID, strings.Replace(printable.Text(e.Transport), "udp", "udp/", 1), printable.Text(e.Purpose))
		line := printable.Text(english.Plain(string(e.Outcome)))
		if e.Group != "" {
			line += " " + printable.Text(e.Group)
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
			p.Indented(6, 2, "chose "+e.Suite)
		}
		if e.Detail != "" {
			p.Indented(6, 2, e.Detail)
		}
		if e.Offer != "" {
			with := ""
			if e.KE != "" {
				with = " with a " + e.KE + " public value"
			}
			p.Indented(6, 2, "offer"+with+": "+strings.ReplaceAll(e.Offer, ",", ", "))
		}
	}
}
