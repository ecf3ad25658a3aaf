package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
)

var updateCaptures = flag.Bool("update", false, "write the texts of testdata/captures")

const captures = "../../testdata/captures"

func readCaptureFile(t testing.TB, file []byte, ports ...uint16) *dissector {
	t.Helper()
	p, err := readPlace(file, ports)
	if err != nil {
		t.Fatal(err)
	}
	return p.dissector
}

// readPlace reads one file. The place is nil if this is no capture.
func readPlace(file []byte, ports []uint16) (*place, error) {
	r, err := newCaptureReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	p := &place{dissector: newDissector(ports)}
	return p, p.read(context.Background(), r)
}

func tell(d *dissector) *report.Capture {
	files := []report.CaptureFile{{Name: "FILE", Complete: true, Counts: d.counts}}
	return report.NewCapture(report.Tool{Name: "ikescope", Version: "0"}, []report.CaptureView{{Files: files, SAs: d.tracker.SAs, Omitted: d.tracker.Omitted}})
}

// TestCaptures tells real captures. The verdicts follow from how each was set
// up, see the README beside them.
func TestCaptures(t *testing.T) {
	want := map[string]string{
		"nat-client":                   "works GOES-ON",
		"nat-gateway":                  "works GOES-ON",
		"wrong-key":                    "fails: authentication AUTH-REFUSED",
		"no-proposal":                  "fails: negotiation NO_PROPOSAL_CHOSEN",
		"invalid-ke":                   "fails: negotiation CHILD-REFUSED",
		"4500-dropped":                 "fails: network 4500-NO-ANSWER",
		"ip-fragments":                 "fails: authentication AUTH-REFUSED",
		"ip-fragments-dropped-client":  "fails: network IP-FRAGMENTS-DROPPED",
		"ip-fragments-dropped-gateway": "fails: network IP-FRAGMENTS-LOST",
		"ike-fragments":                "fails: authentication AUTH-REFUSED",
		"libreswan-ipv6":               "unknown AUTH-ANSWERED",
		"no-answer":                    "fails: network NO-ANSWER",
		"port-unreachable":             "fails: network ICMP",
		"cookie":                       "works GOES-ON",
		"rekey":                        "works GOES-ON; works REKEYED; works REKEYED",
		"gateway-gone":                 "fails: network PEER-GONE",
		"one-direction":                "unknown ONE-SIDED",
		"ikev1":                        "fails: negotiation IKEV1-REFUSED",
		"eap-wrong-password":           "fails: authentication AUTH-ENDED",
	}
	files, err := filepath.Glob(filepath.Join(captures, "*.pcap"))
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d captures, want %d (%v)", len(files), len(want), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".pcap")
		t.Run(name, func(t *testing.T) {
			octets, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc := tell(readCaptureFile(t, octets))
			var verdicts []string
			for _, sa := range doc.SAs {
				verdicts = append(verdicts, sa.Verdict.String()+" "+sa.Verdict.ID)
			}
			if got := strings.Join(verdicts, "; "); got != want[name] {
				t.Errorf("verdict %s, want %s", got, want[name])
			}
			var text bytes.Buffer
			if err := report.WriteCaptureText(&text, doc, report.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".pcap") + ".txt"
			if *updateCaptures {
				if err := os.WriteFile(golden, text.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			wantText, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(wantText), text.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// A request is an IKE_SA_INIT that is no larger than a packet.
func request(t testing.TB) []byte {
	t.Helper()
	m := &ike.Message{
		Header: ike.Header{SPIi: ike.SPI{1, 2, 3, 4, 5, 6, 7, 8}, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator},
		Payloads: []ike.Payload{&ike.SA{Proposals: []ike.Proposal{{Number: 1, Protocol: ike.ProtocolIKE, Transforms: []ike.Transform{
			{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_GCM_16), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}},
			{Type: ike.TransformPRF, ID: uint16(ike.PRF_HMAC_SHA2_384)},
			{Type: ike.TransformKE, ID: uint16(ike.KE_ECP_384)},
		}}}}, &ike.KE{Method: ike.KE_ECP_384, Data: make([]byte, 96)}, &ike.Nonce{Data: make([]byte, 32)}},
	}
	octets, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

var (
	from4, to4 = netip.MustParseAddrPort("192.0.2.10:500"), netip.MustParseAddrPort("198.51.100.7:500")
	from6, to6 = netip.MustParseAddrPort("[2001:db8::10]:500"), netip.MustParseAddrPort("[2001:db8::7]:500")
)

// udpPacket returns a datagram as an IP packet.
func udpPacket(t testing.TB, from, to netip.AddrPort, payload []byte) []byte {
	t.Helper()
	udp := &layers.UDP{SrcPort: layers.UDPPort(from.Port()), DstPort: layers.UDPPort(to.Port())}
	var ip gopacket.SerializableLayer
	if from.Addr().Is4() {
		v4 := &layers.IPv4{Version: 4, TTL: 64, Id: 77, Protocol: layers.IPProtocolUDP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
		_ = udp.SetNetworkLayerForChecksum(v4)
		ip = v4
	} else {
		v6 := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolUDP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
		_ = udp.SetNetworkLayerForChecksum(v6)
		ip = v6
	}
	return serialize(t, ip, udp, gopacket.Payload(payload))
}

func serialize(t testing.TB, all ...gopacket.SerializableLayer) []byte {
	t.Helper()
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		t.Fatal(err)
	}
	return slices.Clone(buf.Bytes())
}

// pcapOf returns a pcap file. Its header is our own, since pcapgo has no link
// types above 255.
func pcapOf(link uint32, packets ...[]byte) []byte {
	order := binary.LittleEndian
	b := order.AppendUint32(nil, magicMicroseconds)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = order.AppendUint32(b, 262144)
	b = order.AppendUint32(b, link)
	for i, p := range packets {
		b = order.AppendUint32(b, 1_700_000_000+uint32(i))
		b = order.AppendUint32(b, 0)
		b = order.AppendUint32(b, uint32(len(p)))
		b = order.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

// Each link type carries the same request.
func TestLinkTypes(t *testing.T) {
	v4, v6 := udpPacket(t, from4, to4, request(t)), udpPacket(t, from6, to6, request(t))
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	ethernet := func(kind layers.EthernetType) *layers.Ethernet {
		return &layers.Ethernet{SrcMAC: mac, DstMAC: mac, EthernetType: kind}
	}
	for name, tt := range map[string]struct {
		link   uint32
		packet []byte
	}{
		"Ethernet":      {1, serialize(t, ethernet(layers.EthernetTypeIPv4), gopacket.Payload(v4))},
		"Ethernet IPv6": {1, serialize(t, ethernet(layers.EthernetTypeIPv6), gopacket.Payload(v6))},
		"padding":       {1, serialize(t, ethernet(layers.EthernetTypeIPv4), gopacket.Payload(append(slices.Clone(v4), make([]byte, 20)...)))},
		"VLAN": {1, serialize(t, ethernet(layers.EthernetTypeDot1Q),
			&layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeIPv4}, gopacket.Payload(v4))},
		"QinQ": {1, serialize(t, ethernet(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 5, Type: layers.EthernetTypeDot1Q},
			&layers.Dot1Q{VLANIdentifier: 6, Type: layers.EthernetTypeIPv6}, gopacket.Payload(v6))},
		"raw IPv4":      {101, v4},
		"raw IPv6":      {101, v6},
		"raw, OpenBSD":  {14, v4},
		"LINKTYPE_IPV4": {228, v4},
		"LINKTYPE_IPV6": {229, v6},
		"null":          {0, join([]byte{2, 0, 0, 0}, v4)},
		"null, macOS":   {0, join([]byte{30, 0, 0, 0}, v6)},
		"loop":          {108, join([]byte{0, 0, 0, 24}, v6)},
		"SLL":           {113, join(make([]byte, 14), []byte{0x08, 0x00}, v4)},
		"SLL2":          {276, join([]byte{0x86, 0xdd}, make([]byte, 18), v6)},
		"tunnel": {101, serialize(t, &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolIPv6,
			SrcIP: from4.Addr().AsSlice(), DstIP: to4.Addr().AsSlice()}, gopacket.Payload(v6))},
		"IPv6 extension headers": {101, withExtensions(v6)},
	} {
		t.Run(name, func(t *testing.T) {
			d := readCaptureFile(t, pcapOf(tt.link, tt.packet))
			if len(d.tracker.SAs) != 1 || d.counts.IKE != 1 || d.counts.Unreadable != 0 {
				t.Fatalf("%d IKE SAs, %+v", len(d.tracker.SAs), d.counts)
			}
			m := d.tracker.SAs[0].Exchanges[0].Request
			if m.Octets != len(request(t)) || m.Fault != nil || m.Missing != 0 || m.Source != from4 && m.Source != from6 {
				t.Errorf("%d octets from %v, missing %d, %v", m.Octets, m.Source, m.Missing, m.Fault)
			}
		})
	}
	d := readCaptureFile(t, pcapOf(147, v4))
	if d.counts.Unreadable != 1 || len(d.tracker.SAs) != 0 {
		t.Errorf("of an unknown link type %d IKE SAs, %+v", len(d.tracker.SAs), d.counts)
	}
}

// withExtensions puts Hop-by-Hop, Routing and Destination Options headers, and
// an atomic fragment header, into an IPv6 packet with UDP.
func withExtensions(packet []byte) []byte {
	const hop, routing, fragment, destination, udp = 0, 43, 44, 60, 17
	headers := join(
		[]byte{routing, 0, 1, 4, 0, 0, 0, 0},
		[]byte{fragment, 0, 4, 0, 0, 0, 0, 0},
		[]byte{destination, 0, 0, 0, 0, 0, 0, 9},
		[]byte{udp, 0, 1, 4, 0, 0, 0, 0})
	out := join(packet[:40], headers, packet[40:])
	out[6] = hop
	binary.BigEndian.PutUint16(out[4:], uint16(len(out)-40))
	return out
}

// fragments4 cuts an IPv4 packet into fragments of at most size octets.
func fragments4(packet []byte, size int) [][]byte {
	var out [][]byte
	for payload, offset := packet[20:], 0; len(payload) > 0; {
		n := min(size, len(payload))
		f := join(packet[:20], payload[:n])
		binary.BigEndian.PutUint16(f[2:], uint16(len(f)))
		more := uint16(0)
		if n < len(payload) {
			more = 0x2000
		}
		binary.BigEndian.PutUint16(f[6:], more|uint16(offset/8))
		out = append(out, f)
		payload, offset = payload[n:], offset+n
	}
	return out
}

func fragments6(packet []byte, size int) [][]byte {
	var out [][]byte
	for payload, offset := packet[40:], 0; len(payload) > 0; {
		n := min(size, len(payload))
		more := byte(0)
		if n < len(payload) {
			more = 1
		}
		f := join(packet[:40], []byte{17, 0, byte(offset >> 8), byte(offset) | more, 0, 0, 0, 77}, payload[:n])
		f[6] = 44
		binary.BigEndian.PutUint16(f[4:], uint16(len(f)-40))
		out = append(out, f)
		payload, offset = payload[n:], offset+n
	}
	return out
}

// Fragments are put together in any order, with copies, and not across a hole.
func TestIPFragments(t *testing.T) {
	for name, all := range map[string][][]byte{
		"IPv4": fragments4(udpPacket(t, from4, to4, request(t)), 64),
		"IPv6": fragments6(udpPacket(t, from6, to6, request(t)), 64),
	} {
		n := len(all)
		backwards := slices.Clone(all)
		slices.Reverse(backwards)
		for order, packets := range map[string][][]byte{
			"in order": all, "backwards": backwards, "with copies": append(append([][]byte{all[n-1]}, all...), all[0]),
		} {
			d := readCaptureFile(t, pcapOf(101, packets...))
			if len(d.tracker.SAs) != 1 || d.counts.Reassembled != 1 {
				t.Errorf("%s %s: %d IKE SAs, %+v", name, order, len(d.tracker.SAs), d.counts)
				continue
			}
			m := d.tracker.SAs[0].Exchanges[0].Request
			if m.Octets != len(request(t)) || m.Fault != nil || m.Lost || m.IPFragments != n {
				t.Errorf("%s %s: %+v", name, order, m)
			}
		}
		d := readCaptureFile(t, pcapOf(101, append(slices.Clone(all[:1]), all[2:]...)...))
		if d.counts.Incomplete != 1 || d.counts.Reassembled != 0 || len(d.tracker.SAs) != 1 {
			t.Fatalf("%s with a hole: %+v", name, d.counts)
		}
		if m := d.tracker.SAs[0].Exchanges[0].Request; !m.Lost || m.Missing != len(request(t))-(64-8) || m.Octets != len(request(t)) {
			t.Errorf("%s with a hole: %+v", name, m)
		}
	}
}

// An overlap does not replace what came first.
func TestIPFragmentsOverlap(t *testing.T) {
	all := fragments4(udpPacket(t, from4, to4, request(t)), 64)
	forged := slices.Clone(all[1])
	copy(forged[20:], make([]byte, 64))
	binary.BigEndian.PutUint16(forged[6:], 0x2000|9) // 8 octets later
	d := readCaptureFile(t, pcapOf(101, append([][]byte{all[0], all[1], forged}, all[2:]...)...))
	if d.counts.Reassembled != 1 || d.tracker.SAs[0].Exchanges[0].Request.Fault != nil {
		t.Errorf("%+v", d.counts)
	}
}

// Many unfinished packets take no more memory than a few.
func TestIPFragmentsBounded(t *testing.T) {
	var r reassembler
	for i := range 4 * maxWaiting {
		r.add(ipPacket{source: from4.Addr(), destination: to4.Addr(), payload: make([]byte, 40000)}, uint32(i), 0, true)
	}
	if len(r.waiting) > maxWaiting || r.octets > maxWaitingOctets+40000 || len(r.order) != len(r.waiting) {
		t.Errorf("%d packets of %d octets wait", len(r.waiting), r.octets)
	}
	if left := r.all(); len(r.waiting) != 0 || r.octets != 0 || len(left) == 0 {
		t.Errorf("%d packets of %d octets are left", len(r.waiting), r.octets)
	}
}

// ngOf writes a pcapng file with packets of two interfaces.
func ngOf(t testing.TB, packets ...[]byte) []byte {
	t.Helper()
	var file bytes.Buffer
	first := pcapgo.NgInterface{Name: "a", LinkType: layers.LinkTypeEthernet, SnapLength: 0}
	w, err := pcapgo.NewNgWriterInterface(&file, first, pcapgo.DefaultNgWriterOptions)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.AddInterface(pcapgo.NgInterface{Name: "b", LinkType: layers.LinkTypeRaw})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		info := gopacket.CaptureInfo{Timestamp: time.Unix(1_700_000_000, 123456789), CaptureLength: len(p), Length: len(p), InterfaceIndex: second}
		if err := w.WritePacket(info, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestPcapng(t *testing.T) {
	d := readCaptureFile(t, ngOf(t, udpPacket(t, from4, to4, request(t))))
	if len(d.tracker.SAs) != 1 {
		t.Fatalf("%+v", d.counts)
	}
	if at := d.tracker.SAs[0].First; at != time.Unix(1_700_000_000, 123456789).UTC() {
		t.Errorf("at %v", at)
	}
}

func TestCaptureFileFaults(t *testing.T) {
	whole := pcapOf(101, udpPacket(t, from4, to4, request(t)))
	ng := ngOf(t, udpPacket(t, from4, to4, request(t)))
	large := slices.Clone(whole)
	binary.LittleEndian.PutUint32(large[24+8:], maxFrame+1)
	version := slices.Clone(whole)
	version[4] = 3
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "not a pcap or pcapng file"},
		{"text", []byte("hello, world"), "not a pcap or pcapng file"},
		{"gzip", []byte{0x1f, 0x8b, 8, 0, 0}, "gzip file: unpack it first"},
		{"header", whole[:20], "file header: the file ends within it"},
		{"version", version, "version 3.4 of pcap is not known"},
		{"record header", whole[:30], "packet 1: the file ends within it"},
		{"record", whole[:len(whole)-1], "packet 1: the file ends within it"},
		{"large", large, "packet 1: it says that it has 262145 octets, more than the 262144"},
		{"block", ng[:len(ng)-5], "packet 1: the file ends within it"},
		{"section", ng[:10], "packet 1: section header: the file ends within it"},
	} {
		r, err := newCaptureReader(bytes.NewReader(tt.file))
		for err == nil {
			_, err = r.read()
		}
		if errors.Is(err, io.EOF) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestUnitsPerSecond(t *testing.T) {
	for _, tt := range []struct {
		resolution byte
		want       uint64
		ok         bool
	}{{6, 1e6, true}, {9, 1e9, true}, {0, 1, true}, {19, 1e19, true}, {20, 0, false}, {0x8a, 1024, true}, {0xbf, 1 << 63, true}, {0xff, 0, false}} {
		if got, ok := unitsPerSecond(tt.resolution); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%#x: %d, %t", tt.resolution, got, ok)
		}
	}
}

// FuzzCapture reads what a stranger recorded: its JSON and text must be fit to
// look at.
func FuzzCapture(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(captures, "*.pcap"))
	for _, file := range files {
		octets, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets)
	}
	f.Add(ngOf(f, udpPacket(f, from4, to4, request(f))))
	f.Add(pcapOf(101, withExtensions(udpPacket(f, from6, to6, request(f)))))
	f.Add(pcapOf(101, fragments6(udpPacket(f, from6, to6, request(f)), 64)...))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, _ := readPlace(file, []uint16{0x101})
		if p == nil {
			return
		}
		doc := tell(p.dissector)
		var out bytes.Buffer
		if err := report.WriteCaptureText(&out, doc, report.TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && r < ' ' || r == 0x7f }) {
			t.Errorf("the text holds controls: %q", out.String())
		}
		out.Reset()
		if err := report.WriteJSON(&out, doc); err != nil || !json.Valid(out.Bytes()) {
			t.Errorf("JSON: %v", err)
		}
	})
}

// The help tells to capture with the filter of the manual.
func TestCaptureFilter(t *testing.T) {
	manual, err := os.ReadFile("../../docs/capture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(manual), "vpn.pcap '")
	filter, _, found := strings.Cut(rest, "'")
	cmd := new(app).captureCommand()
	for _, help := range []string{cmd.Long, cmd.Example} {
		if !found || !strings.Contains(strings.Join(strings.Fields(help), " "), filter) {
			t.Errorf("%s\nlacks the filter %s", help, filter)
		}
	}
}
