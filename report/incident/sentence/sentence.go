// Package sentence fills words into sentences and lines of configuration.
package sentence

import "strings"

// Fill puts words into a sentence: "{id}". What stands in brackets is left out
// if a word in it is not known.
func Fill(text string, words map[string]string) string {
	var out strings.Builder
	for text != "" {
		open := strings.IndexByte(text, '[')
		if open < 0 {
			break
		}
		length := strings.IndexByte(text[open:], ']')
		if length < 0 {
			break
		}
		before, _ := Words(text[:open], words)
		out.WriteString(before)
		if inner, ok := Words(text[open+1:open+length], words); ok {
			out.WriteString(inner)
		}
		text = text[open+length+1:]
	}
	rest, _ := Words(text, words)
	out.WriteString(rest)
	return out.String()
}

// Words fills words in braces, and reports whether all are known. Braces
// around blanks are those of a configuration.
func Words(text string, words map[string]string) (string, bool) {
	var out strings.Builder
	known := true
	for {
		before, after, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String(), known
		}
		name, rest, closed := strings.Cut(after, "}")
		if !closed || strings.Contains(name, " ") || name == "" {
			out.WriteByte('{')
			text = after
			continue
		}
		if words[name] == "" {
			known = false
		}
		out.WriteString(words[name])
		text = rest
	}
}
