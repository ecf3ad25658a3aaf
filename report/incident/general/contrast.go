package general

import (
	"regexp"
	"strings"
)

// contrasts are ways in which lines put what came beside what is configured, without
// a word that the two differ.
var contrasts = []struct {
	form  *regexp.Regexp
	first bool // what is configured comes first
}{
	{form: regexp.MustCompile(`(?i)\b(?:expect(?:ed|ing)?|configured|profile|required?|wanted?|our|policy)(?: (?:peer|remote|local))? (?:id|identity|identifier) ?(?:is|was|=|:)? ?["'\[]?([^\s,;"'\]]{1,120})["'\]]?[,;]? (?:but )?(?:peer )?(?:received|got|sent|has)(?: (?:peer|remote))?(?: (?:id|identity|identifier))? ?(?:is|was|=|:)? ?["'\[]?([^\s,;"'\]]{1,120})`), first: true},
	{form: regexp.MustCompile(`(?i)\b(?:received|got|peer sent)(?: (?:peer|remote))? (?:id|identity|identifier) ?(?:is|was|=|:)? ?["'\[]?([^\s,;"'\]]{1,120})["'\]]?[,;]? (?:but )?(?:we )?(?:expect(?:ed|ing)?|configured|profile|required?|want(?:ed)?)(?: (?:id|identity|identifier))? ?(?:is|was|=|:)? ?["'\[]?([^\s,;"'\]]{1,120})`)},
}

// Identities returns the identity that came and the one that is configured, of a line
// that names both, if they differ. Words that are no identity are not taken for one.
func Identities(text string) (got, want string, ok bool) {
	text = text[:min(len(text), maxOctets)]
	for _, c := range contrasts {
		m := c.form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		got, want = m[1], m[2]
		if c.first {
			got, want = want, got
		}
		if isIdentity(got) && isIdentity(want) && !strings.EqualFold(got, want) {
			return got, want, true
		}
	}
	return "", "", false
}

// isIdentity reports whether a word has what names, addresses and distinguished names
// have, and prose has not.
func isIdentity(word string) bool {
	return strings.ContainsAny(strings.TrimRight(word, ".:"), ".@:=/")
}
