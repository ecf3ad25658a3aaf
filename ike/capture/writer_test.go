package capture

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/ikescope/ikescope/ike/iketest"
)

// readPackets reads a pcapng file with gopacket, and sums up what the checksums
// cover.
func readPackets(t *testing.T, file []byte) []Packet {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	if r.LinkType() != layers.LinkTypeRaw {
		t.Fatalf("link type %v", r.LinkType())
	}
	var packets []Packet
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
		out := Packet{Time: info.Timestamp, Octets: udp.Payload}
		from, to := p.NetworkLayer().NetworkFlow().Endpoints()
		source, _ := netip.AddrFromSlice(from.Raw())
		dest, _ := netip.AddrFromSlice(to.Raw())
		out.Source = netip.AddrPortFrom(source, uint16(udp.SrcPort))
		out.Destination = netip.AddrPortFrom(dest, uint16(udp.DstPort))
		pseudo := append(source.AsSlice(), dest.AsSlice()...)
		switch ip := p.NetworkLayer().(type) {
		case *layers.IPv4:
			out.ID = uint32(ip.Id)
			if sum(ip.Contents) != 0xffff || int(ip.Length) != len(data) {
				t.Errorf("IPv4 header: sum %#x, length %d of %d", sum(ip.Contents), ip.Length, len(data))
			}
		case *layers.IPv6:
			out.ID = ip.FlowLabel
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

func TestWriter(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	long4, long6 := bytes.Repeat([]byte{0xa5}, 65507), bytes.Repeat([]byte{0xa5}, 65527)
	address := netip.MustParseAddrPort
	for name, p := range map[string]Packet{
		"IPv4":         {Time: at, ID: 7, Octets: []byte("odd"), Source: address("192.0.2.1:40000"), Destination: address("198.51.100.7:500")},
		"long":         {Time: at, ID: 65535, Octets: long4, Source: address("198.51.100.7:4500"), Destination: address("192.0.2.1:40000")},
		"IPv4 in IPv6": {Time: at, Octets: []byte{0}, Source: address("[::ffff:192.0.2.1]:40000"), Destination: address("198.51.100.7:500")},
		"IPv6":         {Time: at, ID: 70000, Octets: []byte("even"), Source: address("[2001:db8::1]:40000"), Destination: address("[2001:db8::7]:500")},
		"long IPv6":    {Time: at, Octets: long6, Source: address("[2001:db8::7]:500"), Destination: address("[2001:db8::1]:40000")},
		"zone":         {Time: at, ID: 1, Octets: []byte("odd"), Source: address("[fe80::7%eth0]:500"), Destination: address("[fe80::1%eth0]:40000")},
		"empty":        {Time: at, Source: address("198.51.100.7:500"), Destination: address("192.0.2.1:40000")},
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			w := NewWriter(&file)
			if err := w.Write(p); err != nil || w.Err() != nil {
				t.Fatalf("%v, then %v", err, w.Err())
			}
			packets := readPackets(t, file.Bytes())
			if len(packets) != 1 {
				t.Fatalf("%d packets", len(packets))
			}
			plain := func(a netip.AddrPort) netip.AddrPort {
				return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
			}
			want := p
			want.Source, want.Destination = plain(p.Source), plain(p.Destination)
			got := packets[0]
			if !got.Time.Equal(at) || got.Source != want.Source || got.Destination != want.Destination || got.ID != want.ID || !bytes.Equal(got.Octets, want.Octets) {
				t.Errorf("got %v %v > %v, ID %d, %d octets", got.Time, got.Source, got.Destination, got.ID, len(got.Octets))
			}
		})
	}
}

// TestWriterComments: a comment is there for who reads options, whatever its length,
// and our own reader passes over it.
func TestWriterComments(t *testing.T) {
	for _, comment := range []string{"", "a", "ab", "abc", "exchange 12: accepted, \u00e9", strings.Repeat("\u00e9", 2049)} {
		var file bytes.Buffer
		w := NewWriter(&file)
		p := Packet{Time: time.Unix(1, 5), Octets: []byte{1, 2, 3}, Source: from4, Destination: to4, Comment: comment}
		if err := errors.Join(w.Write(p), w.Write(p)); err != nil {
			t.Fatal(err)
		}
		want := comment
		if len(comment) > longestComment {
			want = comment[:longestComment]
		}
		if got := bytes.Count(file.Bytes(), []byte(want)); want != "" && got != 2 {
			t.Errorf("%.30q is there %d times", comment, got)
		}
		if got := readPackets(t, file.Bytes()); len(got) != 2 || !got[1].Time.Equal(p.Time) || !bytes.Equal(got[1].Octets, p.Octets) {
			t.Errorf("%.30q: another reader has %+v", comment, got)
		}
		r, err := NewReader(&file)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if f, err := r.Next(); err != nil || len(f.Data) != ipv4HeaderLen+udpHeaderLen+3 {
				t.Errorf("%.30q: %d octets, %v", comment, len(f.Data), err)
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%.30q: after the packets: %v", comment, err)
		}
	}
	if got := cut("a\u00e9", 2); got != "a" {
		t.Errorf("cut within a character: %q", got)
	}
}

// TestWriterTCP: what is written of a stream is read again, whichever side begins and
// however long a message is.
func TestWriterTCP(t *testing.T) {
	client, server := netip.MustParseAddrPort("192.0.2.1:40000"), netip.MustParseAddrPort("198.51.100.7:4500")
	marked := append(make([]byte, 4), iketest.Request()...)
	var file bytes.Buffer
	w := NewWriter(&file)
	for i, p := range []Packet{
		{Source: client, Destination: server, Octets: marked},
		{Source: server, Destination: client, Octets: marked},
		{Source: client, Destination: server, Octets: bytes.Repeat([]byte{0xa5}, 65533)}, // as of ESP
		{Source: client, Destination: server, Octets: marked},
	} {
		p.TCP, p.ID = true, uint32(i)
		if err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	d := dissect(t, file.Bytes())
	if want := (Counts{Packets: 5, IKE: 3, ESP: 1}); d.Counts != want {
		t.Errorf("%+v, want %+v", d.Counts, want)
	}
	if sa := d.Tracker.SAs[0]; !sa.Paths[0].TCP || !bytes.Contains(file.Bytes(), []byte(streamPrefix)) || bytes.Count(file.Bytes(), []byte(streamPrefix)) != 1 {
		t.Errorf("%+v", sa.Paths)
	}
	if err := w.Write(Packet{Source: client, Destination: server, TCP: true, Octets: make([]byte, 65534)}); err == nil {
		t.Error("a message that RFC 9329 cannot frame is written")
	}
}

func TestWriterKeepsItsFirstError(t *testing.T) {
	noRoom := errors.New("no room")
	short := Packet{Octets: []byte{1}, Source: from4, Destination: to4}
	long4, long6 := short, short
	long4.Octets = make([]byte, 65508)
	long6.Octets, long6.Source, long6.Destination = make([]byte, 65528), from6, to6
	for _, tt := range []struct {
		name   string
		out    writerFunc
		packet Packet
		want   string
	}{
		{"file header", func([]byte) (int, error) { return 0, noRoom }, short, "no room"},
		{"packet", afterFirst(noRoom), short, "no room"},
		{"too long", io.Discard.Write, long4, "65508 octets is longer than the 65507"},
		{"too long for IPv6", io.Discard.Write, long6, "65528 octets is longer than the 65527"},
	} {
		w := NewWriter(tt.out)
		err := w.Write(tt.packet)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if again := w.Write(short); again != err || w.Err() != err {
			t.Errorf("%s: then %v and %v, want %v again", tt.name, again, w.Err(), err)
		}
	}
}

// afterFirst takes what is written first, and fails from then on.
func afterFirst(err error) writerFunc {
	calls := 0
	return func(b []byte) (int, error) {
		if calls++; calls > 1 {
			return 0, err
		}
		return len(b), nil
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
