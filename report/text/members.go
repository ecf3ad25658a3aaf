package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// maxMemberProducts is how many products of each of several gateways are written.
const maxMemberProducts = 6

// members writes what each of several gateways at the address was seen to do.
func (p *page) members(t *report.Target) {
	if len(t.Members) == 0 {
		return
	}
	p.Section("MEMBERS")
	for _, m := range t.Members {
		p.Text(0, fmt.Sprintf("%d  %s: %s", m.Number, memberLook(m), countWords(m.Counts, false)))
		for _, s := range m.Products[:min(len(m.Products), maxMemberProducts)] {
			p.Text(2, p.names.Text(s.Product().String()))
		}
		if more := len(m.Products) - maxMemberProducts; more > 0 {
			p.Text(2, english.Counted(int64(more), "more product", "more products")+", in the JSON report")
		}
	}
}

// memberLook says what tells a gateway from the others.
func memberLook(m report.Member) string {
	switch {
	case m.ErrorSPI != "":
		return "its errors have " + map[string]string{"zero": "no responder SPI", "drawn": "a responder SPI"}[m.ErrorSPI]
	case len(m.VendorIDs) == 0:
		return "no vendor ID"
	}
	ids := lists.Convert(m.VendorIDs[:min(len(m.VendorIDs), maxVendorIDs)], report.VendorID.String)
	return "vendor ID " + strings.Join(ids, ", ")
}
