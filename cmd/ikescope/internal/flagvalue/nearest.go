package flagvalue

import "github.com/ikescope/ikescope/proposals"

// Nearest returns the one of words that word may most likely be a slip of, "" if
// there is none.
func Nearest(word string, words []string) string {
	if near := proposals.Nearest(word, words); len(near) > 0 {
		return near[0]
	}
	return ""
}
