package capture

import (
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/ikescope/ikescope/ike/iketest"
)

type linked struct {
	name   string
	link   uint32
	packet []byte
}

// links returns the same request in each link type and tunnel.
func links(t testing.TB) []linked {
	t.Helper()
	v4, v6 := udpPacket(t, from4, to4, iketest.Request()), udpPacket(t, from6, to6, iketest.Request())
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	ethernet := func(kind layers.EthernetType) *layers.Ethernet {
		return &layers.Ethernet{SrcMAC: mac, DstMAC: mac, EthernetType: kind}
	}
	frame := func(kind uint16, inner []byte) []byte { return join(make([]byte, 12), be16(kind), inner) }
	over := func(protocol layers.IPProtocol, inner []byte) []byte {
		return serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: protocol,
			SrcIP: []byte{203, 0, 113, 1}, DstIP: []byte{203, 0, 113, 2}}, gopacket.Payload(inner))
	}
	inUDP := func(port uint16, inner []byte) []byte {
		return udpPacket(t, netip.MustParseAddrPort("203.0.113.1:40000"), netip.AddrPortFrom(netip.MustParseAddr("203.0.113.2"), port), inner)
	}
	snap := join([]byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, v4)
	pktap := make([]byte, 108)
	pktap[0], pktap[4], pktap[8] = 108, 1, 12
	nflog := join([]byte{2, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0, 0}, binary.LittleEndian.AppendUint16(nil, uint16(4+len(v4))), []byte{9, 0}, v4)
	return []linked{
		{"Ethernet", 1, serialize(t, ethernet(layers.EthernetTypeIPv4), gopacket.Payload(v4))},
		{"Ethernet IPv6", 1, serialize(t, ethernet(layers.EthernetTypeIPv6), gopacket.Payload(v6))},
		{"padding", 1, serialize(t, ethernet(layers.EthernetTypeIPv4), gopacket.Payload(append(slices.Clone(v4), make([]byte, 20)...)))},
		{"VLAN", 1, serialize(t, ethernet(layers.EthernetTypeDot1Q),
			&layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeIPv4}, gopacket.Payload(v4))},
		{"QinQ", 1, serialize(t, ethernet(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeDot1Q},
			&layers.Dot1Q{VLANIdentifier: 6, Type: layers.EthernetTypeIPv6}, gopacket.Payload(v6))},
		{"raw IPv4", 101, v4},
		{"raw IPv6", 101, v6},
		{"raw, OpenBSD", 14, v4},
		{"LINKTYPE_IPV4", 228, v4},
		{"LINKTYPE_IPV6", 229, v6},
		{"null", 0, join([]byte{2, 0, 0, 0}, v4)},
		{"null, macOS", 0, join([]byte{30, 0, 0, 0}, v6)},
		{"loop", 108, join([]byte{0, 0, 0, 24}, v6)},
		{"SLL", 113, join(make([]byte, 14), []byte{0x08, 0x00}, v4)},
		{"SLL2", 276, join([]byte{0x86, 0xdd}, make([]byte, 18), v6)},
		{"tunnel", 101, serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolIPv6,
			SrcIP: from4.Addr().AsSlice(), DstIP: to4.Addr().AsSlice()}, gopacket.Payload(v6))},
		{"IPv6 extension headers", 101, withExtensions(v6)},
		{"QinQ of 0x9100", 1, frame(0x9100, join([]byte{0, 5, 0x81, 0, 0, 6, 8, 0}, v4))},
		{"VLAN of LLC", 1, frame(0x8100, join([]byte{0, 5}, be16(uint16(len(snap))), snap))},
		{"LLC", 1, frame(uint16(len(snap)), snap)},
		{"PPPoE", 1, frame(0x8864, join([]byte{0x11, 0, 0, 5}, be16(uint16(len(v4)+2)), []byte{0, 0x21}, v4))},
		{"PPPoE IPv6, without Ethernet", 51, join([]byte{0x11, 0, 0, 5}, be16(uint16(len(v6)+1)), []byte{0x57}, v6)},
		{"PPP", 9, join([]byte{0xff, 3, 0, 0x21}, v4)},
		{"PPP with short fields", 50, join([]byte{0x21}, v4)},
		{"PPP with a direction", 204, join([]byte{1, 0, 0x57}, v6)},
		{"Cisco HDLC", 104, join([]byte{0x0f, 0, 8, 0}, v4)},
		{"MPLS", 1, frame(0x8847, join([]byte{0, 1, 0, 64, 0, 2, 1, 64}, v4))},
		{"pseudowire", 1, frame(0x8847, join([]byte{0, 1, 1, 64, 0, 0, 0, 0}, frame(0x0800, v4)))},
		{"GRE", 101, over(47, join([]byte{0, 0, 8, 0}, v4))},
		{"GRE with a key", 101, over(47, join([]byte{0xb0, 0, 0x86, 0xdd}, make([]byte, 12), v6))},
		{"GRE of Ethernet", 101, over(47, join([]byte{0, 0, 0x65, 0x58}, frame(0x0800, v4)))},
		{"PPTP", 101, over(47, join([]byte{0x30, 0x81, 0x88, 0x0b}, make([]byte, 12), []byte{0, 0x21}, v4))},
		{"ERSPAN", 101, over(47, join([]byte{0x10, 0, 0x88, 0xbe}, make([]byte, 12), frame(0x0800, v4)))},
		{"VXLAN", 101, inUDP(4789, join([]byte{8, 0, 0, 0, 0, 0, 1, 0}, frame(0x0800, v4)))},
		{"GENEVE", 101, inUDP(6081, join([]byte{1, 0, 0x65, 0x58, 0, 0, 1, 0, 9, 9, 9, 9}, frame(0x86dd, v6)))},
		{"GTP-U", 101, inUDP(2152, join([]byte{0x30, 255, 0, 0, 0, 0, 0, 1}, v4))},
		{"GTP-U with an extension", 101, inUDP(2152, join([]byte{0x34, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0}, v4))},
		{"L2TP", 101, inUDP(1701, join([]byte{0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21}, v4))},
		{"L2TP with all fields", 101, inUDP(1701, join([]byte{0x4a, 2, 0, 99, 0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 9, 9, 0, 0x21}, v4))},
		{"802.11", 105, join([]byte{8, 1}, make([]byte, 22), snap)},
		{"802.11 with QoS and four addresses", 105, join([]byte{0x88, 0x83}, make([]byte, 22+6+2+4), snap)},
		{"radiotap", 127, join([]byte{0, 0, 9, 0, 0, 0, 0, 0, 0}, []byte{8, 2}, make([]byte, 22), snap)},
		{"PKTAP", 258, join(pktap, v4)},
		{"NFLOG", 239, nflog},
		{"enc", 109, join([]byte{2, 0, 0, 0}, make([]byte, 8), v4)},
		{"in AH", 101, over(51, join([]byte{4, 4, 0, 0, 0, 0, 16, 0, 0, 0, 0, 1}, make([]byte, 12), v4))},
	}
}

func be16(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }

// Each link type carries the same request.
func TestLinkTypes(t *testing.T) {
	for _, tt := range links(t) {
		t.Run(tt.name, func(t *testing.T) {
			d := dissect(t, pcapOf(tt.link, tt.packet))
			if len(d.Tracker.SAs) != 1 || d.Counts.IKE != 1 || d.Counts.Unreadable != 0 {
				t.Fatalf("%d IKE SAs, %+v", len(d.Tracker.SAs), d.Counts)
			}
			if len(d.NotRead()) != 0 {
				t.Errorf("not read: %v", d.NotRead())
			}
			m := d.Tracker.SAs[0].Exchanges[0].Request
			if m.Octets != len(iketest.Request()) || m.Fault != nil || m.Missing != 0 || m.Source != from4 && m.Source != from6 {
				t.Errorf("%d octets from %v, missing %d, %v", m.Octets, m.Source, m.Missing, m.Fault)
			}
		})
	}
	d := dissect(t, pcapOf(147, udpPacket(t, from4, to4, iketest.Request())))
	if d.Counts.Unreadable != 1 || len(d.Tracker.SAs) != 0 {
		t.Errorf("of an unknown link type %d IKE SAs, %+v", len(d.Tracker.SAs), d.Counts)
	}
}

// withExtensions puts Hop-by-Hop, Routing and Destination Options headers, and
// an atomic fragment header, into an IPv6 packet with UDP.
func withExtensions(packet []byte) []byte {
	const hop, routing, fragment, destination, udp = 0, 43, 44, 60, 17
	headers := join(
		[]byte{routing, 0, 1, 4, 0, 0, 0, 0},
		[]byte{fragment, 0, 4, 0, 0, 0, 0, 0},
		[]byte{destination, 0, 0, 0, 0, 0, 0, 9},
		[]byte{udp, 0, 1, 4, 0, 0, 0, 0})
	out := join(packet[:40], headers, packet[40:])
	out[6] = hop
	binary.BigEndian.PutUint16(out[4:], uint16(len(out)-40))
	return out
}

// No prefix of a link's header and of what follows is read beyond its end.
func TestLinksAreCut(t *testing.T) {
	for _, tt := range links(t) {
		for n := range tt.packet {
			var d Dissector
			d.Add(Frame{Number: 1, Link: tt.link, Data: tt.packet[:n:n], Length: len(tt.packet)})
			d.Finish()
			if d.Counts.IKE > 1 {
				t.Errorf("%s: %d octets hold %d messages", tt.name, n, d.Counts.IKE)
			}
		}
	}
}

// What is not looked into is named.
func TestNotRead(t *testing.T) {
	frame := func(kind uint16, inner ...byte) []byte { return join(make([]byte, 12), be16(kind), inner) }
	for want, tt := range map[string]linked{
		"link type 147 (of its user)": {"", 147, []byte{1}},
		"link type 189 (USB)":         {"", 189, []byte{1}},
		"link type 4000":              {"", 4000, []byte{1}},
		"MACsec":                      {"", 1, frame(0x88e5, 1, 2, 3)},
		"PPP Multilink":               {"", 9, []byte{0, 0x3d, 1}},
		"compressed PPP":              {"", 9, []byte{0xfd, 1}},
		"encrypted 802.11":            {"", 105, join([]byte{8, 0x41}, make([]byte, 40))},
		"L2TP in IP": {"", 101, serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: 115,
			SrcIP: from4.Addr().AsSlice(), DstIP: to4.Addr().AsSlice()}, gopacket.Payload{1})},
	} {
		d := dissect(t, pcapOf(tt.link, tt.packet, tt.packet))
		if got := d.NotRead(); len(got) != 1 || got[0] != (NotRead{want, 2, strings.HasPrefix(want, "link type")}) {
			t.Errorf("%v, want %s", got, want)
		}
	}
	d := dissect(t, pcapOf(101, udpPacket(t, netip.AddrPortFrom(from4.Addr(), 40000), netip.AddrPortFrom(to4.Addr(), 848), iketest.Request())))
	if got := d.OtherPorts(); len(got) != 1 || got[0] != (OtherPort{848, 1}) || d.Counts.IKE != 0 {
		t.Errorf("%v, %+v", got, d.Counts)
	}
}
