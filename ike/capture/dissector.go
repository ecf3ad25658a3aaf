package capture

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/icmp"
)

// Counts are numbers of what a [Dissector] found in frames.
type Counts struct {
	// Packets is the number of frames, whatever they hold.
	Packets int
	// IKE are the datagrams of IKE, of version 1 or 2.
	IKE int
	// ESP are the ESP packets, in UDP (RFC 3948, Section 2.1) or not.
	ESP int
	// Keepalives are those of NAT traversal (RFC 3948, Section 2.3).
	Keepalives int
	// Other are datagrams on IKE ports that hold none of these.
	Other int
	// ICMPErrors quote a datagram of an IKE port.
	ICMPErrors int
	// Reassembled datagrams of IKE ports were put together of IP fragments.
	// Incomplete ones lack fragments, and of each the beginning was read.
	Reassembled int
	Incomplete  int
	// Cut are frames of which the capture's snapshot length left out the end.
	Cut int
	// Unreadable are frames that are malformed or of an unknown link type.
	Unreadable int
}

// A Dissector takes the IKE messages out of frames. The zero value is ready for
// use; it must not be copied after the first Add.
type Dissector struct {
	// Ports are the UDP ports of IKE besides 500 and 4500.
	Ports []uint16
	// File is the name of the file that the frames are of, for
	// [dialog.Datagram]; "" where there is one only.
	File string
	// Tracker gets the IKE messages, the ESP packets, the keepalives, and the
	// ICMP errors about any of them.
	Tracker dialog.Tracker
	// Counts are those of all frames so far. They may be set back to zero
	// between two frames.
	Counts Counts

	pending reassembler
	foreign *uint32 // the first link type that is not known; nil if there is none
}

// maxLayers bounds tags and tunnels within one another.
const maxLayers = 16

var (
	errLinkType = errors.New("its link type is not known")
	errCut      = errors.New("it is cut within its headers")
)

// Add takes the next frame, and keeps nothing of its Data. What cannot be read
// is counted in [Counts], not reported: a capture is full of packets that have
// nothing to do with IKE.
func (d *Dissector) Add(f Frame) {
	d.Counts.Packets++
	if f.Length > len(f.Data) {
		d.Counts.Cut++
	}
	if !f.Time.IsZero() {
		for _, lost := range d.pending.older(f.Time) {
			d.lost(lost)
		}
	}
	next, rest, err := linkLayer(f)
	for n := 0; err == nil && n < maxLayers && next != gopacket.LayerTypeZero; n++ {
		next, rest, err = d.layer(f, next, rest)
	}
	if errors.Is(err, errLinkType) && d.foreign == nil {
		link := f.Link
		d.foreign = &link
	}
	if err != nil {
		d.Counts.Unreadable++
	}
}

// Finish takes what is left when the frames end: datagrams that still lack IP
// fragments. The frames of another file may follow.
func (d *Dissector) Finish() {
	for _, lost := range d.pending.all() {
		d.lost(lost)
	}
}

// UnknownLink returns the first link type that could not be read, a LINKTYPE_
// value; ok is false if there was none.
func (d *Dissector) UnknownLink() (link uint32, ok bool) {
	if d.foreign == nil {
		return 0, false
	}
	return *d.foreign, true
}

// isOurs reports whether a UDP datagram is of an IKE port.
func (d *Dissector) isOurs(udp []byte) bool {
	return len(udp) >= 8 && (d.isPort(binary.BigEndian.Uint16(udp)) || d.isPort(binary.BigEndian.Uint16(udp[2:])))
}

// isPort reports whether a UDP port is one of IKE.
func (d *Dissector) isPort(port uint16) bool {
	return port == 500 || port == 4500 || slices.Contains(d.Ports, port)
}

// transport reads what an IP packet carries.
func (d *Dissector) transport(p ipPacket) (gopacket.LayerType, []byte, error) {
	switch p.protocol {
	case layers.IPProtocolUDP:
		return gopacket.LayerTypeZero, nil, d.udp(p)
	case layers.IPProtocolICMPv4, layers.IPProtocolICMPv6:
		d.icmp(p)
	case layers.IPProtocolESP:
		d.Counts.ESP++
		d.Tracker.AddESP(netip.AddrPortFrom(p.source, 0), netip.AddrPortFrom(p.destination, 0))
	case layers.IPProtocolIPv4, layers.IPProtocolIPv6: // a tunnel
		return ipVersion(p.payload), p.payload, nil
	}
	return gopacket.LayerTypeZero, nil, nil
}

func (d *Dissector) udp(p ipPacket) error {
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
		d.Counts.Keepalives++
		d.Tracker.AddKeepalive(source, destination)
	case dialog.ESP:
		d.Counts.ESP++
		d.Tracker.AddESP(source, destination)
	case dialog.IKE:
		d.Counts.IKE++
		d.Tracker.Add(dialog.Datagram{
			File: d.File, Packet: p.frame.Number, Time: p.frame.Time, Source: source, Destination: destination,
			Marked: len(message) < len(payload), Octets: message,
			Missing: max(0, int(udp.Length)-8-len(payload)), Fragments: p.fragments, Lost: p.lost,
		})
	default:
		d.Counts.Other++
	}
	return nil
}

// icmp takes the errors that quote a datagram of an IKE port.
func (d *Dissector) icmp(p ipPacket) {
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
	d.Counts.ICMPErrors++
	d.Tracker.AddError(dialog.ICMPError{
		File: d.File, Packet: p.frame.Number, Time: p.frame.Time, Reporter: p.source, Error: e,
		Source:      netip.AddrPortFrom(source, binary.BigEndian.Uint16(quoted)),
		Destination: netip.AddrPortFrom(destination, binary.BigEndian.Uint16(quoted[2:])),
		Octets:      quoted[8:],
	})
}
