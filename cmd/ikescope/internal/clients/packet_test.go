package clients

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/capture"
)

// sent4 and sent6 return a packet from a client to a gateway.
func sent4(message []byte) capture.Packet {
	return capture.Packet{Source: netip.MustParseAddrPort("192.0.2.10:500"), Destination: netip.MustParseAddrPort("198.51.100.7:500"), Octets: message}
}

func sent6(message []byte) capture.Packet {
	return capture.Packet{Source: netip.MustParseAddrPort("[2001:db8::10]:500"), Destination: netip.MustParseAddrPort("[2001:db8::7]:500"), Octets: message}
}

// pcapOf returns a pcap file of packets that follow one another by a second.
func pcapOf(t testing.TB, packets ...capture.Packet) []byte {
	t.Helper()
	var file bytes.Buffer
	w := capture.NewWriter(&file)
	for i, p := range packets {
		p.Time = time.Unix(1_700_000_000+int64(i), 0)
		if err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	return classic(t, &file)
}

// classic returns a file as pcap, whose headers have fixed places.
func classic(t testing.TB, file io.Reader) []byte {
	t.Helper()
	const raw = 101 // LINKTYPE_RAW
	out := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	for _, word := range []uint32{2 | 4<<16, 0, 0, 1 << 18, raw} {
		out = binary.LittleEndian.AppendUint32(out, word)
	}
	r, err := capture.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for {
		f, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []uint32{uint32(f.Time.Unix()), uint32(f.Time.Nanosecond() / 1000), uint32(len(f.Data)), uint32(f.Length)} {
			out = binary.LittleEndian.AppendUint32(out, word)
		}
		out = append(out, f.Data...)
	}
}

// Of a pcap file: its header, that of a packet, and an IPv4 header.
const pcapHeader, recordHeader, ipv4Header = 24, 16, 20

// withLink returns a pcap file that says another link type.
func withLink(file []byte, link uint32) []byte {
	file = slices.Clone(file)
	binary.LittleEndian.PutUint32(file[20:], link)
	return file
}

// firstFragment returns a pcap file that has, of its first IPv4 packet, the
// first fragment alone, with so many octets of the payload.
func firstFragment(file []byte, octets int) []byte {
	size := ipv4Header + octets
	file = slices.Clone(file[:pcapHeader+recordHeader+size])
	record, packet := file[pcapHeader:], file[pcapHeader+recordHeader:]
	binary.LittleEndian.PutUint32(record[8:], uint32(size))
	binary.LittleEndian.PutUint32(record[12:], uint32(size))
	binary.BigEndian.PutUint16(packet[2:], uint16(size))
	packet[6] = 0x20 // more fragments
	return file
}
