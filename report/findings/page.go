package findings

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/report/explain"
)

// Page explains one or more findings, notes or verdicts that are alike.
type Page struct {
	IDs   []string
	Title string // half a sentence; "" where Seen says as much
	// Seen is what was seen, Why why that matters, and Wrong how it can be wrong; each
	// in sentences.
	Seen, Why, Wrong string
	// Change is how products are changed.
	Change []explain.Change
	Refs   []string
}

// Group holds pages that belong together.
type Group struct {
	Title string
	Intro string // "" for none
	Pages []Page
}

//go:embed pages/*.md
var files embed.FS

// Groups returns all pages, the most common subjects first.
var Groups = sync.OnceValue(func() []Group {
	group := func(name string) Group {
		text, err := files.ReadFile("pages/" + name + ".md")
		if err != nil {
			panic(err)
		}
		g, err := parse(string(text))
		if err != nil {
			panic(fmt.Sprintf("findings: internal error: pages/%s.md: %v", name, err))
		}
		return g
	}
	suites := group("ike")
	suites.Pages = append(weakPages(), suites.Pages...)
	identity := group("identity")
	identity.Pages = append(identity.Pages, certificatePages()...)
	logs := Group{Title: "Causes in logs", Intro: "`ikescope explain LOG` names one for each attempt, as `cause` in its JSON. Words in capital letters are those of the log.", Pages: causePages()}
	logins := Group{Title: "Causes of logins", Intro: "`ikescope login` names one for a step that does not pass, as `cause` in its JSON: one of logs, above, or one of these.", Pages: loginPages()}
	return []Group{group("path"), suites, identity, group("gateway"), group("scan"), group("capture"), logs, logins, group("verdicts"), group("notes")}
})

// parse reads a group: a title after "# ", and pages, each of IDs after "## ", a title
// and the lines that fields names.
func parse(text string) (Group, error) {
	var g Group
	var p *Page
	for n, line := range strings.Split(text, "\n") {
		name, value, isField := strings.Cut(line, ": ")
		product, isChange := strings.CutPrefix(name, "Change ")
		pasted, isPasted := strings.CutPrefix(line, "    ")
		switch {
		case line == "":
		case strings.HasPrefix(line, "# "):
			g.Title = line[2:]
		case strings.HasPrefix(line, "## "):
			g.Pages = append(g.Pages, Page{IDs: strings.Fields(line[3:])})
			p = &g.Pages[len(g.Pages)-1]
		case p == nil:
			g.Intro = strings.TrimSpace(g.Intro + " " + line)
		case isPasted && len(p.Change) > 0:
			last := &p.Change[len(p.Change)-1]
			last.Lines = append(last.Lines, pasted)
		case isField && isChange:
			p.Change = append(p.Change, explain.Change{Product: product, What: value})
		case isField && name == "Seen":
			p.Seen = value
		case isField && name == "Why":
			p.Why = value
		case isField && name == "Wrong":
			p.Wrong = value
		case isField && name == "Sources":
			p.Refs = strings.Split(value, "; ")
		case p.Title == "":
			p.Title = line
		default:
			return g, fmt.Errorf("line %d: %q is not a field", n+1, line)
		}
	}
	return g, nil
}

// byID holds the pages by each of their IDs, as it is spelled and in capital letters: a
// verdict and a cause may differ in that alone.
var byID = sync.OnceValue(func() map[string]*Page {
	out := make(map[string]*Page)
	for _, g := range Groups() {
		for i := range g.Pages {
			for _, id := range g.Pages[i].IDs {
				out[id] = &g.Pages[i]
				if upper := strings.ToUpper(id); out[upper] == nil {
					out[upper] = &g.Pages[i]
				}
			}
		}
	}
	return out
})

// IDs returns all that have a page.
func IDs() []string {
	var out []string
	for _, g := range Groups() {
		for _, p := range g.Pages {
			out = append(out, p.IDs...)
		}
	}
	return out
}

// Of returns the page of an ID, in whatever case.
func Of(id string) (Page, bool) {
	if p := cmp.Or(byID()[id], byID()[strings.ToUpper(id)]); p != nil {
		return *p, true
	}
	// What clients make of the certificate of an EAP server, they make of a gateway's.
	if rule, ok := strings.CutPrefix(strings.ToUpper(id), eapPrefix); ok && byID()[identityPrefix+rule] != nil {
		of := *byID()[identityPrefix+rule]
		of.IDs = []string{of.IDs[0], strings.ToUpper(id)} // the first is that of the text
		of.Seen = "Of the certificate of the server of an EAP method, inside TLS: " + of.Seen
		return of, true
	}
	return Page{}, false
}

// has reports whether p is of id as it is spelled.
func (p Page) has(id string) bool { return slices.Contains(p.IDs, id) }
