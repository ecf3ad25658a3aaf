package main

import (
	"sync"
)

// places are what scans take that are made side by side.
type places struct {
	mu    sync.Mutex
	freed sync.Cond
	limit int
	taken int
}

func newPlaces(limit int) *places {
	p := &places{limit: limit}
	p.freed.L = &p.mu
	return p
}

// take waits for a place.
func (p *places) take() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wait()
}

// wait takes a place when there is one. p.mu is held.
func (p *places) wait() {
	for p.taken >= p.limit {
		p.freed.Wait()
	}
	p.taken++
}

// leave gives a place back.
func (p *places) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	p.freed.Broadcast()
}

// fewer lets there be fewer places than are taken, and gives one of these back and
// takes it again when others have left. It reports false if there are no others.
func (p *places) fewer() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken == 1 {
		return false
	}
	p.limit = min(p.limit, p.taken-1)
	p.taken--
	p.wait()
	return true
}
