package ledger

import (
	"context"
	"sync"
)

const (
	// mostFlows is how many ports of ours questions go out from: where each flow
	// goes to one of several gateways, one that gets a tenth of them is then met
	// with a probability of 95 %.
	mostFlows = 30
	// mostDead is how many of them may never be answered before no others are
	// tried: something on the way may let few flows through.
	mostDead = 3
)

// Spread has questions go out from many ports of ours, one after the other, since
// a gateway that shares its address with others may be chosen by them. Its methods
// may be called concurrently.
type Spread struct {
	open func(context.Context) (int, error)

	mu    sync.Mutex
	flows []int // of the Conn
	next  int   // that a question goes out from, of flows
	most  int   // how many flows are wanted
	heard map[int]bool
	dead  map[int]bool
}

// NewSpread returns a Spread that opens ports by open, which returns the number of the
// flow.
func NewSpread(open func(context.Context) (int, error)) *Spread {
	return &Spread{open: open, most: mostFlows, flows: []int{0}, heard: make(map[int]bool), dead: make(map[int]bool)}
}

// Flow returns the number of the flow for the next question.
func (s *Spread) Flow(ctx context.Context) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.flows) < s.most {
		f, err := s.open(ctx)
		if err == nil {
			s.flows = append(s.flows, f)
			return f
		}
		s.most = len(s.flows) // those that there are have to do
	}
	s.next = (s.next + 1) % len(s.flows)
	return s.flows[s.next]
}

// Ended takes in whether a question by a flow was answered.
func (s *Spread) Ended(flow int, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answered {
		s.heard[flow] = true
		return
	}
	if flow == 0 || s.heard[flow] || s.dead[flow] {
		return
	}
	s.dead[flow] = true
	var left []int
	for _, f := range s.flows {
		if !s.dead[f] {
			left = append(left, f)
		}
	}
	s.flows = left
	if len(s.dead) >= mostDead {
		s.most = len(s.flows)
	}
}
