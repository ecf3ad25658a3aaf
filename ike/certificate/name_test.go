package certificate

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func TestIsHostName(t *testing.T) {
	for name, want := range map[string]bool{
		"vpn.example.com": true, "gw_1": true, "xn--bcher-kva.example": true, "": false, "a..b": false, "-a.example": false,
		"a b": false, "a.example.": false, strings.Repeat("a", 64): false, strings.Repeat("a.", 126) + "a": true, strings.Repeat("a.", 127) + "a": false,
	} {
		if got := IsHostName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestIDText(t *testing.T) {
	for _, tt := range []struct {
		id   ike.ID
		want string
	}{
		{ike.ID{IDType: ike.ID_FQDN, Data: []byte("vpn.example.com")}, "vpn.example.com"},
		{ike.ID{IDType: ike.ID_IPV4_ADDR, Data: []byte{192, 0, 2, 1}}, "192.0.2.1"},
		{ike.ID{IDType: ike.ID_IPV4_ADDR, Data: []byte{192, 0, 2}}, "c00002"},
		{ike.ID{IDType: ike.ID_DER_ASN1_DN, Data: []byte("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02gw")}, "CN=gw"},
		{ike.ID{IDType: ike.ID_IPV4_ADDR, Data: make([]byte, 16)}, "00000000000000000000000000000000"},
		{ike.ID{IDType: ike.ID_IPV6_ADDR, Data: []byte{192, 0, 2, 1}}, "c0000201"},
		{ike.ID{IDType: ike.ID_IPV6_ADDR, Data: append([]byte{0x20, 1, 0xd, 0xb8}, make([]byte, 12)...)}, "2001:db8::"},
		{ike.ID{IDType: ike.ID_RFC822_ADDR, Data: []byte("gw@example.com")}, "gw@example.com"},
		{ike.ID{IDType: ike.ID_DER_ASN1_DN, Data: []byte{0x30}}, "30"},
		{ike.ID{IDType: ike.ID_DER_ASN1_GN, Data: []byte("text")}, "74657874"},
		{ike.ID{IDType: ike.ID_KEY_ID, Data: []byte("\x1b[2J")}, "1b5b324a"},
		{ike.ID{IDType: ike.ID_KEY_ID, Data: []byte{0xff}}, "ff"},
	} {
		if got := IDText(&tt.id); got != tt.want {
			t.Errorf("%v %x: %q, want %q", tt.id.IDType, tt.id.Data, got, tt.want)
		}
	}
}

func TestIDOf(t *testing.T) {
	for dialed, want := range map[string]ike.IDType{
		"vpn.example.com": ike.ID_FQDN, "192.0.2.1": ike.ID_IPV4_ADDR, "::ffff:192.0.2.1": ike.ID_IPV4_ADDR, "2001:db8::1": ike.ID_IPV6_ADDR, "1.2.3": ike.ID_FQDN,
	} {
		id := ike.ID{}
		id.IDType, id.Data = IDOf(dialed)
		if got := IDText(&id); id.IDType != want || got != strings.TrimPrefix(dialed, "::ffff:") {
			t.Errorf("%s: %v, %s", dialed, id.IDType, got)
		}
	}
}
