package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// missing says why offer and accepted have no suite in common, from the pairs
// of an offered and an accepted product that differ least.
func missing(offer, accepted []proposals.Product) []report.Missing {
	// A gateway has a handful of products; a stranger's report may have more.
	nearest := nearestPairs(offer, accepted[:min(len(accepted), mostSets)])
	// Pairs that differ on as many axes may differ on other ones: each is a way
	// to meet, and the one with the most pairs is named.
	count := make(map[[proposals.NumAxes]bool]int)
	for _, p := range nearest {
		count[axesSet(p.axes)]++
	}
	best := nearest[0].axes
	for _, p := range nearest {
		if count[axesSet(p.axes)] > count[axesSet(best)] {
			best = p.axes
		}
	}
	if !slices.ContainsFunc(best, func(axis proposals.Axis) bool { return !share(allOf(offer, axis), allOf(accepted, axis)) }) {
		return []report.Missing{combination(nearest)}
	}
	var out []report.Missing
	for _, axis := range best {
		var offers, accepts []proposals.Algorithm
		for _, p := range nearest {
			if slices.Equal(p.axes, best) {
				offers = addAll(offers, listOf(p.offered, axis))
				accepts = addAll(accepts, listOf(p.accepted, axis))
			}
		}
		text := "In the nearest proposals, it offers %s; the gateway accepts %s."
		if all, taken := allOf(offer, axis), allOf(accepted, axis); !share(all, taken) {
			offers = all
			text = "It offers only %s; the gateway accepts %s."
			if len(accepts) < len(taken) {
				text = "It offers only %s; the nearest that the gateway accepts: %s."
			}
		}
		offered := axisWords(axis) + labels(offers)
		if axis >= proposals.ADDKE1 && slices.Equal(offers, []proposals.Algorithm{proposals.None(axis)}) {
			offered = axis.String()
			text = "It does not offer the additional key exchange %s; the gateway accepts no suite without %s."
		}
		out = append(out, report.Missing{
			Axis: axis.String(), Offers: lists.Convert(offers, report.AlgorithmOf), Accepts: lists.Convert(accepts, report.AlgorithmOf),
			Text: fmt.Sprintf(text, offered, labels(accepts)),
		})
	}
	return out
}

// pair is an offered and an accepted product that differ on some axes.
type pair struct {
	offered, accepted proposals.Product
	axes              []proposals.Axis
}

// distance orders pairs by the axes on which they differ. To go from a classic
// cipher to an AEAD one, or back, is more than another algorithm, but less than
// another axis where it is all that there is to change.
func (p pair) distance() int {
	d := 2 * len(p.axes)
	switch {
	case !otherKind(p.offered, p.accepted):
	case len(p.axes) > 1:
		d += 3
	default:
		d++
	}
	return d
}

// otherKind reports whether one of o and a is with AEAD alone, the other not.
func otherKind(o, a proposals.Product) bool {
	return (len(o[proposals.INTEG]) == 0) != (len(a[proposals.INTEG]) == 0)
}

// nearestPairs returns the pairs of the least distance, in the order of the
// offer.
func nearestPairs(offer, accepted []proposals.Product) []pair {
	var out []pair
	for _, o := range offer {
		for _, a := range accepted {
			p := pair{o, a, differing(o, a)}
			if len(out) > 0 && p.distance() < out[0].distance() {
				out = nil
			}
			if len(out) == 0 || p.distance() == out[0].distance() {
				out = append(out, p)
			}
		}
	}
	return out
}

func axesSet(axes []proposals.Axis) (set [proposals.NumAxes]bool) {
	for _, axis := range axes {
		set[axis] = true
	}
	return set
}

// differing returns the axes on which o and a share nothing. INTEG follows
// ENCR where only one of them is with AEAD.
func differing(o, a proposals.Product) []proposals.Axis {
	var axes []proposals.Axis
	for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
		if share(listOf(o, axis), listOf(a, axis)) {
			continue
		}
		if axis == proposals.INTEG && otherKind(o, a) && slices.Contains(axes, proposals.ENCR) {
			continue
		}
		axes = append(axes, axis)
	}
	return axes
}

// combination says that what keeps the nearest apart is taken, but with other
// algorithms, by a suite of each side that are nearest. Of several, those with the
// fewest weak algorithms are named.
func combination(nearest []pair) report.Missing {
	var offered, accepted proposals.Suite
	least := int(proposals.NumAxes) + 1
	for _, p := range nearest {
		if o, a := p.suites(); weakOf(a) < least {
			offered, accepted, least = o, a, weakOf(a)
		}
	}
	return report.Missing{
		Axis: report.AxisCombination, Offers: []report.Algorithm{}, Accepts: []report.Algorithm{},
		Text: fmt.Sprintf("They have no combination in common: the nearest are %s, which it offers, and %s, which the gateway accepts.",
			offered, accepted),
	}
}

// suites returns a suite of each side of p, equal where they can be, and else
// with the strongest algorithms.
func (p pair) suites() (offered, accepted proposals.Suite) {
	for axis := proposals.ENCR; axis < proposals.NumAxes; axis++ {
		o, a := listOf(p.offered, axis), listOf(p.accepted, axis)
		if both := slices.DeleteFunc(slices.Clone(o), func(x proposals.Algorithm) bool { return !slices.Contains(a, x) }); len(both) > 0 {
			o, a = both, both
		}
		offered[axis] = slices.MaxFunc(o, baseline.Compare)
		accepted[axis] = slices.MaxFunc(a, baseline.Compare)
	}
	return offered, accepted
}

// weakOf counts the algorithms of s that something speaks against.
func weakOf(s proposals.Suite) int {
	n := 0
	for _, a := range s {
		if _, weak := baseline.WeaknessOf(a); weak {
			n++
		}
	}
	return n
}

// listOf returns p's algorithms on axis, with none where there is none.
func listOf(p proposals.Product, axis proposals.Axis) []proposals.Algorithm {
	if len(p[axis]) == 0 {
		return []proposals.Algorithm{proposals.None(axis)}
	}
	return p[axis]
}

// allOf returns the algorithms of all products on axis, each once.
func allOf(products []proposals.Product, axis proposals.Axis) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, p := range products {
		out = addAll(out, listOf(p, axis))
	}
	return out
}

func share(a, b []proposals.Algorithm) bool {
	return slices.ContainsFunc(a, func(x proposals.Algorithm) bool { return slices.Contains(b, x) })
}

func addAll(list, more []proposals.Algorithm) []proposals.Algorithm {
	for _, a := range more {
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// axisWords goes before algorithms whose names do not show their kind.
func axisWords(axis proposals.Axis) string {
	switch {
	case axis == proposals.INTEG:
		return "integrity "
	case axis >= proposals.ADDKE1:
		return axis.String() + " "
	}
	return ""
}

// mostLabels is how many algorithms a sentence names.
const mostLabels = 8

func labels(list []proposals.Algorithm) string {
	var words []string
	for i, a := range list {
		if i == mostLabels {
			words = append(words, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		word := strings.ReplaceAll(a.Label(), " ", "_")
		if a.Axis == proposals.PRF { // or it would be that of an integrity algorithm
			word = "PRF " + word
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}
