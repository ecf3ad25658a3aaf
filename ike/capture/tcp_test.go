package capture

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/ikescope/ikescope/ike/iketest"
)

// recordOf puts an IKE message into a record of a TCP stream.
func recordOf(message []byte) []byte {
	return join(be16(uint16(2+4+len(message))), make([]byte, 4), message)
}

func tcpPacket(t testing.TB, from, to netip.AddrPort, sequence uint32, syn bool, data []byte) []byte {
	t.Helper()
	ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
	tcp := &layers.TCP{SrcPort: layers.TCPPort(from.Port()), DstPort: layers.TCPPort(to.Port()), Seq: sequence, SYN: syn, ACK: !syn, Ack: 1}
	_ = tcp.SetNetworkLayerForChecksum(ip)
	return serialize(t, ip, tcp, gopacket.Payload(data))
}

// tcpStream cuts octets into segments, after one that begins the connection.
func tcpStream(t testing.TB, from, to netip.AddrPort, octets []byte, size int) [][]byte {
	t.Helper()
	const first = 1<<32 - 30 // so that the numbers begin again
	out := [][]byte{tcpPacket(t, from, to, first, true, nil)}
	for i := 0; i < len(octets); i += size {
		out = append(out, tcpPacket(t, from, to, first+1+uint32(i), false, octets[i:min(len(octets), i+size)]))
	}
	return out
}

func TestTCP(t *testing.T) {
	client, server := netip.MustParseAddrPort("192.0.2.10:40000"), netip.MustParseAddrPort("198.51.100.7:4500")
	esp := join(be16(2+40), binary.BigEndian.AppendUint32(nil, 0x1000), make([]byte, 36))
	begins := join([]byte(streamPrefix), recordOf(iketest.Request()), esp, esp)
	middle := join(recordOf(iketest.Request()), esp, esp)
	elsewhere := netip.MustParseAddrPort("198.51.100.7:443")
	for name, tt := range map[string]struct {
		segments [][]byte
		want     Counts
	}{
		"one segment":            {tcpStream(t, client, server, begins, 5000), Counts{IKE: 1, ESP: 2}},
		"small segments":         {tcpStream(t, client, server, begins, 3), Counts{IKE: 1, ESP: 2}},
		"out of order":           {swap(tcpStream(t, client, server, begins, 50), 2, 4), Counts{IKE: 1, ESP: 2}},
		"sent again":             {repeat(tcpStream(t, client, server, begins, 50)), Counts{IKE: 1, ESP: 2}},
		"of the responder":       {tcpStream(t, server, client, middle, 70), Counts{IKE: 1, ESP: 2}},
		"begins later":           {tcpStream(t, client, server, middle, 5000)[1:], Counts{IKE: 1, ESP: 2}},
		"begins within a record": {tcpStream(t, client, server, middle, 100)[2:], Counts{}},
		"another port":           {tcpStream(t, client, elsewhere, begins, 100)[1:], Counts{IKE: 1, ESP: 2}},
		"no IKE on another port": {tcpStream(t, client, elsewhere, middle, 100), Counts{}},
		"no records":             {tcpStream(t, client, server, []byte("IKETCP\x00\x00hello, world"), 5), Counts{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := dissect(t, pcapOf(linkRaw, tt.segments...))
			tt.want.Packets = len(tt.segments)
			if d.Counts != tt.want {
				t.Errorf("%+v, want %+v", d.Counts, tt.want)
			}
			if tt.want.IKE == 0 {
				return
			}
			sa := d.Tracker.SAs[0]
			if m := sa.Exchanges[0].Request; m.Octets != len(iketest.Request()) || !m.Marked || !sa.Paths[0].TCP {
				t.Errorf("%+v on %+v", m, sa.Paths)
			}
		})
	}
}

// A segment that the capture lacks costs what is in it, and no more.
func TestTCPGap(t *testing.T) {
	client, server := netip.MustParseAddrPort("192.0.2.10:40000"), netip.MustParseAddrPort("198.51.100.7:4500")
	segments := [][]byte{tcpPacket(t, client, server, 0, true, nil)}
	sequence := uint32(1)
	add := func(data []byte, captured bool) {
		if captured {
			segments = append(segments, tcpPacket(t, client, server, sequence, false, data))
		}
		sequence += uint32(len(data))
	}
	add(join([]byte(streamPrefix), recordOf(iketest.Request())), true)
	add(recordOf(iketest.Request()), false)
	for i := range byte(2 * maxSegments) {
		m := iketest.Request()
		m[20], m[7] = i, i+10 // another message
		add(recordOf(m), true)
	}
	d := dissect(t, pcapOf(linkRaw, segments...))
	if d.Counts.IKE != 1+2*maxSegments {
		t.Errorf("%+v", d.Counts)
	}
	for _, s := range d.streams.of {
		if len(s.early) > maxSegments || len(s.buf) > maxStreamOctets {
			t.Errorf("%d segments and %d octets are held", len(s.early), len(s.buf))
		}
	}
	for i := range uint16(2 * maxStreams) {
		d.Add(Frame{Link: linkRaw, Data: tcpPacket(t, netip.AddrPortFrom(client.Addr(), i+1), server, 7, true, nil)})
	}
	if len(d.streams.of) > maxStreams || len(d.streams.order) > maxStreams {
		t.Errorf("%d streams are held", len(d.streams.of))
	}
}

func swap(all [][]byte, i, j int) [][]byte {
	all[i], all[j] = all[j], all[i]
	return all
}

func repeat(all [][]byte) [][]byte {
	var out [][]byte
	for _, s := range all {
		out = append(out, s, slices.Clone(s))
	}
	return out
}

// A record that ends in the middle of nothing is not read beyond its end.
func TestTCPIsCut(t *testing.T) {
	client, server := netip.MustParseAddrPort("192.0.2.10:40000"), netip.MustParseAddrPort("198.51.100.7:4500")
	whole := join([]byte(streamPrefix), recordOf(iketest.Request()))
	for n := range whole {
		if d := dissect(t, pcapOf(linkRaw, tcpStream(t, client, server, whole[:n], 5000)...)); d.Counts.IKE != 0 {
			t.Errorf("a stream of %d octets holds a message", n)
		}
	}
}
