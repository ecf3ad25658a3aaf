package ike

// nonESPMarker stands where an ESP packet has its SPI, which is never zero.
const nonESPMarker = "\x00\x00\x00\x00"

// AppendNonESPMarker appends the four zero octets that come before an IKE
// message on UDP port 4500. RFC 3948, Section 2.2.
func AppendNonESPMarker(b []byte) []byte { return append(b, nonESPMarker...) }

// SplitNonESPMarker returns the IKE message in a datagram of UDP port 4500. It
// is not ok for an ESP packet or a NAT keepalive. The message is the end of
// datagram, not a copy.
func SplitNonESPMarker(datagram []byte) (ike []byte, ok bool) {
	if len(datagram) < len(nonESPMarker) || string(datagram[:len(nonESPMarker)]) != nonESPMarker {
		return nil, false
	}
	return datagram[len(nonESPMarker):len(datagram):len(datagram)], true
}

// IsKeepalive reports whether a datagram of UDP port 4500 is a NAT keepalive:
// one octet, 0xFF. RFC 3948, Section 2.3.
func IsKeepalive(datagram []byte) bool { return len(datagram) == 1 && datagram[0] == 0xff }
