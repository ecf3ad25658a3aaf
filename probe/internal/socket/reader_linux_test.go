package socket

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// TestHopLimitOfArrival: a datagram arrives with the hop limit that it was sent with.
func TestHopLimitOfArrival(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "::1"} {
		t.Run(address, func(t *testing.T) {
			local := netip.AddrPortFrom(netip.MustParseAddr(address), 0)
			pc, err := Listen(t.Context(), local.Addr(), local)
			if err != nil {
				t.Skip(err)
			}
			defer pc.Close()
			other, err := net.ListenPacket("udp", local.String())
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			r := NewReader(pc)
			for _, limit := range []int{1, 57, 255} {
				if _, err := Limited(other, limit).WriteTo([]byte("a"), pc.LocalAddr()); err != nil {
					t.Fatal(err)
				}
				datagram, from, got, err := r.Read()
				if err != nil || string(datagram) != "a" || from != AddrPortOf(other.LocalAddr()) || got != limit {
					t.Errorf("%q from %v with %d, %v; want one octet from %v with %d", datagram, from, got, err, other.LocalAddr(), limit)
				}
			}
		})
	}
}

// TestReadersHoldNothing: a datagram of any size arrives as it was sent, and those who
// wait for one have no buffer.
func TestReadersHoldNothing(t *testing.T) {
	const sockets = 64
	local := netip.MustParseAddrPort("127.0.0.1:0")
	var all []net.PacketConn
	for range sockets {
		pc, err := Listen(t.Context(), local.Addr(), local)
		if err != nil {
			t.Fatal(err)
		}
		defer pc.Close()
		all = append(all, pc)
	}
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // what a pool holds goes with the second
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	var reading, ended sync.WaitGroup
	sent := bytes.Repeat([]byte{1, 2, 3}, 20000)
	for _, pc := range all {
		reading.Add(1)
		ended.Go(func() {
			r := NewReader(pc)
			got, _, _, err := r.Read()
			if err != nil || !slices.Equal(got, sent) {
				t.Errorf("read %d octets, %v; want %d", len(got), err, len(sent))
			}
			reading.Done()
			if _, _, _, err := r.Read(); !errors.Is(err, net.ErrClosed) {
				t.Errorf("a closed socket reads %v", err)
			}
		})
	}
	for _, pc := range all {
		if _, err := all[0].WriteTo(sent, pc.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	reading.Wait()
	// Who was woken for nothing has a buffer for a moment.
	after := held()
	for range 100 {
		if after <= before+sockets*mostOctets/4 {
			break
		}
		runtime.Gosched()
		after = min(after, held())
	}
	if after > before+sockets*mostOctets/4 {
		t.Errorf("%d readers hold %d octets", sockets, after-before)
	}
	for _, pc := range all {
		pc.Close()
	}
	ended.Wait()
}
