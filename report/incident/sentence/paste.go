package sentence

import (
	"maps"
	"slices"
	"strings"
)

// Meta are characters that shells and command lines may take for more than themselves:
// whoever writes into a log does not write into lines to paste.
const Meta = "\x00\a\b\t\n\v\f\r\x1b;|&$`\"'<>(){}[]\\!#"

// ours are words that are made of what is checked, and of no line as it is.
var ours = []string{"ids", "nopfs", "private", "take"}

// Pasted returns the words that may stand in a line to paste.
func Pasted(words map[string]string) map[string]string {
	out := maps.Clone(words)
	maps.DeleteFunc(out, func(name, value string) bool { return !slices.Contains(ours, name) && strings.ContainsAny(value, Meta) })
	return out
}
