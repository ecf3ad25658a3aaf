package capture

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// dissect reads a whole file.
func dissect(t testing.TB, file []byte) *Dissector {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var p Point
	if err := p.Read(t.Context(), "FILE", r); err != nil {
		t.Fatal(err)
	}
	return &p.Dissector
}

var (
	from4, to4 = netip.MustParseAddrPort("192.0.2.10:500"), netip.MustParseAddrPort("198.51.100.7:500")
	from6, to6 = netip.MustParseAddrPort("[2001:db8::10]:500"), netip.MustParseAddrPort("[2001:db8::7]:500")
)

// udpPacket returns a datagram as an IP packet.
func udpPacket(t testing.TB, from, to netip.AddrPort, payload []byte) []byte {
	t.Helper()
	udp := &layers.UDP{SrcPort: layers.UDPPort(from.Port()), DstPort: layers.UDPPort(to.Port())}
	var ip gopacket.SerializableLayer
	if from.Addr().Is4() {
		v4 := &layers.IPv4{Version: 4, TTL: 64, Id: 77, Protocol: layers.IPProtocolUDP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
		_ = udp.SetNetworkLayerForChecksum(v4)
		ip = v4
	} else {
		v6 := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolUDP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
		_ = udp.SetNetworkLayerForChecksum(v6)
		ip = v6
	}
	return serialize(t, ip, udp, gopacket.Payload(payload))
}

func serialize(t testing.TB, all ...gopacket.SerializableLayer) []byte {
	t.Helper()
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		t.Fatal(err)
	}
	return slices.Clone(buf.Bytes())
}

// pcapOf returns a pcap file. Its header is our own, since pcapgo has no link
// types above 255.
func pcapOf(link uint32, packets ...[]byte) []byte {
	order := binary.LittleEndian
	b := order.AppendUint32(nil, magicMicroseconds)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = order.AppendUint32(b, 262144)
	b = order.AppendUint32(b, link)
	for i, p := range packets {
		b = order.AppendUint32(b, 1_700_000_000+uint32(i))
		b = order.AppendUint32(b, 0)
		b = order.AppendUint32(b, uint32(len(p)))
		b = order.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }
