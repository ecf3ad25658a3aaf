package mapping

import (
	"net/netip"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// TestFinder: addresses are found among those known, near them, and where gateways
// usually have them; after two searches in vain no more is looked for.
func TestFinder(t *testing.T) {
	from := func(n byte, a string) ike.NATDetection {
		d := ike.NATDetection{SPIi: ike.SPI{1, n}, SPIr: ike.SPI{2, n}, Sources: [][20]byte{{n}}}
		if a != "" {
			d.Sources = append(d.Sources, ike.NATDetectionHash(d.SPIi, d.SPIr, netip.AddrPortFrom(netip.MustParseAddr(a), 500)))
		}
		return d
	}
	f := Finder{Known: []netip.Addr{netip.MustParseAddr("10.20.1.1")}}
	for i, tc := range []struct{ address, found string }{
		{"10.20.1.1", "10.20.1.1"},
		{"10.20.77.3", "10.20.77.3"}, // near it
		{"192.168.1.1", "192.168.1.1"},
		{"", ""}, // of no address
		{"172.31.0.9", "172.31.0.9"},
		{"", ""},
		{"172.16.0.9", ""}, // not looked for
		{"172.31.0.9", "172.31.0.9"},
	} {
		a, ok := f.Find(t.Context(), from(byte(i+1), tc.address), 500)
		if ok != (tc.found != "") || ok && a.String() != tc.found {
			t.Errorf("%q: %v, %v", tc.address, a, ok)
		}
	}
	if _, ok := new(Finder).Find(t.Context(), from(9, "10.20.1.1"), 4500); ok {
		t.Error("found by the hash of another port")
	}
}
