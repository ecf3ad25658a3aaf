package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// A Packet is a UDP datagram, or an IKE message of a TCP stream, to write.
type Packet struct {
	// Time is when it was sent or received; zero stands for now.
	Time                time.Time
	Source, Destination netip.AddrPort
	// ID is written as the identification of IPv4, of which it has the lower 16
	// bits, or as the flow label of IPv6, 20 bits, so that packets that belong
	// together can be found.
	ID uint32
	// TCP: Octets are what stands behind a length in a TCP stream (RFC 9329, Section
	// 3). Whose packet is the first of a connection is taken for who opened it.
	TCP bool
	// Comment is shown beside the packet by Wireshark and others; up to 4096 octets of
	// it are written, and none if it is "".
	Comment string
	// Octets are the payload of UDP, at most 65,507 octets over IPv4 and 65,527
	// over IPv6, or with TCP at most 65,533. They are not kept.
	Octets []byte
}

// A Writer writes UDP datagrams, and TCP segments, as a pcapng file of IP packets
// (LINKTYPE_RAW). What sockets do not show of them, such as the TTL of what came, or
// sequence numbers, is made up. Its methods may be called by several goroutines at
// once.
type Writer struct {
	mu  sync.Mutex
	w   pcapngWriter
	err error // the first
	// next is the sequence number of what comes next in each direction of TCP.
	next map[streamKey]uint32
}

const (
	snapLength = 65575 // the largest IPv6 packet: 40 octets and a payload of 65,535
	hopLimit   = 64

	ipv4HeaderLen = 20 // without options
	udpHeaderLen  = 8

	longestSegment = 1 << 15 // that is written
)

// NewWriter returns a Writer to w, and writes the file header. It does not
// buffer.
func NewWriter(w io.Writer) *Writer {
	out := &Writer{w: pcapngWriter{w}, next: make(map[streamKey]uint32)}
	out.err = out.w.begin()
	return out
}

// Write writes p, over IPv4 if both of its addresses are of IPv4, in IPv6 form
// or not, and over IPv6 otherwise. Zones are not written. The error is the first
// one: of the underlying writer, or for a packet that is too long. After it
// nothing more is written.
func (w *Writer) Write(p Packet) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if p.TCP {
		w.err = w.writeStream(p)
	} else {
		w.err = w.write(p, &layers.UDP{SrcPort: layers.UDPPort(p.Source.Port()), DstPort: layers.UDPPort(p.Destination.Port())})
	}
	return w.err
}

// writeStream writes p as TCP segments.
func (w *Writer) writeStream(p Packet) error {
	const lengthLen = 2
	n := lengthLen + len(p.Octets)
	if n > math.MaxUint16 {
		return fmt.Errorf("a message of %d octets is longer than RFC 9329 can frame", len(p.Octets))
	}
	key, back := streamKey{p.Source, p.Destination}, streamKey{p.Destination, p.Source}
	var data []byte
	if _, known := w.next[back]; !known && w.next[key] == 0 {
		data = append(data, streamPrefix...)
		w.next[key], w.next[back] = 1, 1
	}
	data = append(binary.BigEndian.AppendUint16(data, uint16(n)), p.Octets...)
	for segment := range slices.Chunk(data, longestSegment) {
		p.Octets = segment
		err := w.write(p, &layers.TCP{
			SrcPort: layers.TCPPort(p.Source.Port()), DstPort: layers.TCPPort(p.Destination.Port()),
			Seq: w.next[key], Ack: w.next[back], PSH: true, ACK: true, Window: math.MaxUint16,
		})
		if err != nil {
			return err
		}
		w.next[key] += uint32(len(segment))
	}
	return nil
}

// write writes p behind the header of UDP or TCP.
func (w *Writer) write(p Packet, header transportHeader) error {
	packet, err := p.octets(header)
	if err != nil {
		return err
	}
	return w.w.packet(p.Time, packet, p.Comment)
}

// transportHeader is that of UDP or TCP.
type transportHeader interface {
	gopacket.SerializableLayer
	SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
}

// Err returns the first error, after which nothing more was written.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// octets returns p as an IP packet.
func (p Packet) octets(header transportHeader) ([]byte, error) {
	source, destination := p.Source.Addr().Unmap(), p.Destination.Addr().Unmap()
	protocol := layers.IPProtocolUDP
	if p.TCP {
		protocol = layers.IPProtocolTCP
	}
	var ip interface {
		gopacket.NetworkLayer
		gopacket.SerializableLayer
	}
	longest := maxIPPayload - udpHeaderLen
	if source.Is4() && destination.Is4() {
		longest -= ipv4HeaderLen // which Total Length counts, unlike Payload Length of IPv6
		ip = &layers.IPv4{
			Version: 4, TTL: hopLimit, Protocol: protocol, Id: uint16(p.ID), Flags: layers.IPv4DontFragment,
			SrcIP: net.IP(source.AsSlice()), DstIP: net.IP(destination.AsSlice()),
		}
	} else {
		ip = &layers.IPv6{
			Version: 6, HopLimit: hopLimit, NextHeader: protocol, FlowLabel: p.ID & 0xfffff,
			SrcIP: v6(source), DstIP: v6(destination),
		}
	}
	if len(p.Octets) > longest {
		return nil, fmt.Errorf("a datagram of %d octets is longer than the %d that UDP from %v to %v can be", len(p.Octets), longest, source, destination)
	}
	if err := header.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		ip, header, gopacket.Payload(p.Octets))
	return buf.Bytes(), err
}

// v6 returns the 16 octets of a, without its zone.
func v6(a netip.Addr) net.IP {
	octets := a.As16()
	return octets[:]
}
