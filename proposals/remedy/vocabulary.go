package remedy

import (
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// vocabulary reads pairs "keyword=word", with spaces between them, into the
// words of a syntax.
func vocabulary(pairs string) func(proposals.Algorithm) string {
	words := make(map[proposals.Algorithm]string)
	for pair := range strings.FieldsSeq(pairs) {
		keyword, word, _ := strings.Cut(pair, "=")
		a, err := proposals.ParseAlgorithm(keyword)
		if err != nil || word == "" {
			panic("remedy: internal error: " + pair)
		}
		words[a] = word
	}
	return func(a proposals.Algorithm) string { return words[a] }
}

// joined returns the words of a list.
func joined(word func(proposals.Algorithm) string, list []proposals.Algorithm, separator string) string {
	var words []string
	for _, a := range list {
		words = append(words, word(a))
	}
	return strings.Join(words, separator)
}
