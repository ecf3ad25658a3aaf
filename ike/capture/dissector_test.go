package capture

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/ike/iketest"
)

const captures = "../../testdata/captures"

// What real captures hold follows from how each was made, see the README beside
// them.
func TestRealCaptures(t *testing.T) {
	for name, want := range map[string]struct {
		counts Counts
		sas    int
	}{
		"invalid-ke":                   {Counts{Packets: 8, IKE: 8}, 1}, // SLL2
		"4500-dropped":                 {Counts{Packets: 5, IKE: 5}, 1}, // SLL
		"libreswan-ipv6":               {Counts{Packets: 4, IKE: 4}, 1},
		"ikev1":                        {Counts{Packets: 2, IKE: 2}, 1},
		"nat-keepalive":                {Counts{Packets: 10, IKE: 6, Keepalives: 4}, 1},
		"port-unreachable":             {Counts{Packets: 6, IKE: 3, ICMPErrors: 3}, 1},
		"ip-fragments":                 {Counts{Packets: 5, IKE: 4, Reassembled: 1}, 1},
		"ip-fragments-dropped-client":  {Counts{Packets: 8, IKE: 5, Reassembled: 3}, 1},
		"ip-fragments-dropped-gateway": {Counts{Packets: 5, IKE: 5, Incomplete: 3}, 1},
		"rekey":                        {Counts{Packets: 14, IKE: 14}, 3},
		"scan":                         {Counts{Packets: 28, IKE: 28}, 9},
	} {
		file, err := os.ReadFile(filepath.Join(captures, name+".pcap"))
		if err != nil {
			t.Fatal(err)
		}
		d := dissect(t, file)
		if d.Counts != want.counts || len(d.Tracker.SAs) != want.sas {
			t.Errorf("%s: %d IKE SAs, %+v\nwant %d, %+v", name, len(d.Tracker.SAs), d.Counts, want.sas, want.counts)
		}
	}
}

// Each kind of packet counts as what it is.
func TestCounts(t *testing.T) {
	natt4, natt6 := netip.AddrPortFrom(from4.Addr(), 4500), netip.AddrPortFrom(to6.Addr(), 4500)
	further := netip.AddrPortFrom(to4.Addr(), 5500)
	esp := func() []byte {
		return serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolESP,
			SrcIP: from4.Addr().AsSlice(), DstIP: to4.Addr().AsSlice()}, gopacket.Payload(make([]byte, 40)))
	}
	for name, tt := range map[string]struct {
		packet []byte
		want   Counts
	}{
		"another port":     {udpPacket(t, netip.AddrPortFrom(from4.Addr(), 53), netip.AddrPortFrom(to4.Addr(), 1024), iketest.Request()), Counts{}},
		"port of --port":   {udpPacket(t, netip.AddrPortFrom(from4.Addr(), 1024), further, iketest.Request()), Counts{IKE: 1}},
		"source port":      {udpPacket(t, further, netip.AddrPortFrom(to4.Addr(), 1024), iketest.Request()), Counts{IKE: 1}},
		"marked":           {udpPacket(t, natt4, to4, append(ike.AppendNonESPMarker(nil), iketest.Request()...)), Counts{IKE: 1}},
		"keepalive":        {udpPacket(t, natt4, to4, []byte{0xff}), Counts{Keepalives: 1}},
		"ESP in UDP":       {udpPacket(t, from6, natt6, slices.Repeat([]byte{7}, 40)), Counts{ESP: 1}},
		"ESP":              {esp(), Counts{ESP: 1}},
		"other":            {udpPacket(t, from4, to4, []byte("hello")), Counts{Other: 1}},
		"nothing":          {nil, Counts{}},
		"no IP":            {[]byte{0x10, 1, 2, 3}, Counts{}},
		"cut IPv4 header":  {esp()[:19], Counts{Unreadable: 1}},
		"cut IPv6 header":  {udpPacket(t, from6, to6, iketest.Request())[:39], Counts{Unreadable: 1}},
		"cut UDP header":   {udpPacket(t, from4, to4, iketest.Request())[:27], Counts{}},
		"cut IKE message":  {udpPacket(t, from4, to4, iketest.Request())[:28+40], Counts{IKE: 1}},
		"TCP":              {serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: from4.Addr().AsSlice(), DstIP: to4.Addr().AsSlice()}, gopacket.Payload(make([]byte, 40))), Counts{}},
		"tunnel in tunnel": {tunnels(t, maxLayers-1, udpPacket(t, from4, to4, iketest.Request())), Counts{IKE: 1}},
		"too many tunnels": {tunnels(t, maxLayers, udpPacket(t, from4, to4, iketest.Request())), Counts{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := Dissector{Ports: []uint16{5500}}
			d.Add(Frame{Number: 1, Link: linkRaw, Data: tt.packet, Length: len(tt.packet)})
			d.Finish()
			tt.want.Packets = 1
			if diff := cmp.Diff(tt.want, d.Counts); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// tunnels puts a packet into IPv4 packets within one another.
func tunnels(t *testing.T, n int, packet []byte) []byte {
	t.Helper()
	for range n {
		packet = serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolIPv4,
			SrcIP: from4.Addr().AsSlice(), DstIP: to4.Addr().AsSlice()}, gopacket.Payload(packet))
	}
	return packet
}

// A snapshot length is seen by what is missing.
func TestCutFrames(t *testing.T) {
	packet := udpPacket(t, from4, to4, iketest.Request())
	var d Dissector
	d.Add(Frame{Number: 1, Link: linkRaw, Data: packet[:100], Length: len(packet)})
	if d.Counts != (Counts{Packets: 1, IKE: 1, Cut: 1}) {
		t.Fatalf("%+v", d.Counts)
	}
	if m := d.Tracker.SAs[0].Exchanges[0].Request; m.Missing != len(packet)-100 || m.Octets != len(iketest.Request()) {
		t.Errorf("%d octets, missing %d of %d", m.Octets, m.Missing, len(packet)-100)
	}
}

// An ICMP error counts if it quotes a datagram of an IKE port.
func TestICMPErrors(t *testing.T) {
	router4, router6 := netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("2001:db8:f::1")
	sent4, sent6 := udpPacket(t, from4, to4, iketest.Request()), udpPacket(t, from6, to6, iketest.Request())
	dns := udpPacket(t, netip.AddrPortFrom(from4.Addr(), 1024), netip.AddrPortFrom(to4.Addr(), 53), iketest.Request())
	later := slices.Clone(sent4)
	binary.BigEndian.PutUint16(later[6:], 8) // of a fragment that has no ports
	over4 := func(kind layers.ICMPv4TypeCode, quoted []byte) []byte {
		return serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolICMPv4,
			SrcIP: router4.AsSlice(), DstIP: from4.Addr().AsSlice()}, &layers.ICMPv4{TypeCode: kind}, gopacket.Payload(quoted))
	}
	over6 := func(quoted []byte) []byte {
		return serialize(t, &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolICMPv6,
			SrcIP: router6.AsSlice(), DstIP: from6.Addr().AsSlice()}, gopacket.Payload(join([]byte{1, 4, 0, 0, 0, 0, 0, 0}, quoted)))
	}
	unreachable := layers.CreateICMPv4TypeCode(3, 3)
	for name, tt := range map[string]struct {
		packet   []byte
		want     int
		reporter netip.Addr
	}{
		"IPv4":            {over4(unreachable, sent4), 1, router4},
		"8 octets quoted": {over4(unreachable, sent4[:28]), 1, router4},
		"IPv6":            {over6(sent6), 1, router6},
		"ports cut off":   {over4(unreachable, sent4[:27]), 0, netip.Addr{}},
		"cut IPv6":        {over6(sent6[:39]), 0, netip.Addr{}},
		"another port":    {over4(unreachable, dns), 0, netip.Addr{}},
		"later fragment":  {over4(unreachable, later), 0, netip.Addr{}},
		"echo":            {over4(layers.CreateICMPv4TypeCode(8, 0), sent4), 0, netip.Addr{}},
		"no header":       {over4(unreachable, nil)[:24], 0, netip.Addr{}},
	} {
		t.Run(name, func(t *testing.T) {
			var d Dissector
			for i, packet := range [][]byte{sent4, sent6, tt.packet} {
				d.Add(Frame{Number: i + 1, Link: linkRaw, Data: packet, Length: len(packet)})
			}
			if d.Counts.ICMPErrors != tt.want || d.Counts.IKE != 2 || d.Counts.Unreadable != 0 {
				t.Fatalf("%+v", d.Counts)
			}
			if tt.want == 0 {
				return
			}
			// The datagrams are of two IKE SAs, though they have the same SPI.
			if len(d.Tracker.SAs) != 2 {
				t.Fatalf("%d IKE SAs", len(d.Tracker.SAs))
			}
			all := append(d.Tracker.SAs[0].Errors, d.Tracker.SAs[1].Errors...)
			if len(all) != 1 {
				t.Fatalf("%+v", all)
			}
			e := all[0]
			if e.Packet != 3 || e.Reporter != tt.reporter || e.Error.Meaning() != icmp.PortUnreachable ||
				e.Source != from4 && e.Source != from6 || e.Destination != to4 && e.Destination != to6 {
				t.Errorf("%+v", e)
			}
		})
	}
}
