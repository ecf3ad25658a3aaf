package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/report"
)

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
