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

// nearest returns up to three keywords of axis, or of any axis for NumAxes,
// that word may be a slip of: those that take about one change for three
// octets of word, or fewer. The nearest comes first, and each algorithm once.
func nearest(word string, axis Axis) []string {
	if len(word) > maxNearestLength {
		return nil
	}
	type candidate struct {
		word     string
		distance int
	}
	var found []candidate
	for _, w := range keywords.words {
		a := keywords.algorithm[w]
		if axis != NumAxes && a.Axis != axis || a.Axis == KE && a.ID == 0 {
			continue
		}
		if d := editDistance(word, w); 3*d <= len(word)+2 {
			found = append(found, candidate{w, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var words []string
	seen := make(map[Algorithm]bool)
	for _, c := range found {
		if a := keywords.algorithm[c.word]; len(words) < maxNearest && !seen[a] {
			seen[a] = true
			words = append(words, c.word)
		}
	}
	return words
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
