package flagvalue

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Address stores an IP address in p.
func Address(p *netip.Addr) Value { return address{p} }

type address struct{ p *netip.Addr }

func (a address) Set(s string) error {
	addr, err := parseAddress(s)
	if err != nil {
		return err
	}
	*a.p = addr
	return nil
}

func (address) Type() string { return "address" }

func (a address) String() string {
	if a.p == nil || !a.p.IsValid() {
		return ""
	}
	return a.p.String()
}

// HostName stores a host name in p.
func HostName(p *string) Value { return hostName{p} }

type hostName struct{ p *string }

func (h hostName) Set(s string) error {
	if !identity.IsHostName(s) {
		return fmt.Errorf("%q is not a host name, such as vpn.example.com", s)
	}
	*h.p = s
	return nil
}

func (hostName) Type() string   { return "name" }
func (hostName) String() string { return "" }

// Dialed stores the host name or the address that users dial in p.
func Dialed(p *string) Value { return dialed{hostName{p}} }

type dialed struct{ hostName }

func (d dialed) Set(s string) error {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" && !a.IsUnspecified() {
		*d.p = a.Unmap().String()
		return nil
	}
	if !identity.IsHostName(s) {
		return fmt.Errorf("%q is not a host name, such as vpn.example.com, nor an address", s)
	}
	*d.p = s
	return nil
}

// Addresses adds the outside addresses of NATs, of a flag that may be repeated, to p.
func Addresses(p *[]netip.Addr) Value { return addresses{p} }

type addresses struct{ p *[]netip.Addr }

func (a addresses) Set(s string) error {
	for text := range strings.SplitSeq(s, ",") {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return notAddress(text)
		}
		if addr = addr.Unmap(); addr.IsUnspecified() || addr.Zone() != "" || addr.IsMulticast() || addr == broadcast {
			return fmt.Errorf("%q is not an address that a NAT may have outside", text)
		}
		*a.p = append(*a.p, addr)
	}
	return nil
}

// broadcast is to all hosts of a link (RFC 919).
var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

func (addresses) Type() string   { return "address" }
func (addresses) String() string { return "" }

func parseAddress(s string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.IsMulticast() {
		return netip.Addr{}, notAddress(s)
	}
	return addr.Unmap(), nil
}

func notAddress(s string) error { return fmt.Errorf("%q is not an IPv4 or IPv6 address", s) }

// Hops is a Toggle of what asks for requests with a hop limit, which not every system
// sends.
func Hops(p *bool, possible bool) Value { return hops{toggle{p}, possible} }

type hops struct {
	toggle
	possible bool
}

func (h hops) Set(s string) error {
	if err := h.toggle.Set(s); err != nil || h.possible || !*h.p {
		return err
	}
	return errors.New("works on Linux only: this system does not hand over what routers report")
}

var allTransports = []initiator.Transport{initiator.UDP500, initiator.UDP4500, initiator.TCP4500}

// Transports stores a list of transports in p.
func Transports(p *[]initiator.Transport) Value { return transports{p} }

type transports struct{ p *[]initiator.Transport }

func (t transports) Set(s string) error {
	var list []initiator.Transport
	for word := range strings.SplitSeq(s, ",") {
		i := slices.IndexFunc(allTransports, func(t initiator.Transport) bool { return strings.EqualFold(t.String(), word) })
		if i < 0 {
			return fmt.Errorf("%q is not a transport: write udp500, udp4500 or tcp4500, or several with commas", word)
		}
		if slices.Contains(list, allTransports[i]) {
			return fmt.Errorf("%q names a transport twice", s)
		}
		list = append(list, allTransports[i])
	}
	*t.p = list
	return nil
}

func (transports) Type() string   { return "list" }
func (transports) String() string { return "" }

func (transports) Choices() []string {
	var words []string
	for _, t := range allTransports {
		words = append(words, t.String())
	}
	return words
}

// Ports adds the ports of a flag that may be repeated to p.
func Ports(p *[]uint16) Value { return ports{p} }

type ports struct{ p *[]uint16 }

func (l ports) Set(s string) error {
	for word := range strings.SplitSeq(s, ",") {
		n, err := strconv.ParseUint(word, 10, 16)
		if err != nil || n == 0 {
			return fmt.Errorf("%q is not a number from 1 to 65535", word)
		}
		*l.p = append(*l.p, uint16(n))
	}
	return nil
}

func (ports) Type() string   { return "number" }
func (ports) String() string { return "" }
