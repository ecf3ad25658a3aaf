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

// ClientFixes returns what to do for all clients, each once, and what is the same for
// several of them, at the gateway or at them, with the names of all.
func (d *Document) ClientFixes() []incident.Fix {
	var fixes []ClientFix
	var names [][]string // of each
	for _, c := range slices.Concat(d.alike()...) {
		for _, f := range c.Fix {
			at := slices.IndexFunc(fixes, f.same)
			if at < 0 {
				at, fixes, names = len(fixes), append(fixes, f), append(names, nil)
			}
			if !slices.Contains(names[at], c.Name) {
				names[at] = append(names[at], c.Name)
			}
		}
	}
	out := make([]incident.Fix, 0, len(fixes))
	for i, f := range fixes {
		out = append(out, f.forAll(names[i]...))
	}
	return out
}
