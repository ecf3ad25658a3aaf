package matrix

import (
	"math"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// locateShare is the share of the weight that locate asks about first. It is
// less than a half, since what is accepted is seldom one suite alone: the more
// there are, the likelier the first part holds one.
const locateShare = 0.33

// locate finds an acceptable cell in boxes that are known to hold one; none
// where an answer failed to come.
func (s *search) locate(boxes []sets.Box) (sets.Box, bool) {
	for {
		boxes = s.open(boxes)
		if s.tight {
			boxes = s.divided(boxes)
		}
		switch {
		case len(boxes) == 0: // contradicted
			return sets.Box{}, false
		case len(boxes) == 1 && boxes[0].IsCell():
			s.showTaken(boxes[0])
			return boxes[0], true
		}
		if i := slices.IndexFunc(s.found, func(c sets.Box) bool { return slices.ContainsFunc(boxes, func(b sets.Box) bool { return b.Holds(c) }) }); i >= 0 {
			return s.found[i], true
		}
		first, rest := s.split(boxes)
		switch r := s.ask(first)[0]; r.state {
		case Accepted:
			boxes = r.witness
		case Refused:
			boxes = rest
		default:
			return sets.Box{}, false
		}
	}
}

// showTaken notes the answers that show that cell is accepted, of which it is
// the only one left, unless it was found already.
func (s *search) showTaken(cell sets.Box) {
	if s.isFound(cell) {
		return
	}
	for _, t := range s.taken {
		if t.verdict == credible && slices.ContainsFunc(t.boxes, cell.Overlaps) {
			s.show(cell, t.id)
		}
	}
}

// divided returns boxes as ones that each fit an offer; nothing if these are too
// many.
func (s *search) divided(boxes []sets.Box) []sets.Box {
	var out []sets.Box
	for _, b := range boxes {
		for piece := range s.u.fitting(b, s.Limits) {
			if out = append(out, piece); len(out) > maxPacked {
				return nil
			}
		}
	}
	return out
}

// split parts boxes into two, the first of nearly locateShare of the weight and
// the likelier one for its size.
func (s *search) split(boxes []sets.Box) (first, rest []sets.Box) {
	if len(boxes) > 1 {
		slices.SortStableFunc(boxes, func(b, c sets.Box) int {
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
		for n < len(boxes)-1 && (s.Limits.Proposals == 0 || n < s.Limits.Proposals) && (n == 0 || sum+s.box(boxes[n]) <= total*locateShare) {
			if room -= s.u.octets(boxes[n]); room < 0 && n > 0 {
				break
			}
			sum += s.box(boxes[n])
			n++
		}
		// A box that outweighs all others together is split itself.
		if n == 1 && sum > 2*total/3 && !boxes[0].IsCell() {
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
			if sets.IsOne(part[a]) {
				continue
			}
			likely := s.part(proposals.Axis(a), part[a], locateShare)
			c := share * s.set(proposals.Axis(a), likely) / s.set(proposals.Axis(a), part[a])
			if math.Abs(c-locateShare) < math.Abs(nextShare-locateShare) {
				next, nextShare = part.On(proposals.Axis(a), likely), c
			}
		}
		if next == part {
			return []sets.Box{part}, b.Minus(part)
		}
		part, share = next, nextShare
	}
}
