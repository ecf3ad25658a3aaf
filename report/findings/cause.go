package findings

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/explain"
	"github.com/ikescope/ikescope/report/incident/causes"
	logincauses "github.com/ikescope/ikescope/report/login/causes"
)

var (
	// aside is what a sentence says only where the words in it are known.
	aside = lazyregexp.New(`\[[^\]]*\]`)
	// word is where a line of the log has one: "{odd-port}", or one of two: "{target/peer}".
	word = lazyregexp.New(`\{(?:[a-z0-9-]+/)*([a-z0-9-]+)\}`)
	// standing is where text stands unless a word is known: "{udp500|UDP 500}".
	standing = lazyregexp.New(`\{[a-z0-9-]+\|([^}]*)\}`)
)

// inGeneral is a sentence, or a line to paste, of no particular log.
func inGeneral(text string) string {
	text = standing.ReplaceAllString(text, "$1")
	text = aside.ReplaceAllStringFunc(text, func(s string) string {
		if word.MatchString(s) {
			return ""
		}
		return s // of a line to paste
	})
	return word.ReplaceAllStringFunc(text, func(s string) string { return strings.ToUpper(word.FindStringSubmatch(s)[1]) })
}

// causePages has one for each cause of an attempt in a log.
func causePages() []Page {
	var out []Page
	for _, row := range causes.All() {
		p := Page{
			IDs:   []string{row["cause"]},
			Seen:  sentence(inGeneral(row["unknown"])),
			Why:   "The connection fails, or ends, here; layer: " + strings.ReplaceAll(row["layer"], "/", " in the gateway's log, and in the client's ") + ".",
			Wrong: "Only the lines that are there are judged. What only the other side can tell: " + strings.TrimSuffix(inGeneral(row["elsewhere"]), ".") + ".",
		}
		if strings.HasPrefix(row["layer"], "none") {
			p.Why = "Nothing failed."
		}
		for _, f := range causes.Fixes() {
			if f.Cause == row["cause"] {
				p.add(changeOf(f), f.Side == "u")
			}
		}
		out = append(out, p)
	}
	return out
}

// add adds a change, and to one of the same words only whose it is, if a log tells.
func (p *Page) add(c explain.Change, unknown bool) {
	i := slices.IndexFunc(p.Change, func(o explain.Change) bool { return o.What == c.What && slices.Equal(o.Lines, c.Lines) })
	switch {
	case i < 0:
		p.Change = append(p.Change, c)
	case unknown:
	case c.Product == eitherSide || p.Change[i].Product == eitherSide:
		p.Change[i].Product = eitherSide
	case !slices.Contains(strings.Split(p.Change[i].Product, ", "), c.Product):
		p.Change[i].Product += ", " + c.Product
	}
}

// eitherSide is the place of a change where none is told.
const eitherSide = "either side"

// loginPages has one for each cause of a login that no log has.
func loginPages() []Page {
	var out []Page
	for _, row := range logincauses.All() {
		if row["layer"] == "" {
			continue // whose page is that of logs
		}
		p := Page{
			IDs:   []string{row["cause"]},
			Seen:  sentence(row["sentence"]),
			Why:   "The login ends here, or what comes after it is not as asked; layer: " + row["layer"] + ".",
			Wrong: "It is one login, at one time, with the credentials that were given.",
		}
		if row["elsewhere"] != "" {
			p.Wrong += " What only the gateway can tell: " + strings.TrimSuffix(row["elsewhere"], ".") + "."
		}
		if w, ok := explain.Windows(row["windows"]); ok && row["windows"] != "" {
			p.Why += " A client of Windows that logs in so shows " + w.Code + " (" + w.Symbol + ")."
		}
		if row["fix"] != "" {
			p.Change = []explain.Change{{Product: "either side", What: row["fix"]}}
		}
		out = append(out, p)
	}
	return out
}

// changeOf is what a row says is to be done, and where.
func changeOf(f causes.Fix) explain.Change {
	who := f.Product
	if who == "" {
		who = map[string]string{"r": "gateway", "i": "client"}[f.Side]
	}
	if who == "" {
		who = eitherSide
	}
	c := explain.Change{Product: who, What: inGeneral(f.Line)}
	if f.Paste {
		c.What, c.Lines = inGeneral(f.Where), strings.Split(strings.TrimSpace(c.What), "\n")
	} else if f.Where != "" {
		c.What = inGeneral(f.Where) + ": " + c.What
	}
	if c.What == "" {
		c.What = "run"
	}
	c.What = strings.TrimSuffix(c.What, ".")
	return c
}
