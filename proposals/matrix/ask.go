package matrix

import (
	"fmt"
	"iter"
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/internal/sets"
)

// reply is an answer in the universe's numbering. Of an accepted question,
// witness is the part that holds an acceptable suite.
type reply struct {
	state   State
	witness []sets.Box
}

// send sends questions and records what the answers say. What the facts decide
// is not asked again.
func (s *search) send(questions [][]sets.Box) []reply {
	replies := make([]reply, len(questions))
	var offers []Offer
	var asked []int
	for i, q := range questions {
		q = slices.DeleteFunc(slices.Clone(q), s.denied)
		switch {
		case len(q) == 0:
			replies[i] = reply{state: Refused}
		case len(q) == 1 && s.observed[q[0]] != nil:
			replies[i] = reply{Accepted, q}
		default:
			pieces := s.pieces(q)
			if answer, ok := s.earlier[fmt.Sprint(pieces)]; ok {
				if witness := s.meant(s.open(sets.Disjoint(q)), answer); len(witness) > 0 {
					replies[i] = reply{Accepted, witness}
					continue
				}
			}
			if !s.fits(pieces) {
				// One suite is too long.
				s.silence(q, 0)
				replies[i] = reply{state: NoAnswer}
				s.offers++ // which bounds these, too
				continue
			}
			replies[i].witness = q
			offers = append(offers, Offer{s.u.products(pieces)})
			asked = append(asked, i)
		}
	}
	if len(offers) == 0 && s.offers > s.MaxOffers {
		s.stopped, s.spent = true, true
	}
	if s.over() || len(offers) == 0 {
		return replies
	}
	if room := max(0, s.MaxOffers-s.offers); len(offers) > room {
		offers = offers[:room]
		s.stopped, s.spent = true, true
	}
	s.offers += len(offers)
	for n, answer := range s.Ask(offers) {
		i := asked[n]
		replies[i] = s.record(replies[i].witness, answer)
	}
	s.reconcile()
	return replies
}

// pieces returns bs as they are offered: each as one proposal or more.
func (s *search) pieces(bs []sets.Box) []sets.Box {
	var out []sets.Box
	for _, b := range bs {
		out = append(out, b.Within(s.Limits.Transforms)...)
	}
	return out
}

// denied reports whether what b is offered as was refused, piece by piece.
func (s *search) denied(b sets.Box) bool {
	s.work += len(s.refused)
	return !slices.ContainsFunc(s.pieces([]sets.Box{b}), func(piece sets.Box) bool { return !covered(piece, s.refused) })
}

// record adds an answer on q to the facts.
func (s *search) record(q []sets.Box, answer Answer) reply {
	if len(answer.Parts) > 0 {
		return s.recordParts(q, answer.Parts)
	}
	s.doubt(answer)
	switch answer.State {
	case Accepted:
		if meant := s.meant(q, answer); len(meant) > 0 {
			s.taken = append(s.taken, taken{boxes: meant, offered: q, id: answer.Exchange})
		}
		witness := s.meant(s.open(sets.Disjoint(q)), answer)
		if len(witness) == 0 {
			// It was refused before, or not offered: that says nothing.
			s.fresh = append(s.fresh, s.meant(q, answer)...)
			s.silence(q, answer.Exchange)
			return reply{state: NoAnswer}
		}
		if len(witness) == 1 && witness[0].IsCell() {
			if alone := len(q) == 1 && q[0].IsCell(); alone || answer.Suite != nil {
				s.observe(witness[0], answer.Exchange)
			} else {
				s.show(witness[0], answer.Exchange)
			}
		}
		return reply{Accepted, witness}
	case Refused:
		s.refuse(q, answer.Exchange)
	case NoAnswer:
		s.silence(q, answer.Exchange)
	case NotTested:
		s.stopped = true
	}
	return reply{state: answer.State}
}

// recordParts adds the answers on the parts of q to the facts, and returns what
// they say together.
func (s *search) recordParts(q []sets.Box, parts []Part) reply {
	whole := reply{state: Refused}
	for _, part := range parts {
		var boxes []sets.Box
		for _, p := range part.Products {
			b, _ := s.u.box(p)
			for _, c := range q {
				if both := b.And(c); !both.Empty() {
					boxes = append(boxes, both)
				}
			}
		}
		if len(boxes) == 0 {
			continue
		}
		switch r := s.record(boxes, part.Answer); {
		case r.state == Accepted:
			whole.state = Accepted
			whole.witness = append(whole.witness, r.witness...)
		case whole.state == Refused:
			whole.state = r.state
		}
	}
	whole.witness = sets.Disjoint(whole.witness)
	return whole
}

func (s *search) silence(q []sets.Box, id int) {
	for _, b := range q {
		s.silent = append(s.silent, evidence{b, id})
	}
}

// meant returns the part of q that holds the suite that answer is about;
// nothing if that was not offered.
func (s *search) meant(q []sets.Box, answer Answer) []sets.Box {
	if answer.Suite != nil {
		b, ok := s.u.box(answer.Suite.Product())
		if !ok || !slices.ContainsFunc(q, func(c sets.Box) bool { return c.Holds(b) }) {
			return nil
		}
		return []sets.Box{b}
	}
	if answer.KE == (proposals.Algorithm{}) {
		return q
	}
	i := slices.Index(s.u.axes[proposals.KE], answer.KE)
	if i < 0 {
		return nil
	}
	var out []sets.Box
	for _, b := range q {
		if b = b.On(proposals.KE, b[proposals.KE]&(1<<i)); !b.Empty() {
			out = append(out, b)
		}
	}
	return out
}

// batch is what a part of the search asks at a time.
type batch struct {
	questions [][]sets.Box
	replies   []reply
}

// sideBySide runs parts of the search side by side: each runs until it asks,
// then the questions of all are sent together, and so on until all have
// returned. Only one runs at a time, in their order, so that what is asked
// follows from the answers alone.
func (s *search) sideBySide(parts ...func()) {
	var running []func() (*batch, bool) // each goes on until the part asks, or returns
	for _, part := range parts {
		goOn, _ := iter.Pull(func(wait func(*batch) bool) {
			s.wait = wait
			part()
		})
		running = append(running, goOn)
	}
	for len(running) > 0 {
		var batches []*batch
		var questions [][]sets.Box
		running = slices.DeleteFunc(running, func(goOn func() (*batch, bool)) bool {
			b, asks := goOn()
			if asks {
				batches = append(batches, b)
				questions = append(questions, b.questions...)
			}
			return !asks
		})
		replies := s.send(questions)
		for _, b := range batches {
			n := len(b.questions)
			b.replies, replies = replies[:n], replies[n:]
		}
	}
	s.wait = nil
}

// ask returns what the facts, or answers, say to questions.
func (s *search) ask(questions ...[]sets.Box) []reply {
	if s.wait == nil {
		return s.send(questions)
	}
	b := &batch{questions: questions}
	wait := s.wait
	wait(b)
	s.wait = wait
	return b.replies
}
