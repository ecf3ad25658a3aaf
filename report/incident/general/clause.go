package general

// place takes from a line the phase, the version and the side that it names.
func (x *lexicon) place(found []span, at *Meaning) {
	for _, s := range found {
		if s.class < firstExchange {
			at.Named = true
		}
		if s.class < firstExchange || s.class >= firstWord {
			continue
		}
		e := &x.exchanges[s.class-firstExchange]
		at.Named = true
		if e.phase != "" && (at.Phase == "" || e.phase == "CREATE_CHILD_SA") {
			at.Phase = e.phase
		}
		if at.Version == 0 {
			at.Version = e.version
		}
		if at.Side == "" {
			at.Side = e.side
		}
	}
}

// clause returns the first meaning whose subject and verdict stand near each
// other.
func (x *lexicon) clause(found []span) (Meaning, bool) {
	var has [maxClasses]bool
	bad := false // something is wrong
	for _, s := range found {
		has[s.class] = true
		bad = bad || x.verdict[s.class]
	}
	if !bad && !has[x.up] && !has[x.found] {
		return Meaning{}, false
	}
	guarded := x.guarded(found, has[x.because])
	for _, limit := range []int{near, maxApart} {
		for i := range x.meanings {
			row := &x.meanings[i]
			if !has[row.subject] || !has[row.verdict] || row.says.Level != Progress && guarded || row.says.Level == Progress && bad {
				continue
			}
			if x.together(found, row, limit) {
				return row.says, true
			}
		}
	}
	return Meaning{}, false
}

// together reports whether a subject and its verdict stand within a number of
// words of each other.
func (x *lexicon) together(found []span, row *meaning, limit int) bool {
	for _, s := range found {
		if s.class != row.subject {
			continue
		}
		for _, v := range found {
			if v.class == row.verdict && apart(s, v) <= limit && !(s.from == v.from && s.to == v.to) {
				return true
			}
		}
	}
	return false
}

// guarded reports whether words void what a line says: that something worked, or
// that another is tried. Words that are part of a verdict do not: "not loaded".
func (x *lexicon) guarded(found []span, because bool) bool {
	for _, g := range found {
		if !x.guard[g.class] || g.class == x.ending && because {
			continue
		}
		part := false
		for _, v := range found {
			part = part || x.verdict[v.class] && v.from <= g.from && g.to <= v.to
		}
		if !part {
			return true
		}
	}
	return false
}

// ofNotify returns what the name of a notify says: that this side sent it, or
// that it came.
func (x *lexicon) ofNotify(i int, ids []uint16, at Meaning) Meaning {
	n := &x.notifies[i]
	m := Meaning{Level: Notify, Kind: "sign", Phase: n.phase, Cause: n.cause, Notify: n.name, Version: at.Version, Side: at.Side, Named: true}
	if at.Version == 0 {
		m.Version = n.version
	}
	if at.Phase == "CREATE_CHILD_SA" || at.Phase == "IKE_AUTH" && n.name == "NO_PROPOSAL_CHOSEN" {
		m.Phase, m.Cause = "CREATE_CHILD_SA", n.child
	} else if m.Phase == "" {
		m.Phase = at.Phase
	}
	for _, word := range []string{"sending", "sent", "send", "generating", "returning", "respond", "responding", "replying"} {
		if id := x.ids[word]; id != 0 && in([]uint16{id}, ids, position(ids, id)) {
			m.Kind = "own"
		}
	}
	return m
}
