// Package mapping finds out what NAT does to addresses and ports. It judges how NAT maps
// one of our ports, in the words of RFC 4787, Section 4.1: from what gateways see in its
// place. One gateway alone does not tell all behaviours apart, so the gateways of a run
// are [Others] to each other. [FindInside] looks for the private address of a gateway
// behind NAT.
package mapping
