package capture

import (
	"encoding/binary"
	"net/netip"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// ipv4 reads a packet.
func (d *Dissector) ipv4(f Frame, data []byte) (within, []byte, error) {
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
		return nothing, nil, nil
	}
	return d.transport(p)
}

// ipv6 reads a packet with its extension headers.
func (d *Dissector) ipv6(f Frame, data []byte) (within, []byte, error) {
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
				return nothing, nil, nil
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
	frame               Frame
	source, destination netip.Addr
	protocol            layers.IPProtocol
	payload             []byte
	missing             int // octets that the capture cut off
	fragments           int // IP packets; 0 if it never was in fragments
	lost                bool
}

// fragment takes a fragment, and the packet that it completes.
func (d *Dissector) fragment(p ipPacket, id uint32, offset int, more bool) {
	switch p.protocol {
	case layers.IPProtocolUDP:
	case layers.IPProtocolESP, layers.IPProtocolAH:
		// The first has all that counts.
		if offset == 0 {
			p.fragments = 1
			_, _, _ = d.child(p)
		}
		return
	default:
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
			d.Counts.Reassembled++
		}
		next, rest, err := d.transport(*whole)
		d.layers(whole.frame, next, rest, err)
	}
}

// lost takes what there is of a packet whose fragments were not all captured.
func (d *Dissector) lost(p ipPacket) {
	if !d.isOurs(p.payload) {
		return
	}
	if p.missing == 0 { // else the capture cut it
		d.Counts.Incomplete++
		p.lost = true
	}
	_, _, _ = d.transport(p)
}
