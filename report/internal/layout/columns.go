package layout

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Columns returns how many columns s takes on a terminal: two for a wide character,
// none for a mark above another.
func Columns(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}

// head returns the longest beginning of s that takes at most n columns, and the rest
// of it. It has at least one character. A name breaks after a mark near its end, so
// that a suite breaks between its algorithms.
func head(s string, n int) (first, rest string) {
	cut, after, columns := 0, 0, 0
	for state, tail := -1, s; tail != ""; {
		var character string
		var width int
		character, tail, width, state = uniseg.FirstGraphemeClusterInString(tail, state)
		if columns += width; columns > n && cut > 0 {
			break
		}
		cut += len(character)
		if columns > n*2/3 && strings.ContainsAny(character, "-,/:") {
			after = cut
		}
	}
	if after > 0 && cut < len(s) {
		cut = after
	}
	return s[:cut], s[cut:]
}
