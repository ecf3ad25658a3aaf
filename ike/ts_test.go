package ike

import (
	"net/netip"
	"strings"
	"testing"
)

const twoSelectors = `02000000
	07060010 00500051 c0000200 c00002ff
	08000028 0000ffff 20010db8000000000000000000000000 20010db80000000000000000ffffffff`

func TestTS(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"IPv4 and IPv6", &TS{PayloadTSi, []TrafficSelector{
			{TSType: TS_IPV4_ADDR_RANGE, Protocol: 6, StartPort: 80, EndPort: 81,
				Start: netip.MustParseAddr("192.0.2.0"), End: netip.MustParseAddr("192.0.2.255")},
			{TSType: TS_IPV6_ADDR_RANGE, EndPort: 65535,
				Start: netip.MustParseAddr("2001:db8::"), End: netip.MustParseAddr("2001:db8::ffff:ffff")},
		}}, twoSelectors},
		{"unknown", &TS{PayloadTSr, []TrafficSelector{
			{TSType: TS_SECLABEL, Raw: []byte("label")},
			{TSType: 200, Protocol: 17},
		}}, "02000000 0a0000096c6162656c c8110004"},
		{"none", &TS{Payload: PayloadTSr}, "00000000"},
	})
	testPrefixesFail(t, PayloadTSi, twoSelectors)
	testFaults(t, PayloadTSr, []faultCase{
		{"short", "010000", 4, "TSr payload", "4 octets, it has 3"},
		{"a selector too few", "02000000 c8000004", 12, "Traffic Selector", "4 octets, 0 are left"},
		{"a selector too many", "01000000 c8000004 c8000004", 12, "TSr payload", "4 octets follow its 1"},
		{"length without its header", "01000000 c8000003", 8, "Traffic Selector", "its length is 3"},
		{"IPv4 range too short", "01000000 0700000c 0000ffff c0000200", 8, "Traffic Selector", "takes 16 octets, it has 12"},
		{"IPv4 range too long", "01000000 07000011 0000ffff c0000200 c0000200 00", 8, "Traffic Selector", "takes 16 octets, it has 17"},
	})
}

func TestAppendTSFaults(t *testing.T) {
	ip4, ip6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for _, c := range []struct {
		name string
		ts   TS
		want string
	}{
		{"no direction", TS{}, "not TSi or TSr"},
		{"many selectors", TS{PayloadTSi, make([]TrafficSelector, 256)}, "256 Traffic Selectors"},
		{"no address", TS{PayloadTSi, []TrafficSelector{{TSType: TS_IPV4_ADDR_RANGE, Start: ip4}}}, "does not take"},
		{"IPv6 in IPv4", TS{PayloadTSi, []TrafficSelector{{TSType: TS_IPV4_ADDR_RANGE, Start: ip4, End: ip6}}}, "does not take"},
		{"IPv4 in IPv6", TS{PayloadTSi, []TrafficSelector{{TSType: TS_IPV6_ADDR_RANGE, Start: ip4, End: ip6}}}, "does not take"},
		{"long selector", TS{PayloadTSi, []TrafficSelector{{TSType: 200, Raw: make([]byte, 65532)}}}, "65536 octets"},
	} {
		if _, err := c.ts.appendBody(nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzTS(f *testing.F) {
	fuzzBody(f, PayloadTSi, twoSelectors, "02000000 0a0000096c6162656c c8110004")
}
