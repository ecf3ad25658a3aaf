package ike

import (
	"testing"
)

const headerOctets = "0102030405060708 1112131415161718 21 25 2b 28 a1b2c3d4 0000abcd"

var headerValue = Header{
	SPIi:         SPI{1, 2, 3, 4, 5, 6, 7, 8},
	SPIr:         SPI{0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18},
	MajorVersion: 2,
	MinorVersion: 5,
	Exchange:     IKE_INTERMEDIATE,
	Flags:        FlagInitiator | FlagResponse,
	MessageID:    0xa1b2c3d4,
}

func TestParseHeader(t *testing.T) {
	octets := unhex(t, headerOctets)
	h, next, length, err := ParseHeader(append(octets, "more"...))
	if err != nil {
		t.Fatal(err)
	}
	if h != headerValue || next != PayloadSA || length != 0xabcd {
		t.Errorf("got %+v, first %v, length %#x", h, next, length)
	}
	for n := range octets {
		if _, _, _, err := ParseHeader(octets[:n:n]); err == nil {
			t.Errorf("a prefix of %d octets was read", n)
		}
	}
}

func TestAppendHeader(t *testing.T) {
	b, err := headerValue.append(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := unhex(t, headerOctets)
	want[16] = 0
	clear(want[24:])
	if string(b) != string(want) {
		t.Errorf("\n got %x\nwant %x", b, want)
	}
}

func TestSPIString(t *testing.T) {
	if got := headerValue.SPIr.String(); got != "1112131415161718" {
		t.Errorf("got %s", got)
	}
}

func FuzzParseHeader(f *testing.F) {
	for _, datagram := range datagrams(f) {
		f.Add(datagram)
	}
	f.Add(unhex(f, headerOctets))
	f.Fuzz(func(t *testing.T, datagram []byte) {
		h, next, length, err := ParseHeader(datagram)
		if err != nil {
			if len(datagram) >= HeaderLen {
				t.Fatal(err)
			}
			return
		}
		b, err := h.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		b[16] = byte(next)
		b[24], b[25], b[26], b[27] = byte(length>>24), byte(length>>16), byte(length>>8), byte(length)
		if string(b) != string(datagram[:HeaderLen]) {
			t.Fatalf("\n got %x\nwant %x", b, datagram[:HeaderLen])
		}
	})
}
