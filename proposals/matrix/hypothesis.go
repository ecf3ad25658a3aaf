package matrix

import (
	"cmp"
	"math"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// Hypothesis is a set of suites that a gateway may accept, such as the default
// policy of a product. The lists are in the gateway's order of preference.
type Hypothesis struct {
	Name     string
	Products []proposals.Product
}

// theory is what a hypothesis says of one box of the universe: the suites that
// are accepted there. Weight is how many hypotheses say so.
type theory struct {
	home   sets.Box
	boxes  []sets.Box
	weight float64
	// methods are the key exchange methods in the order in which they are
	// preferred.
	methods []uint64
}

// maxTheoryBoxes bounds the boxes of the theories that are told from one
// another.
const maxTheoryBoxes = 512

// theories returns what hypotheses say of each box of u; what they hold beside u
// counts for nothing.
func (u *Universe) theories(hypotheses []Hypothesis) []theory {
	var out []theory
	count := 0
	for _, h := range hypotheses {
		for _, home := range u.boxes {
			var boxes []sets.Box
			var methods []uint64
			for _, p := range h.Products {
				b, _ := u.box(p)
				part := b.And(home)
				if part.Empty() {
					continue
				}
				boxes = append(boxes, part)
				for _, m := range p[proposals.KE] {
					if n := slices.Index(u.axes[proposals.KE], m); n >= 0 && !slices.Contains(methods, 1<<n) {
						methods = append(methods, 1<<n)
					}
				}
			}
			if len(boxes) == 0 {
				continue
			}
			boxes = merge(sets.Disjoint(sets.WithoutContained(boxes)))
			slices.SortFunc(boxes, func(b, c sets.Box) int { return slices.Compare(b[:], c[:]) })
			if i := slices.IndexFunc(out, func(t theory) bool { return slices.Equal(t.boxes, boxes) }); i >= 0 {
				out[i].weight++
				continue
			}
			if count += len(boxes); count > maxTheoryBoxes {
				return out
			}
			out = append(out, theory{home, boxes, 1, methods})
		}
	}
	return out
}

// touches reports whether t holds a suite of one of bs.
func (t theory) touches(bs []sets.Box) bool {
	return slices.ContainsFunc(t.boxes, func(b sets.Box) bool { return slices.ContainsFunc(bs, b.Overlaps) })
}

// stands reports whether nothing that is known denies t: no suite of it was
// refused or went without an answer, each that was found in its home is in it,
// and it explains each answer that can only be about its home.
func (s *search) stands(t theory) bool {
	if t.touches(boxesOf(s.refused)) || t.touches(boxesOf(s.silent)) {
		return false
	}
	for _, c := range s.found {
		if t.home.Holds(c) && !slices.ContainsFunc(t.boxes, func(b sets.Box) bool { return b.Holds(c) }) {
			return false
		}
	}
	for _, a := range s.taken {
		if a.verdict == credible && !t.touches(a.boxes) && !slices.ContainsFunc(a.boxes, func(b sets.Box) bool { return !t.home.Holds(b) }) {
			return false
		}
	}
	return true
}

// suppose tells theories apart that may explain why a suite of set is accepted,
// until one is left, and asks whether that holds. It returns what it found to
// be accepted; nothing where no theory holds.
//
// A likely suite of the likeliest theory, or one that many of them hold, comes
// first; where there is none, theories are asked about whole. From then on the
// questions are those that would be asked in any case: about values of an axis
// around that suite.
func (s *search) suppose(set []sets.Box) []seed {
	var seeds []seed // of a theory that turned out to be nearly right
	for range maxSupposed {
		s.theories = slices.DeleteFunc(s.theories, func(t theory) bool { return !s.stands(t) })
		var rivals []theory
		for _, t := range s.theories {
			if t.touches(set) && (len(rivals) == 0 || t.home == rivals[0].home) {
				t.weight *= s.plausible(t)
				rivals = append(rivals, t)
			}
		}
		if len(rivals) == 0 {
			return seeds
		}
		left := 0.0
		for _, t := range rivals {
			left += t.weight
		}
		home := rivals[0].home
		if _, ok := s.doubts[home]; !ok {
			s.doubts[home] = none * left
		}
		if left <= s.doubts[home] {
			return seeds
		}
		located := slices.IndexFunc(s.found, func(c sets.Box) bool { return rivals[0].touches([]sets.Box{c}) })
		likeliest := likeliest(rivals)
		var question []sets.Box
		switch {
		case located < 0 && likeliest >= 0:
			question = s.common(rivals[likeliest : likeliest+1])
		case located < 0:
			question = s.common(rivals)
		case likeliest < 0:
			if around := s.between(rivals, s.found[located]); !around.Empty() {
				question = []sets.Box{around}
			} else {
				likeliest = 0 // they cannot be told apart here
			}
		}
		if question == nil {
			if seeds = s.prove(rivals[likeliest]); s.stands(rivals[likeliest]) {
				return seeds
			}
			continue
		}
		switch s.ask(question)[0].state {
		case Accepted:
			s.doubts[home] *= byChance
		case Refused:
		default:
			return seeds
		}
	}
	return seeds
}

// maxSupposed bounds the questions that tell theories apart.
const maxSupposed = 16

// surprise is how much less likely a theory is for each answer that names
// another method than the one that it prefers of what was offered, as far as
// maxSurprises answers go.
const (
	surprise     = 0.25
	maxSurprises = 32
)

// plausible returns how well t foretells the methods that were named.
func (s *search) plausible(t theory) float64 {
	p := 1.0
	for _, a := range s.taken[:min(len(s.taken), maxSurprises)] {
		for _, m := range t.methods {
			if t.touches(onKE(a.offered, m)) {
				if on(proposals.KE, a.boxes)&m == 0 {
					p *= surprise
				}
				break
			}
		}
	}
	return p
}

// onKE returns the parts of bs with the method m.
func onKE(bs []sets.Box, m uint64) []sets.Box {
	var out []sets.Box
	for _, b := range bs {
		if b = b.On(proposals.KE, b[proposals.KE]&m); !b.Empty() {
			out = append(out, b)
		}
	}
	return out
}

// none is the weight of no theory being right, as a share of that of all, and
// byChance how likely what they say is taken all the same: so that theories of
// which most were refused are not asked to the last.
const none, byChance = 0.05, 0.15

// sure is the share of the weight that a theory has to have for it to be proved
// before the others are denied.
const sure = 0.7

// likeliest returns the index of the theory that has nearly all of the weight,
// or -1.
func likeliest(theories []theory) int {
	total := 0.0
	for _, t := range theories {
		total += t.weight
	}
	return slices.IndexFunc(theories, func(t theory) bool { return t.weight >= sure*total })
}

// common returns the likeliest cell of those that most of theories hold, or
// where these are few, about half of the theories whole.
func (s *search) common(theories []theory) []sets.Box {
	var best sets.Box
	most := 0.0
	for _, t := range theories {
		for _, b := range t.boxes {
			// The axes one after the other, by the value that most of those
			// hold that are left.
			cell := b
			for a := range cell {
				value, weight := uint64(0), 0.0
				for _, v := range s.order(proposals.Axis(a), b[a]) {
					if w := weightOf(theories, cell.On(proposals.Axis(a), v)); w > weight {
						value, weight = v, w
					}
				}
				cell[a] = value
			}
			if w := weightOf(theories, cell); w > most || w == most && s.box(cell) > s.box(best) {
				best, most = cell, w
			}
		}
	}
	total := 0.0
	for _, t := range theories {
		total += t.weight
	}
	if most >= few*total {
		return []sets.Box{best}
	}
	var asked []sets.Box
	for _, t := range slices.SortedStableFunc(slices.Values(theories), func(t, u theory) int { return cmp.Compare(len(t.boxes), len(u.boxes)) }) {
		more := merge(sets.Disjoint(sets.WithoutContained(slices.Concat(asked, t.boxes))))
		if w := 0.0; s.fits(more) {
			for _, u := range theories {
				if u.touches(more) {
					w += u.weight
				}
			}
			if w <= half*total {
				asked = more
			}
		}
	}
	if asked == nil {
		return []sets.Box{best}
	}
	return asked
}

// few is the share of the weight below which a suite is no good question, half
// what a question about theories whole has at most.
const few, half = 0.25, 0.55

// weightOf returns the weight of those of theories that hold a suite of b.
func weightOf(theories []theory, b sets.Box) float64 {
	sum := 0.0
	for _, t := range theories {
		if t.touches([]sets.Box{b}) {
			sum += t.weight
		}
	}
	return sum
}

// between returns a question about values of one axis around cell, of which
// about half of theories, by weight, say that it is taken. It is empty if they
// do not differ there.
func (s *search) between(theories []theory, cell sets.Box) sets.Box {
	total := 0.0
	for _, t := range theories {
		total += t.weight
	}
	var best sets.Box
	off := total / 2
	for a := range cell {
		axis := proposals.Axis(a)
		var set uint64
		for _, t := range theories {
			for _, b := range t.boxes {
				if b.Holds(cell.On(axis, b[a])) {
					set |= b[a]
				}
			}
		}
		var question sets.Box
		for _, v := range s.order(axis, set&^cell[a]) {
			with := cell.On(axis, question[a]|v)
			if s.tight && !s.fits([]sets.Box{with}) {
				break
			}
			if w := math.Abs(weightOf(theories, with) - total/2); w < off || w == off && question[a] != 0 {
				question = with
				if w < off {
					best, off = question, w
				}
			}
		}
	}
	return best
}

// seed is a box and an observed cell of it: each value of the box was observed
// with others of it.
type seed struct{ cell, box sets.Box }

// firstProofs is how many suites of a theory are asked about before the others,
// so that one that is wrong costs little.
const firstProofs = 3

// prove asks for each box of t about the fewest suites that show each of its
// values, and whether there is more around it. It returns the part of each box
// that was shown, nothing if most of the first suites were refused.
func (s *search) prove(t theory) []seed {
	diagonals := make([][]sets.Box, len(t.boxes))
	longest := 0
	for i, b := range t.boxes {
		diagonals[i] = s.diagonal(b)
		longest = max(longest, len(diagonals[i]))
	}
	var questions [][]sets.Box
	for n := range longest {
		for _, cells := range diagonals {
			if n < len(cells) {
				questions = append(questions, cells[n:n+1])
			}
		}
	}
	first := questions[:min(firstProofs, len(questions))]
	taken := 0
	count := func(replies []reply) {
		for _, r := range replies {
			if r.state == Accepted {
				taken++
				s.doubts[t.home] *= byChance
			}
		}
	}
	count(s.ask(first...))
	if 2*taken <= len(first) {
		return nil
	}
	questions = questions[len(first):]
	for _, b := range t.boxes {
		if cell, ok := s.observedIn(b); ok {
			questions = append(questions, s.around(b, cell)...)
		}
	}
	count(s.ask(questions...))
	var seeds []seed
	for _, b := range t.boxes {
		cell, ok := s.observedIn(b)
		if !ok {
			continue
		}
		hull := cell
		for _, c := range s.found {
			if b.Holds(c) {
				hull = hull.Or(c)
			}
		}
		seeds = append(seeds, seed{cell, hull})
	}
	return seeds
}

// diagonal returns the fewest cells of b that show each of its values. The first
// ones bring the least likely values, but of one axis at a time as far as that
// can be: so that one that is refused says which.
func (s *search) diagonal(b sets.Box) []sets.Box {
	var orders [proposals.NumAxes][]uint64
	longest := 0
	for a := range b {
		orders[a] = s.order(proposals.Axis(a), b[a])
		longest = max(longest, len(orders[a]))
	}
	cells := make([]sets.Box, longest)
	turn := 1
	for a, order := range orders {
		if len(order) > 1 {
			turn--
		}
		for i := range cells {
			// The last value has its turn first on the first axis, second
			// on the second one, and so on.
			n := (i + turn) % len(order)
			cells[i][a] = order[(n+2*len(order)-1)%len(order)]
		}
	}
	return cells
}

// around returns questions about the values that b lacks, with those of cell on
// the other axes: key exchange methods in one, the others together as far as
// they fit.
func (s *search) around(b, cell sets.Box) [][]sets.Box {
	var questions [][]sets.Box
	var others []sets.Box
	home := s.home(cell)
	for _, a := range sets.Open(home) {
		more := cell.On(a, home[a]&^b[a])
		switch {
		case more.Empty() || covered(more, s.refused):
		case a == proposals.KE && s.fits(s.pieces([]sets.Box{more})):
			questions = append(questions, []sets.Box{more})
		default:
			others = append(others, more)
		}
	}
	return append(questions, s.u.pack(others, s.Limits)...)
}

// exact returns the names of the hypotheses that say that accepted is all that
// is accepted in the universe.
func (s *search) exact(accepted []sets.Box) []string {
	var names []string
	for _, h := range s.Hypotheses {
		var boxes []sets.Box
		for _, p := range h.Products {
			b, _ := s.u.box(p)
			for _, home := range s.u.boxes {
				if part := b.And(home); !part.Empty() {
					boxes = append(boxes, part)
				}
			}
		}
		if len(sets.Subtract(accepted, boxes...)) == 0 && len(sets.Subtract(boxes, accepted...)) == 0 {
			names = append(names, h.Name)
		}
	}
	return names
}
