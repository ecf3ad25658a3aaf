package mapping

import (
	"net/netip"
	"slices"
)

// Behavior is a mapping behaviour of RFC 4787, Section 4.1.
type Behavior uint8

const (
	// Unknown: several fit what was seen.
	Unknown Behavior = iota
	// EndpointIndependent: one mapping for all destinations.
	EndpointIndependent
	// AddressDependent: one for each address, whatever its port.
	AddressDependent
	// AddressAndPortDependent: one for each port of each address.
	AddressAndPortDependent
)

var words = [...]string{
	Unknown:                 "unknown",
	EndpointIndependent:     "endpoint_independent",
	AddressDependent:        "address_dependent",
	AddressAndPortDependent: "address_and_port_dependent",
}

// String returns the behaviour as the JSON document writes it.
func (b Behavior) String() string { return words[b] }

// Reason is why the behaviour is not known.
type Reason uint8

const (
	Known Reason = iota
	// OutsideUnknown: NAT has another address than those that were given.
	OutsideUnknown
	// PortKept: it keeps our port, as NAT of any behaviour may while the port is free.
	PortKept
	// OneGateway: no other gateway was named.
	OneGateway
	// OthersSilent: others were, and none said what it sees of our port.
	OthersSilent
	// OnePort: of each gateway one port alone said so.
	OnePort
)

var reasons = [...]string{
	Known:          "",
	OutsideUnknown: "outside_unknown",
	PortKept:       "port_kept",
	OneGateway:     "one_gateway",
	OthersSilent:   "others_silent",
	OnePort:        "one_port",
}

// String returns the reason as the JSON document writes it.
func (r Reason) String() string { return reasons[r] }

// Sighting is what a port of a gateway sees in the place of our port.
type Sighting struct {
	Gateway, As netip.AddrPort
	// Evidence is the number of the exchange.
	Evidence int
}

// Seen is what was seen of the mapping of one port.
type Seen struct {
	Behavior Behavior
	// Possible are the behaviours that fit, all of them where nothing was compared.
	Possible []Behavior
	// Reason says why the behaviour is Unknown.
	Reason Reason
	// Sightings are those of one port of ours.
	Sightings []Sighting
}

// Judge says which behaviours fit what gateways see in the place of local, our side.
// named is how many other gateways there were to ask.
func Judge(local netip.AddrPort, sightings []Sighting, named int) Seen {
	possible := []Behavior{EndpointIndependent, AddressDependent, AddressAndPortDependent}
	without := func(gone ...Behavior) {
		possible = slices.DeleteFunc(possible, func(b Behavior) bool { return slices.Contains(gone, b) })
	}
	kept, ports, addresses := true, false, false
	for i, a := range sightings {
		kept = kept && a.As.Port() == local.Port()
		for _, b := range sightings[:i] {
			sameAddress := a.Gateway.Addr() == b.Gateway.Addr()
			ports, addresses = ports || sameAddress, addresses || !sameAddress
			// That a NAT gave a port again which it chose itself is no chance. One that
			// keeps ports does so for any destination.
			chosen := a.As.Port() != local.Port()
			switch {
			case a.As != b.As && sameAddress:
				without(EndpointIndependent, AddressDependent)
			case a.As != b.As:
				without(EndpointIndependent)
			case !chosen:
			case sameAddress:
				without(AddressAndPortDependent)
			default:
				without(AddressDependent, AddressAndPortDependent)
			}
		}
	}
	s := Seen{Possible: possible, Sightings: sightings}
	switch {
	case len(possible) == 1:
		s.Behavior = possible[0]
	case len(sightings) == 0:
		s.Reason = OutsideUnknown
	case kept && (ports || addresses), ports && addresses:
		s.Reason = PortKept
	case !addresses && named == 0:
		s.Reason = OneGateway
	case !addresses:
		s.Reason = OthersSilent
	default:
		s.Reason = OnePort
	}
	return s
}
