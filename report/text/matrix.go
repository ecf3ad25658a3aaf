package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/internal/picture"
)

// matrix writes what the gateway accepts: the counts, the picture, the order
// and the post-quantum verdict.
func (p *page) matrix(t *report.Target) {
	m := t.Matrix
	p.Section("SUITES")
	if m.Hybrid.Universe == 0 {
		p.Text(0, countWords(m.Classical, m.Proven))
	} else {
		p.Aligned("classical", countWords(m.Classical, m.Proven))
		p.Aligned("hybrid", countWords(m.Hybrid, m.Proven))
	}
	if m.Classical.Accepted > 0 {
		if pic, ok := picture.Of(t); ok {
			p.picture(pic)
			if p.details {
				p.never(pic)
			}
		} else {
			p.Text(0, "The matrix is too large to draw; the JSON report contains it.")
		}
	}
	p.hybrids(t)
	p.preference(t)
	if t.PostQuantum != nil {
		p.Aligned("quantum", p.quantumWords(t.PostQuantum, m))
	}
}

// preference writes whose order counts, and the order. What was chosen is what the
// gateway prefers only where its own order counts, and there is a choice.
func (p *page) preference(t *report.Target) {
	pref := t.Preference
	switch {
	case pref == nil:
		return
	case pref.Decides == report.ByInitiator:
		p.Aligned("order", "the client's: the gateway takes what is offered first")
		return
	case len(pref.KE) > 1:
		order := strings.Join(lists.Convert(pref.KE, p.method), ", ")
		if !pref.KEComplete {
			order += ", then others"
		}
		p.Aligned("order", "the gateway's: "+order)
	}
	if ciphers := p.orderedCiphers(pref); len(ciphers) > 1 {
		p.Aligned("ciphers", "in its order: "+strings.Join(ciphers, ", "))
	}
	switch {
	case pref.Suite == "" || t.Matrix.Accepted < 2:
	case pref.Decides == report.ByGateway || len(pref.KE) > 0:
		p.Aligned("prefers", p.names.Text(pref.Suite))
	default:
		p.Aligned("chose", p.names.Text(pref.Suite)+"; whose order decided is not known")
	}
}

// orderedCiphers returns the ciphers whose place in the gateway's order is known, in
// this order.
func (p *page) orderedCiphers(pref *report.Preference) []string {
	var out []string
	if pref.Decides != report.ByGateway {
		return nil
	}
	for _, own := range pref.Own {
		for i, a := range report.OnAxis(proposals.ENCR, own.ENCR) {
			if label := p.names.Label(a); i < own.Ordered.ENCR && !slices.Contains(out, label) {
				out = append(out, label)
			}
		}
	}
	return out
}

// method names a key exchange method, with the number of its group.
func (p *page) method(a report.Algorithm) string {
	return p.names.Listed(proposals.Algorithm{Axis: proposals.KE, ID: a.ID})
}

// prfs says that words name PRFs, where they do not say so themselves.
func (p *page) prfs(list []proposals.Algorithm, words string) string {
	if len(list) > 0 && strings.HasPrefix(p.names.Label(list[0]), "prf") {
		return words
	}
	return "prf " + words
}

// rowLabel names the ciphers of a row.
func (p *page) rowLabel(r picture.Row) string { return r.Label(p.names.Label) }

// countWords says how many suites are in which state, and how it is known.
func countWords(c report.Counts, proven bool) string {
	how := ""
	switch {
	case c.Universe == 0:
		return "nothing was asked"
	case c.Unknown == c.Universe:
		return english.Grouped(c.Unknown) + " unknown"
	case proven && c.Refused > 0:
		how = " (proven)"
	}
	return fmt.Sprintf("%s accepted, %s refused%s, %s unknown",
		english.Grouped(c.Accepted), english.Grouped(c.Refused), how, english.Grouped(c.Unknown))
}

// never lists what was asked and refused in every combination: what RFC 8247
// names, and how many others.
func (p *page) never(pic *picture.Picture) {
	rfc8247, _ := baseline.Named(baseline.RFC8247)
	heading := "refused in every combination:"
	for i, axis := range picture.Axes {
		var named []proposals.Algorithm
		for _, a := range pic.Never[axis] {
			if r, ok := rfc8247.Requirement(a); ok && !strings.HasPrefix(r.Transform, "(") {
				named = append(named, a)
			}
		}
		words := p.withKeyLengths(named)
		if rare := len(pic.Never[axis]) - len(named); rare > 0 {
			words = append(words, fmt.Sprintf("%d rarer ones", rare))
		}
		if len(words) > 0 {
			p.Text(0, heading)
			heading = ""
			p.List([...]string{"ciphers", "PRFs", "integrity", "methods"}[i], words)
		}
	}
}

// withKeyLengths labels algorithms, those that differ in key length together.
func (p *page) withKeyLengths(list []proposals.Algorithm) []string {
	var rows []picture.Row
	for _, a := range list {
		if i := slices.IndexFunc(rows, func(r picture.Row) bool { return picture.Family(r.Ciphers[0]) == picture.Family(a) }); i >= 0 {
			rows[i].Ciphers = append(rows[i].Ciphers, a)
		} else {
			rows = append(rows, picture.Row{Ciphers: []proposals.Algorithm{a}})
		}
	}
	return lists.Convert(rows, p.rowLabel)
}

// mostHybrids bounds the list of hybrid suites in the text.
const mostHybrids = 12

// hybrids writes the accepted suites with additional key exchanges.
func (p *page) hybrids(t *report.Target) {
	heading := "accepted with additional key exchanges:"
	shown := 0
	for _, a := range t.Matrix.Products {
		product := a.Product()
		if !isHybrid(product) {
			continue
		}
		if shown++; shown > mostHybrids {
			continue
		}
		p.Text(0, heading)
		heading = ""
		mark := "#"
		if a.Basis == report.BasisInferred {
			mark = "+"
		}
		p.Indented(0, 2, mark+" "+p.productWords(product))
	}
	if shown > mostHybrids {
		p.Indented(0, 2, fmt.Sprintf("and %d more sets of suites, in the JSON report", shown-mostHybrids))
	}
}

// productWords writes a product in one line: alternatives between slashes.
func (p *page) productWords(product proposals.Product) string {
	alternatives := func(axis proposals.Axis) string {
		return strings.Join(lists.Convert(product[axis], func(a proposals.Algorithm) string {
			return strings.NewReplacer(" (", "(", " ", "_").Replace(p.names.Listed(a)) + weakMark(a)
		}), "/")
	}
	s := alternatives(proposals.ENCR)
	if len(product[proposals.INTEG]) > 0 {
		s += ", " + alternatives(proposals.INTEG)
	}
	s += ", " + p.prfs(product[proposals.PRF], alternatives(proposals.PRF)) + ", " + alternatives(proposals.KE)
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		if len(product[axis]) > 0 {
			s += " + " + alternatives(axis)
		}
	}
	return s
}

// quantumWords is the post-quantum verdict in one line.
func (p *page) quantumWords(q *report.PostQuantum, m *report.Matrix) string {
	methods := lists.Convert(q.Methods, p.method)
	switch q.State {
	case report.QuantumRequired:
		return "ready: every accepted suite has " + english.List(methods, "or")
	case report.QuantumAccepted:
		if q.PrefersWithout {
			return english.List(methods, "and") + " accepted, but the gateway prefers suites without it"
		}
		if m.Unknown > 0 {
			return "ready: " + english.List(methods, "and") + " accepted; not all suites are decided"
		}
		return "ready: " + english.List(methods, "and") + " accepted, besides classical key exchange"
	case report.QuantumNone:
		return "not ready: no post-quantum key exchange is accepted"
	case report.QuantumNotTested:
		return "not tested: no post-quantum key exchange was asked about"
	}
	return "unknown: not all suites with post-quantum key exchange are decided"
}

// isHybrid reports whether p holds a suite with an additional key exchange.
func isHybrid(p proposals.Product) bool {
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		for _, a := range p[axis] {
			if !a.IsNone() {
				return true
			}
		}
	}
	return false
}
