package matrix

import (
	"github.com/ikescope/ikescope/proposals"
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
				if r.overlaps(b) {
					part := r.and(b)
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
		for a := proposals.ADDKE1; a < proposals.NumAxes; a++ {
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

// locate finds an acceptable cell in boxes that are known to hold one; none
// where an answer failed to come.
func (s *search) locate(boxes []box) (box, bool) {
	for {
		boxes = s.open(boxes)
		switch {
		case len(boxes) == 0: // contradicted
			return box{}, false
		case len(boxes) == 1 && boxes[0].isCell():
			s.showTaken(boxes[0])
			return boxes[0], true
		}
		first, rest := s.split(boxes)
		switch r := s.ask(first)[0]; r.state {
		case Accepted:
			boxes = r.witness
		case Refused:
			boxes = rest
		default:
			return box{}, false
		}
	}
}

// showTaken notes the answers that show that cell is accepted, of which it is
// the only one left, unless it was found already.
func (s *search) showTaken(cell box) {
	if s.isFound(cell) {
		return
	}
	for _, t := range s.taken {
		if slices.ContainsFunc(t.boxes, cell.overlaps) {
			s.show(cell, t.id)
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
	// Of a single box one axis after the other is narrowed, while that brings
	// its share nearer.
	b := boxes[0]
	part, share := b, 1.0
	for {
		next, nextShare := part, share
		for a := range part {
			if isOne(part[a]) {
				continue
			}
			likely := s.part(proposals.Axis(a), part[a], locateShare)
			c := share * s.set(proposals.Axis(a), likely) / s.set(proposals.Axis(a), part[a])
			if math.Abs(c-locateShare) < math.Abs(nextShare-locateShare) {
				next, nextShare = part.on(proposals.Axis(a), likely), c
			}
		}
		if next == part {
			return []box{part}, b.minus(part)
		}
		part, share = next, nextShare
	}
}
