// Package spellingtest finds names of algorithms in a text that are spelled otherwise than
// the rest of it.
package spellingtest

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report/spelling"
)

// word is what may be a name; finding IDs, names of clients, of files and of settings are
// longer ones that it takes as a whole.
var word = regexp.MustCompile(`[\pL\pN_.@:/-]+`)

// everyday are names that mean something else, too.
var everyday = []string{"none", "null", "aes", "identity", "group", "dhgrp", "PRF"}

// spellings are all of them, each with its names.
var spellings = sync.OnceValue(func() map[spelling.Names]map[string]bool {
	out := map[spelling.Names]map[string]bool{}
	for _, n := range spelling.All {
		out[spelling.Names(n)] = namesOf(spelling.Names(n))
	}
	return out
})

// namesOf are the names of all algorithms in a spelling.
func namesOf(n spelling.Names) map[string]bool {
	out := map[string]bool{}
	for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
		for _, a := range proposals.IKEAlgorithms(axis) {
			for _, name := range []string{n.Label(a), n.Listed(a), n.InText(a)} {
				name, _, _ = strings.Cut(name, " (")
				for _, part := range strings.Fields(name) {
					out[part] = true
				}
			}
		}
	}
	return out
}

// Others returns the words of a text that another spelling than names has for an algorithm,
// and names has not, each once. A suite is taken apart at its separators.
func Others(text string, names spelling.Names) (found []string) {
	others := map[string]bool{}
	for _, of := range spellings() {
		for name := range of {
			others[name] = true
		}
	}
	for name := range spellings()[names] {
		delete(others, name)
	}
	for _, name := range everyday {
		delete(others, name)
	}
	for number := range others {
		if strings.Trim(number, "0123456789") == "" {
			delete(others, number)
		}
	}
	for _, w := range word.FindAllString(text, -1) {
		w = strings.Trim(w, ".:-/")
		parts := strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '/' })
		// A suite has nothing but names; in a longer name a part may be anything.
		if len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool { return !others[p] && !isName(p) }) || len(parts) == 1 {
			for _, p := range parts {
				if others[p] && !slices.Contains(found, p) {
					found = append(found, p)
				}
			}
		}
		if others[w] && !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// isName reports whether a part is a name in any spelling.
func isName(part string) bool {
	for _, of := range spellings() {
		if of[part] {
			return true
		}
	}
	return part == "none"
}
