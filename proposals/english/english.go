// Package english puts numbers and lists into words.
package english

import (
	"fmt"
	"strings"
)

// List joins words as in "a, b and c", last being the word before the last one.
func List[S ~string](words []S, last string) string {
	var b strings.Builder
	for i, word := range words {
		switch {
		case i > 0 && i == len(words)-1:
			b.WriteString(" " + last + " ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(word))
	}
	return b.String()
}

// Counted returns n with its noun: "1 cookie" or "2 cookies".
func Counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Grouped(n) + " " + many
}

// Grouped returns n with a comma every three digits.
func Grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plain returns a word of a JSON document as people write it: "port
// unreachable" for "port_unreachable".
func Plain[S ~string](word S) string { return strings.ReplaceAll(string(word), "_", " ") }
