package streamtest

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
)

// TestServeBounds: silent connections are closed after a while, and further ones than
// mostConnections at once; the end does not wait for any.
func TestServeBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &Network{}
		at := netip.MustParseAddrPort("192.0.2.7:4500")
		l, err := network.Listen(at)
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- Serve(&iketest.Responder{Profile: iketest.StrongSwan}, l) }()
		dial := func() net.Conn {
			c, err := network.Dial(t.Context(), netip.MustParseAddrPort("192.0.2.1:0"), at)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		// closedAfter returns after how long c is closed.
		closedAfter := func(c net.Conn) time.Duration {
			start := time.Now()
			if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
				t.Errorf("read %d, %v", n, err)
			}
			return time.Since(start)
		}
		var all []net.Conn
		for i := range mostConnections {
			all = append(all, dial())
			if i%2 == 0 {
				if _, err := all[i].Write([]byte(streamPrefix)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if d := closedAfter(dial()); d != 0 {
			t.Errorf("one too many is closed after %v", d)
		}
		for _, c := range all[:2] {
			if d := closedAfter(c); d > idleTime {
				t.Errorf("a silent one is closed after %v", d)
			}
		}
		synctest.Wait()
		last := dial()
		synctest.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if d := closedAfter(last); d != 0 {
			t.Errorf("at the end one is closed after %v", d)
		}
	})
}
