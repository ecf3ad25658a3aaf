package capture

import (
	"encoding/binary"
	"net"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// Each link type carries the same request.
func TestLinkTypes(t *testing.T) {
	v4, v6 := udpPacket(t, from4, to4, request(t)), udpPacket(t, from6, to6, request(t))
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	ethernet := func(kind layers.EthernetType) *layers.Ethernet {
		return &layers.Ethernet{SrcMAC: mac, DstMAC: mac, EthernetType: kind}
	}
	for name, tt := range map[string]struct {
		link   uint32
		packet []byte
	}{
		"Ethernet":      {1, serialize(t, ethernet(layers.EthernetTypeIPv4), gopacket.Payload(v4))},
		"Ethernet IPv6": {1, serialize(t, ethernet(layers.EthernetTypeIPv6), gopacket.Payload(v6))},
		"padding":       {1, serialize(t, ethernet(layers.EthernetTypeIPv4), gopacket.Payload(append(slices.Clone(v4), make([]byte, 20)...)))},
		"VLAN": {1, serialize(t, ethernet(layers.EthernetTypeDot1Q),
			&layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeIPv4}, gopacket.Payload(v4))},
		"QinQ": {1, serialize(t, ethernet(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeDot1Q},
			&layers.Dot1Q{VLANIdentifier: 6, Type: layers.EthernetTypeIPv6}, gopacket.Payload(v6))},
		"raw IPv4":      {101, v4},
		"raw IPv6":      {101, v6},
		"raw, OpenBSD":  {14, v4},
		"LINKTYPE_IPV4": {228, v4},
		"LINKTYPE_IPV6": {229, v6},
		"null":          {0, join([]byte{2, 0, 0, 0}, v4)},
		"null, macOS":   {0, join([]byte{30, 0, 0, 0}, v6)},
		"loop":          {108, join([]byte{0, 0, 0, 24}, v6)},
		"SLL":           {113, join(make([]byte, 14), []byte{0x08, 0x00}, v4)},
		"SLL2":          {276, join([]byte{0x86, 0xdd}, make([]byte, 18), v6)},
		"tunnel": {101, serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolIPv6,
			SrcIP: from4.Addr().AsSlice(), DstIP: to4.Addr().AsSlice()}, gopacket.Payload(v6))},
		"IPv6 extension headers": {101, withExtensions(v6)},
	} {
		t.Run(name, func(t *testing.T) {
			d := dissect(t, pcapOf(tt.link, tt.packet))
			if len(d.Tracker.SAs) != 1 || d.Counts.IKE != 1 || d.Counts.Unreadable != 0 {
				t.Fatalf("%d IKE SAs, %+v", len(d.Tracker.SAs), d.Counts)
			}
			m := d.Tracker.SAs[0].Exchanges[0].Request
			if m.Octets != len(request(t)) || m.Fault != nil || m.Missing != 0 || m.Source != from4 && m.Source != from6 {
				t.Errorf("%d octets from %v, missing %d, %v", m.Octets, m.Source, m.Missing, m.Fault)
			}
		})
	}
	d := dissect(t, pcapOf(147, v4))
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
