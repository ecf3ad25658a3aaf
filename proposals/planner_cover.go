package proposals

import (
	"math"
	"math/bits"
	"slices"
)

// undecided returns what is in no product, not refused and not silent, as
// disjoint boxes.
func (s *search) undecided() []box {
	rest := subtract(s.u.boxes, s.products...)
	return subtract(s.open(rest), boxesOf(s.silent)...)
}

// maxLargest bounds the boxes that a cover is chosen from. Their number grows
// with each product or silent suite, at worst by a factor of NumAxes; policies
// that were tried have a quarter at most.
const maxLargest = 1 << 10

// cover returns questions that together hold everything that is undecided,
// and no suite of a product found or of a silent offer: when all are refused,
// nothing is left. Those without additional key exchanges come first, so that
// a search that is cut short knows these.
func (s *search) cover() [][]box {
	rest := s.undecided()
	if len(rest) == 0 {
		return nil
	}
	// The largest boxes that touch nothing known to be accepted or silent
	// may hold refused suites again: that costs nothing and keeps them few.
	largest := slices.Clone(s.u.boxes)
	for _, c := range append(slices.Clone(s.products), boxesOf(s.silent)...) {
		var next []box
		for _, b := range largest {
			next = append(next, b.maximalMinus(c)...)
		}
		if len(next) > maxLargest {
			return s.u.pack(rest, s.Limits)
		}
		largest = withoutContained(next)
	}
	var chosen []box
	for len(rest) > 0 {
		var best box
		var bestSize int64
		for _, b := range largest {
			var size int64
			var hull box
			for _, r := range rest {
				if part := r.and(b); !part.empty() {
					size += part.size()
					hull = hull.or(part)
				}
			}
			if size > bestSize {
				best, bestSize = hull, size
			}
		}
		chosen = append(chosen, best)
		rest = subtract(rest, best)
	}
	questions := s.u.pack(chosen, s.Limits)
	slices.SortStableFunc(questions, func(p, q []box) int { return s.u.hybrid(p) - s.u.hybrid(q) })
	return questions
}

// hybrid returns 1 if a suite of bs has an additional key exchange, else 0.
func (u *Universe) hybrid(bs []box) int {
	for _, b := range bs {
		for a := ADDKE1; a < NumAxes; a++ {
			for v := range values(b[a]) {
				if !u.axes[a][bits.TrailingZeros64(v)].IsNone() {
					return 1
				}
			}
		}
	}
	return 0
}

// locateShare is the share of the weight that locate asks about first. It is
// less than a half, since what is accepted is seldom one suite alone: the more
// there are, the likelier the first part holds one.
const locateShare = 0.33

// locate finds an acceptable cell in each of sets of boxes that are known to
// hold one, asking about all of them at a time; none where an answer failed to
// come.
func (s *search) locate(sets [][]box) []box {
	var cells []box
	for len(sets) > 0 {
		var firsts, rests [][]box
		for _, boxes := range sets {
			boxes = s.open(boxes)
			switch {
			case len(boxes) == 0: // contradicted
			case len(boxes) == 1 && boxes[0].isCell():
				cells = append(cells, boxes[0])
				s.observeTaken(boxes[0])
			default:
				first, rest := s.split(boxes)
				firsts, rests = append(firsts, first), append(rests, rest)
			}
		}
		sets = nil
		for i, r := range s.ask(firsts...) {
			switch r.state {
			case Accepted:
				sets = append(sets, r.witness)
			case Refused:
				sets = append(sets, rests[i])
			}
		}
	}
	return cells
}

// observeTaken notes the answers that show that cell is accepted, of which it
// is the only one left, unless it was observed already.
func (s *search) observeTaken(cell box) {
	if s.observed[cell] != nil {
		return
	}
	for _, t := range s.taken {
		if slices.ContainsFunc(t.boxes, cell.overlaps) {
			s.observe(cell, t.id)
		}
	}
}

// split parts boxes into two, the first of nearly locateShare of the weight and
// the likelier one for its size.
func (s *search) split(boxes []box) (first, rest []box) {
	if len(boxes) > 1 {
		slices.SortStableFunc(boxes, func(b, c box) int {
			switch wb, wc := s.box(b), s.box(c); {
			case wb > wc:
				return -1
			case wb < wc:
				return 1
			}
			return 0
		})
		total := 0.0
		for _, b := range boxes {
			total += s.box(b)
		}
		n, sum, room := 0, 0.0, s.Limits.Octets
		for n < len(boxes)-1 && (n == 0 || sum+s.box(boxes[n]) <= total*locateShare) {
			if room -= s.u.octets(boxes[n]); room < 0 && n > 0 {
				break
			}
			sum += s.box(boxes[n])
			n++
		}
		// A box that outweighs all others together is split itself.
		if n == 1 && sum > 2*total/3 && !boxes[0].isCell() {
			first, half := s.split(boxes[:1:1])
			return first, append(half, boxes[1:]...)
		}
		return boxes[:n:n], boxes[n:]
	}
	b := boxes[0]
	var bestFirst, bestRest box
	best := 2.0
	for a := range b {
		axis := Axis(a)
		if isOne(b[a]) {
			continue
		}
		f, r := s.part(axis, b[a], locateShare)
		share := s.set(axis, f) / s.set(axis, b[a])
		if off := math.Abs(share - locateShare); off < best {
			best, bestFirst, bestRest = off, b.on(axis, f), b.on(axis, r)
		}
	}
	return []box{bestFirst}, []box{bestRest}
}
