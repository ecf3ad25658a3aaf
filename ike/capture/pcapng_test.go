package capture

import (
	"bytes"
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
	d := dissect(t, ngOf(t, udpPacket(t, from4, to4, request(t))))
	if len(d.Tracker.SAs) != 1 {
		t.Fatalf("%+v", d.Counts)
	}
	if at := d.Tracker.SAs[0].First; at != time.Unix(1_700_000_000, 123456789).UTC() {
		t.Errorf("at %v", at)
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
