package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/report"
)

// A packet goes from who sent its datagram.
func TestPacketOf(t *testing.T) {
	at, local, remote := time.Unix(1_700_000_000, 0), netip.MustParseAddrPort("192.0.2.1:40000"), netip.MustParseAddrPort("198.51.100.7:4500")
	sent := initiator.Datagram{Time: at, Sent: true, Exchange: 7, Local: local, Remote: remote, Octets: []byte("request")}
	received := initiator.Datagram{Time: at, Exchange: 70000, Local: local, Remote: remote, Octets: []byte("response")}
	got := []capture.Packet{packetOf(sent), packetOf(received)}
	want := []capture.Packet{
		{Time: at, Source: local, Destination: remote, ID: 7, Octets: []byte("request")},
		{Time: at, Source: remote, Destination: local, ID: 70000, Octets: []byte("response")},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// scanPacket is what a pcap of a scan over IPv4 holds of a datagram.
type scanPacket struct {
	exchange uint16
	payload  []byte
}

func readScanPackets(t *testing.T, file []byte) []scanPacket {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var packets []scanPacket
	for {
		f, err := r.Next()
		if err == io.EOF {
			return packets
		}
		if err != nil {
			t.Fatal(err)
		}
		const udp = 20 + 8 // after both headers
		if len(f.Data) < udp || f.Data[0] != 0x45 {
			t.Fatalf("packet %d is not UDP over IPv4: %x", f.Number, f.Data)
		}
		packets = append(packets, scanPacket{binary.BigEndian.Uint16(f.Data[4:]), bytes.Clone(f.Data[udp:])})
	}
}

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
	packets := readScanPackets(t, file)
	if want := target.Cost.DatagramsSent + target.Cost.DatagramsReceived; len(packets) != want || want == 0 {
		t.Errorf("%d packets for %d datagrams", len(packets), want)
	}
	seen := map[uint16]bool{}
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
		if !seen[uint16(x.ID)] {
			t.Errorf("no packet of exchange %d", x.ID)
		}
	}
}
