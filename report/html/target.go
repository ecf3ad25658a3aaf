package html

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/picture"
	"github.com/ikescope/ikescope/report/internal/traversal"
	"github.com/ikescope/ikescope/report/layers"
	"github.com/ikescope/ikescope/report/part"
	"github.com/ikescope/ikescope/report/spelling"
)

// layerView is a layer as the strip shows it.
type layerView struct {
	layers.Layer
	Mark string
}

func layersOf(t *report.Target) (out []layerView) {
	for _, l := range layers.Of(t) {
		out = append(out, layerView{l, l.State.Mark()})
	}
	return out
}

func newRow(i int, t *report.Target) row {
	r := row{ID: id(i), Name: t.Name, Address: report.AddressBeside(t.Name, t.Address), Verdict: t.Verdict, Layers: layersOf(t),
		Severities: make([]int, len(report.Severities())), Clients: len(t.Clients), Policy: len(t.Policies), Complete: t.Complete}
	for _, f := range t.Findings {
		if rank := f.Severity.Rank(); rank < len(r.Severities) {
			r.Severities[rank]++
		}
	}
	for _, c := range t.Clients {
		if c.Verdict == report.ClientConnects {
			r.Connect++
		}
	}
	for _, p := range t.Policies {
		if p.Verdict == report.RuleViolated {
			r.Violated++
		}
	}
	return r
}

// id is the name of a target's section.
func id(i int) string { return fmt.Sprintf("t%d", i+1) }

// targetView is a target as its section shows it.
type targetView struct {
	*report.Target
	ID         string
	Many       bool
	Gates      []report.Gate // of a document with one target
	Exit       report.Exit
	Address    string // if it is not the name
	Layers     []layerView
	Severities []severityCount
	Summary    string // the verdict, in words
	Path       *pathPicture
	Facts      []traversal.Fact // of the path
	Suites     *heatMap
	Products   []string
	Clients    []clientView
}

type severityCount struct {
	Severity report.Severity
	Count    int
}

// clientView is a client as its row shows it.
type clientView struct {
	report.Client
	Mark string
	// Word is the verdict, with what is weak.
	Word string
	// Order sorts by verdict, the best first.
	Order  int
	Suites []string // that it gets, or one of these
	What   string   // what is missing or unknown
}

func newTarget(i int, t *report.Target, h *head, names spelling.Names) targetView {
	v := targetView{Target: t, ID: id(i), Many: h.Many, Gates: h.Gates, Exit: h.Exit, Address: report.AddressBeside(t.Name, t.Address), Summary: t.Verdict.Words(), Path: newPath(t), Facts: facts(t)}
	if h.About == report.AboutIdentity {
		v.Summary = part.IdentityWords(t)
	} else {
		v.Layers = layersOf(t)
	}
	r := newRow(i, t)
	for k, n := range r.Severities {
		if n > 0 {
			v.Severities = append(v.Severities, severityCount{report.Severities()[k], n})
		}
	}
	if t.Matrix != nil {
		if pic, ok := picture.Of(t); ok {
			v.Suites = newHeatMap(pic, names)
		}
		for _, p := range t.Matrix.Products {
			var words []string
			for _, list := range append([][]report.Algorithm{p.ENCR, p.INTEG, p.PRF, p.KE}, p.ADDKE...) {
				for _, a := range list {
					words = append(words, a.Keyword)
				}
			}
			v.Products = append(v.Products, strings.Join(words, "-"))
		}
	}
	for _, c := range t.Clients {
		v.Clients = append(v.Clients, newClient(c))
	}
	return v
}

// facts are those of the path: what each of our ports met, and what is known beside.
func facts(t *report.Target) (all []traversal.Fact) {
	for _, p := range t.Paths {
		for _, s := range p.Sources {
			all = append(all, traversal.Fact{About: fmt.Sprintf("%s, from port %d", p.Name(), s.Port), Words: traversal.Source(s)})
		}
	}
	return append(all, traversal.Facts(t)...)
}

func newClient(c report.Client) clientView {
	v := clientView{Client: c, Word: string(c.Verdict), Suites: c.Candidates}
	if c.Suite != "" {
		v.Suites = []string{c.Suite}
	}
	switch {
	case c.Verdict == report.ClientConnects && c.Weak == nil:
		v.Mark = "+"
	case c.Verdict == report.ClientConnects:
		v.Mark, v.Order = "!", 1
		v.Word = "connects, weakly"
		if !c.Weak.Certain {
			v.Word = "connects, perhaps weakly"
		}
	case c.FailsInAuth():
		v.Mark, v.Order, v.Word = "-", 3, c.Words()
		v.What = c.LoginWords()
	case c.Verdict == report.ClientFails:
		v.Mark, v.Order = "-", 3
		var texts []string
		for _, m := range c.Missing {
			texts = append(texts, m.Text)
		}
		v.What = strings.Join(texts, " ")
		if len(texts) == 0 {
			v.What = strings.Join(c.Notes, " ")
		}
	default:
		v.Mark, v.Order = "?", 2
		v.What = strings.Join(c.Notes, " ")
	}
	return v
}
