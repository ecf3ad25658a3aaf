package client

import (
	"fmt"
	"strings"
)

// ikedWord is a word of iked.conf; one in quotation marks is no keyword.
type ikedWord struct {
	text   string
	line   int
	quoted bool
}

func (w ikedWord) is(keyword string) bool { return !w.quoted && w.text == keyword }

// ikedReader reads the words of iked.conf (parse.y, yylex): statements end
// with their line, unless a backslash stands at its end; $name is a macro.
type ikedReader struct {
	rest     string
	line     int
	macros   map[string]ikedMacro
	expanded int // octets that macros have stood for
}

// ikedMacro is the value of a macro, whose words are those of its text.
type ikedMacro string

// maxExpanded bounds what macros stand for in a file, in octets.
const maxExpanded = 64 << 10

// statement reads up to the end of a statement.
func (r *ikedReader) statement() ([]ikedWord, error) {
	var words []ikedWord
	for r.rest != "" {
		if len(words) > maxSettings {
			return nil, fault(r.line, words[0].text, fmt.Sprintf("begins a statement of more than %d words", maxSettings))
		}
		c := r.rest[0]
		switch {
		case c == '\n':
			r.line++
			r.rest = r.rest[1:]
			return words, nil
		case c == ' ' || c == '\t' || c == '\r':
			r.rest = r.rest[1:]
		case strings.HasPrefix(r.rest, "\\\n"), strings.HasPrefix(r.rest, "\\\r\n"):
			_, r.rest, _ = strings.Cut(r.rest, "\n")
			r.line++
		case c == '#':
			r.until("\n")
		case c == '$':
			expansion, err := r.macro()
			if err != nil {
				return nil, err
			}
			words = append(words, expansion...)
		case c == '"' || c == '\'':
			word, err := r.quoted()
			if err != nil {
				return nil, err
			}
			words = append(words, word)
		case strings.IndexByte(ikedMarks, c) >= 0:
			words = append(words, ikedWord{text: r.rest[:1], line: r.line})
			r.rest = r.rest[1:]
		default:
			word := ikedWord{line: r.line}
			if word.text = r.until(" \t\r\n\\\"'" + ikedMarks); word.text == "" {
				word.text = r.rest[:1] // a backslash in a line
				r.rest = r.rest[1:]
			}
			words = append(words, word)
		}
	}
	return words, nil
}

// ikedMarks are words of their own.
const ikedMarks = "(){}<>!=/#,"

func (r *ikedReader) until(end string) string {
	n := strings.IndexAny(r.rest, end)
	if n < 0 {
		n = len(r.rest)
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// quoted reads a string, in which a backslash escapes the quotation mark,
// blanks and the end of a line.
func (r *ikedReader) quoted() (ikedWord, error) {
	mark := r.rest[0]
	r.rest = r.rest[1:]
	word := ikedWord{line: r.line, quoted: true}
	var b strings.Builder
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		if c == mark {
			word.text = b.String()
			return word, nil
		}
		if c == '\\' && r.rest != "" && strings.IndexByte(" \t\n"+string(mark), r.rest[0]) >= 0 {
			c = r.rest[0]
			r.rest = r.rest[1:]
		}
		if c == '\n' {
			r.line++ // lines are joined
			continue
		}
		b.WriteByte(c)
	}
	return word, fault(word.line, "", fmt.Sprintf("a string is not closed: write %c at its end", mark))
}

// macro reads $name and returns the words that it stands for.
func (r *ikedReader) macro() ([]ikedWord, error) {
	r.rest = r.rest[1:]
	n := strings.IndexFunc(r.rest, func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if n < 0 {
		n = len(r.rest)
	}
	name := r.rest[:n]
	r.rest = r.rest[n:]
	value, ok := r.macros[name]
	if !ok {
		return nil, fault(r.line, "$"+name, `is a macro that is not defined above: write NAME = "value"`)
	}
	if r.expanded += len(value) + 1; r.expanded > maxExpanded {
		return nil, fault(r.line, "$"+name, fmt.Sprintf("exceeds what is read: macros expand to more than %d octets", maxExpanded))
	}
	// Macros within a macro's value are not expanded again.
	inner := &ikedReader{rest: string(value), line: r.line}
	words, err := inner.statement()
	for i := range words {
		words[i].line = r.line
	}
	return words, err
}

// define takes NAME = WORD WORD...
func (r *ikedReader) define(words []ikedWord) error {
	if len(words) == 2 {
		return fault(words[0].line, words[0].text, `has no value: write NAME = "value"`)
	}
	var parts []string
	for _, word := range words[2:] {
		parts = append(parts, word.text)
	}
	value := strings.Join(parts, " ")
	if len(value) > maxValue || len(r.macros) == maxSettings {
		return fault(words[0].line, words[0].text, fmt.Sprintf(
			"exceeds what is read: %d macros of %d octets each", maxSettings, maxValue))
	}
	r.macros[words[0].text] = ikedMacro(value)
	return nil
}
