package initiator

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
)

func TestRetransmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := newBench(t, Config{}, func(int, []byte) []reply { return nil })
		a := b.ask()
		if a.Outcome != NoAnswer || a.Detail != "" || a.Tries != 4 || a.RTT != 0 {
			t.Errorf("got %+v", a.Exchange)
		}
		if took := time.Since(start); took != 7500*ms {
			t.Errorf("gave up after %v, want 7.5s", took)
		}
		requests, at, _ := b.seen()
		for i, want := range []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms} {
			if got := at[i].Sub(start); got != want {
				t.Errorf("try %d after %v, want %v", i+1, got, want)
			}
			if !bytes.Equal(requests[i], a.Request) {
				t.Errorf("try %d differs", i+1)
			}
		}
		if got := b.Cost(); got.Retransmits != 3 || got.DatagramsSent != 4 || got.Exchanges != 1 {
			t.Errorf("cost %+v", got)
		}
		if b.pacer.window != 1 {
			t.Errorf("window %v after four losses, want 1", b.pacer.window)
		}
	})
}

// TestKarn: the answer to a request that was sent twice does not change the
// estimate, and is taken as one to the try that can have been answered.
func TestKarn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(n int, request []byte) []reply {
			if n == 1 {
				return nil
			}
			return []reply{{after: 80 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		b.ask()
		rto := b.rto()
		if rto != 240*ms {
			t.Fatalf("RTO %v after 80 ms, want 240 ms", rto)
		}
		a := b.ask()
		if a.Outcome != NoProposalChosen || a.Tries != 2 || a.RTT != 80*ms {
			t.Errorf("got %+v", a.Exchange)
		}
		if b.rto() != rto {
			t.Errorf("RTO %v, want it unchanged at %v", b.rto(), rto)
		}
		_, at, _ := b.seen()
		if got := at[2].Sub(at[1]); got != rto {
			t.Errorf("retransmitted after %v, want %v", got, rto)
		}
	})
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(int, []byte) []reply { return nil })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(700*ms, cancel)
		start := time.Now()
		a := b.Exchange(ctx, b.init(UDP500))
		if a.Outcome != NoAnswer || a.Detail != "interrupted" || a.Tries != 2 {
			t.Errorf("got %+v", a.Exchange)
		}
		if took := time.Since(start); took != 700*ms {
			t.Errorf("ended after %v", took)
		}
		a = b.Exchange(ctx, b.init(UDP500))
		if a.Outcome != NotTried || a.Detail != "interrupted" || a.Tries != 0 || !a.Sent.IsZero() {
			t.Errorf("after the end: got %+v", a.Exchange)
		}

		time.AfterFunc(100*ms, func() { b.Close() })
		if a := b.ask(); a.Outcome != NoAnswer || a.Tries != 1 {
			t.Errorf("socket closed meanwhile: got %+v", a.Exchange)
		}
		if a := b.ask(); a.Outcome != NotTried || a.Tries != 0 {
			t.Errorf("socket closed: got %+v", a.Exchange)
		}
	})
}
