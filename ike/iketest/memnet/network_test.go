package memnet

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var (
	hostA = netip.MustParseAddrPort("192.0.2.1:1000")
	hostB = netip.MustParseAddrPort("[2001:db8::2]:2000")
)

// readAll returns what arrives until nothing does for a minute, as "data from".
func readAll(t *testing.T, conn net.PacketConn) []string {
	t.Helper()
	var all []string
	buf := make([]byte, 1<<16)
	for {
		conn.SetReadDeadline(time.Now().Add(time.Minute))
		n, from, err := conn.ReadFrom(buf)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return all
		case err != nil:
			all = append(all, err.Error())
		default:
			all = append(all, fmt.Sprintf("%s from %v", buf[:n], from))
		}
	}
}

func write(t *testing.T, conn net.PacketConn, to netip.AddrPort, data string) {
	t.Helper()
	if n, err := conn.WriteTo([]byte(data), net.UDPAddrFromAddrPort(to)); err != nil || n != len(data) {
		t.Fatalf("WriteTo: %d octets, %v", n, err)
	}
}

func TestNetworkDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		a, b := listen(t, n, hostA), listen(t, n, hostB)
		write(t, a, hostB, "one")
		write(t, a, hostB, "two")
		want := []string{"one from 192.0.2.1:1000", "two from 192.0.2.1:1000"}
		if got := readAll(t, b); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		write(t, b, hostA, "back")
		if got, want := readAll(t, a), []string{"back from [2001:db8::2]:2000"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestNetworkErrors(t *testing.T) {
	known := netip.MustParseAddr("192.0.2.80")
	for _, test := range []struct {
		name    string
		to      string
		verdict Verdict
		want    error
	}{
		{"closed port", "192.0.2.80:9", Pass, syscall.ECONNREFUSED},
		{"unknown host", "192.0.2.81:9", Pass, os.ErrDeadlineExceeded},
		{"dropped", "192.0.2.80:9", Drop, os.ErrDeadlineExceeded},
		{"port rejected", "192.0.2.81:9", RejectPort, syscall.ECONNREFUSED},
		{"host rejected", "192.0.2.81:9", RejectHost, syscall.EHOSTUNREACH},
		{"prohibited", "192.0.2.81:9", RejectAdmin, syscall.EACCES},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New()
				n.SetLink(Link{Delay: 20 * time.Millisecond})
				n.AddHost(known)
				n.SetFilter(func(from, to netip.AddrPort, datagram []byte) Verdict {
					if from != hostA || to.String() != test.to || string(datagram) != "x" {
						t.Errorf("the filter saw %v > %v %q", from, to, datagram)
					}
					return test.verdict
				})
				a := listen(t, n, hostA)
				write(t, a, netip.MustParseAddrPort(test.to), "x")
				a.SetReadDeadline(time.Now().Add(time.Second))
				_, _, err := a.ReadFrom(make([]byte, 10))
				if !errors.Is(err, test.want) {
					t.Fatalf("got %v, want %v", err, test.want)
				}
				var op *net.OpError
				if !errors.As(err, &op) {
					t.Fatalf("%v is no OpError", err)
				}
				if test.want != os.ErrDeadlineExceeded && op.Addr.String() != test.to {
					t.Errorf("the error is about %v", op.Addr)
				}
			})
		})
	}
}

func TestListenPacket(t *testing.T) {
	n := New()
	a := listen(t, n, netip.MustParseAddrPort("[::ffff:192.0.2.1]:500"))
	if got := a.LocalAddr().String(); got != "192.0.2.1:500" {
		t.Errorf("local address %s", got)
	}
	any1, any2 := listen(t, n, netip.MustParseAddrPort("192.0.2.1:0")), listen(t, n, netip.MustParseAddrPort("192.0.2.1:0"))
	if any1.LocalAddr().String() != "192.0.2.1:49152" || any2.LocalAddr().String() != "192.0.2.1:49153" {
		t.Errorf("any ports are %v and %v", any1.LocalAddr(), any2.LocalAddr())
	}
	for _, local := range []string{"192.0.2.1:500", "0.0.0.0:500", "[::]:0", "224.0.0.1:500"} {
		if _, err := n.ListenPacket(netip.MustParseAddrPort(local)); err == nil {
			t.Errorf("listens on %s", local)
		}
	}
	if _, err := n.ListenPacket(netip.AddrPort{}); err == nil {
		t.Error("listens on no address")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	listen(t, n, netip.MustParseAddrPort("192.0.2.1:500"))
}

func TestPacketConnDeadlineAndClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		a := listen(t, n, hostA)
		read := func() error {
			_, _, err := a.ReadFrom(make([]byte, 10))
			return err
		}
		start := time.Now()
		a.SetReadDeadline(start.Add(time.Second))
		if err := read(); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if err := read(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a passed deadline: %v", err)
		}
		// A new deadline holds for a reader that waits already.
		a.SetReadDeadline(time.Time{})
		result := make(chan error)
		go func() { result <- read() }()
		synctest.Wait()
		a.SetReadDeadline(time.Now().Add(-time.Second))
		go func() {
			time.Sleep(time.Hour)
			a.Close()
		}()
		// The reader has the old channel: it is closed or replaced, and
		// either way ends before Close.
		if err := <-result; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("woken by the deadline: %v", err)
		}
		a.SetReadDeadline(time.Time{})
		if err := read(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		if _, err := a.WriteTo([]byte("x"), net.UDPAddrFromAddrPort(hostB)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write after close: %v", err)
		}
		if err := a.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second close: %v", err)
		}
		if err := a.SetDeadline(time.Now()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("deadline after close: %v", err)
		}
	})
}

func TestWriteToErrors(t *testing.T) {
	n := New()
	a := listen(t, n, hostA)
	for _, test := range []struct {
		name   string
		to     net.Addr
		octets int
	}{
		{"not UDP", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 1}, 1},
		{"no port", &net.UDPAddr{IP: net.IPv4(192, 0, 2, 2)}, 1},
		{"no address", &net.UDPAddr{Port: 1}, 1},
		{"too long", net.UDPAddrFromAddrPort(hostB), maxUDPPayload + 1},
	} {
		if _, err := a.WriteTo(make([]byte, test.octets), test.to); err == nil {
			t.Errorf("%s: sent", test.name)
		}
	}
	if err := a.SetWriteDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.WriteTo([]byte("x"), net.UDPAddrFromAddrPort(hostB)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("late: %v", err)
	}
}

func TestLinkDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		n.SetLink(Link{Delay: 30 * time.Millisecond})
		n.SetPath(hostB.Addr(), hostA.Addr(), Link{Delay: 5 * time.Millisecond})
		a, b := listen(t, n, hostA), listen(t, n, hostB)
		go func() {
			buf := make([]byte, 10)
			octets, from, err := b.ReadFrom(buf)
			if err == nil {
				b.WriteTo(buf[:octets], from)
			}
		}()
		start := time.Now()
		write(t, a, hostB, "ping")
		if _, _, err := a.ReadFrom(make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		if rtt := time.Since(start); rtt != 35*time.Millisecond {
			t.Errorf("the round trip took %v", rtt)
		}
	})
}

// sendHundred returns the numbers that arrive of 0 to 99, sent 1 ms apart.
func sendHundred(t *testing.T, seed uint64, l Link) []string {
	t.Helper()
	var got []string
	synctest.Test(t, func(t *testing.T) {
		n := New()
		n.Seed = seed
		n.SetLink(l)
		a, b := listen(t, n, hostA), listen(t, n, hostB)
		for i := range 100 {
			write(t, a, hostB, fmt.Sprintf("%02d", i))
			time.Sleep(time.Millisecond)
		}
		for _, s := range readAll(t, b) {
			got = append(got, s[:2])
		}
	})
	return got
}

func TestLinkChance(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name         string
		link         Link
		least, most  int // datagrams that arrive
		distinct     int // least different ones
		wantOrder    bool
		wantDisorder bool
	}{
		{"clean", Link{Delay: 5 * ms}, 100, 100, 100, true, false},
		{"all lost", Link{Loss: 1}, 0, 0, 0, true, false},
		{"some lost", Link{Loss: 0.3, Delay: ms}, 55, 85, 55, true, false},
		{"all twice", Link{Duplicate: 1, Delay: ms}, 200, 200, 100, true, false},
		{"jitter below the distance", Link{Jitter: ms}, 100, 100, 100, true, false},
		{"jitter above the distance", Link{Jitter: 20 * ms}, 100, 100, 100, false, true},
		{"reordered", Link{Reorder: 0.2}, 100, 100, 100, false, true},
		{"all held back", Link{Reorder: 1, HoldBack: time.Second}, 100, 100, 100, true, false},
		{"too big", Link{MaxDatagram: 1}, 0, 0, 0, true, false},
		{"small enough", Link{MaxDatagram: 2}, 100, 100, 100, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := sendHundred(t, 1, test.link)
			distinct := len(slices.Compact(slices.Sorted(slices.Values(got))))
			if len(got) < test.least || len(got) > test.most || distinct < test.distinct {
				t.Errorf("%d arrived, %d different", len(got), distinct)
			}
			if ordered := slices.IsSorted(got); (test.wantOrder && !ordered) || (test.wantDisorder && ordered) {
				t.Errorf("ordered is %v: %v", ordered, got)
			}
			if again := sendHundred(t, 1, test.link); !slices.Equal(got, again) {
				t.Errorf("the same seed gives\n%v and\n%v", got, again)
			}
		})
	}
	rough := Link{Loss: 0.3, Duplicate: 0.3, Reorder: 0.3}
	if slices.Equal(sendHundred(t, 1, rough), sendHundred(t, 2, rough)) {
		t.Error("another seed gives the same")
	}
}

// TestLinkFlowsAreIndependent has a second flow in between: the first one's
// datagrams meet what they met without it.
func TestLinkFlowsAreIndependent(t *testing.T) {
	run := func(busy bool) (got []string) {
		synctest.Test(t, func(t *testing.T) {
			n := New()
			n.SetLink(Link{Loss: 0.5})
			a, b := listen(t, n, hostA), listen(t, n, hostB)
			other := listen(t, n, netip.MustParseAddrPort("192.0.2.9:9"))
			for i := range 50 {
				if busy {
					write(t, other, hostA, "noise")
				}
				write(t, a, hostB, fmt.Sprint(i))
			}
			got = readAll(t, b)
		})
		return got
	}
	if quiet, busy := run(false), run(true); !slices.Equal(quiet, busy) {
		t.Errorf("got %v, beside another flow %v", quiet, busy)
	}
}

func listen(t *testing.T, n *Network, local netip.AddrPort) net.PacketConn {
	t.Helper()
	conn, err := n.ListenPacket(local)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
