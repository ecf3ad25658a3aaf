package flagvalue

import (
	"fmt"
	"net/netip"
)

// network is a range of addresses.
type network struct{ p *netip.Prefix }

// Network returns a value for a network, such as 10.1.0.0/16.
func Network(p *netip.Prefix) Value { return network{p} }

func (n network) Set(s string) error {
	p, err := netip.ParsePrefix(s)
	if err != nil || p != p.Masked() {
		return fmt.Errorf("%q is not a network, such as 10.1.0.0/16", s)
	}
	*n.p = p
	return nil
}

func (network) Type() string   { return "network" }
func (network) String() string { return "" }
