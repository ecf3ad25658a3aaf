package proposals

// grow returns the smallest box that holds cell and every value that is
// accepted in its place on one axis, the other axes held.
func (s *search) grow(cell box) box {
	b := cell
	var queue []section
	for a := range cell {
		axis := Axis(a)
		candidates := s.home(cell)[a] &^ cell[a]
		for v := range values(candidates) {
			if c := cell.on(axis, v); s.observed[c] != nil {
				b[a] |= v
				candidates &^= v
			} else if covered(c, s.refused) || covered(c, s.silent) {
				candidates &^= v
			}
		}
		queue = append(queue, s.groups(axis, candidates, b[a])...)
	}
	for len(queue) > 0 {
		questions := make([][]box, len(queue))
		for i, sec := range queue {
			questions[i] = []box{cell.on(sec.axis, sec.set)}
		}
		var next []section
		for i, r := range s.ask(questions...) {
			sec := queue[i]
			switch r.state {
			case Accepted:
				set := uint64(0)
				for _, w := range r.witness {
					set |= w[sec.axis]
				}
				next = append(next, s.narrow(sec, set, cell, &b)...)
			case Refused:
				if sec.sure {
					sec.sure = false
					next = append(next, s.narrow(section{axis: sec.axis, set: sec.rest}, sec.rest, cell, &b)...)
				} else if sec.rest != 0 {
					next = append(next, s.groups(sec.axis, sec.rest, b[sec.axis])...)
				}
			case NoAnswer:
				if sec.rest != 0 {
					next = append(next, s.groups(sec.axis, sec.rest, b[sec.axis])...)
				}
			case NotTested:
				return b
			}
		}
		queue = next
	}
	return b
}

// section is a question about the values of set on one axis. The values of
// rest are asked about after it; sure means that set and rest together hold
// an accepted value.
type section struct {
	axis      Axis
	set, rest uint64
	sure      bool
}

// narrow goes on from a section of which a value among set is accepted, and
// adds it to b if it is alone.
func (s *search) narrow(sec section, set uint64, cell box, b *box) []section {
	var next []section
	if others := sec.set&^set | sec.rest; others != 0 {
		next = s.groups(sec.axis, others, b[sec.axis]|set)
	}
	if isOne(set) {
		b[sec.axis] |= set
		return next
	}
	first, rest := s.halve(sec.axis, set)
	return append(next, section{axis: sec.axis, set: first, rest: rest, sure: true})
}

// groups splits the values of set into sections that are as likely to be
// refused as to be taken. Where an axis has already accepted many values, more
// are expected, and the groups are smaller.
func (s *search) groups(a Axis, set, accepted uint64) []section {
	var out []section
	var group uint64
	none := 1.0 // the chance that no value of the group is accepted
	boost := s.boost(a, set, accepted)
	for _, v := range s.order(a, set) {
		chance := min(s.value(a, v)*boost, 0.95)
		if group != 0 && none*(1-chance) < 0.5 {
			out = append(out, section{axis: a, set: group})
			group, none = 0, 1
		}
		group |= v
		none *= 1 - chance
	}
	if group != 0 {
		out = append(out, section{axis: a, set: group})
	}
	return out
}

// boost compares what was accepted on an axis with what was expected.
func (s *search) boost(a Axis, open, accepted uint64) float64 {
	var all uint64
	for _, b := range s.u.boxes {
		all |= b[a]
	}
	decided := all &^ open
	return (s.set(a, accepted) + 1) / (s.set(a, decided) + 1) * 1.5
}

// home returns the box of the universe that holds cell.
func (s *search) home(cell box) box {
	for _, b := range s.u.boxes {
		if b.holds(cell) {
			return b
		}
	}
	return cell
}
