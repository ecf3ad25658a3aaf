package matrix

import (
	"slices"

	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// facts is what the answers say, and all that the planner knows.
type facts struct {
	// tangled: the answers cut the universe into too many pieces.
	tangled bool
	// work counts the boxes that were looked at.
	work int
	u    *Universe
	// refused and silent are the boxes offered whole to no effect; silent ones
	// without an exchange cannot be asked.
	refused, silent []evidence
	merged          []sets.Box // what was refused in fewer boxes, or nil
	// observed holds the cells that were taken when they were all of the
	// offer, or that an answer named whole. shown holds those that are all that
	// an answer can have meant: for the method that it named, or since the rest
	// of the offer was refused elsewhere.
	observed, shown map[sets.Box][]int
	found           []sets.Box // the keys of both, in the order found
	// taken are the boxes of which a suite was taken, for each such answer.
	taken []taken
	// fresh are boxes that were refused since the answers were last held
	// against each other, or taken though they had been refused.
	fresh []sets.Box
}

// taken is an answer that says that a suite in one of boxes is acceptable.
type taken struct {
	boxes []sets.Box
	// offered is what was asked about, of which boxes are what the answer can
	// mean.
	offered []sets.Box
	id      int

	// verdict is what came of it where the exchanges against contradict it;
	// again and refusals are those in which it was asked again.
	verdict                  verdict
	against, again, refusals []int
}

// evidence is a box and the exchange that says something of it.
type evidence struct {
	sets.Box
	id int
}

func boxesOf(es []evidence) []sets.Box {
	bs := make([]sets.Box, len(es))
	for i, e := range es {
		bs[i] = e.Box
	}
	return bs
}

// refuse records that no suite of bs is acceptable. One that was taken before
// is no longer observed: see [search.reconcile].
func (f *facts) refuse(bs []sets.Box, id int) {
	f.fresh = append(f.fresh, bs...)
	for _, b := range bs {
		if covered(b, f.refused) {
			continue
		}
		f.refused = slices.DeleteFunc(f.refused, func(e evidence) bool { return b.Holds(e.Box) })
		f.refused = append(f.refused, evidence{b, id})
		f.merged = nil
		f.found = slices.DeleteFunc(f.found, func(cell sets.Box) bool {
			if b.Holds(cell) {
				delete(f.observed, cell)
				delete(f.shown, cell)
				return true
			}
			return false
		})
	}
}

// observe records that cell was taken, alone or named whole.
func (f *facts) observe(cell sets.Box, id int) {
	f.find(cell)
	f.observed[cell] = append(f.observed[cell], id)
}

// show records that cell is all that a taken offer can have been taken for.
func (f *facts) show(cell sets.Box, id int) {
	f.find(cell)
	f.shown[cell] = append(f.shown[cell], id)
}

func (f *facts) find(cell sets.Box) {
	if !f.isFound(cell) {
		f.found = append(f.found, cell)
	}
}

// isFound reports whether cell was observed or shown.
func (f *facts) isFound(cell sets.Box) bool { return f.observed[cell] != nil || f.shown[cell] != nil }

// open returns the part of bs that is not refused, as disjoint boxes if bs
// are disjoint. It is bs where [facts.without] gives up.
func (f *facts) open(bs []sets.Box) []sets.Box { return f.without(bs, f.refusedBoxes()) }

// maxCuts bounds the work of one subtraction, and the boxes that come of it. The
// answers of gateways that follow a policy need some hundreds of cuts, thousands
// where offers have to be short; those of one that answers at random need more
// than any memory holds.
const maxCuts = 1 << 15

// maxWork bounds what a search computes, in boxes looked at: some ten seconds, and
// thirty times what any policy took.
const maxWork = 1 << 29

// without returns the part of bs that is in none of others, as disjoint boxes if
// bs are disjoint. Where that falls into too many pieces it is bs, and the search
// ends: what the answers say cannot be put together.
func (f *facts) without(bs, others []sets.Box) []sets.Box {
	rest, ok := sets.SubtractCounting(&f.work, maxCuts, bs, others...)
	if !ok {
		f.tangled = true
		return bs
	}
	return rest
}

// manyRefused is how many refusals are put together before sets are subtracted
// from them: where offers have to be short there are thousands.
const manyRefused = 256

// refusedBoxes returns what was refused, in few boxes.
func (f *facts) refusedBoxes() []sets.Box {
	if len(f.refused) < manyRefused {
		return boxesOf(f.refused)
	}
	if f.merged == nil {
		f.merged = merge(boxesOf(f.refused))
	}
	return f.merged
}

// observedIn returns an observed cell of b, if there is one.
func (f *facts) observedIn(b sets.Box) (sets.Box, bool) {
	i := slices.IndexFunc(f.found, func(c sets.Box) bool { return f.observed[c] != nil && b.Holds(c) })
	if i < 0 {
		return sets.Box{}, false
	}
	return f.found[i], true
}

// covered reports whether one of es alone holds b.
func covered(b sets.Box, es []evidence) bool {
	return slices.ContainsFunc(es, func(e evidence) bool { return e.Holds(b) })
}

// evidenceFor returns the exchanges that say something of a part of b,
// ascending.
func evidenceFor(b sets.Box, es []evidence) []int {
	var ids []int
	for _, e := range es {
		if e.Overlaps(b) && e.id != 0 {
			ids = append(ids, e.id)
		}
	}
	return ascending(ids)
}
