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

// shared returns what words have in common before their first hyphen, with that; "" for
// nothing.
func shared(words []string) string {
	first, _, _ := strings.Cut(words[0], "-")
	for _, w := range words {
		if !strings.HasPrefix(w, first+"-") {
			return ""
		}
	}
	return first + "-"
}

// meant ends a line on a word that is none of words with the one that is meant, as far
// as that can be told: a slip of it, or it without what stands before a hyphen.
func meant(word string, words []string) string {
	near := Nearest(word, words)
	// What all words begin with says nothing of which one is meant.
	if begin := shared(words); near != "" && begin != "" && strings.HasPrefix(word, begin) {
		rest := make([]string, len(words))
		for i, w := range words {
			rest[i] = strings.TrimPrefix(w, begin)
		}
		if near = Nearest(strings.TrimPrefix(word, begin), rest); near != "" {
			near = begin + near
		}
	}
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
