package certcheck

import (
	_ "embed"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report"
)

//go:embed fixes.csv
var fixesCSV string

// fixes reads the table once.
var fixes = sync.OnceValue(func() []report.IdentityFix {
	var out []report.IdentityFix
	for _, f := range table.MustRead("fixes.csv", fixesCSV, "id", "goal", "where", "certainty", "source", "comment", "lines") {
		out = append(out, report.IdentityFix{
			ID: f["id"], Goal: f["goal"], Where: f["where"], Comment: f["comment"],
			Certainty: report.Certainty(f["certainty"]), Source: f["source"],
			Lines: strings.Split(strings.TrimSpace(f["lines"]), "\n"),
		})
	}
	return out
})

// fixesOf returns those of the ids, or of the groups, which are what stands before the
// slash of an id, with the name that users dial in their lines.
func fixesOf(ids []string, name string) []report.IdentityFix {
	var out []report.IdentityFix
	fill := pasted(name)
	var leaveOut []string
	if _, err := netip.ParseAddr(name); err == nil {
		leaveOut = []string{"issue/certbot"} // its line is for host names
	}
	for _, id := range ids {
		for _, f := range fixes() {
			if f.ID != id && !strings.HasPrefix(f.ID, id+"/") || slices.Contains(leaveOut, f.ID) {
				continue
			}
			lines := make([]string, len(f.Lines))
			for i, line := range f.Lines {
				lines[i] = fill.fill(line)
			}
			f.Lines = lines
			out = append(out, f)
		}
	}
	return out
}

// pasted returns what lines to paste may hold of the name: a plain host name or an
// address, and an example in place of all else. Nothing of the gateway's is pasted.
func pasted(name string) values {
	if a, err := netip.ParseAddr(name); err == nil && a.Zone() == "" {
		text := a.Unmap().String()
		return values{
			"name":   text,
			"leftid": text,
			// Windows wants an address as dNSName, the others as iPAddress.
			"san":    "DNS:" + text + ", IP:" + text,
			"pkisan": "--san dns:" + text + " --san " + text,
		}
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if !certificate.IsHostName(name) {
		name = "vpn.example.com"
	}
	return values{"name": name, "leftid": "@" + name, "san": "DNS:" + name, "pkisan": "--san " + name}
}
