package initiator

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

// reject refuses what the client sends.
func reject(v memnet.Verdict) func(from, to netip.AddrPort, _ []byte) memnet.Verdict {
	return func(from, _ netip.AddrPort, _ []byte) memnet.Verdict {
		if from.Addr() == clientAddr {
			return v
		}
		return memnet.Pass
	}
}

func TestClosedPort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, nil)
		start := time.Now()
		a := b.ask()
		if a.Outcome != Unreachable || a.Blocked == nil || a.Blocked.State != PathPortUnreachable || a.Tries != 1 {
			t.Errorf("got %+v, %+v", a.Exchange, a.Blocked)
		}
		if took := time.Since(start); took != defaultRTO {
			t.Errorf("took %v, want one timeout", took)
		}
	})
}

func TestProhibited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, nil)
		b.network.SetFilter(reject(memnet.RejectAdmin))
		if a := b.ask(); a.Outcome != Unreachable || a.Blocked == nil || a.Blocked.State != PathAdminProhibited {
			t.Errorf("got %+v, %+v", a.Exchange, a.Blocked)
		}
	})
}

func TestAnswerWinsOverUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(_ int, request []byte) []reply {
			return []reply{{after: 100 * ms, octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		req := b.init(UDP500)
		time.AfterFunc(50*ms, func() {
			b.refused(&PathFault{State: PathPortUnreachable, Detail: "forged", to: gatewayAt, quoted: req.octets[:8]}, time.Now())
		})
		a := b.Exchange(t.Context(), req)
		if a.Outcome != NoProposalChosen || a.Blocked == nil || a.Blocked.Detail != "forged" {
			t.Errorf("got %+v, %+v", a.Exchange, a.Blocked)
		}
	})
}

func TestQuotedRequestCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(int, []byte) []reply { return nil })
		one, two := b.init(UDP500), b.init(UDP500)
		time.AfterFunc(50*ms, func() {
			b.refused(&PathFault{State: PathPortUnreachable, Detail: "x", to: gatewayAt, quoted: one.octets[:8]}, time.Now())
		})
		var wg sync.WaitGroup
		wg.Go(func() {
			if a := b.Exchange(t.Context(), one); a.Outcome != Unreachable {
				t.Errorf("quoted: %v", a.Outcome)
			}
		})
		wg.Go(func() {
			if a := b.Exchange(t.Context(), two); a.Outcome != NoAnswer || a.Blocked != nil {
				t.Errorf("not quoted: %v", a.Outcome)
			}
		})
		wg.Wait()
	})
}

func TestRoutesComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(n int, request []byte) []reply {
			if n < 2 {
				return nil
			}
			return []reply{{octets: respond(t, spiOf(request), nil, notify(ike.NO_PROPOSAL_CHOSEN))}}
		})
		time.AfterFunc(50*ms, func() {
			b.refused(&PathFault{State: PathError, Detail: "ICMP host unreachable", to: gatewayAt}, time.Now())
		})
		if a := b.ask(); a.Outcome != NoProposalChosen || a.Tries != 3 || a.Blocked == nil {
			t.Errorf("got %+v", a.Exchange)
		}
	})
}

func TestCannotSendAtAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(int, []byte) []reply { return nil })
		b.flow(0).pc.SetWriteDeadline(time.Unix(1, 0))
		a := b.ask()
		if a.Outcome != Unreachable || !strings.HasPrefix(a.Detail, "cannot send: ") || a.Tries != 0 ||
			a.Blocked == nil || a.Blocked.State != PathError {
			t.Errorf("got %+v, %+v", a.Exchange, a.Blocked)
		}
		if got := b.Cost(); got != (Cost{}) {
			t.Errorf("cost %+v, want none", got)
		}
	})
}
