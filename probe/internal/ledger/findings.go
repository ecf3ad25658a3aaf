package ledger

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals"
)

// Findings are the doubts and the habits that a scan came upon. Its methods may
// be called concurrently.
type Findings struct {
	mu     sync.Mutex
	doubts []evidence.Doubt
	habits []evidence.Habit
}

// maxShown is how many exchanges show a doubt or a habit, of those that come one
// after the other.
const maxShown = 12

// Doubt adds a reason to doubt the result, or exchanges to one that is there.
func (f *Findings) Doubt(kind evidence.DoubtKind, suite *proposals.Suite, exchanges ...int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.doubts, func(d evidence.Doubt) bool { return d.Kind == kind })
	if i < 0 {
		i = len(f.doubts)
		f.doubts = append(f.doubts, evidence.Doubt{Kind: kind, Suite: suite})
	}
	f.doubts[i].Exchanges = joined(f.doubts[i].Exchanges, exchanges)
}

// Habit adds a habit, or exchanges to it, with a new count.
func (f *Findings) Habit(kind evidence.HabitKind, count int, exchanges ...int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.habits, func(h evidence.Habit) bool { return h.Kind == kind })
	if i < 0 {
		i = len(f.habits)
		f.habits = append(f.habits, evidence.Habit{Kind: kind})
	}
	f.habits[i].Count = count
	f.habits[i].Exchanges = joined(f.habits[i].Exchanges, exchanges)
}

// Several notes that several gateways answer, with a sign of it.
func (f *Findings) Several(sign evidence.SignKind, exchanges ...int) {
	f.Habit(evidence.HabitMembers, 0, exchanges...)
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.habits, func(h evidence.Habit) bool { return h.Kind == evidence.HabitMembers })
	if h := &f.habits[i]; !slices.Contains(h.Signs, sign) {
		h.Signs = append(h.Signs, sign)
		slices.Sort(h.Signs)
	}
}

// Shares notes a habit of what another gateway had, too.
func (f *Findings) Shares(kind evidence.HabitKind, other netip.Addr, count, exchange int) {
	f.Habit(kind, count, exchange)
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.habits, func(h evidence.Habit) bool { return h.Kind == kind })
	if !f.habits[i].Other.IsValid() {
		f.habits[i].Other = other
	}
}

// IsDoubted reports whether there is a doubt of a kind.
func (f *Findings) IsDoubted(kind evidence.DoubtKind) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.doubts, func(d evidence.Doubt) bool { return d.Kind == kind })
}

// FirstOf returns the number of the first exchange that shows a doubt of a kind, and
// whether there is one.
func (f *Findings) FirstOf(kind evidence.DoubtKind) (exchange int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.doubts {
		if d.Kind == kind && len(d.Exchanges) > 0 {
			return d.Exchanges[0], true
		}
	}
	return 0, false
}

// All returns the doubts and the habits, by kind.
func (f *Findings) All() ([]evidence.Doubt, []evidence.Habit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.SortFunc(f.doubts, func(a, b evidence.Doubt) int { return int(a.Kind) - int(b.Kind) })
	slices.SortFunc(f.habits, func(a, b evidence.Habit) int { return int(a.Kind) - int(b.Kind) })
	return f.doubts, f.habits
}

// joined returns the numbers of both lists, ascending, without 0, as many as are
// shown.
func joined(a, b []int) []int {
	out := slices.DeleteFunc(slices.Concat(a, b), func(n int) bool { return n == 0 })
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxShown)]
}
