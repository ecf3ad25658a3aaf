package spelling

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// fortiOS names what a proposal holds in FortiOS's two settings: proposal, whose hash is that
// of the PRF, too, unless it names another, and dhgrp.
func (n Names) fortiOS(p proposals.Product) string {
	var transform, groups []string
	words := func(list []proposals.Algorithm) (out []string) {
		for _, a := range list {
			if !a.IsNone() {
				out = append(out, n.inSuite(a))
			}
		}
		return out
	}
	integ, prf := words(p[proposals.INTEG]), words(p[proposals.PRF])
	transform = append(words(p[proposals.ENCR]), integ...)
	if same := slices.EqualFunc(prf, integ, func(prf, integ string) bool { return prf == "prf"+integ }); !same {
		transform = append(transform, prf...)
	}
	for axis := proposals.KE; int(axis) < len(p); axis++ {
		for _, a := range p[axis] {
			word := "none"
			if !a.IsNone() {
				word = n.inSuite(a)
			}
			if len(groups) > 0 {
				word = strings.TrimPrefix(word, n.GroupWord()+" ")
			}
			groups = append(groups, word)
		}
	}
	return strings.Join(slices.DeleteFunc([]string{strings.Join(transform, "-"), strings.Join(groups, " ")}, func(s string) bool { return s == "" }), " ")
}
