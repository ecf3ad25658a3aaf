package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
)

// A length that no packet has is none below zero, where an int has 32 bits.
func TestLengthOnTheLink(t *testing.T) {
	file := pcapOf(linkRaw, []byte{1, 2, 3})
	binary.LittleEndian.PutUint32(file[24+12:], math.MaxUint32)
	if f, err := newReader(t, file).Next(); err != nil || f.Length != math.MaxInt32 || len(f.Data) != 3 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestReaderFaults(t *testing.T) {
	whole := pcapOf(101, udpPacket(t, from4, to4, iketest.Request()))
	ng := ngOf(t, udpPacket(t, from4, to4, iketest.Request()))
	large := slices.Clone(whole)
	binary.LittleEndian.PutUint32(large[24+8:], maxFrame+1)
	version := slices.Clone(whole)
	version[4] = 3
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "it is empty"},
		{"text", []byte("hello, world"), "not a pcap or pcapng file"},
		{"gzip", []byte{0x1f, 0x8b, 8, 0, 0}, "gzip file: unpack it first"},
		{"xz", []byte("\xfd7zXZ\x00\x00\x04"), "but an xz file: unpack it first"},
		{"zstd", []byte("\x28\xb5\x2f\xfd\x04"), "but a zstd file: unpack it first"},
		{"snoop", []byte("snoop\x00\x00\x00\x00\x00\x00\x02"), "but a snoop file: convert it with editcap"},
		{"modified pcap", []byte("\x34\xcd\xb2\xa1\x02\x00"), "but a modified pcap file: convert it with editcap"},
		{"Network Monitor", []byte("GMBU\x00\x02"), "a file of Network Monitor"},
		{"header", whole[:20], "file header: the file ends within it"},
		{"version", version, "version 3.4 of pcap is not known"},
		{"record header", whole[:30], "packet 1: the file ends within it"},
		{"record", whole[:len(whole)-1], "packet 1: the file ends within it"},
		{"large", large, "packet 1: it says that it has 262145 octets, more than the 262144"},
		{"block", ng[:len(ng)-5], "packet 1: the file ends within it"},
		{"section", ng[:10], "packet 1: section header: the file ends within it"},
	} {
		r, err := NewReader(bytes.NewReader(tt.file))
		for err == nil {
			_, err = r.Next()
		}
		if err == io.EOF || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if r == nil {
			continue
		}
		if _, again := r.Next(); again != err {
			t.Errorf("%s: then %v, want %v again", tt.name, again, err)
		}
	}
}
