package main

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/report"
)

// packet is what a pcap holds of a datagram.
type packet struct {
	at           time.Time
	source, dest netip.AddrPort
	exchange     uint32
	payload      []byte
}

// readPackets reads a pcap file, and sums up what the checksums cover.
func readPackets(t *testing.T, file []byte) []packet {
	t.Helper()
	r, err := pcapgo.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if r.LinkType() != layers.LinkTypeRaw {
		t.Fatalf("link type %v", r.LinkType())
	}
	var packets []packet
	for {
		data, info, err := r.ReadPacketData()
		if err == io.EOF {
			return packets
		}
		if err != nil {
			t.Fatal(err)
		}
		first := layers.LayerTypeIPv4
		if data[0]>>4 == 6 {
			first = layers.LayerTypeIPv6
		}
		p := gopacket.NewPacket(data, first, gopacket.Default)
		if p.ErrorLayer() != nil {
			t.Fatal(p.ErrorLayer().Error())
		}
		udp := p.Layer(layers.LayerTypeUDP).(*layers.UDP)
		out := packet{at: info.Timestamp, payload: udp.Payload}
		from, to := p.NetworkLayer().NetworkFlow().Endpoints()
		source, _ := netip.AddrFromSlice(from.Raw())
		dest, _ := netip.AddrFromSlice(to.Raw())
		out.source = netip.AddrPortFrom(source, uint16(udp.SrcPort))
		out.dest = netip.AddrPortFrom(dest, uint16(udp.DstPort))
		pseudo := append(source.AsSlice(), dest.AsSlice()...)
		switch ip := p.NetworkLayer().(type) {
		case *layers.IPv4:
			out.exchange = uint32(ip.Id)
			if sum(ip.Contents) != 0xffff || int(ip.Length) != len(data) {
				t.Errorf("IPv4 header: sum %#x, length %d of %d", sum(ip.Contents), ip.Length, len(data))
			}
		case *layers.IPv6:
			out.exchange = ip.FlowLabel
			if int(ip.Length) != len(data)-40 {
				t.Errorf("IPv6 payload length %d of %d", ip.Length, len(data)-40)
			}
		}
		// RFC 768: the pseudo header is the addresses, the protocol and the
		// UDP length.
		covered := append(pseudo, 0, 17, byte(udp.Length>>8), byte(udp.Length))
		covered = append(append(covered, udp.Contents...), udp.Payload...)
		if got := sum(covered); got != 0xffff || int(udp.Length) != 8+len(udp.Payload) {
			t.Errorf("UDP: sum %#x, length %d of %d", got, udp.Length, 8+len(udp.Payload))
		}
		packets = append(packets, out)
	}
}

// sum is the ones' complement sum of RFC 1071, 0xffff where the checksum in b
// is right.
func sum(b []byte) uint32 {
	var s uint32
	for i, octet := range b {
		if i%2 == 0 {
			s += uint32(octet) << 8
		} else {
			s += uint32(octet)
		}
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return s
}

func TestCapture(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	long := bytes.Repeat([]byte{0xa5}, 65507)
	for name, d := range map[string]probe.Datagram{
		"sent over IPv4": {Time: at, Sent: true, Exchange: 7, Octets: []byte("odd"),
			Local: netip.MustParseAddrPort("192.0.2.1:40000"), Remote: netip.MustParseAddrPort("198.51.100.7:500")},
		"received over IPv4": {Time: at, Exchange: 65535, Octets: long,
			Local: netip.MustParseAddrPort("192.0.2.1:40000"), Remote: netip.MustParseAddrPort("198.51.100.7:4500")},
		"IPv4 in IPv6": {Time: at, Sent: true, Octets: []byte{0},
			Local: netip.MustParseAddrPort("[::ffff:192.0.2.1]:40000"), Remote: netip.MustParseAddrPort("198.51.100.7:500")},
		"sent over IPv6": {Time: at, Sent: true, Exchange: 70000, Octets: []byte("even"),
			Local: netip.MustParseAddrPort("[2001:db8::1]:40000"), Remote: netip.MustParseAddrPort("[2001:db8::7]:500")},
		"received with a zone": {Time: at, Exchange: 1, Octets: []byte("odd"),
			Local: netip.MustParseAddrPort("[fe80::1%eth0]:40000"), Remote: netip.MustParseAddrPort("[fe80::7%eth0]:500")},
		"empty": {Time: at, Local: netip.MustParseAddrPort("192.0.2.1:40000"), Remote: netip.MustParseAddrPort("198.51.100.7:500")},
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			c := newCapture(&file)
			c.add(d)
			if err := c.failed(); err != nil {
				t.Fatal(err)
			}
			packets := readPackets(t, file.Bytes())
			if len(packets) != 1 {
				t.Fatalf("%d packets", len(packets))
			}
			plain := func(a netip.AddrPort) netip.AddrPort {
				return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
			}
			source, dest := plain(d.Remote), plain(d.Local)
			if d.Sent {
				source, dest = dest, source
			}
			p := packets[0]
			if !p.at.Equal(at) || p.source != source || p.dest != dest || p.exchange != uint32(d.Exchange) || !bytes.Equal(p.payload, d.Octets) {
				t.Errorf("got %v %v > %v exchange %d, %d octets", p.at, p.source, p.dest, p.exchange, len(p.payload))
			}
		})
	}
}

func TestCaptureKeepsItsFirstError(t *testing.T) {
	c := newCapture(failingWriter{})
	c.add(probe.Datagram{Local: netip.MustParseAddrPort("192.0.2.1:1"), Remote: netip.MustParseAddrPort("192.0.2.2:2")})
	if err := c.failed(); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("got %v", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errNoRoom }

// TestPcapHoldsTheScan compares the pcap of a demo with its report.
func TestPcapHoldsTheScan(t *testing.T) {
	dir := t.TempDir()
	pcap, document := filepath.Join(dir, "demo.pcap"), filepath.Join(dir, "demo.json")
	var stderr lockedBuffer
	if code := runContext(context.Background(), []string{"demo", "-q", "--pcap", pcap, "-o", "json=" + document}, nil, io.Discard, &stderr); code != 0 {
		t.Fatalf("ended with %d: %s", code, stderr.String())
	}
	file, err := os.ReadFile(pcap)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := os.Open(document)
	if err != nil {
		t.Fatal(err)
	}
	defer saved.Close()
	doc, err := report.ReadJSON(saved)
	if err != nil {
		t.Fatal(err)
	}
	target := doc.Targets[0]
	packets := readPackets(t, file)
	if want := target.Cost.DatagramsSent + target.Cost.DatagramsReceived; len(packets) != want || want == 0 {
		t.Errorf("%d packets for %d datagrams", len(packets), want)
	}
	seen := map[uint32]bool{}
	for i, p := range packets {
		seen[p.exchange] = true
		octets := p.payload
		if inner, ok := ike.SplitNonESPMarker(octets); ok {
			octets = inner
		}
		if _, err := ike.ParseMessage(octets); err != nil {
			t.Errorf("packet %d: %v", i, err)
		}
	}
	for _, x := range target.Exchanges {
		if !seen[uint32(x.ID)] {
			t.Errorf("no packet of exchange %d", x.ID)
		}
	}
}
