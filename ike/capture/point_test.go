package capture

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
)

func newReader(t testing.TB, file []byte) *Reader {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A point keeps what it read of each file, with the counts of each.
func TestPointReads(t *testing.T) {
	one := udpPacket(t, from4, to4, iketest.Request())
	whole, cut := pcapOf(linkRaw, one, one), pcapOf(linkRaw, one, one)
	cut = cut[:len(cut)-1]
	var p Point
	p.File = "a"
	if err := p.Read(t.Context(), "a", newReader(t, whole)); err != nil {
		t.Fatal(err)
	}
	p.File = "b"
	err := p.Read(t.Context(), "b", newReader(t, cut))
	if err == nil || !strings.Contains(err.Error(), "packet 2: ") {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := p.Read(stopped, "c", newReader(t, whole)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	want := []File{{"a", Counts{Packets: 2, IKE: 2}, nil}, {"b", Counts{Packets: 1, IKE: 1}, err}, {"c", Counts{}, context.Canceled}}
	for i, f := range want {
		if i >= len(p.Files) || p.Files[i] != f {
			t.Fatalf("%+v\nwant %+v", p.Files, want)
		}
	}
	if m := p.Tracker.SAs[0].Exchanges[0].Request; m.File != "a" || m.Sent+m.Copies != 3 {
		t.Errorf("the request is of %s, %d sent, %d copies", m.File, m.Sent, m.Copies)
	}
}

// A datagram that lacks fragments at the end of a file is of that file.
func TestPointFinishesFiles(t *testing.T) {
	all := fragments4(udpPacket(t, from4, to4, iketest.Request()), 64)
	var p Point
	if err := p.Read(t.Context(), "a", newReader(t, pcapOf(linkRaw, all[0]))); err != nil {
		t.Fatal(err)
	}
	if p.Counts != (Counts{Packets: 1, IKE: 1, Incomplete: 1}) {
		t.Errorf("%+v", p.Counts)
	}
}

func TestFirstTime(t *testing.T) {
	one := udpPacket(t, from4, to4, iketest.Request())
	whole := pcapOf(linkRaw, one, one)
	for name, tt := range map[string]struct {
		file []byte
		want time.Time
	}{
		"whole": {whole, time.Unix(1_700_000_000, 0)},
		"empty": {whole[:24], time.Time{}},
		"cut":   {whole[:30], time.Time{}},
	} {
		if got, err := FirstTime(bytes.NewReader(tt.file)); err != nil || !got.Equal(tt.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, tt.want)
		}
	}
	if at, err := FirstTime(strings.NewReader("hello")); err != errNotCapture {
		t.Errorf("of text %v, %v", at, err)
	}
}

// A file continues the point whose files end before it begins; of several, the
// one named most like it.
func TestContinued(t *testing.T) {
	at := func(second int64) time.Time { return time.Unix(second, 0) }
	client := &Point{last: at(100), Files: []File{{Name: "client.pcap0"}}}
	gateway := &Point{last: at(100), Files: []File{{Name: "gateway.pcap0"}}}
	router := &Point{last: at(200), Files: []File{{Name: "router.pcap0"}, {Name: "router.pcap1"}}}
	timeless := &Point{Files: []File{{Name: "gateway.pcap2"}}}
	all := []*Point{client, gateway, router, timeless}
	for _, tt := range []struct {
		name  string
		first time.Time
		want  *Point
	}{
		{"gateway.pcap2", at(99), nil},
		{"gateway.pcap2", time.Time{}, nil},
		{"gateway.pcap2", at(100), gateway},
		{"client.pcap1", at(100), client},
		{"router.pcap2", at(199), client}, // as much alike as gateway, and before it
		{"router.pcap2", at(200), router},
		{"gateway.pcap1", at(200), gateway},
	} {
		if got := Continued(all, tt.name, tt.first); got != tt.want {
			t.Errorf("%s at %d: continues %d of the points, want %d", tt.name, tt.first.Unix(), slices.Index(all, got), slices.Index(all, tt.want))
		}
	}
	if got := Continued(nil, "gateway.pcap0", at(1)); got != nil {
		t.Errorf("%+v", got)
	}
	if len(all) != 4 || all[0] != client || all[3] != timeless {
		t.Error("the points were changed")
	}
}
