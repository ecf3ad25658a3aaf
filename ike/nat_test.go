package ike

import (
	"encoding/hex"
	"net/netip"
	"testing"
)

// TestNATDetectionHash compares with what coreutils' sha1sum says of the same
// octets. TestRecordedValues compares with a gateway.
func TestNATDetectionHash(t *testing.T) {
	spii, spir := SPI{1, 2, 3, 4, 5, 6, 7, 8}, SPI{9, 10, 11, 12, 13, 14, 15, 16}
	for addr, want := range map[string]string{
		"192.0.2.1:500":           "f91d4f6bc96115a493f7b83bfe8b8f9b6c885243",
		"[::ffff:192.0.2.1]:500":  "f91d4f6bc96115a493f7b83bfe8b8f9b6c885243",
		"[2001:db8::1]:4500":      "4251ec6423b2deb41b3bcaf85dd4db8be46c268d",
		"[2001:db8::1%eth0]:4500": "4251ec6423b2deb41b3bcaf85dd4db8be46c268d",
	} {
		hash := NATDetectionHash(spii, spir, netip.MustParseAddrPort(addr))
		if got := hex.EncodeToString(hash[:]); got != want {
			t.Errorf("%s: got %s, want %s", addr, got, want)
		}
	}
}
