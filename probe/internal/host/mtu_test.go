package host

import (
	"net/netip"
	"testing"
)

func TestMTU(t *testing.T) {
	if got := MTU(netip.MustParseAddr("127.0.0.1")); got < defaultMTU {
		t.Errorf("the loopback interface has %d", got)
	}
	if got := MTU(netip.MustParseAddr("192.0.2.10")); got != defaultMTU {
		t.Errorf("%d of an address that is not ours", got)
	}
}
