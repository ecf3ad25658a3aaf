package capture

import (
	"encoding/binary"
	"fmt"

	"github.com/google/gopacket/layers"
)

// layer reads one layer, and returns what is within, or nothing where there is
// no more to look into.
func (d *Dissector) layer(f Frame, t within, data []byte) (within, []byte, error) {
	switch t {
	case etherIPv4:
		return d.ipv4(f, data)
	case etherIPv6:
		return d.ipv6(f, data)
	case ethernet:
		const addresses, header = 12, 14
		if len(data) < header {
			return 0, nil, errCut
		}
		length := binary.BigEndian.Uint16(data[addresses:])
		if length < leastEtherType {
			return llc, data[header:min(len(data), header+int(length))], nil
		}
		return etherType(data[addresses:]), data[header:], nil
	case etherVLAN, etherQinQ, etherVLAN9100, etherVLAN9200:
		const tag = 4
		if len(data) < tag {
			return 0, nil, errCut
		}
		if length := binary.BigEndian.Uint16(data[2:]); length < leastEtherType {
			return llc, data[tag:min(len(data), tag+int(length))], nil
		}
		return etherType(data[2:]), data[tag:], nil
	case etherBridged:
		return ethernet, data, nil
	case etherPPPoE:
		const header = 6 // RFC 2516, Section 4
		if len(data) < header {
			return 0, nil, errCut
		}
		length := int(binary.BigEndian.Uint16(data[4:]))
		return ppp, data[header:min(len(data), header+length)], nil
	case ppp:
		return d.ppp(data)
	case llc:
		return d.llc(data)
	case etherMPLS, etherMPLSMany:
		return mpls(data)
	case wiFi:
		return d.wiFi(data)
	case etherMACsec:
		d.unread("MACsec")
	}
	return nothing, nil, nil
}

func ipVersion(packet []byte) within {
	switch {
	case len(packet) > 0 && packet[0]>>4 == 4:
		return etherIPv4
	case len(packet) > 0 && packet[0]>>4 == 6:
		return etherIPv6
	}
	return nothing
}

// ppp reads the protocol of a PPP frame, with or without the address and control
// fields, and with or without the first octet of the protocol. RFC 1661, Section
// 2 and 6.5; RFC 1662, Section 3.1.
func (d *Dissector) ppp(data []byte) (within, []byte, error) {
	if len(data) >= 2 && data[0] == 0xff && data[1] == 0x03 {
		data = data[2:]
	}
	if len(data) < 2 {
		return 0, nil, errCut
	}
	protocol := binary.BigEndian.Uint16(data)
	size := 2
	if data[0]&1 != 0 {
		protocol, size = uint16(data[0]), 1
	}
	switch protocol {
	case 0x0021:
		return etherIPv4, data[size:], nil
	case 0x0057:
		return etherIPv6, data[size:], nil
	case 0x0281:
		return etherMPLS, data[size:], nil
	case 0x003d:
		d.unread("PPP Multilink")
	case 0x00fd, 0x00fb:
		d.unread("compressed PPP")
	case 0x0053, 0x0055:
		d.unread("encrypted PPP")
	}
	return nothing, nil, nil
}

// llc reads an LLC header with SNAP, which has an EtherType. Other LLC, as of
// spanning trees, carries no IP.
func (d *Dissector) llc(data []byte) (within, []byte, error) {
	const header = 8
	if len(data) < header || data[0] != 0xaa || data[1] != 0xaa || data[2] != 3 {
		return nothing, nil, nil
	}
	return etherType(data[6:]), data[header:], nil
}

// mpls takes off all labels. What follows says nothing of its protocol: IP begins
// with its version, and a pseudowire of Ethernet with a control word of zero
// (RFC 4385, Section 3).
func mpls(data []byte) (within, []byte, error) {
	const label = 4
	for range maxLayers {
		if len(data) < label {
			return 0, nil, errCut
		}
		last := data[2]&1 != 0
		if data = data[label:]; !last {
			continue
		}
		if len(data) > label && data[0]>>4 == 0 {
			return ethernet, data[label:], nil
		}
		return ipVersion(data), data, nil
	}
	return nothing, nil, nil
}

// wiFi reads a frame of IEEE 802.11 with data that is not encrypted.
func (d *Dissector) wiFi(data []byte) (within, []byte, error) {
	const control, header = 2, 24
	if len(data) < control {
		return 0, nil, errCut
	}
	kind, subtype, flags := data[0]>>2&3, data[0]>>4, data[1]
	const ofData, null, qos, toAndFrom, protected, order = 2, 4, 8, 3, 0x40, 0x80
	if kind != ofData || subtype&null != 0 {
		return nothing, nil, nil
	}
	if flags&protected != 0 {
		d.unread("encrypted 802.11")
		return nothing, nil, nil
	}
	n := header
	if flags&toAndFrom == toAndFrom {
		n += 6 // a fourth address
	}
	if subtype&qos != 0 {
		n += 2
		if flags&order != 0 {
			n += 4 // HT Control
		}
	}
	if len(data) < n {
		return 0, nil, errCut
	}
	return llc, data[n:], nil
}

// gre reads Generic Routing Encapsulation, RFC 2784 and RFC 2890, and that of
// PPTP, RFC 2637.
func (d *Dissector) gre(data []byte) (within, []byte, error) {
	const least = 4
	if len(data) < least {
		return 0, nil, errCut
	}
	flags, protocol := binary.BigEndian.Uint16(data), binary.BigEndian.Uint16(data[2:])
	const checksum, routing, key, sequence, acknowledged, version = 0x8000, 0x4000, 0x2000, 0x1000, 0x80, 7
	n := least
	for _, has := range []bool{flags&(checksum|routing) != 0, flags&key != 0, flags&sequence != 0, flags&version == 1 && flags&acknowledged != 0} {
		if has {
			n += 4
		}
	}
	if len(data) < n {
		return 0, nil, errCut
	}
	const pptp, erspan, erspan3, nhrp = 0x880b, 0x88be, 0x22eb, 0x2001
	switch {
	case flags&routing != 0:
		d.unread("GRE with source routes")
		return nothing, nil, nil
	case protocol == pptp:
		return ppp, data[n:], nil
	case protocol == erspan && flags&sequence == 0: // type I has no header
		return ethernet, data[n:], nil
	case protocol == erspan && len(data) >= n+8:
		return ethernet, data[n+8:], nil
	case protocol == erspan3 && len(data) >= n+12:
		return ethernet, data[n+12:], nil
	case protocol < leastEtherType, protocol == nhrp:
		return nothing, nil, nil
	}
	return within(protocol), data[n:], nil
}

// UDP ports of tunnels.
const (
	portL2TP   = 1701
	portGTPU   = 2152
	portVXLAN  = 4789
	portGENEVE = 6081
	portOTV    = 8472 // Linux's first port of VXLAN
)

// udpTunnel reads what is tunnelled in UDP, as a cloud mirrors traffic.
func (d *Dissector) udpTunnel(port uint16, data []byte) (within, []byte) {
	switch port {
	case portVXLAN, portOTV:
		const header, hasVNI = 8, 0x08 // RFC 7348, Section 5
		if len(data) > header && data[0]&hasVNI != 0 {
			return ethernet, data[header:]
		}
	case portGENEVE:
		const header = 8 // RFC 8926, Section 3.4
		if len(data) < header || data[0]>>6 != 0 {
			return nothing, nil
		}
		n := header + int(data[0]&0x3f)*4
		if len(data) > n {
			return etherType(data[2:]), data[n:]
		}
	case portGTPU:
		const header, version1 = 8, 0x30 // 3GPP TS 29.281, Section 5.1
		const extension, hasMore, gPDU = 0x04, 0x07, 255
		if len(data) < header || data[0]&0xf0 != version1 || data[1] != gPDU {
			return nothing, nil
		}
		n := header
		if data[0]&hasMore != 0 {
			n += 4
			for more := data[0]&extension != 0 && len(data) >= n && data[n-1] != 0; more; more = len(data) >= n && data[n-1] != 0 {
				if len(data) <= n || data[n] == 0 {
					return nothing, nil
				}
				n += int(data[n]) * 4
			}
		}
		if len(data) > n {
			return ipVersion(data[n:]), data[n:]
		}
	case portL2TP:
		return l2tp(data)
	}
	return nothing, nil
}

// l2tp reads a data message of L2TP, version 2. RFC 2661, Section 3.1.
func l2tp(data []byte) (within, []byte) {
	const control, length, sequence, offset, version, ofTwo = 0x8000, 0x4000, 0x0800, 0x0200, 0x000f, 2
	if len(data) < 6 {
		return nothing, nil
	}
	flags := binary.BigEndian.Uint16(data)
	if flags&control != 0 || flags&version != ofTwo {
		return nothing, nil
	}
	n := 2 + 4 // and the IDs of the tunnel and the session
	if flags&length != 0 {
		n += 2
	}
	if flags&sequence != 0 {
		n += 4
	}
	if flags&offset != 0 {
		if len(data) < n+2 {
			return nothing, nil
		}
		n += 2 + int(binary.BigEndian.Uint16(data[n:]))
	}
	if len(data) <= n {
		return nothing, nil
	}
	return ppp, data[n:]
}

// protocolNames are those of IP protocols that are not looked into and may carry
// IP.
var protocolNames = map[layers.IPProtocol]string{
	55: "IP Mobility", 94: "IP in IP (protocol 94)", 97: "EtherIP", 98: "encapsulation (protocol 98)", 108: "IPComp",
	115: "L2TP in IP", 137: "MPLS in IP",
}

// A NotRead is packets that were not looked into, and may hold IKE.
type NotRead struct {
	// What names them, such as "PPP Multilink" or "link type 147".
	What    string
	Packets int
	// Link: they are all of a link type that is not read.
	Link bool
}

// maxNotRead bounds the kinds that are told apart.
const maxNotRead = 16

// unread counts a packet that is not looked into.
func (d *Dissector) unread(what string) { d.count(NotRead{What: what}) }

// count counts a packet of a kind.
func (d *Dissector) count(kind NotRead) {
	for i := range d.notRead {
		if d.notRead[i].What == kind.What {
			d.notRead[i].Packets++
			return
		}
	}
	if len(d.notRead) < maxNotRead {
		kind.Packets = 1
		d.notRead = append(d.notRead, kind)
	}
}

// otherPort counts a datagram that looks like IKE, and is of no port of IKE.
func (d *Dissector) otherPort(port uint16) {
	for i := range d.otherPorts {
		if d.otherPorts[i].Port == port {
			d.otherPorts[i].Datagrams++
			return
		}
	}
	if len(d.otherPorts) < maxNotRead {
		d.otherPorts = append(d.otherPorts, OtherPort{port, 1})
	}
}

// An OtherPort is a UDP port, not one of those looked at, with datagrams that
// look like IKE.
type OtherPort struct {
	Port      uint16
	Datagrams int
}

// String returns the kind and the number of packets.
func (n NotRead) String() string { return fmt.Sprintf("%s: %d", n.What, n.Packets) }
