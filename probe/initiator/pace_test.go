package initiator

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestWindow(t *testing.T) {
	p := newPacer(defaultRate, defaultWindow)
	if p.window != 2 {
		t.Errorf("the window begins with %v, want 2", p.window)
	}
	const long = 400 * time.Millisecond
	for range 2 {
		p.answered(long, long)
	}
	if p.window != 4 {
		t.Errorf("after a window of prompt answers: %v, want 4", p.window)
	}
	for i := range 4 {
		// The gateway is at work on others, or how long it took is not known.
		p.answered([]time.Duration{long + 2*maxDelay, 0}[i%2], long)
	}
	if p.window < 4.8 || p.window > 5 {
		t.Errorf("after a window of slow answers: %v, want about 5", p.window)
	}
	for _, tc := range []struct {
		roundTrip time.Duration
		want      float64
	}{
		{time.Millisecond, 2}, // that may all be the gateway's work
		{maxWork, 2},
		{105 * time.Millisecond, 7},
		{long, 16},
	} {
		for range 1000 {
			p.answered(tc.roundTrip, tc.roundTrip)
		}
		if p.window != tc.want {
			t.Errorf("after many answers within %v: %v, want %v", tc.roundTrip, p.window, tc.want)
		}
	}

	now := time.Unix(1000, 0)
	for _, tc := range []struct {
		after time.Duration
		want  float64
	}{
		{0, 8},
		{50 * time.Millisecond, 8}, // the same loss
		{150 * time.Millisecond, 4},
		{300 * time.Millisecond, 2},
		{450 * time.Millisecond, 1},
		{600 * time.Millisecond, 1},
	} {
		p.lost(now.Add(tc.after), 100*time.Millisecond)
		if p.window != tc.want {
			t.Errorf("loss after %v: %v, want %v", tc.after, p.window, tc.want)
		}
	}
	if p.answered(long, long); p.window != 2 {
		t.Errorf("after an answer: %v, want 2", p.window)
	}
	for range 2 {
		p.answered(long, long)
	}
	if p.window < 2.8 || p.window > 3 {
		t.Errorf("after a window of prompt answers, and loss before: %v, want about 3", p.window)
	}
}

// TestWindowNearby: however fast a scan may be, a gateway whose answers come at
// once never has more at work than it takes without a cookie.
func TestWindowNearby(t *testing.T) {
	p := newPacer(1e6, defaultWindow)
	for range 1000 {
		p.answered(time.Millisecond, time.Millisecond)
	}
	if p.window != atGateway {
		t.Errorf("the window is %v, want %d", p.window, atGateway)
	}
}

func TestEnterInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(defaultRate, 1)
		if err := p.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order []int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				if err := p.enter(t.Context()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				p.leave()
			})
			synctest.Wait()
		}
		p.leave()
		wg.Wait()
		for i, got := range order {
			if got != i {
				t.Fatalf("order %v, want 0 to 4", order)
			}
		}
		if p.inFlight != 0 {
			t.Errorf("%d in flight after all have left", p.inFlight)
		}
	})
}

func TestEnterGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(defaultRate, 1)
		if err := p.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		p.leave()
		if err := p.enter(t.Context()); err != nil {
			t.Errorf("who gave up still has a place: %v", err)
		}
		if err := p.enter(ctx); err == nil {
			t.Error("entered with a context that has ended")
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(50, 16)
		start := time.Now()
		for range 100 + atGateway {
			if err := p.waitToSend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		// The burst is free, the other 100 take 20 ms each.
		if got := time.Since(start); got < 1990*time.Millisecond || got > 2010*time.Millisecond {
			t.Errorf("102 datagrams took %v, want 2s", got)
		}
	})
}

// TestPacerCookie: after a cookie the window stays at half of what it was, at one
// exchange in the end, unless cookies are asked for then, too, for longer than
// after load.
func TestPacerCookie(t *testing.T) {
	p := newPacer(1000, 16)
	now := time.Unix(0, 0)
	grow := func() {
		for range 100 {
			p.answered(50*time.Millisecond, 50*time.Millisecond)
		}
	}
	grow()
	if p.window != 16 {
		t.Fatalf("the window is %v", p.window)
	}
	for _, want := range []float64{8, 4, 2, 1, 1} {
		p.cookie(now)
		grow()
		if p.window != want {
			t.Errorf("the window is %v after a cookie, want %v", p.window, want)
		}
	}
	p.cookie(now.Add(lingering))
	grow()
	if p.window != 1 {
		t.Errorf("the window is %v while a gateway may ask for cookies after load", p.window)
	}
	p.cookie(now.Add(lingering + time.Second))
	grow()
	if p.window != 16 {
		t.Errorf("the window is %v at a gateway that asks everyone for cookies", p.window)
	}
}

// TestPacerCookiesTogether: cookies that were asked for together narrow the window
// once.
func TestPacerCookiesTogether(t *testing.T) {
	p := newPacer(1000, 16)
	for range 100 {
		p.answered(50*time.Millisecond, 50*time.Millisecond)
	}
	p.inFlight = 16
	for range 8 { // the exchanges go on, with their cookies
		p.cookie(time.Unix(0, 0))
	}
	if p.window != 8 {
		t.Errorf("the window is %v", p.window)
	}
}
