package progress

import (
	"bytes"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
)

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// lockedBuffer is written by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestWatch(t *testing.T) {
	var out lockedBuffer
	w := New(&out, Options{Verbose: true})
	w.Start(make([]string, 2))
	w.Exchange(probe.Progress{
		Target: target.Target{Address: loopback}, Doing: evidence.PurposeMatrix, Exchanges: 12,
		Last: evidence.Exchange{Purpose: evidence.PurposeMatrix, Exchange: initiator.Exchange{
			ID: 12, Outcome: initiator.InvalidKEPayload, Group: ike.KE_ECP_384, RTT: 1100 * time.Microsecond, Tries: 2,
		}},
	})
	w.Finished()
	w.Note("one word")
	if got, want := w.line(1500*time.Millisecond), "1 of 2 targets; 127.0.0.1: matrix, 12 exchanges; 1.5 s; about 2 s left"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w.End()
	w.Note("too late")
	want := "127.0.0.1 12 udp500 matrix invalid_ke_payload KE_ECP_384 1.1 ms 2 tries\nikescope: one word\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Where stderr is no terminal, a line comes at the start and now and then.
func TestWatchLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		w := New(&out, Options{})
		w.Start([]string{"vpn.example.com"})
		time.Sleep(10*time.Second + time.Millisecond)
		w.Exchange(probe.Progress{Target: target.Target{Address: loopback}, Doing: evidence.PurposeMatrix, Exchanges: 12})
		time.Sleep(15 * time.Second)
		w.End()
		want := "ikescope: scanning vpn.example.com\n" +
			"ikescope: waiting for the first answer; 10.0 s\n" +
			"ikescope: 127.0.0.1: matrix, 12 exchanges; 20.0 s\n"
		if got := out.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}

		var silent lockedBuffer
		w = New(&silent, Options{Quiet: true})
		w.Start(make([]string, 3))
		time.Sleep(time.Minute)
		w.End()
		if got := silent.String(); got != "" {
			t.Errorf("with --quiet: %q", got)
		}
	})
}

func TestRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "1 s", 59 * time.Second: "59 s", 90 * time.Second: "2 min", 59 * time.Minute: "59 min", 170 * time.Minute: "2.8 h",
	} {
		if got := roughly(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
