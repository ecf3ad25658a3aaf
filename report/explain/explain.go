package explain

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
)

// Explanation says what one code, notify message or line of a log means.
type Explanation struct {
	// Input is what was explained.
	Input string `json:"input"`
	// Title names it: "Windows error 13868 (0x362C), ...".
	Title   string   `json:"title"`
	Layer   Layer    `json:"layer"`
	Meaning []string `json:"meaning"` // sentences, the plainest last
	// Causes are likely ones, the likeliest first.
	Causes []string `json:"causes"`
	// Checks are what ikescope can find out.
	Checks []Check `json:"checks"`
	// Server is what only the log of the gateway, or of the client, can show,
	// and where it is.
	Server []string `json:"server"`
	Refs   []string `json:"refs"`
	// Verification says how far the facts were checked.
	Verification string `json:"verification,omitempty"`

	// ID is that of a finding, note or verdict of ikescope. Such an explanation has what
	// was seen as its Meaning, why that matters, how products are changed, how it can be
	// wrong, and no Causes, Checks and Server.
	ID     string   `json:"id,omitempty"`
	Why    string   `json:"why,omitempty"`
	Change []Change `json:"change,omitempty"`
	Wrong  string   `json:"wrong,omitempty"`
}

// Change is how a product is changed.
type Change struct {
	Product string   `json:"product"` // or the place, such as a firewall
	What    string   `json:"what"`
	Lines   []string `json:"lines,omitempty"` // to paste
}

// maxInput bounds what is explained, in octets, and maxLine a line of it.
const (
	maxInput = 1 << 20
	maxLine  = 4096
)

// maxExplanations bounds what is said of one input.
const maxExplanations = 50

// Explain returns what input means: a code, a name, or lines of a log, of which
// those that say nothing are passed over, and those that say the same are
// given once. An error names the nearest known words.
func Explain(input string) ([]Explanation, error) {
	input = strings.TrimSpace(input)
	if input == "" {
		return nil, fmt.Errorf("nothing to explain")
	}
	if len(input) > maxInput {
		return nil, fmt.Errorf("%d octets are more than the %d that can be explained", len(input), maxInput)
	}
	if found := explainWord(input); len(found) > 0 {
		return found, nil
	}
	var out []Explanation
	seen := make(map[string]bool)
	for line := range strings.Lines(input) {
		line = strings.TrimSpace(line)
		if len(line) > maxLine {
			line = line[:maxLine]
		}
		for _, e := range explainLine(line) {
			if !seen[e.Title] && len(out) < maxExplanations {
				seen[e.Title] = true
				out = append(out, e)
			}
		}
	}
	if len(out) == 0 {
		return nil, unknown(input)
	}
	return out, nil
}

// explainWord explains a code or a name. One of ikescope's own words may be
// that of a notify message, too, which says no more.
func explainWord(word string) []Explanation {
	if e, ok := explainOutcome(word); ok {
		return []Explanation{e}
	}
	var out []Explanation
	if e, ok := explainWindows(word); ok {
		out = append(out, e)
	}
	if e, ok := explainNotify(word); ok {
		out = append(out, e)
	}
	return out
}

// Known reports whether word is a code or a name that Explain knows.
func Known(word string) bool { return len(explainWord(strings.TrimSpace(word))) > 0 }

// Words returns the names and codes that Explain knows.
func Words() []string {
	var words []string
	for _, w := range windows() {
		words = append(words, w.code, w.symbol)
	}
	for _, n := range notifies() {
		words = append(words, n.String())
	}
	for _, o := range outcomes {
		words = append(words, o.word)
	}
	return words
}

func unknown(input string) error {
	if strings.ContainsAny(input, " \n") {
		return fmt.Errorf("no line of it shows why a connection failed, as far as ikescope knows")
	}
	near := proposals.Nearest(strings.ToUpper(input), Words())
	if len(near) == 0 {
		near = proposals.Nearest(strings.ToLower(input), Words())
	}
	if len(near) > 0 {
		return fmt.Errorf("%q is not known; did you mean %s?", input, english.List(near, "or"))
	}
	return fmt.Errorf("%q is not an error code, notify message, outcome or line of a log that ikescope knows", input)
}

// about returns the explanation of a topic.
func about(name, input, title string, meaning ...string) Explanation {
	t, ok := topics[name]
	if !ok {
		panic("explain: internal error: no topic " + name)
	}
	return Explanation{
		Input: input, Title: title, Layer: t.layer,
		Meaning: append(meaning, t.meaning),
		Causes:  t.causes, Checks: t.checks, Server: t.server,
		Refs: []string{},
	}
}
