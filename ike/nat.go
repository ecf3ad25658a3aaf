package ike

import (
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"slices"
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

// NATDetection is what the NAT detection hashes of a message say of the addresses
// that it was sent from and to.
type NATDetection struct {
	SPIi, SPIr SPI
	// Sources are the hashes of the sender's addresses, and Destination is that of
	// the address that it sent to.
	Sources     [][20]byte
	Destination [20]byte
}

// NATDetection returns the hashes of m. It reports false unless m has both kinds.
func (m *Message) NATDetection() (NATDetection, bool) {
	sources, destinations := m.NATDetectionHashes(NAT_DETECTION_SOURCE_IP), m.NATDetectionHashes(NAT_DETECTION_DESTINATION_IP)
	if len(sources) == 0 || len(destinations) == 0 {
		return NATDetection{}, false
	}
	return NATDetection{m.SPIi, m.SPIr, sources, destinations[0]}, true
}

// SenderBehindNAT reports whether the sender is behind a NAT, if the message came
// from the address seen: if none of the hashes of its addresses is of that one (RFC
// 7296, Section 2.23).
func (d NATDetection) SenderBehindNAT(seen netip.AddrPort) bool {
	return !slices.Contains(d.Sources, NATDetectionHash(d.SPIi, d.SPIr, seen))
}

// SentTo reports whether the sender sent to a.
func (d NATDetection) SentTo(a netip.AddrPort) bool {
	return d.Destination == NATDetectionHash(d.SPIi, d.SPIr, a)
}

// FindDestination returns where the sender sent to, if that is a port of one of
// addresses: 65,535 hashes for each show it.
func (d NATDetection) FindDestination(addresses ...netip.Addr) (netip.AddrPort, bool) {
	for _, addr := range addresses {
		for port := 1; port <= 65535; port++ {
			if a := netip.AddrPortFrom(addr, uint16(port)); d.SentTo(a) {
				return a, true
			}
		}
	}
	return netip.AddrPort{}, false
}
