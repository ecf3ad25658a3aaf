package initiator

import (
	"net/netip"
	"strings"
	"testing"
)

func TestOpenErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"no gateway", Config{}, "not the address of a gateway"},
		{"any gateway", Config{Gateway: netip.IPv6Unspecified()}, "not the address of a gateway"},
		{"multicast", Config{Gateway: netip.MustParseAddr("224.0.0.1")}, "not the address of a gateway"},
		{"mixed", Config{Gateway: netip.MustParseAddr("127.0.0.1"), Source: netip.MustParseAddrPort("[::1]:0")}, "different IP versions"},
		{"not our address", Config{Gateway: netip.MustParseAddr("127.0.0.1"), Source: netip.MustParseAddrPort("192.0.2.77:0")}, "open a socket to 127.0.0.1"},
	} {
		c, err := Open(t.Context(), tc.cfg)
		if err == nil {
			c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}
