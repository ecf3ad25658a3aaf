package general

// span is where a phrase stands.
type span struct{ class, from, to int }

// find returns the phrases in a text.
func (x *lexicon) find(ids []uint16, out []span) []span {
	for i, id := range ids {
		if id == 0 {
			continue
		}
		for _, p := range x.byFirst[id] {
			if to := p.at(ids, i); to > 0 && len(out) < cap(out) {
				out = append(out, span{p.class, i, to})
			}
		}
	}
	return out
}

// unmasked returns the phrases that are not part of one that says nothing, such
// as the "ID" of "Message ID".
func (x *lexicon) unmasked(found []span) []span {
	for i := 0; i < len(found); i++ {
		m := found[i]
		if !x.mask[m.class] {
			continue
		}
		for j := 0; j < len(found); j++ {
			if s := found[j]; s != m && m.from <= s.from && s.to <= m.to {
				found = append(found[:j], found[j+1:]...)
				i, j = -1, len(found)
			}
		}
	}
	return found
}

// at returns where the phrase ends that begins at i, 0 if it does not.
func (p *phrase) at(ids []uint16, i int) int {
	gap := 0
	for _, alternatives := range p.words {
		if alternatives == nil {
			gap = maxGap
			continue
		}
		for !in(alternatives, ids, i) {
			if gap == 0 || i >= len(ids) {
				return 0
			}
			gap--
			i++
		}
		i, gap = i+1, 0
	}
	return i
}

func in(alternatives, ids []uint16, i int) bool {
	if i >= len(ids) {
		return false
	}
	for _, id := range alternatives {
		if id == ids[i] {
			return true
		}
	}
	return false
}

func position(ids []uint16, id uint16) int {
	for i, other := range ids {
		if other == id {
			return i
		}
	}
	return len(ids)
}

// apart returns how many words are between two phrases.
func apart(a, b span) int {
	if a.to <= b.from {
		return b.from - a.to
	}
	return max(0, a.from-b.to)
}
