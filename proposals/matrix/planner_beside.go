package matrix

import (
	"iter"
	"slices"
)

// batch is what a part of the search asks at a time.
type batch struct {
	questions [][]box
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
		var questions [][]box
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
func (s *search) ask(questions ...[]box) []reply {
	if s.wait == nil {
		return s.send(questions)
	}
	b := &batch{questions: questions}
	wait := s.wait
	wait(b)
	s.wait = wait
	return b.replies
}
