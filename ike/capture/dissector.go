package capture

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"time"

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
	// ESP are the ESP packets, in UDP (RFC 3948, Section 2.1) or not, or in AH,
	// which AH counts, too.
	ESP int
	AH  int
	// Keepalives are those of NAT traversal (RFC 3948, Section 2.3).
	Keepalives int
	// Malformed are datagrams with an IKE header whose initiator SPI is zero.
	Malformed int
	// Other are datagrams on IKE ports that hold none of these.
	Other int
	// ICMPErrors quote a datagram of an IKE port, ESP or AH.
	ICMPErrors int
	// Reassembled datagrams of IKE ports were put together of IP fragments.
	// Incomplete ones lack fragments, and of each the beginning was read.
	Reassembled int
	Incomplete  int
	// Cut are frames of which the capture's snapshot length left out the end.
	Cut int
	// Unreadable are frames that are malformed or of an unknown link type.
	Unreadable int
	// Disordered are frames that are older than one before them in the file, by
	// more than a second.
	Disordered int
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

	pending    reassembler
	streams    streams
	notRead    []NotRead
	otherPorts []OtherPort
	latest     time.Time // of the frames of the file
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
	d.Tracker.See(f.Time)
	if !f.Time.IsZero() {
		for _, lost := range d.pending.older(f.Time) {
			d.lost(lost)
		}
		// Packets of several interfaces are out of order by a little.
		if f.Time.Before(d.latest.Add(-time.Second)) {
			d.Counts.Disordered++
		} else if f.Time.After(d.latest) {
			d.latest = f.Time
		}
	}
	next, rest, err := linkLayer(f.Link, f.Data)
	if errors.Is(err, errLinkType) {
		d.count(NotRead{What: linkName(f.Link), Link: true})
	}
	d.layers(f, next, rest, err)
}

// layers reads what is within a layer, to the bottom.
func (d *Dissector) layers(f Frame, next within, rest []byte, err error) {
	for n := 0; err == nil && n < maxLayers && next != nothing; n++ {
		next, rest, err = d.layer(f, next, rest)
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
	d.latest = time.Time{}
	d.Tracker.Finish()
}

// NotRead returns what was not looked into and may hold IKE, in the order of
// first sight.
func (d *Dissector) NotRead() []NotRead { return slices.Clone(d.notRead) }

// OtherPorts returns the UDP ports that are none of IKE, and have datagrams that
// look like it.
func (d *Dissector) OtherPorts() []OtherPort { return slices.Clone(d.otherPorts) }

// isOurs reports whether a UDP datagram is of an IKE port.
func (d *Dissector) isOurs(udp []byte) bool {
	return len(udp) >= 8 && (d.isPort(binary.BigEndian.Uint16(udp)) || d.isPort(binary.BigEndian.Uint16(udp[2:])))
}

// isPort reports whether a UDP port is one of IKE.
func (d *Dissector) isPort(port uint16) bool {
	return port == 500 || port == 4500 || slices.Contains(d.Ports, port)
}

// transport reads what an IP packet carries.
func (d *Dissector) transport(p ipPacket) (within, []byte, error) {
	switch p.protocol {
	case layers.IPProtocolUDP:
		return d.udp(p)
	case layers.IPProtocolTCP:
		d.tcp(p)
	case layers.IPProtocolICMPv4, layers.IPProtocolICMPv6:
		d.icmp(p)
	case layers.IPProtocolESP, layers.IPProtocolAH:
		return d.child(p)
	case layers.IPProtocolGRE:
		return d.gre(p.payload)
	case layers.IPProtocolIPv4, layers.IPProtocolIPv6: // a tunnel
		return ipVersion(p.payload), p.payload, nil
	default:
		if name := protocolNames[p.protocol]; name != "" {
			d.unread(name)
		}
	}
	return nothing, nil, nil
}

// child takes a packet of ESP or AH, and looks into AH, which hides nothing.
func (d *Dissector) child(p ipPacket) (within, []byte, error) {
	c := dialog.ChildPacket{
		Packet: p.frame.Number, Time: p.frame.Time,
		Source: netip.AddrPortFrom(p.source, 0), Destination: netip.AddrPortFrom(p.destination, 0),
	}
	if p.protocol == layers.IPProtocolESP {
		if len(p.payload) < 4 {
			return 0, nil, errCut
		}
		c.SPI = binary.BigEndian.Uint32(p.payload)
		d.Counts.ESP++
		d.Tracker.AddChild(c)
		return nothing, nil, nil
	}
	const least = 12 // RFC 4302, Section 2
	if len(p.payload) < least {
		return 0, nil, errCut
	}
	c.SPI, c.AH = binary.BigEndian.Uint32(p.payload[4:]), true
	d.Counts.AH++
	d.Tracker.AddChild(c)
	p.protocol = layers.IPProtocol(p.payload[0])
	header := (int(p.payload[1]) + 2) * 4
	if p.protocol == layers.IPProtocolAH || header < least || header > len(p.payload) || p.fragments > 0 {
		return nothing, nil, nil
	}
	if p.payload = p.payload[header:]; p.protocol == layers.IPProtocolTCP {
		return nothing, nil, nil
	}
	return d.transport(p)
}

func (d *Dissector) udp(p ipPacket) (within, []byte, error) {
	const header = 8
	if len(p.payload) < header {
		return nothing, nil, nil
	}
	if !d.isOurs(p.payload) {
		for _, port := range []uint16{binary.BigEndian.Uint16(p.payload[2:]), binary.BigEndian.Uint16(p.payload)} {
			if t, rest := d.udpTunnel(port, p.payload[header:]); t != nothing {
				return t, rest, nil
			}
		}
		source := netip.AddrPortFrom(p.source, binary.BigEndian.Uint16(p.payload))
		destination := netip.AddrPortFrom(p.destination, binary.BigEndian.Uint16(p.payload[2:]))
		if port, ok := dialog.ServedPort(source, destination, p.payload[header:]); ok {
			d.otherPort(port)
		}
		return nothing, nil, nil
	}
	var udp layers.UDP
	_, payload, err := decode(&udp, p.payload)
	if err != nil {
		return 0, nil, err
	}
	d.datagram(p, netip.AddrPortFrom(p.source, uint16(udp.SrcPort)), netip.AddrPortFrom(p.destination, uint16(udp.DstPort)),
		payload, max(0, int(udp.Length)-header-len(payload)))
	return nothing, nil, nil
}

// datagram takes what a UDP datagram of an IKE port holds.
func (d *Dissector) datagram(p ipPacket, source, destination netip.AddrPort, payload []byte, missing int) {
	kind, message := dialog.Classify(source, destination, payload)
	switch kind {
	case dialog.Keepalive:
		d.Counts.Keepalives++
		d.Tracker.AddKeepalive(source, destination)
	case dialog.ESP:
		d.Counts.ESP++
		d.Tracker.AddChild(dialog.ChildPacket{
			Packet: p.frame.Number, Time: p.frame.Time, Source: source, Destination: destination, SPI: binary.BigEndian.Uint32(payload),
		})
	case dialog.IKE:
		d.Counts.IKE++
		d.Tracker.Add(dialog.Datagram{
			File: d.File, Packet: p.frame.Number, Time: p.frame.Time, Source: source, Destination: destination,
			Marked: len(message) < len(payload), Octets: message,
			Missing: missing, Fragments: p.fragments, Lost: p.lost,
		})
	case dialog.Malformed:
		d.Counts.Malformed++
	default:
		d.Counts.Other++
	}
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
	var (
		source, destination netip.Addr
		protocol            layers.IPProtocol
	)
	switch ipVersion(quoted) {
	case etherIPv4:
		var ip layers.IPv4
		if err := ip.DecodeFromBytes(quoted, gopacket.NilDecodeFeedback); err != nil || ip.FragOffset != 0 {
			return
		}
		source, destination, protocol, quoted = addressOf(ip.SrcIP), addressOf(ip.DstIP), ip.Protocol, ip.Payload
	case etherIPv6:
		var ip layers.IPv6
		if err := ip.DecodeFromBytes(quoted, gopacket.NilDecodeFeedback); err != nil {
			return
		}
		source, destination, protocol, quoted = addressOf(ip.SrcIP), addressOf(ip.DstIP), ip.NextHeader, ip.Payload
	}
	out := dialog.ICMPError{File: d.File, Packet: p.frame.Number, Time: p.frame.Time, Reporter: p.source, Error: e}
	switch {
	case protocol == layers.IPProtocolUDP && d.isOurs(quoted):
		out.Source = netip.AddrPortFrom(source, binary.BigEndian.Uint16(quoted))
		out.Destination = netip.AddrPortFrom(destination, binary.BigEndian.Uint16(quoted[2:]))
		out.Octets = quoted[8:]
	case protocol == layers.IPProtocolESP && len(quoted) >= 4, protocol == layers.IPProtocolAH && len(quoted) >= 8:
		if protocol == layers.IPProtocolAH {
			quoted = quoted[4:]
		}
		out.Source, out.Destination = netip.AddrPortFrom(source, 0), netip.AddrPortFrom(destination, 0)
		out.Child, out.SPI = true, binary.BigEndian.Uint32(quoted)
	default:
		return
	}
	d.Counts.ICMPErrors++
	d.Tracker.AddError(out)
}
