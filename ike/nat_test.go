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

func TestNATDetection(t *testing.T) {
	spii, spir := SPI{1, 2, 3, 4, 5, 6, 7, 8}, SPI{9, 10, 11, 12, 13, 14, 15, 16}
	inside, outside := netip.MustParseAddrPort("10.0.0.7:500"), netip.MustParseAddrPort("198.51.100.7:500")
	client, mapped := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddrPort("203.0.113.9:61204")
	hashed := func(n NotifyType, a netip.AddrPort) *Notify {
		hash := NATDetectionHash(spii, spir, a)
		return &Notify{Notification: n, Data: hash[:]}
	}
	m := &Message{Header: Header{SPIi: spii, SPIr: spir}, Payloads: []Payload{
		hashed(NAT_DETECTION_SOURCE_IP, netip.MustParseAddrPort("10.0.0.8:500")),
		hashed(NAT_DETECTION_SOURCE_IP, inside),
	}}
	if d, ok := m.NATDetection(); ok {
		t.Errorf("without the hash of a destination: %+v", d)
	}
	m.Payloads = append(m.Payloads, hashed(NAT_DETECTION_DESTINATION_IP, mapped))
	d, ok := m.NATDetection()
	if !ok || d.SenderBehindNAT(inside) || !d.SenderBehindNAT(outside) {
		t.Errorf("%t: behind NAT at %v: %t, at %v: %t", ok, inside, d.SenderBehindNAT(inside), outside, d.SenderBehindNAT(outside))
	}
	if !d.SentTo(mapped) || d.SentTo(outside) {
		t.Errorf("sent to %v: %t, to %v: %t", mapped, d.SentTo(mapped), outside, d.SentTo(outside))
	}
	if got, ok := d.FindDestination(client); ok {
		t.Errorf("found %v of another address", got)
	}
	if got, ok := d.FindDestination(client, mapped.Addr()); !ok || got != mapped {
		t.Errorf("found %v, %t, want %v", got, ok, mapped)
	}
}
