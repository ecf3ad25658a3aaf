package probe

import "sync"

// restart is why the planner has to begin again from the start, if it has to.
// Its methods may be called concurrently.
type restart struct {
	mu      sync.Mutex
	why     string // or ""
	opening bool   // by accepted answers
}

// ask ends the run of the planner.
func (r *restart) ask(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why = why
}

// askOpening ends the run of the planner, which is to go on with accepted answers.
func (r *restart) askOpening(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why, r.opening = why, true
}

// asked returns why to begin again, or "", and whether by accepted answers.
func (r *restart) asked() (why string, opening bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why, r.opening
}

func (r *restart) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why = ""
}
