package initiator

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// TestFlows: requests go out from the port that they name, with its NAT detection
// hash, and answers to each come in.
func TestFlows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, Config{}, func(_ int, request []byte) []reply {
			return []reply{{octets: respond(t, spiOf(request), nil, &ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN})}}
		})
		for want := 1; want <= 3; want++ {
			if n, err := b.OpenFlow(t.Context()); n != want || err != nil {
				t.Fatalf("flow %d, %v; want %d", n, err, want)
			}
		}
		var ports []uint16
		for flow := range 4 {
			req, err := b.Init(Offer{Products: products(t, testOffer), Flow: flow})
			if err != nil {
				t.Fatal(err)
			}
			if a := b.Exchange(t.Context(), req); a.Outcome != NoProposalChosen || a.Flow != flow || a.Tries != 1 {
				t.Errorf("flow %d: %+v", flow, a.Exchange)
			}
			_, _, trace := b.seen()
			sent := trace[len(trace)-2]
			m, err := ike.ParseMessage(req.Octets())
			if err != nil {
				t.Fatal(err)
			}
			n, _ := m.Notify(ike.NAT_DETECTION_SOURCE_IP)
			if hash := ike.NATDetectionHash(req.SPI(), ike.SPI{}, sent.Local); !slices.Equal(n.Data, hash[:]) {
				t.Errorf("flow %d: the NAT detection hash is not of %v", flow, sent.Local)
			}
			if came := trace[len(trace)-1]; came.Sent || came.Local != sent.Local {
				t.Errorf("flow %d: sent from %v, answered to %v", flow, sent.Local, came.Local)
			}
			ports = append(ports, sent.Local.Port())
		}
		if slices.Sort(ports); len(slices.Compact(ports)) != 4 {
			t.Errorf("ports %v, want four", ports)
		}
		if got := b.Cost(); got.Exchanges != 4 || got.DatagramsSent != 4 || got.DatagramsReceived != 4 {
			t.Errorf("cost %+v", got)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if _, err := b.OpenFlow(t.Context()); err == nil {
			t.Error("a flow was opened of a Conn that is closed")
		}
	})
}

// TestNoOtherFlow: a port that the user chose is the only one.
func TestNoOtherFlow(t *testing.T) {
	b := newBench(t, Config{Source: netip.MustParseAddrPort("192.0.2.2:5000")}, nil)
	if _, err := b.OpenFlow(t.Context()); err == nil {
		t.Error("another port was opened")
	}
}

// unreadable is a socket that cannot be read.
type unreadable struct{ net.PacketConn }

func (unreadable) ReadFrom([]byte) (int, net.Addr, error) { return 0, nil, context.DeadlineExceeded }

// TestBrokenFlow: if one socket fails, exchanges end on all.
func TestBrokenFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sockets := 0
		b := newBench(t, Config{}, func(int, []byte) []reply { return nil }, func(pc net.PacketConn) net.PacketConn {
			if sockets++; sockets > 1 {
				return unreadable{pc}
			}
			return pc
		})
		time.AfterFunc(10*ms, func() {
			if _, err := b.OpenFlow(t.Context()); err != nil {
				t.Error(err)
			}
		})
		begun := time.Now()
		if a := b.ask(); a.Outcome != NoAnswer || a.Detail != "the socket failed: context deadline exceeded; interrupted" {
			t.Errorf("got %+v", a.Exchange)
		}
		if took := time.Since(begun); took != 10*ms {
			t.Errorf("it took %v", took)
		}
	})
}
