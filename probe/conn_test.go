package probe

import (
	"net/netip"
	"strings"
	"testing"
)

func TestOpenErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		cfg  connConfig
		want string
	}{
		{"no gateway", connConfig{}, "no address of a gateway"},
		{"any gateway", connConfig{gateway: netip.IPv6Unspecified()}, "no address of a gateway"},
		{"multicast", connConfig{gateway: netip.MustParseAddr("224.0.0.1")}, "no address of a gateway"},
		{"mixed", connConfig{gateway: netip.MustParseAddr("127.0.0.1"), source: netip.MustParseAddrPort("[::1]:0")}, "different IP versions"},
		{"not our address", connConfig{gateway: netip.MustParseAddr("127.0.0.1"), source: netip.MustParseAddrPort("192.0.2.77:0")}, "open a socket to 127.0.0.1"},
	} {
		c, err := open(t.Context(), tc.cfg)
		if err == nil {
			c.close()
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}
