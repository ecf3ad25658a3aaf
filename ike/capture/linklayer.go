package capture

import (
	"encoding/binary"
	"fmt"
)

// LINKTYPE_ values of capture files, https://www.tcpdump.org/linktypes.html; raw
// IP has had others.
const (
	linkNull      = 0
	linkEthernet  = 1
	linkPPP       = 9
	linkRawBSD    = 12
	linkRawOther  = 14
	linkPPPSerial = 50
	linkPPPoE     = 51
	linkRaw       = 101
	linkCiscoHDLC = 104
	linkWiFi      = 105
	linkLoop      = 108
	linkEnc       = 109
	linkSLL       = 113
	linkRadiotap  = 127
	linkPKTAPMac  = 149 // what macOS writes in its own pcap files
	linkPPPWithIn = 204
	linkIPv4      = 228
	linkIPv6      = 229
	linkNFLOG     = 239
	linkPKTAP     = 258
	linkSLL2      = 276
)

// linkNames are those of link types that are not read, which one meets.
var linkNames = map[uint32]string{
	6: "Token Ring", 7: "ARCNET", 8: "SLIP", 10: "FDDI", 11: "ATM", 100: "ATM", 107: "Frame Relay",
	119: "802.11 with a Prism header", 123: "ATM", 144: "IrDA", 163: "802.11 with an AVS header",
	187: "Bluetooth", 189: "USB", 192: "PPI", 195: "802.15.4", 201: "Bluetooth", 220: "USB",
	227: "CAN", 253: "Netlink", 276: "Linux cooked",
}

// linkName names a link type by its number, and by its name where it has one.
func linkName(link uint32) string {
	name := linkNames[link]
	if link >= 147 && link <= 162 {
		name = "of its user"
	}
	if name == "" {
		return fmt.Sprintf("link type %d", link)
	}
	return fmt.Sprintf("link type %d (%s)", link, name)
}

// within is what a layer carries: an EtherType, or one of the values below, which
// are lengths where an EtherType stands.
type within uint16

const (
	nothing  within = iota
	ethernet        // a frame
	ppp             // from the protocol field on, or from an address field before it
	llc             // of IEEE 802.2
	wiFi            // a frame of IEEE 802.11

	leastEtherType = 0x600
)

// EtherTypes.
const (
	etherIPv4     within = 0x0800
	etherVLAN     within = 0x8100
	etherBridged  within = 0x6558
	etherMPLS     within = 0x8847
	etherMPLSMany within = 0x8848
	etherPPPoE    within = 0x8864
	etherIPv6     within = 0x86dd
	etherQinQ     within = 0x88a8
	etherMACsec   within = 0x88e5
	etherVLAN9100 within = 0x9100 // before IEEE 802.1ad
	etherVLAN9200 within = 0x9200
)

// linkLayer takes the link's header off a frame, and returns what it carries.
func linkLayer(link uint32, data []byte) (within, []byte, error) {
	header, protocol := 0, -1 // where the EtherType is
	switch link {
	case linkEthernet:
		return ethernet, data, nil
	case linkPPP, linkPPPSerial:
		return ppp, data, nil
	case linkPPPWithIn:
		return ppp, data[min(1, len(data)):], nil
	case linkPPPoE:
		return etherPPPoE, data, nil
	case linkWiFi:
		return wiFi, data, nil
	case linkRadiotap:
		if len(data) < 4 || int(binary.LittleEndian.Uint16(data[2:])) > len(data) {
			return 0, nil, errCut
		}
		return wiFi, data[binary.LittleEndian.Uint16(data[2:]):], nil
	case linkPKTAP, linkPKTAPMac:
		return pktap(data)
	case linkNFLOG:
		return nflog(data)
	case linkSLL:
		header, protocol = 16, 14
	case linkSLL2:
		header, protocol = 20, 0
	case linkCiscoHDLC:
		header, protocol = 4, 2
	case linkNull, linkLoop:
		// A protocol family, whose number differs from system to system.
		header = 4
	case linkEnc:
		header = 12
	case linkRaw, linkRawBSD, linkRawOther, linkIPv4, linkIPv6:
	default:
		return 0, nil, errLinkType
	}
	if len(data) < header {
		return 0, nil, errCut
	}
	if protocol >= 0 {
		return etherType(data[protocol:]), data[header:], nil
	}
	return ipVersion(data[header:]), data[header:], nil
}

// etherType reads an EtherType. What is below is a length or another protocol,
// and not looked into.
func etherType(data []byte) within {
	if t := within(binary.BigEndian.Uint16(data)); t >= leastEtherType {
		return t
	}
	return nothing
}

// pktap reads a header of `tcpdump -i any` of macOS, which names the link type of
// what follows.
func pktap(data []byte) (within, []byte, error) {
	const leastLen = 12
	if len(data) < leastLen {
		return 0, nil, errCut
	}
	length, link := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[8:])
	if length < leastLen || uint64(length) > uint64(len(data)) {
		return 0, nil, errCut
	}
	if link == linkPKTAP || link == linkPKTAPMac {
		return 0, nil, errLinkType
	}
	return linkLayer(link, data[length:])
}

// nflog reads the packet of Linux's netfilter: a header of 4 octets, and then
// attributes, in the byte order of the host.
func nflog(data []byte) (within, []byte, error) {
	const header, payload = 4, 9 // NFULA_PAYLOAD
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for rest := data[min(header, len(data)):]; len(rest) >= 4; {
			length, kind := int(order.Uint16(rest)), order.Uint16(rest[2:])
			if length < 4 {
				break
			}
			if kind&0x7fff == payload {
				packet := rest[4:min(length, len(rest))]
				return ipVersion(packet), packet, nil
			}
			rest = rest[min(len(rest), (length+3)&^3):]
		}
	}
	return 0, nil, errCut
}
