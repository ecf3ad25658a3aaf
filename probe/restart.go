package probe

import (
	"github.com/ikescope/ikescope/probe/evidence"
	"sync"
)

// restart is why the planner has to begin again from the start, if it has to.
// Its methods may be called concurrently.
type restart struct {
	mu  sync.Mutex
	why evidence.NoteKind // 0: it has not
}

// ask ends the run of the planner.
func (r *restart) ask(why evidence.NoteKind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why = why
}

// asked returns why to begin again; 0 if there is no need.
func (r *restart) asked() evidence.NoteKind {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why
}

func (r *restart) clear() { r.ask(0) }
