package capture

import (
	"encoding/binary"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// LINKTYPE_ values of capture files, https://www.tcpdump.org/linktypes.html; raw
// IP has had others.
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

// linkLayer takes the link's header off a frame, and returns what follows.
func linkLayer(f Frame) (gopacket.LayerType, []byte, error) {
	header, protocol := 0, -1 // where the EtherType is
	switch f.Link {
	case linkEthernet:
		return layers.LayerTypeEthernet, f.Data, nil
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
	if len(f.Data) < header {
		return 0, nil, errCut
	}
	if protocol >= 0 {
		return layers.EthernetType(binary.BigEndian.Uint16(f.Data[protocol:])).LayerType(), f.Data[header:], nil
	}
	return ipVersion(f.Data[header:]), f.Data[header:], nil
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
