package proposals

import (
	"cmp"
	"slices"
)

const (
	maxNearest = 3
	// maxNearestLength bounds the work for hostile input. The longest keyword
	// has 22 octets.
	maxNearestLength = 32
)

// Nearest returns up to three of words that word may be a slip of, the nearest
// first: those that take about one change for three octets of word, or fewer.
func Nearest(word string, words []string) []string {
	near := slips(word, words)
	return near[:min(len(near), maxNearest)]
}

// nearest is [Nearest] among the keywords of axis, or of any axis for NumAxes,
// with each algorithm once.
func nearest(word string, axis Axis) []string {
	var known []string
	for _, w := range keywords.words {
		if a := keywords.algorithm[w]; (axis == NumAxes || a.Axis == axis) && (a.Axis != KE || a.ID != 0) {
			known = append(known, w)
		}
	}
	var words []string
	seen := make(map[Algorithm]bool)
	for _, w := range slips(word, known) {
		if a := keywords.algorithm[w]; len(words) < maxNearest && !seen[a] {
			seen[a] = true
			words = append(words, w)
		}
	}
	return words
}

// slips returns all that [Nearest] chooses from.
func slips(word string, words []string) []string {
	if len(word) > maxNearestLength {
		return nil
	}
	distance := make(map[string]int)
	var near []string
	for _, w := range words {
		if d := editDistance(word, w); 3*d <= len(word)+2 {
			distance[w] = d
			near = append(near, w)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(distance[a], distance[b]) })
	return near
}

// editDistance counts the octets to insert, delete, replace or swap with their
// neighbour to make b of a (optimal string alignment).
func editDistance(a, b string) int {
	before, above := make([]int, len(b)+1), make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := above[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
