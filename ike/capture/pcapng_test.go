package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/ikescope/ikescope/ike/iketest"
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
	d := dissect(t, ngOf(t, udpPacket(t, from4, to4, iketest.Request())))
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

// ngBlock returns a block of pcapng in that byte order.
func ngBlock(order binary.AppendByteOrder, kind uint32, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	length := uint32(len(body) + 12)
	b := order.AppendUint32(order.AppendUint32(nil, kind), length)
	return order.AppendUint32(append(b, body...), length)
}

func words(order binary.AppendByteOrder, all ...uint32) []byte {
	var b []byte
	for _, w := range all {
		b = order.AppendUint32(b, w)
	}
	return b
}

// ngSection returns a Section Header Block of version 1.0.
func ngSection(order binary.AppendByteOrder) []byte {
	version := order.AppendUint16(order.AppendUint16(nil, 1), 0)
	return ngBlock(order, magicSection, words(order, magicByteOrder), version, words(order, math.MaxUint32, math.MaxUint32))
}

// ngRaw returns an Interface Description Block of LINKTYPE_RAW.
func ngRaw(order binary.AppendByteOrder, snap uint32, options ...[]byte) []byte {
	link := order.AppendUint16(order.AppendUint16(nil, linkRaw), 0)
	return ngBlock(order, blockInterface, append([][]byte{link, words(order, snap)}, options...)...)
}

func ngOption(order binary.AppendByteOrder, code uint16, value ...byte) []byte {
	b := append(order.AppendUint16(order.AppendUint16(nil, code), uint16(len(value))), value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// Each kind of block, in both byte orders, with sections, interfaces and options
// of all kinds.
func TestPcapngBlocks(t *testing.T) {
	packet := []byte("0123456789")
	for _, order := range []interface {
		binary.ByteOrder
		binary.AppendByteOrder
	}{binary.LittleEndian, binary.BigEndian} {
		offset := order.AppendUint64(nil, 1_700_000_000)
		enhanced := func(index, high, low uint32) []byte {
			return ngBlock(order, blockEnhancedPacket, words(order, index, high, low, uint32(len(packet)), 99), packet)
		}
		file := slices.Concat(
			ngSection(order),
			ngBlock(order, 0x0bad, []byte("of a kind that nobody knows")),
			ngRaw(order, 0),
			ngRaw(order, 4, ngOption(order, 2, []byte("eth0")...), ngOption(order, optionResolution, 9), ngOption(order, 0)),
			ngRaw(order, 0, ngOption(order, optionResolution, 0x81), ngOption(order, optionOffset, offset...)),
			enhanced(0, 0x60a24, 0x181e4000), // 1700000000 s in microseconds
			enhanced(1, 0, 1_500_000_000),
			enhanced(2, 0, 3),                           // halves of a second
			enhanced(0, math.MaxUint32, math.MaxUint32), // in no calendar
			ngBlock(order, blockPacket, order.AppendUint16(order.AppendUint16(nil, 1), 0), words(order, 0, 7, uint32(len(packet)), uint32(len(packet))), packet),
			ngBlock(order, blockSimplePacket, words(order, uint32(len(packet))), packet),
			ngSection(order),
			ngRaw(order, 4),
			ngBlock(order, blockSimplePacket, words(order, 99), packet[:4]),
		)
		want := []Frame{
			{1, time.Unix(1_700_000_000, 0).UTC(), linkRaw, packet, 99},
			{2, time.Unix(1, 500_000_000).UTC(), linkRaw, packet, 99},
			{3, time.Unix(1_700_000_001, 500_000_000).UTC(), linkRaw, packet, 99},
			{4, time.Time{}, linkRaw, packet, 99},
			{5, time.Unix(0, 7).UTC(), linkRaw, packet, 10},
			{6, time.Time{}, linkRaw, packet, 10},
			{7, time.Time{}, linkRaw, packet[:4], 99},
		}
		r := newReader(t, file)
		for _, want := range want {
			got, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if got.Number != want.Number || got.Time != want.Time || got.Link != want.Link || !bytes.Equal(got.Data, want.Data) || got.Length != want.Length {
				t.Errorf("%v: %+v\nwant %+v", order, got, want)
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%v: at the end %v", order, err)
		}
	}
}

// What is wrong with a file is said, and nothing is believed.
func TestPcapngFaults(t *testing.T) {
	order := binary.LittleEndian
	section, raw := ngSection(order), ngRaw(order, 0)
	patched := func(b []byte, at int, word uint32) []byte {
		b = slices.Clone(b)
		order.PutUint32(b[at:], word)
		return b
	}
	enhanced := func(index, size uint32) []byte {
		return ngBlock(order, blockEnhancedPacket, words(order, index, 0, 0, size, size), make([]byte, 8))
	}
	for _, tt := range []struct {
		file []byte
		want string
	}{
		{patched(section, 8, 1), "section header: it has no byte order"},
		{patched(section, 12, 2), "section header: version 2.0 of pcapng is not known"},
		{patched(section, 4, 16), "section header: it says that it has 16 octets"},
		{section[:20], "section header: the file ends within it"},
		{join(section, []byte{1, 2, 3}), "the file ends in the head of a block"},
		{join(section, words(order, 5, 8)), "a block says that it has 8 octets"},
		{join(section, words(order, 5, 14)), "a block says that it has 14 octets"},
		{join(section, words(order, 5, 1<<31)), "the file ends within a block"},
		{join(section, words(order, blockEnhancedPacket, 1<<31)), "a block says that it has 2147483648 octets, more than the"},
		{join(section, words(order, blockEnhancedPacket, 64)), "the file ends within it"},
		{join(section, ngBlock(order, blockInterface, words(order, linkRaw))), "an interface block is too short"},
		{join(section, ngRaw(order, 0, ngOption(order, optionResolution, 20))), "an interface has a time resolution of 0x14"},
		{join(section, ngRaw(order, 0, ngOption(order, optionResolution, 0xc0))), "an interface has a time resolution of 0xc0"},
		{join(section, slices.Repeat(raw, maxInterfaces+1)), "there are more than 4096 interfaces"},
		{join(section, ngBlock(order, blockEnhancedPacket, words(order, 0, 0))), "its block is too short"},
		{join(section, raw, enhanced(1, 8)), "it refers to interface 1, "},
		{join(section, raw, section, enhanced(0, 8)), "it refers to interface 0, "},
		{join(section, raw, enhanced(0, 9)), "it says that it has 9 octets, and its block has 8"},
		{join(section, raw, enhanced(0, math.MaxUint32)), "it says that it has 4294967295 octets, and its block has 8"},
	} {
		r := newReader(t, tt.file)
		f, err := r.Next()
		if err == nil || !strings.HasPrefix(err.Error(), "packet 1: "+tt.want) {
			t.Errorf("%+v, %v; want %q", f, err, tt.want)
		}
	}
}
