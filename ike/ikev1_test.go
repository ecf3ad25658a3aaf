package ike

import (
	"encoding/binary"
	"testing"
)

// Notifies of IKEv1 are read where they are not encrypted.
func TestIKEv1Notify(t *testing.T) {
	message := func(first, flags byte, payloads ...byte) []byte {
		b := append(make([]byte, 16), first, 0x10, 5, flags, 0, 0, 0, 1)
		return append(binary.BigEndian.AppendUint32(b, uint32(HeaderLen+len(payloads))), payloads...)
	}
	notification := []byte{0, 0, 0, 12, 0, 0, 0, 1, 1, 0, 0, 14}
	afterVendorID := append([]byte{11, 0, 0, 5, 9}, notification...)
	for _, tt := range []struct {
		name   string
		octets []byte
		want   uint16
		ok     bool
	}{
		{"notify", message(11, 0, notification...), 14, true},
		{"after another payload", message(13, 0, afterVendorID...), 14, true},
		{"encrypted", message(11, 1, notification...), 0, false},
		{"none", message(13, 0, 0, 0, 0, 5, 9), 0, false},
		{"cut", message(11, 0, notification[:8]...), 0, false},
		{"no room", message(11, 0, 0, 0, 0, 8, 0, 0, 0, 1), 0, false},
		{"half a header", message(11, 0, notification...)[:20], 0, false},
		{"not IKEv1", append(append(make([]byte, 17), 0x20), message(11, 0, notification...)[18:]...), 0, false},
		{"length below its header", message(11, 0, 0, 0, 0, 3, 0, 0, 0, 1), 0, false},
	} {
		if got, ok := IKEv1Notify(tt.octets); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %d, %t", tt.name, got, ok)
		}
	}
}
