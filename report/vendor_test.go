package report

import (
	"testing"

	"github.com/ikescope/ikescope/report/reporttest"
)

func TestVendorID(t *testing.T) {
	for _, tt := range []struct{ hex, want string }{
		{"4f70656e494b45442d372e34", "OpenIKED-7.4"},
		{"882fe56d6fd20dbc2251613b2ebe5beb", "strongSwan"},
		{"882fe56d6fd20dbc2251613b2ebe5beb00", "strongSwan"},                                  // prefix
		{"fd808804df73b15150709d878044cde0ac1efcde", "Juniper SRX (according to one source)"}, // exact
		{"fd808804df73b15150709d878044cde0ac1efcde00", "fd808804df73b15150709d878044cde0ac1efcde00 (unknown)"},
		{"464c455856504e2d535550504f52544544", "FLEXVPN-SUPPORTED"},
		{"61626364", `"abcd"`},
		{"616263", "616263 (unknown)"},
		{"6162631b5b", "6162631b5b (unknown)"},
		{"", " (unknown)"},
	} {
		if got := VendorIDOf(reporttest.Hex(t, tt.hex)).String(); got != tt.want {
			t.Errorf("vendor ID %s = %q, want %q", tt.hex, got, tt.want)
		}
	}
	if n := len(knownVendorIDs()); n < 500 {
		t.Errorf("only %d vendor IDs are known", n)
	}
}
