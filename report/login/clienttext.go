package login

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// clientMarks are those of verdicts, with their styles.
var clientMarks = map[ClientVerdict]struct{ mark, style string }{
	ClientConnects: {"+", layout.Green}, ClientDrops: {"!", layout.Red}, ClientFails: {"-", layout.Red}, ClientUnknown: {"?", layout.Yellow},
}

// alike returns the clients, those of which the same is said together.
func (d *Document) alike() (out [][]Client) {
	for _, c := range d.Clients {
		same := func(all []Client) bool {
			o := all[0]
			return o.Verdict == c.Verdict && o.Text == c.Text && (o.Doubt == c.Doubt || c.Verdict == ClientUnknown || c.Verdict == ClientConnects)
		}
		if i := slices.IndexFunc(out, same); i >= 0 {
			out[i] = append(out[i], c)
		} else {
			out = append(out, []Client{c})
		}
	}
	return out
}

// clients writes what becomes of clients: those of which the same is said in one place.
func (d *Document) clients(p *layout.Page) {
	if len(d.Clients) == 0 {
		return
	}
	p.Section("CLIENTS")
	for _, all := range d.alike() {
		c := all[0]
		names := lists.Convert(all, func(o Client) string { return o.Name })
		marked(p, c.Verdict, strings.Join(names, ", ")+": "+c.Text)
		if c.Doubt != "" && (c.Verdict == ClientDrops || c.Verdict == ClientFails) {
			for _, line := range layout.Wrap(printable.Text(c.Doubt), p.Width-layout.Margin-2, 0) {
				p.Raw("  " + line)
			}
		}
	}
	if note := d.ClientNote(); note != "" {
		p.Text(2, note)
	}
	if fixes := d.ClientFixes(); len(fixes) > 0 {
		p.Section("FIX")
		for _, f := range fixes {
			line(p, f)
		}
	}
}

// ClientFixes returns what to do for all clients, each once: what is the same at the
// gateway for several clients names all of them.
func (d *Document) ClientFixes() []incident.Fix {
	var out []incident.Fix
	for _, c := range slices.Concat(d.alike()...) {
		out = withFixes(out, c.Fix)
	}
	return out
}

// withFixes returns fixes with more, each once: what is the same for several clients, at the
// gateway or at them, in one place with all of them.
func withFixes(fixes, more []incident.Fix) []incident.Fix {
	for _, f := range more {
		name, atGateway := strings.CutPrefix(f.Where, gatewayFor)
		own, place, atClient := strings.Cut(f.Where, clientAt)
		at := slices.IndexFunc(fixes, func(o incident.Fix) bool {
			return o == f || o.Line == f.Line && (atGateway && strings.HasPrefix(o.Where, gatewayFor) || atClient && strings.HasSuffix(o.Where, clientAt+place))
		})
		switch {
		case at < 0:
			fixes = append(fixes, f)
		case fixes[at] == f:
		case atGateway:
			fixes[at].Where += ", " + name
		default:
			names := strings.TrimSuffix(fixes[at].Where, clientAt+place)
			fixes[at].Where = names + ", " + own + clientAt + place
		}
	}
	return fixes
}
