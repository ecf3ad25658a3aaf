package baseline

import (
	"cmp"
	"slices"

	"github.com/ikescope/ikescope/proposals"
)

// judged are the axes on which algorithms can be weak, or weaker than others.
// Additional key exchanges can only add strength (RFC 9370, Section 1).
var judged = []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE}

// plenty are the bits of a key exchange from which on more does not tell good
// from bad: which of two such methods comes first is taste.
const plenty = 128

// CompareLevels is [Compare], but for key exchange methods of 128 bits or more
// that nothing speaks against, which count the same.
func CompareLevels(a, b proposals.Algorithm) int {
	if a.Axis == proposals.KE && Soundness(a) == Sound && Soundness(b) == Sound {
		bitsA, _ := Strength(a)
		bitsB, _ := Strength(b)
		return cmp.Compare(min(bitsA, plenty), min(bitsB, plenty))
	}
	return Compare(a, b)
}

// SuiteSoundness returns the least [Soundness] of the algorithms of s.
func SuiteSoundness(s proposals.Suite) int {
	least := Sound
	for _, axis := range judged {
		least = min(least, Soundness(s[axis]))
	}
	return least
}

// WeakIn returns the algorithms of s that something speaks against.
func WeakIn(s proposals.Suite) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, axis := range judged {
		if Soundness(s[axis]) < Sound {
			out = append(out, s[axis])
		}
	}
	return out
}

// Differences returns the axes on which b is weaker than a, and those on which
// it is stronger, by [CompareLevels]. Integrity protection is compared where
// both have an algorithm of their own for it. A suite without additional key
// exchanges is weaker than one with, on ADDKE1.
func Differences(a, b proposals.Suite) (weaker, stronger []proposals.Axis) {
	for _, axis := range judged {
		if axis == proposals.INTEG && (a[axis].IsNone() || b[axis].IsNone()) {
			continue
		}
		switch order := CompareLevels(b[axis], a[axis]); {
		case order < 0:
			weaker = append(weaker, axis)
		case order > 0:
			stronger = append(stronger, axis)
		}
	}
	switch had, has := hybrid(a), hybrid(b); {
	case had && !has:
		weaker = append(weaker, proposals.ADDKE1)
	case has && !had:
		stronger = append(stronger, proposals.ADDKE1)
	}
	return weaker, stronger
}

func hybrid(s proposals.Suite) bool {
	return slices.ContainsFunc(s[proposals.ADDKE1:], func(a proposals.Algorithm) bool { return !a.IsNone() })
}

// CompareSuites is negative if a is weaker than b: if what is worst in it is
// worse, or, where that is the same, if it is weaker on some axis and stronger
// on none. Suites of which each is weaker on another axis count the same.
func CompareSuites(a, b proposals.Suite) int {
	if order := cmp.Compare(SuiteSoundness(a), SuiteSoundness(b)); order != 0 {
		return order
	}
	switch weaker, stronger := Differences(b, a); {
	case len(weaker) > 0 && len(stronger) == 0:
		return -1
	case len(stronger) > 0 && len(weaker) == 0:
		return 1
	}
	return 0
}
