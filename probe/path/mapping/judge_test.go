package mapping

import (
	"net/netip"
	"slices"
	"testing"
)

func TestJudge(t *testing.T) {
	local := netip.MustParseAddrPort("10.0.0.2:5000")
	saw := func(gateway, as string) Sighting {
		return Sighting{Gateway: netip.MustParseAddrPort(gateway), As: netip.MustParseAddrPort(as)}
	}
	const here500, here4500, there500 = "198.51.100.7:500", "198.51.100.7:4500", "198.51.100.8:500"
	const one, two, three, kept = "203.0.113.9:40000", "203.0.113.9:40001", "203.0.113.9:40002", "203.0.113.9:5000"
	all := []Behavior{EndpointIndependent, AddressDependent, AddressAndPortDependent}
	for name, tc := range map[string]struct {
		seen     []Sighting
		named    int
		behavior Behavior
		possible []Behavior
		reason   Reason
	}{
		"endpoint-independent":          {[]Sighting{saw(here500, one), saw(here4500, one), saw(there500, one)}, 1, EndpointIndependent, all[:1], Known},
		"one port of two gateways":      {[]Sighting{saw(here500, one), saw(there500, one)}, 1, EndpointIndependent, all[:1], Known},
		"address-dependent":             {[]Sighting{saw(here500, one), saw(here4500, one), saw(there500, two)}, 1, AddressDependent, all[1:2], Known},
		"address and port-dependent":    {[]Sighting{saw(here500, one), saw(here4500, two)}, 0, AddressAndPortDependent, all[2:], Known},
		"three mappings":                {[]Sighting{saw(here500, one), saw(here4500, two), saw(there500, three)}, 1, AddressAndPortDependent, all[2:], Known},
		"one gateway":                   {[]Sighting{saw(here500, one), saw(here4500, one)}, 0, Unknown, all[:2], OneGateway},
		"others silent":                 {[]Sighting{saw(here500, one), saw(here4500, one)}, 2, Unknown, all[:2], OthersSilent},
		"another one, by one port":      {[]Sighting{saw(here500, one), saw(there500, two)}, 1, Unknown, all[1:], OnePort},
		"kept":                          {[]Sighting{saw(here500, kept), saw(here4500, kept), saw(there500, kept)}, 1, Unknown, all, PortKept},
		"kept at one gateway":           {[]Sighting{saw(here500, kept), saw(here4500, kept)}, 0, Unknown, all, PortKept},
		"kept, but not for another":     {[]Sighting{saw(here500, kept), saw(here4500, kept), saw(there500, one)}, 1, Unknown, all[1:], PortKept},
		"kept, but not for 4500":        {[]Sighting{saw(here500, kept), saw(here4500, one)}, 0, AddressAndPortDependent, all[2:], Known},
		"another address of the NAT":    {[]Sighting{saw(here500, one), saw(here4500, one), saw(there500, "203.0.113.10:40000")}, 1, AddressDependent, all[1:2], Known},
		"nothing is seen":               {nil, 1, Unknown, all, OutsideUnknown},
		"one port alone of one gateway": {[]Sighting{saw(here500, one)}, 0, Unknown, all, OneGateway},
	} {
		got := Judge(local, tc.seen, tc.named)
		if got.Behavior != tc.behavior || !slices.Equal(got.Possible, tc.possible) || got.Reason != tc.reason {
			t.Errorf("%s: %v of %v, %q; want %v of %v, %q", name, got.Behavior, got.Possible, got.Reason, tc.behavior, tc.possible, tc.reason)
		}
	}
}
