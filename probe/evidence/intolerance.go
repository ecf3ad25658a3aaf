package evidence

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Intolerances returns the notes of algorithms that were left out, each for what the
// exchanges ended with that show why: silence first, as which counts what could not
// be asked.
func Intolerances(algorithms map[proposals.Algorithm]int, exchanges []Exchange) []Note {
	outcomes := make(map[int]initiator.Outcome)
	for _, x := range exchanges {
		if x.Outcome != initiator.NoAnswer {
			outcomes[x.ID] = x.Outcome
		}
	}
	by := make(map[initiator.Outcome][]proposals.Algorithm)
	for a, id := range algorithms {
		by[outcomes[id]] = append(by[outcomes[id]], a)
	}
	var notes []Note
	for _, outcome := range slices.Sorted(maps.Keys(by)) {
		list := by[outcome]
		slices.SortFunc(list, func(a, b proposals.Algorithm) int {
			return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(a.Axis, b.Axis))
		})
		notes = append(notes, Note{Kind: NoteIntolerances, Outcome: outcome, Algorithms: list})
	}
	return notes
}
