package ledger

import (
	"sync"

	"github.com/ikescope/ikescope/probe/evidence"
)

// Restart is why the planner has to begin again from the start, if it has to.
// Its methods may be called concurrently.
type Restart struct {
	mu  sync.Mutex
	why evidence.NoteKind // 0: it has not
}

// Ask ends the run of the planner.
func (r *Restart) Ask(why evidence.NoteKind) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why = why
}

// Asked returns why to begin again; 0 if there is no need.
func (r *Restart) Asked() evidence.NoteKind {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why
}

// Clear lets the planner run again.
func (r *Restart) Clear() { r.Ask(0) }
