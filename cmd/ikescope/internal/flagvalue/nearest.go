package flagvalue

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// Nearest returns the one of words that word may most likely be a slip of, "" if
// there is none.
func Nearest(word string, words []string) string {
	if near := proposals.Nearest(word, words); len(near) > 0 {
		return near[0]
	}
	return ""
}

// meant ends a line on a word that is none of words with the one that is meant, as far
// as that can be told: a slip of it, or it without what stands before a hyphen.
func meant(word string, words []string) string {
	near := Nearest(word, words)
	for _, w := range words {
		if _, rest, ok := strings.Cut(w, "-"); ok && rest == word {
			near = w
		}
	}
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", near)
}
