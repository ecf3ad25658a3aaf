package probe

import (
	"fmt"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/proposals"
)

// Doubt is a reason why a result is not to be relied on. A result with a doubt is
// neither complete nor is its matrix proven.
type Doubt struct {
	Kind DoubtKind
	// Exchanges are the numbers of those that show it, ascending.
	Exchanges []int
	// Suite is one that it is about; nil if there is none.
	Suite *proposals.Suite
}

// DoubtKind is what a [Doubt] is about.
type DoubtKind uint8

const (
	_ DoubtKind = iota
	// DoubtContradiction: answers of the scan say that Suite is accepted and
	// that it is refused.
	DoubtContradiction
	// DoubtSeveral: several gateways answer at the address, and not alike.
	DoubtSeveral
	// DoubtUnredeemed: the gateway asks for key exchange methods by
	// INVALID_KE_PAYLOAD, and never accepts an offer with the one that it asked
	// for.
	DoubtUnredeemed
	// DoubtUnread: it accepts offers that nobody can mean, such as numbers that
	// are not assigned: so it does not read what it accepts.
	DoubtUnread
	// DoubtUnexamined: control questions were not answered, so that it is not
	// known whether the gateway reads all of an offer.
	DoubtUnexamined
	// DoubtRedirected: it sends initiators elsewhere, and accepted nothing of
	// one that does not follow. What it would accept is not known.
	DoubtRedirected
	// DoubtMalformed: its answers are IKEv2 messages with our SPI that break RFC
	// 7296.
	DoubtMalformed
	// DoubtForged: answers that contradict each other came to one request, again
	// and again: somebody forges them, or the gateway is not one.
	DoubtForged
	// DoubtUnnamed: suites with additional key exchanges are accepted, and no
	// accepted answer named one.
	DoubtUnnamed
	// DoubtDeaf: it does not answer requests with a KE payload of a method that it
	// asks for.
	DoubtDeaf

	doubtKinds // how many there are
)

var doubtNames = [doubtKinds]string{
	DoubtContradiction: "contradiction",
	DoubtSeveral:       "several_gateways",
	DoubtUnredeemed:    "unredeemed",
	DoubtUnread:        "unread",
	DoubtUnexamined:    "unexamined",
	DoubtRedirected:    "redirected",
	DoubtMalformed:     "malformed",
	DoubtForged:        "forged",
	DoubtUnnamed:       "unnamed",
	DoubtDeaf:          "deaf",
}

// String returns the kind as the JSON document writes it.
func (k DoubtKind) String() string {
	if k > 0 && k < doubtKinds {
		return doubtNames[k]
	}
	return fmt.Sprintf("DoubtKind(%d)", uint8(k))
}

// DoubtKinds returns every kind, ascending.
func DoubtKinds() []DoubtKind {
	var all []DoubtKind
	for k := DoubtKind(1); k < doubtKinds; k++ {
		all = append(all, k)
	}
	return all
}

// Habit is something that a gateway does and others do not, which the scan found
// by its control questions and kept to.
type Habit struct {
	Kind HabitKind
	// Count is the most that it reads, of the kinds that are limits.
	Count int
	// Exchanges are the numbers of those that show it, ascending.
	Exchanges []int
}

// HabitKind is what a [Habit] is.
type HabitKind uint8

const (
	_ HabitKind = iota
	// HabitTransforms: it reads, or takes, Count transforms of a type in a
	// proposal.
	HabitTransforms
	// HabitProposals: it reads, or takes, Count proposals of an offer.
	HabitProposals
	// HabitIgnoresTypes: it ignores transform types that it does not know, where
	// RFC 7296, Section 3.3.6, has it refuse the proposal.
	HabitIgnoresTypes
	// HabitRejectsTypes: it answers an offer with such a type with an error,
	// whatever else is in it.
	HabitRejectsTypes
	// HabitNoAdditional: it accepts offers of additional key exchanges and leaves
	// these out, or answers them with an error: so it has none.
	HabitNoAdditional
	// HabitIgnoresKeyLength: it takes a cipher with a key length that the cipher
	// does not have.
	HabitIgnoresKeyLength
	// HabitMembers: its answers are of two kinds, as of two programs; what they
	// accept is the same.
	HabitMembers

	habitKinds // how many there are
)

var habitNames = [habitKinds]string{
	HabitTransforms:       "transforms_read",
	HabitProposals:        "proposals_read",
	HabitIgnoresTypes:     "ignores_transform_types",
	HabitRejectsTypes:     "rejects_transform_types",
	HabitNoAdditional:     "no_additional_key_exchanges",
	HabitIgnoresKeyLength: "ignores_key_length",
	HabitMembers:          "several_programs",
}

// String returns the kind as the JSON document writes it.
func (k HabitKind) String() string {
	if k > 0 && k < habitKinds {
		return habitNames[k]
	}
	return fmt.Sprintf("HabitKind(%d)", uint8(k))
}

// HabitKinds returns every kind, ascending.
func HabitKinds() []HabitKind {
	var all []HabitKind
	for k := HabitKind(1); k < habitKinds; k++ {
		all = append(all, k)
	}
	return all
}

// findings are the doubts and the habits that a scan came upon. Its methods may
// be called concurrently.
type findings struct {
	mu     sync.Mutex
	doubts []Doubt
	habits []Habit
}

// maxShown is how many exchanges show a doubt or a habit, of those that come one
// after the other.
const maxShown = 12

// doubt adds a reason to doubt the result, or exchanges to one that is there.
func (f *findings) doubt(kind DoubtKind, suite *proposals.Suite, exchanges ...int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.doubts, func(d Doubt) bool { return d.Kind == kind })
	if i < 0 {
		i = len(f.doubts)
		f.doubts = append(f.doubts, Doubt{Kind: kind, Suite: suite})
	}
	f.doubts[i].Exchanges = joined(f.doubts[i].Exchanges, exchanges)
}

// habit adds a habit, or exchanges to it, with a new count.
func (f *findings) habit(kind HabitKind, count int, exchanges ...int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.habits, func(h Habit) bool { return h.Kind == kind })
	if i < 0 {
		i = len(f.habits)
		f.habits = append(f.habits, Habit{Kind: kind})
	}
	f.habits[i].Count = count
	f.habits[i].Exchanges = joined(f.habits[i].Exchanges, exchanges)
}

// doubts reports whether there is a doubt of a kind.
func (f *findings) isDoubted(kind DoubtKind) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.doubts, func(d Doubt) bool { return d.Kind == kind })
}

// all returns the doubts and the habits, by kind.
func (f *findings) all() ([]Doubt, []Habit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.SortFunc(f.doubts, func(a, b Doubt) int { return int(a.Kind) - int(b.Kind) })
	slices.SortFunc(f.habits, func(a, b Habit) int { return int(a.Kind) - int(b.Kind) })
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
