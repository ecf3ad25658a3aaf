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
	foreign *uint32 // the first link type that is not read; nil if there is none
}

func newDissector(ports []uint16) *dissector {
	return &dissector{ports: append([]uint16{500, 4500}, ports...)}
}

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
	if errors.Is(err, errLinkType) && d.foreign == nil {
		d.foreign = &f.link
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
		d.tracker.AddKeepalive(source, destination)
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
