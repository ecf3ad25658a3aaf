// Package how says how the logs of products are switched on, collected and
// switched off.
package how

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed how.csv
var howCSV string

// Guide says how the log of a product is switched on, collected and switched off.
type Guide struct {
	Product string `json:"product"`
	On      []Line `json:"on"`
	Collect []Line `json:"collect"`
	Off     []Line `json:"off"`
	Where   string `json:"where"`
	Lacks   string `json:"lacks"` // what the log does not show
	Short   string `json:"short"`
}

// Line is a line to paste, or to do.
type Line struct {
	// Layer is what it is for, one of those of package incident, "" for everything.
	Layer string `json:"layer,omitempty"`
	Line  string `json:"line"`
	Paste bool   `json:"paste"`
}

var guides = sync.OnceValue(func() []*Guide {
	var out []*Guide
	for _, f := range table.MustRead("how.csv", howCSV, "product", "what", "layer", "paste", "line") {
		if len(out) == 0 || out[len(out)-1].Product != f["product"] {
			out = append(out, &Guide{Product: f["product"], On: []Line{}, Collect: []Line{}, Off: []Line{}})
		}
		h := out[len(out)-1]
		line := Line{Layer: f["layer"], Line: f["line"], Paste: f["paste"] == "y"}
		switch f["what"] {
		case "on":
			h.On = append(h.On, line)
		case "collect":
			h.Collect = append(h.Collect, line)
		case "off":
			h.Off = append(h.Off, line)
		case "where":
			h.Where = f["line"]
		case "lacks":
			h.Lacks = f["line"]
		case "short":
			h.Short = f["line"]
		default:
			panic("how: internal error: how.csv: " + f["what"])
		}
	}
	return out
})

// otherNames of products, for people.
var otherNames = map[string]string{"pfsense": "strongswan", "opnsense": "strongswan", "vyos": "strongswan", "charon": "strongswan", "iked": "openiked",
	"pluto": "libreswan", "ipados": "ios", "iphone": "ios", "ipad": "ios", "apple": "macos", "ios-xe": "cisco", "asa": "cisco", "fortios": "fortigate", "fortinet": "fortigate",
	"routeros": "mikrotik", "pan-os": "paloalto", "panos": "paloalto", "junos": "juniper", "iosxe": "cisco", "palo-alto": "paloalto", "srx": "juniper", "nps": "windows", "rras": "windows"}

// Products are the words that [Of] knows.
func Products() []string {
	var out []string
	for _, h := range guides() {
		out = append(out, h.Product)
	}
	slices.Sort(out)
	return out
}

// Of returns how the log of a product is switched on.
func Of(product string) (*Guide, bool) {
	word := strings.ToLower(strings.ReplaceAll(product, " ", ""))
	if other, ok := otherNames[word]; ok {
		word = other
	}
	for _, h := range guides() {
		if h.Product == word {
			return h, true
		}
	}
	return nil, false
}

// More says in half a sentence what to switch on to learn more, "" for a product that
// is not known.
func More(product string) string {
	if h, ok := Of(product); ok && h.Short != "" {
		return "; for more detail: " + h.Short + " (ikescope explain --how " + h.Product + ")"
	}
	return ""
}
