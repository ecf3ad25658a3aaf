package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

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
