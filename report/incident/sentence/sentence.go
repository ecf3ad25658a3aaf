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

// Words fills words in braces, and reports whether all are known. Of {a/b} it is the first
// that is known, and of {a|some text} the text if a is not. Braces around blanks are those
// of a configuration.
func Words(text string, words map[string]string) (string, bool) {
	var out strings.Builder
	known := true
	for {
		before, after, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String(), known
		}
		place, rest, closed := strings.Cut(after, "}")
		names, value, _ := strings.Cut(place, "|")
		if !closed || strings.Contains(names, " ") || names == "" {
			out.WriteByte('{')
			text = after
			continue
		}
		for name := range strings.SplitSeq(names, "/") {
			if words[name] != "" {
				value = words[name]
				break
			}
		}
		if value == "" {
			known = false
		}
		out.WriteString(value)
		text = rest
	}
}
