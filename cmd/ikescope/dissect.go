package main

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/icmp"
	"github.com/ikescope/ikescope/report"
)

// dissector takes the IKE messages out of frames.
type dissector struct {
	ports   []uint16 // of IKE
	file    string   // that is read, if there are several
	tracker dialog.Tracker
	counts  report.CaptureCounts // of the file
	pending reassembler
}

func newDissector(ports []uint16) *dissector {
	return &dissector{ports: append([]uint16{500, 4500}, ports...)}
}

// LINKTYPE_ numbers of capture files; raw IP has had others.
const (
	linkNull     = 0
	linkEthernet = 1
	linkRawBSD   = 12
	linkRawOther = 14
	linkRaw      = 101
	linkLoop     = 108
	linkSLL      = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkSLL2     = 276
)

// maxLayers bounds tags and tunnels within one another.
const maxLayers = 16

var (
	errLinkType = errors.New("its link type is not known")
	errCut      = errors.New("it is cut within its headers")
)

// add takes the next frame. Errors are counted, not told: a capture is full of
// packets that are no business of ours.
func (d *dissector) add(f frame) {
	d.counts.Packets++
	if f.length > len(f.data) {
		d.counts.Cut++
	}
	if !f.time.IsZero() {
		for _, lost := range d.pending.older(f.time) {
			d.lost(lost)
		}
	}
	next, rest, err := linkLayer(f)
	for n := 0; err == nil && n < maxLayers && next != gopacket.LayerTypeZero; n++ {
		next, rest, err = d.layer(f, next, rest)
	}
	if err != nil {
		d.counts.Unreadable++
	}
}

// finish takes what is left when the file ends.
func (d *dissector) finish() {
	for _, lost := range d.pending.all() {
		d.lost(lost)
	}
}

// linkLayer takes the link's header off a frame, and returns what follows.
func linkLayer(f frame) (gopacket.LayerType, []byte, error) {
	header, protocol := 0, -1 // where the EtherType is
	switch f.link {
	case linkEthernet:
		return layers.LayerTypeEthernet, f.data, nil
	case linkSLL:
		header, protocol = 16, 14
	case linkSLL2:
		header, protocol = 20, 0
	case linkNull, linkLoop:
		// A protocol family, whose number differs from system to system.
		header = 4
	case linkRaw, linkRawBSD, linkRawOther, linkIPv4, linkIPv6:
	default:
		return 0, nil, errLinkType
	}
	if len(f.data) < header {
		return 0, nil, errCut
	}
	if protocol >= 0 {
		return layers.EthernetType(binary.BigEndian.Uint16(f.data[protocol:])).LayerType(), f.data[header:], nil
	}
	return ipVersion(f.data[header:]), f.data[header:], nil
}

func ipVersion(packet []byte) gopacket.LayerType {
	switch {
	case len(packet) > 0 && packet[0]>>4 == 4:
		return layers.LayerTypeIPv4
	case len(packet) > 0 && packet[0]>>4 == 6:
		return layers.LayerTypeIPv6
	}
	return gopacket.LayerTypeZero
}

// layer reads one layer, and returns the one within, or LayerTypeZero where
// there is none to look into.
func (d *dissector) layer(f frame, t gopacket.LayerType, data []byte) (gopacket.LayerType, []byte, error) {
	switch t {
	case layers.LayerTypeEthernet:
		return decode(new(layers.Ethernet), data)
	case layers.LayerTypeDot1Q: // and 802.1ad
		return decode(new(layers.Dot1Q), data)
	case layers.LayerTypeIPv4:
		var ip layers.IPv4
		next, payload, err := decode(&ip, data)
		if err != nil {
			return 0, nil, err
		}
		p := ipPacket{frame: f, protocol: ip.Protocol, payload: payload,
			source: addressOf(ip.SrcIP), destination: addressOf(ip.DstIP)}
		p.missing = max(0, int(ip.Length)-int(ip.IHL)*4-len(payload))
		if next == gopacket.LayerTypeFragment {
			d.fragment(p, uint32(ip.Id), int(ip.FragOffset)*8, ip.Flags&layers.IPv4MoreFragments != 0)
			return gopacket.LayerTypeZero, nil, nil
		}
		return d.transport(p)
	case layers.LayerTypeIPv6:
		return d.ipv6(f, data)
	}
	return gopacket.LayerTypeZero, nil, nil
}

// ipv6 reads a packet with its extension headers.
func (d *dissector) ipv6(f frame, data []byte) (gopacket.LayerType, []byte, error) {
	var ip layers.IPv6
	_, payload, err := decode(&ip, data)
	if err != nil {
		return 0, nil, err
	}
	p := ipPacket{frame: f, protocol: ip.NextHeader, payload: payload,
		source: addressOf(ip.SrcIP), destination: addressOf(ip.DstIP)}
	p.missing = max(0, int(ip.Length)-(len(data)-len(ip.Contents)))
	if ip.HopByHop != nil {
		p.protocol = ip.HopByHop.NextHeader
	}
	for range maxLayers {
		switch p.protocol {
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Destination:
			var skip layers.IPv6ExtensionSkipper
			if _, p.payload, err = decode(&skip, p.payload); err != nil {
				return 0, nil, err
			}
			p.protocol = skip.NextHeader
		case layers.IPProtocolIPv6Fragment:
			h := p.payload
			if len(h) < 8 {
				return 0, nil, errCut
			}
			p.protocol, p.payload = layers.IPProtocol(h[0]), h[8:]
			offset := binary.BigEndian.Uint16(h[2:])
			if offset&^uint16(6) != 0 { // "atomic" fragments are whole packets, RFC 6946
				d.fragment(p, binary.BigEndian.Uint32(h[4:]), int(offset&^7), offset&1 != 0)
				return gopacket.LayerTypeZero, nil, nil
			}
		default:
			return d.transport(p)
		}
	}
	return 0, nil, errCut
}

// decode reads a layer with a decoder of gopacket.
func decode(l interface {
	DecodeFromBytes([]byte, gopacket.DecodeFeedback) error
	NextLayerType() gopacket.LayerType
	LayerPayload() []byte
}, data []byte) (gopacket.LayerType, []byte, error) {
	if err := l.DecodeFromBytes(data, gopacket.NilDecodeFeedback); err != nil {
		return 0, nil, err
	}
	return l.NextLayerType(), l.LayerPayload(), nil
}

func addressOf(octets []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(octets)
	return a
}

// ipPacket is an IP packet, or what was put together of some.
type ipPacket struct {
	frame               frame
	source, destination netip.Addr
	protocol            layers.IPProtocol
	payload             []byte
	missing             int // octets that the capture cut off
	fragments           int // IP packets; 0 if it never was in fragments
	lost                bool
}

// fragment takes a fragment, and the packet that it completes.
func (d *dissector) fragment(p ipPacket, id uint32, offset int, more bool) {
	if p.protocol != layers.IPProtocolUDP {
		return
	}
	if p.missing > 0 {
		// Nothing can be put behind a hole.
		more = true
	}
	whole, evicted := d.pending.add(p, id, offset, more)
	for _, lost := range evicted {
		d.lost(lost)
	}
	if whole != nil {
		if d.isOurs(whole.payload) {
			d.counts.Reassembled++
		}
		_, _, _ = d.transport(*whole)
	}
}

// lost takes what there is of a packet whose fragments were not all captured.
func (d *dissector) lost(p ipPacket) {
	if !d.isOurs(p.payload) {
		return
	}
	if p.missing == 0 { // else the capture cut it
		d.counts.Incomplete++
		p.lost = true
	}
	_, _, _ = d.transport(p)
}

// isOurs reports whether a UDP datagram is of an IKE port.
func (d *dissector) isOurs(udp []byte) bool {
	return len(udp) >= 8 && (slices.Contains(d.ports, binary.BigEndian.Uint16(udp)) ||
		slices.Contains(d.ports, binary.BigEndian.Uint16(udp[2:])))
}

// transport reads what an IP packet carries.
func (d *dissector) transport(p ipPacket) (gopacket.LayerType, []byte, error) {
	switch p.protocol {
	case layers.IPProtocolUDP:
		return gopacket.LayerTypeZero, nil, d.udp(p)
	case layers.IPProtocolICMPv4, layers.IPProtocolICMPv6:
		d.icmp(p)
	case layers.IPProtocolESP:
		d.counts.ESP++
		d.tracker.AddESP(netip.AddrPortFrom(p.source, 0), netip.AddrPortFrom(p.destination, 0))
	case layers.IPProtocolIPv4, layers.IPProtocolIPv6: // a tunnel
		return ipVersion(p.payload), p.payload, nil
	}
	return gopacket.LayerTypeZero, nil, nil
}

func (d *dissector) udp(p ipPacket) error {
	if !d.isOurs(p.payload) {
		return nil
	}
	var udp layers.UDP
	_, payload, err := decode(&udp, p.payload)
	if err != nil {
		return err
	}
	source := netip.AddrPortFrom(p.source, uint16(udp.SrcPort))
	destination := netip.AddrPortFrom(p.destination, uint16(udp.DstPort))
	kind, message := dialog.Classify(source, destination, payload)
	switch kind {
	case dialog.Keepalive:
		d.counts.Keepalives++
	case dialog.ESP:
		d.counts.ESP++
		d.tracker.AddESP(source, destination)
	case dialog.IKE:
		d.counts.IKE++
		d.tracker.Add(dialog.Datagram{
			File: d.file, Packet: p.frame.number, Time: p.frame.time, Source: source, Destination: destination,
			Marked: len(message) < len(payload), Octets: message,
			Missing: max(0, int(udp.Length)-8-len(payload)), Fragments: p.fragments, Lost: p.lost,
		})
	default:
		d.counts.Other++
	}
	return nil
}

// icmp takes the errors that quote a datagram of an IKE port.
func (d *dissector) icmp(p ipPacket) {
	const header = 8
	if len(p.payload) < header {
		return
	}
	e := icmp.Error{IPv6: p.protocol == layers.IPProtocolICMPv6, Type: p.payload[0], Code: p.payload[1]}
	if e.Meaning() == icmp.NoError {
		return
	}
	quoted := p.payload[header:]
	var source, destination netip.Addr
	switch ipVersion(quoted) {
	case layers.LayerTypeIPv4:
		var ip layers.IPv4
		if err := ip.DecodeFromBytes(quoted, gopacket.NilDecodeFeedback); err != nil ||
			ip.Protocol != layers.IPProtocolUDP || ip.FragOffset != 0 {
			return
		}
		source, destination, quoted = addressOf(ip.SrcIP), addressOf(ip.DstIP), ip.Payload
	case layers.LayerTypeIPv6:
		var ip layers.IPv6
		if err := ip.DecodeFromBytes(quoted, gopacket.NilDecodeFeedback); err != nil || ip.NextHeader != layers.IPProtocolUDP {
			return
		}
		source, destination, quoted = addressOf(ip.SrcIP), addressOf(ip.DstIP), ip.Payload
	}
	if !d.isOurs(quoted) {
		return
	}
	d.counts.ICMPErrors++
	d.tracker.AddError(dialog.ICMPError{
		File: d.file, Packet: p.frame.number, Time: p.frame.time, Reporter: p.source, Error: e,
		Source:      netip.AddrPortFrom(source, binary.BigEndian.Uint16(quoted)),
		Destination: netip.AddrPortFrom(destination, binary.BigEndian.Uint16(quoted[2:])),
		Octets:      quoted[8:],
	})
}
