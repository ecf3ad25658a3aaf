package probe

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
)

// reject refuses what the client sends.
func reject(v iketest.Verdict) func(from, to netip.AddrPort, _ []byte) iketest.Verdict {
	return func(from, _ netip.AddrPort, _ []byte) iketest.Verdict {
		if from.Addr() == clientAddr {
			return v
		}
		return iketest.Pass
	}
}

func TestClosedPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, nil)
		start := time.Now()
		a := b.ask()
		if a.Outcome != Unreachable || a.blocked == nil || a.blocked.state != PathPortUnreachable || a.Tries != 1 {
			t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
		}
		if took := time.Since(start); took != defaultRTO {
			t.Errorf("took %v, want one timeout", took)
		}
	})
}

func TestProhibited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, nil)
		b.network.SetFilter(reject(iketest.RejectAdmin))
		if a := b.ask(); a.Outcome != Unreachable || a.blocked == nil || a.blocked.state != PathAdminProhibited {
			t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
		}
	})
}

func TestAnswerWinsOverUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(_ int, request []byte) []reply {
			return []reply{{after: 100 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		req := b.init(UDP500)
		time.AfterFunc(50*ms, func() {
			b.refused(&unreachable{state: PathPortUnreachable, detail: "forged", to: gatewayAt, quoted: req.octets[:8]}, time.Now())
		})
		a := b.exchange(t.Context(), req)
		if a.Outcome != NoProposalChosen || a.blocked == nil || a.blocked.detail != "forged" {
			t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
		}
	})
}

func TestQuotedRequestCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(int, []byte) []reply { return nil })
		one, two := b.init(UDP500), b.init(UDP500)
		time.AfterFunc(50*ms, func() {
			b.refused(&unreachable{state: PathPortUnreachable, detail: "x", to: gatewayAt, quoted: one.octets[:8]}, time.Now())
		})
		var wg sync.WaitGroup
		wg.Go(func() {
			if a := b.exchange(t.Context(), one); a.Outcome != Unreachable {
				t.Errorf("quoted: %v", a.Outcome)
			}
		})
		wg.Go(func() {
			if a := b.exchange(t.Context(), two); a.Outcome != NoAnswer || a.blocked != nil {
				t.Errorf("not quoted: %v", a.Outcome)
			}
		})
		wg.Wait()
	})
}

func TestRoutesComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(n int, request []byte) []reply {
			if n < 2 {
				return nil
			}
			return []reply{{octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		time.AfterFunc(50*ms, func() {
			b.refused(&unreachable{state: PathError, detail: "ICMP host unreachable", to: gatewayAt}, time.Now())
		})
		if a := b.ask(); a.Outcome != NoProposalChosen || a.Tries != 3 || a.blocked == nil {
			t.Errorf("got %+v", a.Exchange)
		}
	})
}

func TestCannotSendAtAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, connConfig{}, func(int, []byte) []reply { return nil })
		b.pc.SetWriteDeadline(time.Unix(1, 0))
		a := b.ask()
		if a.Outcome != Unreachable || !strings.HasPrefix(a.Detail, "cannot send: ") || a.Tries != 0 ||
			a.blocked == nil || a.blocked.state != PathError {
			t.Errorf("got %+v, %+v", a.Exchange, a.blocked)
		}
		if got := b.cost(); got != (Cost{}) {
			t.Errorf("cost %+v, want none", got)
		}
	})
}
