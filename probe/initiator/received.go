package initiator

import (
	"net/netip"

	"github.com/ikescope/ikescope/ike"
)

// received is a datagram that came, read up to the end of the IKE header.
type received struct {
	from     netip.AddrPort
	hopLimit int // as it arrived; 0 where the system does not say
	datagram []byte
	// octets are the datagram without the non-ESP marker, if it is marked.
	octets []byte
	marked bool
	tcp    bool // out of a TCP stream, without the length
	header ike.Header
	length uint32 // that the header says
	err    error  // why there is no header; nil if there is one
}

func receive(datagram []byte, from netip.AddrPort) received {
	r := received{from: from, datagram: datagram, octets: datagram}
	if message, ok := ike.SplitNonESPMarker(datagram); ok {
		r.octets, r.marked = message, true
	}
	r.header, _, r.length, r.err = ike.ParseHeader(r.octets)
	return r
}

// spi returns the initiator SPI, if there is as much: also of a message that is
// cut off, as those are that ICMP errors quote.
func (r received) spi() (spi ike.SPI, ok bool) {
	if len(r.octets) < len(spi) {
		return spi, false
	}
	return ike.SPI(r.octets[:len(spi)]), true
}

// has reports whether spi is the initiator SPI.
func (r received) has(spi ike.SPI) bool {
	got, ok := r.spi()
	return ok && got == spi
}

// whole reports whether the message ends where its header says.
func (r received) whole() bool { return r.err == nil && uint64(r.length) == uint64(len(r.octets)) }

// bare reports whether the message is a header and says so: of our requests none is.
func (r received) bare() bool { return r.whole() && len(r.octets) == ike.HeaderLen }
