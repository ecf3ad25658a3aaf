// Package icmp says what ICMP errors mean for IKE: whoever reports that a
// datagram could not be delivered shows whether a port is closed, a filter
// forbids, a packet is too large, or something else is in the way.
package icmp

// An Error is the kind of an ICMP error, as its packet says it.
type Error struct {
	IPv6       bool // of ICMPv6
	Type, Code uint8
}

// Meaning is what an error says of a path.
type Meaning uint8

const (
	// NoError: it is no error that an undelivered datagram causes.
	NoError Meaning = iota
	// Undelivered: for another reason than those below.
	Undelivered
	// PortUnreachable: nobody listens at that port.
	PortUnreachable
	// AdminProhibited: a filter, or a policy of routes, forbids.
	AdminProhibited
	// TooBig: the packet does not pass whole. In fragments it may.
	TooBig
	// NoRoute: a router has no route to the network.
	NoRoute
	// NoHost: the host was not found, as where nothing at the last link answers to
	// its address.
	NoHost
	// TimeExceeded: the packet has passed as many routers as it may.
	TimeExceeded
)

// Meaning reads the type and code. RFC 792, RFC 1812 Section 5.2.7.1, RFC 4443
// Section 3.
func (e Error) Meaning() Meaning {
	m, _ := e.read()
	return m
}

// String returns words, "" if it is no error.
func (e Error) String() string {
	_, words := e.read()
	return words
}

func (e Error) read() (Meaning, string) {
	if e.IPv6 {
		return e.readIPv6()
	}
	return e.readIPv4()
}

func (e Error) readIPv4() (Meaning, string) {
	switch e.Type {
	case 3:
		switch e.Code {
		case 0, 6, 11:
			return NoRoute, "network unreachable"
		case 1, 5, 7, 8, 12:
			return NoHost, "host unreachable"
		case 2:
			return Undelivered, "protocol unreachable"
		case 3:
			return PortUnreachable, "port unreachable"
		case 4:
			return TooBig, "fragmentation needed"
		case 9, 10, 13:
			return AdminProhibited, "administratively prohibited"
		}
		return Undelivered, "destination unreachable"
	case 11:
		return e.timeExceeded()
	}
	return NoError, ""
}

func (e Error) readIPv6() (Meaning, string) {
	switch e.Type {
	case 1:
		switch e.Code {
		case 0, 2, 6:
			return NoRoute, "no route to destination"
		case 1, 5:
			return AdminProhibited, "administratively prohibited"
		case 3:
			return NoHost, "address unreachable"
		case 4:
			return PortUnreachable, "port unreachable"
		}
		return Undelivered, "destination unreachable"
	case 2:
		return TooBig, "packet too big"
	case 3:
		return e.timeExceeded()
	}
	return NoError, ""
}

func (e Error) timeExceeded() (Meaning, string) {
	if e.Code == 1 {
		return Undelivered, "fragment reassembly time exceeded"
	}
	return TimeExceeded, "time exceeded"
}
