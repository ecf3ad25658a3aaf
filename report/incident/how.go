package incident

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed how.csv
var howCSV string

// How says how the log of a product is switched on, collected and switched off.
type How struct {
	Product string    `json:"product"`
	On      []HowLine `json:"on"`
	Collect []HowLine `json:"collect"`
	Off     []HowLine `json:"off"`
	Where   string    `json:"where"`
	Lacks   string    `json:"lacks"` // what the log does not show
	Short   string    `json:"short"`
}

// HowLine is a line to paste, or to do.
type HowLine struct {
	// Layer is what it is for, "" for everything.
	Layer Layer  `json:"layer,omitempty"`
	Line  string `json:"line"`
	Paste bool   `json:"paste"`
}

var hows = sync.OnceValue(func() []*How {
	var out []*How
	for _, f := range table.MustRead("how.csv", howCSV, "product", "what", "layer", "paste", "line") {
		if len(out) == 0 || out[len(out)-1].Product != f["product"] {
			out = append(out, &How{Product: f["product"], On: []HowLine{}, Collect: []HowLine{}, Off: []HowLine{}})
		}
		h := out[len(out)-1]
		line := HowLine{Layer: Layer(f["layer"]), Line: f["line"], Paste: f["paste"] == "y"}
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
			panic("incident: internal error: how.csv: " + f["what"])
		}
	}
	return out
})

// otherNames of products, for people.
var otherNames = map[string]string{"pfsense": "strongswan", "opnsense": "strongswan", "vyos": "strongswan", "charon": "strongswan", "iked": "openiked",
	"pluto": "libreswan", "ipados": "ios", "iphone": "ios", "ipad": "ios", "apple": "macos", "ios-xe": "cisco", "asa": "cisco", "fortios": "fortigate", "fortinet": "fortigate",
	"routeros": "mikrotik", "pan-os": "paloalto", "panos": "paloalto", "junos": "juniper", "iosxe": "cisco", "palo-alto": "paloalto", "srx": "juniper", "nps": "windows", "rras": "windows"}

// HowProducts are the words that [HowOf] knows.
func HowProducts() []string {
	var out []string
	for _, h := range hows() {
		out = append(out, h.Product)
	}
	slices.Sort(out)
	return out
}

// HowOf returns how the log of a product is switched on.
func HowOf(product string) (*How, bool) {
	word := strings.ToLower(strings.ReplaceAll(product, " ", ""))
	if other, ok := otherNames[word]; ok {
		word = other
	}
	for _, h := range hows() {
		if h.Product == word {
			return h, true
		}
	}
	return nil, false
}

// switchOn says in half a sentence what to switch on to learn more.
func switchOn(product string) string {
	if h, ok := HowOf(product); ok && h.Short != "" {
		return "; for more detail: " + h.Short + " (ikescope explain --how " + h.Product + ")"
	}
	return ""
}
