package client

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
)

// words are what a product calls the algorithms of one kind, in the order in
// which it documents them: each name, and strongSwan's keyword.
type words [][2]string

// algorithm returns what name stands for; the case of its letters does not
// matter. kind says in an error what name is not, such as "encryption algorithm
// of FortiOS".
func (w words) algorithm(kind, name string, line int) (proposals.Algorithm, error) {
	var names []string
	for _, word := range w {
		if strings.EqualFold(word[0], name) {
			return keyword(word[1]), nil
		}
		names = append(names, word[0])
	}
	return proposals.Algorithm{}, notOneOf(names, kind, name, line)
}

// groupWords returns the words of a product that writes key exchange methods by
// their numbers.
func groupWords(ids ...ike.KeyExchangeMethod) words {
	var w words
	for _, id := range ids {
		a := proposals.Algorithm{Axis: proposals.KE, ID: uint16(id)}
		w = append(w, [2]string{strconv.Itoa(int(id)), a.Keyword()})
	}
	return w
}

// notOneOf is the error that name is none of names: it lists those that are
// near, or all where none is; numbers that look alike are not near. The case of
// letters does not matter.
func notOneOf(names []string, kind, name string, line int) *proposals.FileError {
	if name == "" {
		return fault(line, "", fmt.Sprintf("the %s is empty: write one of %s", kind, strings.Join(names, ", ")))
	}
	lower, asWritten := make([]string, len(names)), make(map[string]string)
	for i, n := range names {
		lower[i] = strings.ToLower(n)
		asWritten[lower[i]] = n
	}
	var near []string
	if _, err := strconv.Atoi(name); err != nil {
		for _, n := range proposals.Nearest(strings.ToLower(name), lower) {
			near = append(near, asWritten[n])
		}
	}
	problem := fmt.Sprintf("is not %s: write one of %s", withArticle(kind), strings.Join(names, ", "))
	if len(near) > 0 {
		problem = fmt.Sprintf("is not %s%s", withArticle(kind), question(near))
	}
	if len(near) > 0 {
		return faultAt(line, name, problem)
	}
	return fault(line, name, problem)
}

// withArticle returns a noun, which may be a name, with "a" or "an" before it.
func withArticle(noun string) string {
	if noun != "" && strings.IndexByte("aeioAEIO", noun[0]) >= 0 {
		return "an " + noun
	}
	return "a " + noun
}

// didYouMean returns a question with the words that are near, or "".
func didYouMean(word string, words []string) string {
	return question(proposals.Nearest(word, words))
}

// question asks whether one of near was meant; it is "" if there is none.
func question(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + english.List(near, "or") + "?"
}

// keyword returns the algorithm of a keyword that stands in this package.
func keyword(k string) proposals.Algorithm {
	a, err := proposals.ParseAlgorithm(k)
	if err != nil {
		panic("client: internal error: " + err.Error())
	}
	return a
}

// keywords is [keyword] for several.
func keywords(ks ...string) []proposals.Algorithm {
	var list []proposals.Algorithm
	for _, k := range ks {
		list = append(list, keyword(k))
	}
	return list
}
