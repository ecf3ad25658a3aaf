package ike

import (
	"bytes"
	"testing"
)

func TestNonESPMarker(t *testing.T) {
	if got := AppendNonESPMarker([]byte{7}); !bytes.Equal(got, []byte{7, 0, 0, 0, 0}) {
		t.Errorf("marker: got %x", got)
	}
	for _, c := range []struct {
		name      string
		datagram  string
		ike       string
		ok        bool
		keepalive bool
	}{
		{"message", "000000000102", "0102", true, false},
		{"marker alone", "00000000", "", true, false},
		{"ESP", "000000010102", "", false, false},
		{"keepalive", "ff", "", false, true},
		{"two octets", "ffff", "", false, false},
		{"other octet", "00", "", false, false},
		{"empty", "", "", false, false},
	} {
		datagram := unhex(t, c.datagram)
		ike, ok := SplitNonESPMarker(datagram)
		if ok != c.ok || !bytes.Equal(ike, unhex(t, c.ike)) {
			t.Errorf("%s: got %x, %v", c.name, ike, ok)
		}
		if got := IsKeepalive(datagram); got != c.keepalive {
			t.Errorf("%s: keepalive %v", c.name, got)
		}
	}
}

func FuzzSplitNonESPMarker(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 1, 2})
	f.Add([]byte{0xff})
	f.Fuzz(func(t *testing.T, datagram []byte) {
		if ike, ok := SplitNonESPMarker(datagram); ok {
			if IsKeepalive(datagram) || !bytes.Equal(append(AppendNonESPMarker(nil), ike...), datagram) {
				t.Fatalf("%x was split into %x", datagram, ike)
			}
		}
	})
}
