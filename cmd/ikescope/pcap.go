package main

import (
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/probe/initiator"
)

// packetOf returns a datagram of a scan as the packet that --pcap writes, which
// has the number of the exchange as its ID.
func packetOf(d initiator.Datagram) capture.Packet {
	p := capture.Packet{Time: d.Time, Source: d.Remote, Destination: d.Local, ID: uint32(d.Exchange), TCP: d.Transport.IsTCP(), Octets: d.Octets}
	if d.Sent {
		p.Source, p.Destination = d.Local, d.Remote
	}
	return p
}
