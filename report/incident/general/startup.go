package general

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed startup.csv
var startupCSV string

// Fault says why a daemon does not start, or does not load a part of its
// configuration.
type Fault struct {
	Cause string
	// Kind is that of the event, in the words of package incident.
	Kind string
	// Product is whose line it is, "" where more than one has it.
	Product string
	// Words are those of the line, by name. A reason may quote the configuration.
	Words map[string]string
}

// startup is a row of the table.
type startup struct {
	word    string
	pattern *lazyregexp.Regexp
	sample  string
	fault   Fault
}

var startups = sync.OnceValue(func() []startup {
	var out []startup
	for _, f := range table.MustRead("startup.csv", startupCSV, "word", "pattern", "kind", "cause", "product", "sample", "source") {
		out = append(out, startup{f["word"], lazyregexp.New(f["pattern"]), f["sample"], Fault{Cause: f["cause"], Kind: f["kind"], Product: f["product"]}})
	}
	return out
})

// Startup returns what a line says of the start of a daemon, or of its
// configuration, and whether it says anything.
func Startup(text string) (Fault, bool) {
	text = text[:min(len(text), maxOctets)]
	if (strings.Contains(text, "secrets:") || strings.Contains(text, "secrets\"")) && !strings.HasSuffix(text, " in key") && !strings.HasSuffix(text, "unterminated string") && !strings.HasSuffix(text, " in PSK") {
		return Fault{}, false // what it quotes may be one
	}
	small := strings.ToLower(text)
	for i := range startups() {
		row := &startups()[i]
		if !strings.Contains(small, row.word) {
			continue
		}
		m := row.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		fault := row.fault
		fault.Words = make(map[string]string)
		for i, name := range row.pattern.SubexpNames() {
			if name != "" && m[i] != "" {
				fault.Words[name] = strings.TrimRight(strings.TrimSpace(m[i]), ".,")
			}
		}
		return fault, true
	}
	return Fault{}, false
}
