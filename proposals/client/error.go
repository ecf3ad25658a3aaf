package client

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// faultAt returns what is wrong at a line of a configuration; 0 if it has none.
// word is one of the syntax, and of the file only a name: it is shown.
func faultAt(line int, word, problem string) *proposals.FileError {
	return &proposals.FileError{Line: line, Token: word, Problem: problem}
}

// fault is [faultAt] of a word of the file that can be any. Configurations hold
// secrets, and where one is damaged, a secret may stand where another word
// should: the word is shown only if it could be meant for an algorithm.
func fault(line int, word, problem string) *proposals.FileError {
	if word != "" && !isLikeAlgorithm(word) {
		return &proposals.FileError{Line: line, Problem: notShown + problem}
	}
	return faultAt(line, word, problem)
}

// faultNear is [fault] of a word that should be one of words: it is shown, too,
// if it is one or like one of them, which the error then names.
func faultNear(line int, word, problem string, words []string) *proposals.FileError {
	near := didYouMean(word, words)
	if near == "" {
		return fault(line, word, problem)
	}
	if slices.Contains(words, word) {
		near = ""
	}
	return faultAt(line, word, problem+near)
}

// notShown stands for a word that may be a secret.
const notShown = "a word (not shown, because it may be a secret) "

// stems are what names of algorithms are made of, apart from short numbers.
const stems = `(?:aes|a?des|ede|gcm|gmac|cbc|ctr|ccm|cmac|xcbc|icv|chacha|poly|camellia|blowfish|twofish|serpent|cast|idea|` +
	`seed|aria|rc|sm|sha|md|hmac|prf|integ|encr|auth|tiger|modp|ecp|bp|brainpool|group|grp|dh|ke|pfs|mm|addke|` +
	`x|curve|sntrup|ml|kem|mlkem|kyber|oakley|s|ec2n|none|null|default|noesn|esn|no|id|ike|v|ikev|pptp|l2tp|sstp|automatic|` +
	`auto|main|aggressive|base|[-_+.;!])`

// likeAlgorithm are names of algorithms, right or wrong: up to a short number
// each. Numbers alone are short, too.
var likeAlgorithm = lazyregexp.New(`^(?:-?\d{1,3}|(?:\d{1,5}` + stems + `|` + stems + `(?:\d{1,5})?)+)$`)

// isLikeAlgorithm reports whether word could be meant for an algorithm, or for
// several with separators.
func isLikeAlgorithm(word string) bool {
	return len(word) <= 100 && likeAlgorithm.MatchString(strings.ToLower(word))
}

// shorten returns what of s fits a line, escaped so that it is safe to show.
func shorten(s string) string {
	const most = 100
	end := ""
	if len(s) > most {
		s, end = s[:most], "..."
	}
	return printable.Text(s) + end
}
