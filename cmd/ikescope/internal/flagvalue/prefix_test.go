package flagvalue

import (
	"net/netip"
	"strings"
	"testing"
)

func TestNetworkAndUser(t *testing.T) {
	var p netip.Prefix
	for in, ok := range map[string]bool{"10.1.0.0/16": true, "2001:db8::/32": true, "10.1.0.1/16": false, "10.1.0.0": false, "": false, "10.1.0.0/33": false} {
		p = netip.Prefix{}
		err := Network(&p).Set(in)
		if (err == nil) != ok || ok && p.String() != in || !ok && !strings.Contains(err.Error(), "is not a network, such as 10.1.0.0/16") {
			t.Errorf("%q is %v, %v", in, p, err)
		}
	}
	var name string
	for in, ok := range map[string]bool{"carol": true, "": false, strings.Repeat("a", 254): false} {
		if err := User(&name).Set(in); (err == nil) != ok || ok && name != in {
			t.Errorf("%.20q is %q, %v", in, name, err)
		}
	}
}
