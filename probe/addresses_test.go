package probe

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ikescope/ikescope/proposals"
)

const ms = time.Millisecond

var (
	clientAddr  = netip.MustParseAddr("192.0.2.2")
	gatewayAddr = netip.MustParseAddr("192.0.2.1")
)

func products(t testing.TB, s string) []proposals.Product {
	t.Helper()
	ps, err := proposals.ParseProducts(s)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}
