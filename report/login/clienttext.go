package login

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// clientMarks are those of verdicts, with their styles.
var clientMarks = map[ClientVerdict]struct{ mark, style string }{
	ClientConnects: {"+", layout.Green}, ClientDrops: {"!", layout.Red}, ClientFails: {"-", layout.Red}, ClientUnknown: {"?", layout.Yellow},
}

// clients writes what becomes of clients: those of which the same is said in one place.
func (d *Document) clients(p *layout.Page) {
	if len(d.Clients) == 0 {
		return
	}
	p.Section("CLIENTS")
	var fixes []incident.Fix
	for i, c := range d.Clients {
		same := func(o Client) bool {
			return o.Verdict == c.Verdict && o.Text == c.Text && (o.Doubt == c.Doubt || c.Verdict == ClientUnknown || c.Verdict == ClientConnects)
		}
		if slices.IndexFunc(d.Clients, same) < i {
			continue
		}
		var names []string
		for _, o := range d.Clients[i:] {
			if same(o) {
				names = append(names, o.Name)
				fixes = withFixes(fixes, o.Fix)
			}
		}
		marked(p, c.Verdict, strings.Join(names, ", ")+": "+c.Text)
		if c.Doubt != "" && (c.Verdict == ClientDrops || c.Verdict == ClientFails) {
			for _, line := range layout.Wrap(printable.Text(c.Doubt), p.Width-layout.Margin-2, 0) {
				p.Raw("  " + line)
			}
		}
	}
	if len(fixes) > 0 {
		p.Section("FIX")
		for _, f := range fixes {
			line(p, f)
		}
	}
}

// withFixes returns fixes with more, each once: what is the same at the gateway for several
// clients in one place, with all of them.
func withFixes(fixes, more []incident.Fix) []incident.Fix {
	for _, f := range more {
		name, atGateway := strings.CutPrefix(f.Where, gatewayFor)
		at := slices.IndexFunc(fixes, func(o incident.Fix) bool {
			return o == f || atGateway && o.Line == f.Line && strings.HasPrefix(o.Where, gatewayFor)
		})
		switch {
		case at < 0:
			fixes = append(fixes, f)
		case atGateway:
			fixes[at].Where += ", " + name
		}
	}
	return fixes
}
