package ledger

import (
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/probe/evidence"
)

func TestHalfOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHalfOpens()
		if reserved, ok := h.Reserve(false, evidence.PurposeMatrix); reserved || !ok {
			t.Fatalf("a request that opens nothing: %v, %v", reserved, ok)
		}
		for range HalfOpenLimit {
			if reserved, ok := h.Reserve(true, evidence.PurposeMatrix); !reserved || !ok {
				t.Fatalf("%v, %v within the budget", reserved, ok)
			}
			h.OpenedBy(1)
		}
		type got struct{ reserved, ok bool }
		waiting := make(chan got, 1)
		go func() {
			reserved, ok := h.Reserve(true, evidence.PurposeMatrix)
			waiting <- got{reserved, ok}
		}()
		synctest.Wait()
		if len(waiting) != 0 {
			t.Fatal("more are open than the budget allows")
		}
		h.Closed()
		h.Release(true, false)
		if g := <-waiting; !g.reserved || !g.ok {
			t.Errorf("after one was closed: %+v", g)
		}
		if open, peak := h.Counts(); open != HalfOpenLimit-1 || peak != HalfOpenLimit {
			t.Errorf("%d open, %d at most", open, peak)
		}
	})
}

// TestHalfOpensLeft: what cannot be closed keeps its place, until another one is
// seen to be closed, and its answer must have been lost.
func TestHalfOpensLeft(t *testing.T) {
	h := NewHalfOpens()
	for i := range HalfOpenLimit {
		h.Reserve(true, evidence.PurposeDetail)
		h.OpenedBy(i + 1)
		h.Release(true, !h.ClosedUnseen(i+1))
	}
	if h.Unclosed() != HalfOpenLimit || h.ToClose() != 0 {
		t.Errorf("%d left, %d to close", h.Unclosed(), h.ToClose())
	}
	if _, ok := h.Reserve(true, evidence.PurposeDetail); ok || h.IsStuck() {
		t.Errorf("a request may go out: %v; stuck: %v, though nobody needs it", ok, h.IsStuck())
	}
	if _, ok := h.Reserve(true, evidence.PurposeMatrix); ok || !h.IsStuck() {
		t.Errorf("a request may go out: %v; stuck: %v", ok, h.IsStuck())
	}
	h.OpenedBy(4) // by a request that was sent before
	h.Closed()
	open, peak := h.Counts()
	if unseen, closed := h.ClosedLate(); open != 0 || peak != HalfOpenLimit+1 || h.Unclosed() != 0 || len(unseen) != HalfOpenLimit || !closed {
		t.Errorf("%d open, %d at most, %d left; %v unseen, closed: %v", open, peak, h.Unclosed(), unseen, closed)
	}
}

// TestHalfOpensUnasked: once a gateway opened an IKE SA that no request asked
// for, each request needs a place.
func TestHalfOpensUnasked(t *testing.T) {
	h := NewHalfOpens()
	h.ReserveUnasked()
	if reserved, ok := h.Reserve(false, evidence.PurposeMatrix); !reserved || !ok || !h.OpensUnasked() || h.ToClose() != 2 {
		t.Errorf("%v, %v; %d to close", reserved, ok, h.ToClose())
	}
}

// TestLosesAnswers: that answers get lost shows where some come and others do not.
func TestLosesAnswers(t *testing.T) {
	h := NewHalfOpens()
	if h.LosesAnswers() {
		t.Error("before anything was closed")
	}
	h.OpenedBy(1)
	h.ClosedUnseen(1)
	if h.LosesAnswers() {
		t.Error("where none came")
	}
	h.OpenedBy(2)
	h.Closed()
	if !h.LosesAnswers() {
		t.Error("not where one came, and another did not")
	}
	h = NewHalfOpens()
	h.OpenedBy(1)
	h.Closed()
	if h.LosesAnswers() {
		t.Error("where all came")
	}
}
