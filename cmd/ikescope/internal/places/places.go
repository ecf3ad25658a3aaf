// Package places bounds what is done side by side.
package places

import "sync"

// Places are what those take that are done side by side.
type Places struct {
	mu    sync.Mutex
	freed sync.Cond
	limit int
	taken int
}

// New returns so many.
func New(limit int) *Places {
	p := &Places{limit: limit}
	p.freed.L = &p.mu
	return p
}

// Take waits for a place.
func (p *Places) Take() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wait()
}

// wait takes a place when there is one. p.mu is held.
func (p *Places) wait() {
	for p.taken >= p.limit {
		p.freed.Wait()
	}
	p.taken++
}

// Leave gives a place back.
func (p *Places) Leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	p.freed.Broadcast()
}

// Fewer lets there be fewer places than are taken, and gives one of these back and
// takes it again when others have left. It reports false if there are no others.
func (p *Places) Fewer() bool {
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
