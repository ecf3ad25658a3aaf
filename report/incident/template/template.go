// Package template matches lines of logs with templates.
package template

import (
	"errors"
	"iter"
	"strings"

	"github.com/ikescope/ikescope/report/incident/logtext"
)

// Template is text with words in braces: "{name}" stands for the text up to
// the next literal, "{#name}" for digits, "{@name}" for characters that are not
// blanks, quotes or commas; a name of "" is passed over. "^" at the beginning
// and "$" at the end hold it to the ends of the line.
type Template struct {
	atStart, atEnd bool
	parts          []part
}

// part is a literal, or a word where class is not 0.
type part struct {
	literal string
	name    string
	class   byte // 'x' anything, '#' digits, '@' a word
}

// Bounds of a word that is kept, in octets.
const (
	maxWord = 200
	maxList = 8 << 10
)

// Parse reads a template.
func Parse(text string) (Template, error) {
	var t Template
	text, t.atStart = strings.CutPrefix(text, "^")
	text, t.atEnd = strings.CutSuffix(text, "$")
	for text != "" {
		literal, rest, found := strings.Cut(text, "{")
		if literal != "" {
			t.parts = append(t.parts, part{literal: literal})
		}
		if !found {
			break
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return t, errors.New("a brace is not closed")
		}
		text = after
		p := part{name: name, class: 'x'}
		if name != "" && (name[0] == '#' || name[0] == '@') {
			p.name, p.class = name[1:], name[0]
		}
		t.parts = append(t.parts, p)
	}
	if len(t.parts) == 0 {
		return t, errors.New("the template is empty")
	}
	return t, nil
}

// Literals returns what of the template is literal, in its order.
func (t *Template) Literals() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, p := range t.parts {
			if p.class == 0 && !yield(p.literal) {
				return
			}
		}
	}
}

// Octets returns how many octets of the template are literal.
func (t *Template) Octets() int {
	n := 0
	for literal := range t.Literals() {
		n += len(literal)
	}
	return n
}

// Match reports whether text fits t, and the words by name.
func (t *Template) Match(text string) (map[string]string, bool) {
	if !t.atStart && t.parts[0].class == 0 {
		// The first literal may stand anywhere, more than once.
		for at := 0; ; {
			i := strings.Index(text[at:], t.parts[0].literal)
			if i < 0 {
				return nil, false
			}
			at += i
			if words, ok := t.matchAt(text[at:]); ok {
				return words, true
			}
			at++
		}
	}
	return t.matchAt(text)
}

func (t *Template) matchAt(text string) (map[string]string, bool) {
	var words map[string]string
	for i, p := range t.parts {
		if p.class == 0 {
			rest, ok := strings.CutPrefix(text, p.literal)
			if !ok {
				return nil, false
			}
			text = rest
			continue
		}
		end := len(text)
		switch p.class {
		case '#':
			end = span(text, func(c byte) bool { return '0' <= c && c <= '9' })
		case '@':
			end = span(text, func(c byte) bool { return c > ' ' && c != '"' && c != '\'' && c != ',' && c != ';' })
			if i+1 == len(t.parts) {
				for end > 0 && (text[end-1] == '.' || text[end-1] == ':') {
					end--
				}
			}
		default:
			if i+1 < len(t.parts) {
				if end = strings.Index(text, t.parts[i+1].literal); end < 0 {
					return nil, false
				}
			}
		}
		if end == 0 && p.class != 'x' {
			return nil, false
		}
		// A word that ends where its next literal does.
		if p.class == '@' && i+1 < len(t.parts) && !strings.HasPrefix(text[end:], t.parts[i+1].literal) {
			j := strings.Index(text, t.parts[i+1].literal)
			if j <= 0 || j > end {
				return nil, false
			}
			end = j
		}
		if p.name != "" {
			if words == nil {
				words = make(map[string]string)
			}
			most := maxWord
			if p.name == "list" { // of proposals, all of which count
				most = maxList
			}
			words[p.name] = logtext.Clip(strings.TrimSpace(text[:end]), most)
		}
		text = text[end:]
	}
	if t.atEnd && strings.TrimSpace(text) != "" {
		return nil, false
	}
	return words, true
}

func span(s string, in func(byte) bool) int {
	for i := range len(s) {
		if !in(s[i]) {
			return i
		}
	}
	return len(s)
}
