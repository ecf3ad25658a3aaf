package probe

import (
	"github.com/ikescope/ikescope/probe/evidence"
	"testing"
	"testing/synctest"
)

func TestHalfOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHalfOpens()
		if reserved, ok := h.reserve(false, evidence.PurposeMatrix); reserved || !ok {
			t.Fatalf("a request that opens nothing: %v, %v", reserved, ok)
		}
		for range halfOpenLimit {
			if reserved, ok := h.reserve(true, evidence.PurposeMatrix); !reserved || !ok {
				t.Fatalf("%v, %v within the budget", reserved, ok)
			}
			h.opened()
		}
		type got struct{ reserved, ok bool }
		waiting := make(chan got, 1)
		go func() {
			reserved, ok := h.reserve(true, evidence.PurposeMatrix)
			waiting <- got{reserved, ok}
		}()
		synctest.Wait()
		if len(waiting) != 0 {
			t.Fatal("more are open than the budget allows")
		}
		h.closed()
		h.release(true, false)
		if g := <-waiting; !g.reserved || !g.ok {
			t.Errorf("after one was closed: %+v", g)
		}
		if open, peak := h.counts(); open != halfOpenLimit-1 || peak != halfOpenLimit {
			t.Errorf("%d open, %d at most", open, peak)
		}
	})
}

// TestHalfOpensLeft: what cannot be closed keeps its place, until another one is
// seen to be closed, and its answer must have been lost.
func TestHalfOpensLeft(t *testing.T) {
	h := newHalfOpens()
	for i := range halfOpenLimit {
		h.reserve(true, evidence.PurposeDetail)
		h.opened()
		h.release(true, !h.closedUnseen(i+1))
	}
	if h.unclosed() != halfOpenLimit || h.toClose() != 0 {
		t.Errorf("%d left, %d to close", h.unclosed(), h.toClose())
	}
	if _, ok := h.reserve(true, evidence.PurposeDetail); ok || h.isStuck() {
		t.Errorf("a request may go out: %v; stuck: %v, though nobody needs it", ok, h.isStuck())
	}
	if _, ok := h.reserve(true, evidence.PurposeMatrix); ok || !h.isStuck() {
		t.Errorf("a request may go out: %v; stuck: %v", ok, h.isStuck())
	}
	h.opened() // by a request that was sent before
	h.closed()
	open, peak := h.counts()
	if unseen, closed := h.closedLate(); open != 0 || peak != halfOpenLimit+1 || h.unclosed() != 0 || len(unseen) != halfOpenLimit || !closed {
		t.Errorf("%d open, %d at most, %d left; %v unseen, closed: %v", open, peak, h.unclosed(), unseen, closed)
	}
}

// TestHalfOpensUnasked: once a gateway opened an IKE SA that no request asked
// for, each request needs a place.
func TestHalfOpensUnasked(t *testing.T) {
	h := newHalfOpens()
	h.reserveUnasked()
	if reserved, ok := h.reserve(false, evidence.PurposeMatrix); !reserved || !ok || !h.opensUnasked() || h.toClose() != 2 {
		t.Errorf("%v, %v; %d to close", reserved, ok, h.toClose())
	}
}
