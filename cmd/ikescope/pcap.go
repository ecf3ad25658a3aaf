package main

import (
	"io"
	"net"
	"net/netip"
	"sync"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/ikescope/ikescope/probe"
)

// capture writes the datagrams of scans as a pcap file of IP packets. What UDP
// sockets do not show, such as the TTL of what came, is made up; of these
// fields the IPv4 identification, or the IPv6 flow label, holds the number of
// the exchange.
type capture struct {
	mu  sync.Mutex
	w   *pcapgo.Writer
	err error // the first
}

const (
	snapLength = 65575 // the largest IPv6 packet: 40 octets and a payload of 65,535
	hopLimit   = 64
)

func newCapture(w io.Writer) *capture {
	c := &capture{w: pcapgo.NewWriter(w)}
	c.err = c.w.WriteFileHeader(snapLength, layers.LinkTypeRaw)
	return c
}

// add writes d. It may be called by several scans at once.
func (c *capture) add(d probe.Datagram) {
	packet, err := rawPacket(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	if c.err = err; err != nil {
		return
	}
	c.err = c.w.WritePacket(gopacket.CaptureInfo{
		Timestamp: d.Time, CaptureLength: len(packet), Length: len(packet),
	}, packet)
}

// failed returns the first error, after which nothing more was written.
func (c *capture) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// rawPacket returns d as an IP packet.
func rawPacket(d probe.Datagram) ([]byte, error) {
	from, to := d.Remote, d.Local
	if d.Sent {
		from, to = to, from
	}
	source, destination := from.Addr().Unmap(), to.Addr().Unmap()
	udp := &layers.UDP{SrcPort: layers.UDPPort(from.Port()), DstPort: layers.UDPPort(to.Port())}
	var ip interface {
		gopacket.NetworkLayer
		gopacket.SerializableLayer
	}
	if source.Is4() && destination.Is4() {
		ip = &layers.IPv4{
			Version: 4, TTL: hopLimit, Protocol: layers.IPProtocolUDP, Id: uint16(d.Exchange), Flags: layers.IPv4DontFragment,
			SrcIP: net.IP(source.AsSlice()), DstIP: net.IP(destination.AsSlice()),
		}
	} else {
		ip = &layers.IPv6{
			Version: 6, HopLimit: hopLimit, NextHeader: layers.IPProtocolUDP, FlowLabel: uint32(d.Exchange) & 0xfffff,
			SrcIP: v6(source), DstIP: v6(destination),
		}
	}
	if err := udp.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		ip, udp, gopacket.Payload(d.Octets))
	return buf.Bytes(), err
}

// v6 returns the 16 octets of a, without its zone.
func v6(a netip.Addr) net.IP {
	octets := a.As16()
	return octets[:]
}
