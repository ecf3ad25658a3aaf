package memnet

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
)

func TestNATMapsPorts(t *testing.T) {
	inside := netip.MustParsePrefix("10.0.0.0/24")
	outside := netip.MustParseAddr("203.0.113.9")
	for _, test := range []struct {
		name string
		nat  NAT
		// What the server's ports 500 and 4500 see of 10.0.0.5:500, and its
		// port 500 of 10.0.0.6:500.
		want [3]string
	}{
		{"one mapping", NAT{}, [3]string{"203.0.113.9:40000", "203.0.113.9:40000", "203.0.113.9:40001"}},
		{"each destination", NAT{PerDestination: true, FirstPort: 61000},
			[3]string{"203.0.113.9:61000", "203.0.113.9:61001", "203.0.113.9:61002"}},
		{"kept where free", NAT{KeepPorts: true}, [3]string{"203.0.113.9:500", "203.0.113.9:500", "203.0.113.9:40000"}},
		{"kept for one destination", NAT{KeepPorts: true, PerDestination: true},
			[3]string{"203.0.113.9:500", "203.0.113.9:40000", "203.0.113.9:40001"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New()
				test.nat.Inside, test.nat.Outside = inside, outside
				n.AddNAT(test.nat)
				server := netip.MustParseAddr("198.51.100.7")
				s500, s4500 := listen(t, n, netip.AddrPortFrom(server, 500)), listen(t, n, netip.AddrPortFrom(server, 4500))
				five := listen(t, n, netip.MustParseAddrPort("10.0.0.5:500"))
				six := listen(t, n, netip.MustParseAddrPort("10.0.0.6:500"))

				write(t, five, netip.AddrPortFrom(server, 500), "a")
				write(t, five, netip.AddrPortFrom(server, 4500), "b")
				write(t, six, netip.AddrPortFrom(server, 500), "c")
				at500, at4500 := readAll(t, s500), readAll(t, s4500)
				if want := []string{"a from " + test.want[0], "c from " + test.want[2]}; !slices.Equal(at500, want) {
					t.Errorf("port 500 got %q, want %q", at500, want)
				}
				if want := []string{"b from " + test.want[1]}; !slices.Equal(at4500, want) {
					t.Errorf("port 4500 got %q, want %q", at4500, want)
				}
				write(t, s500, netip.MustParseAddrPort(test.want[2]), "answer")
				if got, want := readAll(t, six), []string{"answer from 198.51.100.7:500"}; !slices.Equal(got, want) {
					t.Errorf("inside got %q, want %q", got, want)
				}
			})
		})
	}
}

func TestNATLetsOnlyAnswersIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		n.AddNAT(NAT{Inside: netip.MustParsePrefix("10.0.0.0/24"), Outside: netip.MustParseAddr("203.0.113.9")})
		client := listen(t, n, netip.MustParseAddrPort("10.0.0.5:500"))
		peer := listen(t, n, netip.MustParseAddrPort("198.51.100.7:500"))
		stranger := listen(t, n, netip.MustParseAddrPort("198.51.100.8:500"))
		write(t, client, netip.MustParseAddrPort("198.51.100.7:500"), "hello")
		mapped := netip.MustParseAddrPort("203.0.113.9:40000")
		write(t, stranger, mapped, "forged")
		write(t, stranger, netip.MustParseAddrPort("203.0.113.9:41000"), "no such mapping")
		write(t, stranger, netip.MustParseAddrPort("10.0.0.5:500"), "no such route")
		write(t, peer, mapped, "true")
		if got, want := readAll(t, client), []string{"true from 198.51.100.7:500"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := readAll(t, stranger); got != nil {
			t.Errorf("the stranger got %q", got)
		}
	})
}

func TestNATInsideIsNotTranslated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		n.AddNAT(NAT{Inside: netip.MustParsePrefix("10.0.0.0/24"), Outside: netip.MustParseAddr("203.0.113.9")})
		a := listen(t, n, netip.MustParseAddrPort("10.0.0.5:1"))
		b := listen(t, n, netip.MustParseAddrPort("10.0.0.6:2"))
		write(t, a, netip.MustParseAddrPort("10.0.0.6:2"), "near")
		if got, want := readAll(t, b), []string{"near from 10.0.0.5:1"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestNATOnBothSides has a client behind one NAT and a server behind another
// that forwards to it.
func TestNATOnBothSides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		server := netip.MustParseAddrPort("192.168.0.2:500")
		n.AddNAT(NAT{Inside: netip.MustParsePrefix("10.0.0.0/24"), Outside: netip.MustParseAddr("203.0.113.9")})
		n.AddNAT(NAT{
			Inside: netip.MustParsePrefix("192.168.0.0/24"), Outside: netip.MustParseAddr("198.51.100.7"),
			Forward: map[uint16]netip.AddrPort{500: server, 501: netip.MustParseAddrPort("192.168.0.2:9")},
		})
		client, behind := listen(t, n, netip.MustParseAddrPort("10.0.0.5:500")), listen(t, n, server)
		write(t, client, netip.MustParseAddrPort("198.51.100.7:500"), "ask")
		if got, want := readAll(t, behind), []string{"ask from 203.0.113.9:40000"}; !slices.Equal(got, want) {
			t.Errorf("the server got %q, want %q", got, want)
		}
		write(t, behind, netip.MustParseAddrPort("203.0.113.9:40000"), "answer")
		write(t, client, netip.MustParseAddrPort("198.51.100.7:501"), "closed")
		want := []string{
			"answer from 198.51.100.7:500",
			"read udp 10.0.0.5:500->198.51.100.7:501: recvfrom: connection refused",
		}
		if got := readAll(t, client); !slices.Equal(got, want) {
			t.Errorf("the client got %q, want %q", got, want)
		}
	})
}

func TestAddNATPanicsWithoutAddresses(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New().AddNAT(NAT{Inside: netip.MustParsePrefix("10.0.0.0/8")})
}
