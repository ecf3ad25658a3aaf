package spelling

import (
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// token is what may name an algorithm, or the algorithms of a suite: IANA's names, the
// labels made of them, and strongSwan's keywords; not the ID of a finding.
var token = lazyregexp.New(`\b(?:[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+|(?:PRF )?[A-Z0-9]+(?:_[A-Z0-9]+)+(?: with [0-9]+ bits)?|3DES|X25519|X448|[a-z0-9]+(?:[-_][a-z0-9]+)*)\b`)

// byName are algorithms by IANA's names.
var byName = sync.OnceValue(func() map[string]proposals.Algorithm {
	out := map[string]proposals.Algorithm{}
	for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
		for _, a := range proposals.IKEAlgorithms(axis) {
			name := a.Name()
			if a.KeyBits > 0 {
				name += " with " + strconv.Itoa(int(a.KeyBits)) + " bits"
			}
			out[name] = a
			label := strings.ReplaceAll(a.Label(), " ", "_")
			if axis == proposals.PRF {
				label = "PRF " + label // else it may be that of an integrity algorithm
			}
			out[label] = a
		}
	}
	return out
})

// Text returns a sentence of ours with n's names in place of the names of IANA and the
// keywords of strongSwan. It is not for text of strangers, in which the same word may
// mean something else, nor for lines to paste.
func (n Names) Text(sentence string) string {
	out := token.ReplaceAllStringFunc(sentence, n.word)
	// Of several groups the first alone is called one.
	if i := strings.Index(out, groupMark); i >= 0 {
		i += len(groupMark)
		out = out[:i] + strings.ReplaceAll(out[i:], groupMark, " (")
	}
	return out
}

// groupMark comes before the number of a group.
const groupMark = " (group "

func (n Names) word(word string) string {
	if a, ok := byName()[word]; ok {
		return n.InText(a)
	}
	if a, err := proposals.ParseAlgorithm(word); err == nil {
		// An alias is a word of everyday, such as aes.
		if a.Keyword() != word || a.IsNone() || word == "none" || word == "null" {
			return word
		}
		return n.InText(a)
	}
	if !strings.Contains(word, "-") || n == "" || n == StrongSwan {
		return word
	}
	if p, err := proposals.ParseProduct(word); err == nil {
		return n.product(p)
	}
	return word
}
