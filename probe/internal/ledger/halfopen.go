package ledger

import (
	"slices"
	"sync"

	"github.com/ikescope/ikescope/probe/evidence"
)

// HalfOpenLimit bounds the half-open IKE SAs at the gateway: strongSwan asks
// for cookies from the third of one address.
const HalfOpenLimit = 3

// HalfOpens is the budget of half-open IKE SAs at the gateway. A request that may
// open one reserves a place for it; what could not be closed keeps its place. Its
// methods may be called concurrently.
type HalfOpens struct {
	mu       sync.Mutex
	released *sync.Cond // of mu: reserved or left changed

	open, peak int  // IKE SAs, as far as is known
	reserved   int  // places, with those of left
	left       int  // IKE SAs that could not be closed
	keyless    bool // one was opened that has no keys
	unasked    bool // one was opened that no request asked for
	closes     bool // the gateway answered an IKE_AUTH that closes one
	// unseen are exchanges whose IKE SA was to be closed by an IKE_AUTH without
	// an answer.
	unseen []int
	stuck  bool // the matrix needs more places than there are
	// by is how many of the opened ones were counted, by exchange.
	by map[int]int
}

// NewHalfOpens returns a budget of which nothing is used.
func NewHalfOpens() *HalfOpens {
	h := &HalfOpens{by: make(map[int]int)}
	h.released = sync.NewCond(&h.mu)
	return h
}

// Reserve waits until a request that may open an IKE SA can be sent, which then
// has a place, and may not be sent if too many were left half-open. Others need
// no place, unless the gateway accepts what it should not: a KE payload of a
// method that is not in the offer. That is known only once it did.
func (h *HalfOpens) Reserve(mayOpen bool, purpose evidence.Purpose) (reserved, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !mayOpen && !h.unasked {
		return false, true
	}
	for h.reserved >= HalfOpenLimit && h.left < HalfOpenLimit {
		h.released.Wait()
	}
	if h.left >= HalfOpenLimit {
		h.stuck = h.stuck || purpose == evidence.PurposeMatrix || purpose == evidence.PurposeControl
		return false, false
	}
	h.reserved++
	return true, true
}

// Release gives the place of a request to another one, unless the request left a
// half-open IKE SA.
func (h *HalfOpens) Release(reserved, left bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case left:
		h.left++
	case reserved:
		h.reserved--
	}
	h.released.Broadcast()
}

// ReserveUnasked gives a place to a request that had none, and opened an IKE SA.
// From then on each request needs one, those too that wait to be sent.
func (h *HalfOpens) ReserveUnasked() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reserved++
	h.unasked = true
}

// OpensUnasked reports whether each request needs a place.
func (h *HalfOpens) OpensUnasked() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.unasked
}

// OpenedBy counts a half-open IKE SA at the gateway that an exchange opened.
func (h *HalfOpens) OpenedBy(exchange int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened(exchange, 1)
}

// OpenedInAll counts those of n that an exchange opened which were not counted
// yet, and reports whether there are any.
func (h *HalfOpens) OpenedInAll(exchange, n int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	more := n - h.by[exchange]
	if more <= 0 {
		return false
	}
	h.opened(exchange, more)
	return true
}

func (h *HalfOpens) opened(exchange, n int) {
	h.by[exchange] += n
	h.open += n
	h.peak = max(h.peak, h.open)
}

// LackKeys notes that an IKE SA was opened that has no keys to close it with.
func (h *HalfOpens) LackKeys() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keyless = true
}

// MayLackKeys reports whether what is accepted may have no keys.
func (h *HalfOpens) MayLackKeys() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.keyless
}

// Closed counts an IKE SA as closed, and with the first one those, too, whose
// IKE_AUTH was not answered.
func (h *HalfOpens) Closed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	if !h.closes {
		h.closes = true
		h.open -= len(h.unseen)
		h.left -= len(h.unseen)
		h.reserved -= len(h.unseen)
		h.released.Broadcast()
	}
}

// ClosedUnseen reports whether the IKE SA of an exchange counts as closed though
// its IKE_AUTH was not answered, often as that was sent. A gateway answers it
// only once: then it has forgotten the IKE SA, as strongSwan, libreswan and
// OpenIKED do. If it answers others, that answer was lost.
func (h *HalfOpens) ClosedUnseen(exchange int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.unseen = append(h.unseen, exchange)
	if h.closes {
		h.open--
	}
	return h.closes
}

// LosesAnswers reports whether answers to what closes IKE SAs get lost: some came, and
// others did not. Then a question without an answer, after which the IKE SA is silent,
// may have ended it as well; else the gateway may await something, and keep it.
func (h *HalfOpens) LosesAnswers() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closes && len(h.unseen) > 0
}

// ToClose returns how many IKE SAs may have to be closed yet.
func (h *HalfOpens) ToClose() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reserved - h.left
}

// Unclosed returns how many IKE SAs could not be closed.
func (h *HalfOpens) Unclosed() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.left
}

// IsStuck reports whether the matrix needed more places than there are.
func (h *HalfOpens) IsStuck() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stuck
}

// Counts returns how many IKE SAs are open, and were at most.
func (h *HalfOpens) Counts() (open, peak int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open, h.peak
}

// ClosedLate returns the exchanges whose IKE_AUTH was not answered, and whether
// their IKE SAs count as closed.
func (h *HalfOpens) ClosedLate() (unseen []int, closed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.unseen), h.closes
}
