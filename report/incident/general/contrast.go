package general

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// Words by which lines put what came beside what is configured.
const (
	came     = `(?:received|recv|got|sent|sends|presented|presents|offered|offers|has)`
	expected = `(?:expect(?:s|ed|ing)?|configured|profile|require[sd]?|want(?:s|ed)?)`
	filler   = `(?:(?:the|we|but|local|remote|peer|peer's|its|our|id|ids|identity|identifier|type|is|was|of|with|as)[ :='"\[(]+){0,5}`
	token    = `["'\[(]*([^\s,;"'\]\[()]{2,120})["'\])]*`
)

// about is that a line is of identities, and contrasts are ways in which lines say
// what came and what is configured, without a word that the two differ.
var (
	about     = lazyregexp.New(`(?i)\b(?:id|ids|identity|identities|identifier|fqdn|id_[ir])\b`)
	contrasts = []struct {
		form  *lazyregexp.Regexp
		first bool // what is configured comes first
	}{
		{lazyregexp.New(`(?i)\b` + expected + `[ :=]+` + filler + token + `[,;. ]+` + filler + came + `[ :=]+` + filler + token), true},
		{lazyregexp.New(`(?i)\b` + came + `[ :=]+` + filler + token + `[,;. ]+` + filler + expected + `[ :=]+` + filler + token), false},
	}
)

// Identities returns the identity that came and the one that is configured, of a line
// that names both, if they differ. Words that are no identity are not taken for one.
func Identities(text string) (got, want string, ok bool) {
	text = text[:min(len(text), maxOctets)]
	if !about.MatchString(text) {
		return "", "", false
	}
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

// algorithm is a line that holds an algorithm which came against the one that is
// configured: "Received DH group 2, expecting 14".
var algorithm = lazyregexp.New(`(?i)\b(?:received|peer (?:offers|offered|proposed|sent)|got) (dh group|group|encryption(?: algorithm)?|cipher|hash(?: algorithm)?|prf|key length|integrity(?: algorithm)?|auth(?:entication)? algorithm)s?(?: is|:|=)? ?["']?([\w./-]{1,40})["']?[,;]? (?:but |and )?(?:we |local )?` + expected + `(?: is|:|=)? ?["']?([\w./-]{1,40})`)

// axes are what the words of algorithm are called elsewhere.
var axes = map[string]string{"dh group": "key exchange method", "group": "key exchange method", "encryption": "cipher", "encryption algorithm": "cipher",
	"hash": "integrity algorithm", "hash algorithm": "integrity algorithm", "auth algorithm": "integrity algorithm", "authentication algorithm": "integrity algorithm", "prf": "PRF"}

// Algorithm returns what a line says of one axis of a proposal, "" if nothing.
func Algorithm(text string) string {
	m := algorithm.FindStringSubmatch(text[:min(len(text), maxOctets)])
	if m == nil || strings.EqualFold(m[2], m[3]) {
		return ""
	}
	axis := strings.ToLower(m[1])
	if name := axes[axis]; name != "" {
		axis = name
	}
	return axis + ": received " + m[2] + ", configured " + strings.TrimRight(m[3], ".")
}
