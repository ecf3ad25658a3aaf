package matrix

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// Contradiction is answers that cannot all be true: an offer was taken, and all
// that the answer can have been about was refused in others.
type Contradiction struct {
	// Suite is one of those that were both taken and refused.
	Suite proposals.Suite
	// Taken and Refused are the numbers of the exchanges on both sides,
	// ascending, those in which the offer was asked again among them.
	Taken, Refused []int
}

// Reason is a kind of [Doubt].
type Reason uint8

const (
	// Contradicted: answers cannot all be true.
	Contradicted Reason = iota + 1
	// Uncertain: the caller doubted answers, see [Answer.Doubtful].
	Uncertain
	// Unanswered: offers went without an answer.
	Unanswered
	// GaveUp: the offers of [Planner.MaxOffers] were not enough.
	GaveUp
	// RanOut: the caller sent no more offers.
	RanOut
	// Unaskable: suites that are longer alone than [Planner.Limits], or that
	// the caller could not ask about, see [Answer.Exchange].
	Unaskable
)

// String returns the reason as a word of a JSON document.
func (r Reason) String() string {
	switch r {
	case Contradicted:
		return "contradicted"
	case Uncertain:
		return "uncertain"
	case Unanswered:
		return "unanswered"
	case GaveUp:
		return "gave_up"
	case RanOut:
		return "ran_out"
	case Unaskable:
		return "unaskable"
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Doubt is a reason why a matrix is not proven.
type Doubt struct {
	Reason Reason
	// Exchanges are the numbers of the exchanges that give it, ascending; none
	// for what was not asked.
	Exchanges []int
}

// How often an offer whose answer others contradict is asked again, and after
// how many such answers the search ends: the answers follow no policy.
const (
	maxAgain          = 2
	maxContradictions = 16
)

// verdict is what came of an answer that others contradict.
type verdict uint8

const (
	credible  verdict = iota // none does
	retracted                // asked again the offer was refused each time
	contested                // it was taken again, or could not be asked
)

// reconcile asks offers again that were taken, while all that the answer can
// have been about was refused since or before. If they are refused each time
// the answer counts no more; else it is not known what is accepted of them.
func (s *search) reconcile() {
	for {
		var denied []int
		for i, t := range s.taken {
			if t.verdict == credible && s.isDenied(t) {
				denied = append(denied, i)
			}
		}
		s.fresh = nil
		if len(denied) == 0 {
			return
		}
		for _, i := range denied {
			t := &s.taken[i]
			t.verdict = retracted
			for _, b := range t.boxes {
				t.against = append(t.against, evidenceFor(b, s.refused)...)
			}
			t.refusals = slices.Clone(s.refusedBefore[fmt.Sprint(t.offered)])
		}
		for range maxAgain {
			var again []int
			var offers []Offer
			for _, i := range denied {
				t := &s.taken[i]
				switch {
				case t.verdict != retracted || len(t.refusals) >= maxAgain:
				case s.over() || s.offers == s.MaxOffers || !s.fits(s.pieces(t.offered)):
					t.verdict = contested
				default:
					again = append(again, i)
					offers = append(offers, Offer{s.u.products(s.pieces(t.offered))})
					s.offers++
				}
			}
			if len(offers) == 0 {
				break
			}
			for n, answer := range s.Ask(offers) {
				s.judge(&s.taken[again[n]], answer)
			}
		}
		s.contradicted += len(denied)
		if s.contradicted >= maxContradictions {
			s.stopped = true
		}
	}
}

// isDenied reports whether all that t can have been about was refused. Only
// what was refused since the last time is looked at.
func (s *search) isDenied(t taken) bool {
	if !slices.ContainsFunc(s.fresh, func(b sets.Box) bool { return slices.ContainsFunc(t.boxes, b.Overlaps) }) {
		return false
	}
	return !slices.ContainsFunc(t.boxes, func(b sets.Box) bool { return len(s.open([]sets.Box{b})) > 0 })
}

// judge adds the answer to an offer that was asked again.
func (s *search) judge(t *taken, answer Answer) {
	state, ids := answer.outcome()
	s.doubt(answer)
	switch state {
	case Accepted:
		t.verdict = contested
		t.again = append(t.again, ids...)
	case Refused:
		t.refusals = append(t.refusals, ids...)
		for _, b := range t.offered {
			s.refuse([]sets.Box{b}, ids[0])
		}
	default:
		t.verdict = contested
		s.stopped = s.stopped || state == NotTested
	}
}

// outcome returns what an answer, or its parts together, say of the offer, and
// the numbers of the exchanges that say so.
func (a Answer) outcome() (State, []int) {
	if len(a.Parts) == 0 {
		return a.State, []int{a.Exchange}
	}
	state := Refused
	var ids []int
	for _, p := range a.Parts {
		s, of := p.outcome()
		switch {
		case s == Accepted:
			return Accepted, of
		case s != Refused:
			state = s
		}
		ids = append(ids, of...)
	}
	return state, ids
}

// doubt notes the exchanges of answers that decide something, though the caller
// doubts them.
func (s *search) doubt(a Answer) {
	for _, p := range a.Parts {
		s.doubt(p.Answer)
	}
	if a.Doubtful && len(a.Parts) == 0 && (a.State == Accepted || a.State == Refused) {
		s.doubtful = append(s.doubtful, a.Exchange)
	}
}

// contradictions returns those of the search, one for each suite.
func (s *search) contradictions() []Contradiction {
	var out []Contradiction
	for _, t := range s.taken {
		if t.verdict == credible {
			continue
		}
		suite := s.u.suite(t.boxes[0].First())
		i := slices.IndexFunc(out, func(c Contradiction) bool { return c.Suite == suite })
		if i < 0 {
			i = len(out)
			out = append(out, Contradiction{Suite: suite})
		}
		c := &out[i]
		c.Taken = append(append(c.Taken, t.id), t.again...)
		c.Refused = append(append(c.Refused, t.against...), t.refusals...)
		c.Taken, c.Refused = ascending(c.Taken), ascending(c.Refused)
	}
	return out
}

// contested returns the boxes of which it is not known what is accepted, since
// answers contradict each other, with the exchanges of these.
func (s *search) contested() []Region {
	var out []Region
	for _, t := range s.taken {
		if t.verdict != contested {
			continue
		}
		for _, b := range t.boxes {
			ids := slices.Concat([]int{t.id}, t.again, t.against, t.refusals)
			out = append(out, Region{Product: s.u.product(b), Evidence: ascending(ids)})
		}
	}
	return out
}

// reasons returns why m is not proven.
func (s *search) reasons(m *Matrix) []Doubt {
	var out []Doubt
	add := func(r Reason, ids ...int) { out = append(out, Doubt{r, ascending(ids)}) }
	if len(m.Contradictions) > 0 {
		var ids []int
		for _, c := range m.Contradictions {
			ids = slices.Concat(ids, c.Taken, c.Refused)
		}
		add(Contradicted, ids...)
	}
	if len(s.doubtful) > 0 {
		add(Uncertain, s.doubtful...)
	}
	var silent []int
	for _, u := range m.Undecided {
		if u.State == NoAnswer {
			silent = append(silent, evidenceFor(s.mustBox(u.Product), s.silent)...)
		}
	}
	if len(silent) > 0 {
		add(Unanswered, silent...)
	}
	switch {
	case m.NotTested == 0:
	case s.spent:
		add(GaveUp)
	case !s.over():
		add(Unaskable)
	case s.contradicted < maxContradictions:
		add(RanOut)
	}
	return out
}

func (s *search) mustBox(p proposals.Product) sets.Box {
	b, _ := s.u.box(p)
	return b
}

// ascending returns the distinct ids in order.
func ascending(ids []int) []int {
	slices.Sort(ids)
	return slices.Compact(ids)
}
