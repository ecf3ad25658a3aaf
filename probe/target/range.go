package target

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// maxRange bounds the addresses of a range: those of an IPv4 /16.
const maxRange = 1 << 16

// ParseAll reads what [Parse] reads, and ranges of addresses: 192.0.2.0/24, which
// stands for its hosts, 192.0.2.1-20 and 192.0.2.1-192.0.2.20, which stand for each
// of theirs, and the same of IPv6, but for the short form. It fails for those of
// more than 65,536 addresses.
func ParseAll(s string) ([]Endpoint, error) {
	if _, err := netip.ParseAddr(s); err == nil || len(s) > maxTarget {
		return parseOne(s) // the name of its interface may hold a hyphen
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return hostsOf(s, p)
	}
	begin, end, ok := strings.Cut(s, "-")
	first, err := netip.ParseAddr(begin)
	if !ok || err != nil {
		return parseOne(s)
	}
	last, err := lastOf(first, end)
	if err != nil {
		return nil, fmt.Errorf("%q is not a range of addresses: it is written 192.0.2.1-20, 192.0.2.1-192.0.2.20 or 192.0.2.0/24", shown(s))
	}
	if last.Less(first) {
		return nil, fmt.Errorf("%q is not a range of addresses: it ends before it begins", s)
	}
	return between(s, first, last)
}

func parseOne(s string) ([]Endpoint, error) {
	e, err := Parse(s)
	if err != nil {
		return nil, err
	}
	return []Endpoint{e}, nil
}

// lastOf reads the end of a range that begins with first: an address of the same
// family or, for IPv4, the last number of one.
func lastOf(first netip.Addr, end string) (netip.Addr, error) {
	if n, err := strconv.ParseUint(end, 10, 8); err == nil && first.Is4() {
		octets := first.As4()
		octets[3] = byte(n)
		return netip.AddrFrom4(octets), nil
	}
	last, err := netip.ParseAddr(end)
	if err == nil && (last.BitLen() != first.BitLen() || last.Zone() != first.Zone()) {
		err = fmt.Errorf("%s and %s are not of one family", first, last)
	}
	return last, err
}

// hostsOf returns the addresses of p, but for those of the network itself and of
// its broadcast (RFC 3021: a /31 has neither).
func hostsOf(s string, p netip.Prefix) ([]Endpoint, error) {
	first := p.Masked().Addr()
	bits := first.BitLen() - p.Bits()
	if bits > 16 {
		return nil, tooMany(s)
	}
	last := first.AsSlice()
	for i := range bits {
		last[len(last)-1-i/8] |= 1 << (i % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	if first.Is4() && bits > 1 {
		return between(s, first.Next(), end.Prev())
	}
	return between(s, first, end)
}

// between returns the addresses from first to last.
func between(s string, first, last netip.Addr) ([]Endpoint, error) {
	var all []Endpoint
	for a := first; ; a = a.Next() {
		if len(all) == maxRange {
			return nil, tooMany(s)
		}
		e, err := Parse(a.String())
		if err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
		all = append(all, e)
		if a == last {
			return all, nil
		}
	}
}

func tooMany(s string) error {
	return fmt.Errorf("%q holds more than 65,536 addresses: name a smaller range", s)
}
