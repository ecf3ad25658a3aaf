package capture

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// A Packet is a UDP datagram to write.
type Packet struct {
	// Time is when it was sent or received, which pcap holds in microseconds;
	// zero stands for now.
	Time                time.Time
	Source, Destination netip.AddrPort
	// ID is written as the identification of IPv4, of which it has the lower 16
	// bits, or as the flow label of IPv6, 20 bits, so that packets that belong
	// together can be found.
	ID uint32
	// Octets are the payload of UDP, at most 65,507 octets over IPv4 and 65,527
	// over IPv6. They are not kept.
	Octets []byte
}

// A Writer writes UDP datagrams as a pcap file of IP packets (LINKTYPE_RAW). What
// UDP sockets do not show of them, such as the TTL of what came, is made up. Its
// methods may be called by several goroutines at once.
type Writer struct {
	mu  sync.Mutex
	w   *pcapgo.Writer
	err error // the first
}

const (
	snapLength = 65575 // the largest IPv6 packet: 40 octets and a payload of 65,535
	hopLimit   = 64

	ipv4HeaderLen = 20 // without options
	udpHeaderLen  = 8
)

// NewWriter returns a Writer to w, and writes the file header. It does not
// buffer.
func NewWriter(w io.Writer) *Writer {
	out := &Writer{w: pcapgo.NewWriter(w)}
	out.err = out.w.WriteFileHeader(snapLength, layers.LinkTypeRaw)
	return out
}

// Write writes p, over IPv4 if both of its addresses are of IPv4, in IPv6 form
// or not, and over IPv6 otherwise. Zones are not written. The error is the first
// one: of the underlying writer, or for a packet that is too long. After it
// nothing more is written.
func (w *Writer) Write(p Packet) error {
	packet, err := p.octets()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if w.err = err; err != nil {
		return err
	}
	w.err = w.w.WritePacket(gopacket.CaptureInfo{
		Timestamp: p.Time, CaptureLength: len(packet), Length: len(packet),
	}, packet)
	return w.err
}

// Err returns the first error, after which nothing more was written.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// octets returns p as an IP packet.
func (p Packet) octets() ([]byte, error) {
	source, destination := p.Source.Addr().Unmap(), p.Destination.Addr().Unmap()
	udp := &layers.UDP{SrcPort: layers.UDPPort(p.Source.Port()), DstPort: layers.UDPPort(p.Destination.Port())}
	var ip interface {
		gopacket.NetworkLayer
		gopacket.SerializableLayer
	}
	longest := maxIPPayload - udpHeaderLen
	if source.Is4() && destination.Is4() {
		longest -= ipv4HeaderLen // which Total Length counts, unlike Payload Length of IPv6
		ip = &layers.IPv4{
			Version: 4, TTL: hopLimit, Protocol: layers.IPProtocolUDP, Id: uint16(p.ID), Flags: layers.IPv4DontFragment,
			SrcIP: net.IP(source.AsSlice()), DstIP: net.IP(destination.AsSlice()),
		}
	} else {
		ip = &layers.IPv6{
			Version: 6, HopLimit: hopLimit, NextHeader: layers.IPProtocolUDP, FlowLabel: p.ID & 0xfffff,
			SrcIP: v6(source), DstIP: v6(destination),
		}
	}
	if len(p.Octets) > longest {
		return nil, fmt.Errorf("a datagram of %d octets is longer than the %d that UDP from %v to %v can be", len(p.Octets), longest, source, destination)
	}
	if err := udp.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		ip, udp, gopacket.Payload(p.Octets))
	return buf.Bytes(), err
}

// v6 returns the 16 octets of a, without its zone.
func v6(a netip.Addr) net.IP {
	octets := a.As16()
	return octets[:]
}
