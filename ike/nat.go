package ike

import (
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
)

// NATDetectionHash returns the data of a NAT_DETECTION_SOURCE_IP or
// NAT_DETECTION_DESTINATION_IP notify: SHA-1 of the SPIs in the order of the
// header, the address and the port. An IPv4 address in an IPv6 one counts as
// IPv4. RFC 7296, Section 2.23.
func NATDetectionHash(spii, spir SPI, addr netip.AddrPort) [20]byte {
	in := make([]byte, 0, len(spii)+len(spir)+16+2)
	in = append(in, spii[:]...)
	in = append(in, spir[:]...)
	if ip := addr.Addr().Unmap(); ip.Is4() {
		ip4 := ip.As4()
		in = append(in, ip4[:]...)
	} else {
		ip6 := ip.As16()
		in = append(in, ip6[:]...)
	}
	return sha1.Sum(binary.BigEndian.AppendUint16(in, addr.Port()))
}

// NATDetectionHashes returns the hashes of m's notifies of a type. "There MAY be
// multiple NAT_DETECTION_SOURCE_IP payloads in a message if the sender does not know
// which of several network attachments will be used to send the packet" (RFC 7296,
// Section 2.23).
func (m *Message) NATDetectionHashes(t NotifyType) [][20]byte {
	var out [][20]byte
	for _, p := range m.Payloads {
		if n, ok := p.(*Notify); ok && n.Notification == t {
			if hash, ok := n.NATDetection(); ok {
				out = append(out, hash)
			}
		}
	}
	return out
}
