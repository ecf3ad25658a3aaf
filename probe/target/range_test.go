package target

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAll(t *testing.T) {
	for _, tt := range []struct {
		in, first, last string
		count           int
		err             string
	}{
		{in: "vpn.example.com:500+4500", first: "vpn.example.com:500+4500", last: "vpn.example.com:500+4500", count: 1},
		{in: "vpn-1.example.com", first: "vpn-1.example.com", last: "vpn-1.example.com", count: 1},
		{in: "fe80::1%br-lan", first: "fe80::1%br-lan", last: "fe80::1%br-lan", count: 1},
		{in: "192.0.2.77/24", first: "192.0.2.1", last: "192.0.2.254", count: 254},
		{in: "192.0.2.0/30", first: "192.0.2.1", last: "192.0.2.2", count: 2},
		{in: "192.0.2.4/31", first: "192.0.2.4", last: "192.0.2.5", count: 2},
		{in: "192.0.2.4/32", first: "192.0.2.4", last: "192.0.2.4", count: 1},
		{in: "192.0.0.0/16", first: "192.0.0.1", last: "192.0.255.254", count: 65534},
		{in: "2001:db8::/126", first: "2001:db8::", last: "2001:db8::3", count: 4},
		{in: "192.0.2.1-20", first: "192.0.2.1", last: "192.0.2.20", count: 20},
		{in: "192.0.2.7-7", first: "192.0.2.7", last: "192.0.2.7", count: 1},
		{in: "192.0.2.250-192.0.3.4", first: "192.0.2.250", last: "192.0.3.4", count: 11},
		{in: "2001:db8::fe-2001:db8::101", first: "2001:db8::fe", last: "2001:db8::101", count: 4},

		{in: "192.0.0.0/15", err: "holds more than 65,536 addresses"},
		{in: "0.0.0.0/0", err: "holds more than 65,536 addresses"},
		{in: "::/0", err: "holds more than 65,536 addresses"},
		{in: "192.0.0.1-198.51.100.1", err: "holds more than 65,536 addresses"},
		{in: "192.0.2.20-1", err: "it ends before it begins"},
		{in: "192.0.2.1-256", err: "is not a range of addresses: it is written 192.0.2.1-20"},
		{in: "192.0.2.1-x", err: "is not a range of addresses"},
		{in: "192.0.2.1-2001:db8::1", err: "is not a range of addresses"},
		{in: "2001:db8::1-5", err: "is not a range of addresses"},
		{in: "192.0.2.1-", err: "is not a range of addresses"},
		{in: "224.0.0.0/30", err: `"224.0.0.0/30": "224.0.0.1" is not the address of a host`},
		{in: "192.0.2.0/33", err: "is not a host name or an address; a range is written"},
		{in: "192.0.2.0/24:500", err: "a range is written"},
		{in: strings.Repeat("1", 400), err: "is too long"},
	} {
		got, err := ParseAll(tt.in)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("ParseAll(%q): %v, want an error with %q", tt.in, err, tt.err)
			}
			continue
		}
		if err != nil || len(got) != tt.count || got[0].Text != tt.first || got[len(got)-1].Text != tt.last {
			t.Errorf("ParseAll(%q): %d endpoints, %v", tt.in, len(got), err)
		}
	}
}

// A prefix and the range from its first host to its last are the same.
func TestPrefixIsRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		address := netip.AddrFrom4([4]byte{192, 0, byte(rapid.Uint8().Draw(t, "third")), byte(rapid.Uint8().Draw(t, "fourth"))})
		prefix := netip.PrefixFrom(address, rapid.IntRange(22, 32).Draw(t, "bits"))
		hosts, err := ParseAll(prefix.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hosts {
			if !prefix.Contains(netip.MustParseAddr(h.Host)) {
				t.Errorf("%s is not in %s", h.Host, prefix)
			}
		}
		again, err := ParseAll(hosts[0].Host + "-" + hosts[len(hosts)-1].Host)
		if err != nil || len(again) != len(hosts) {
			t.Errorf("%s holds %d hosts, and the range of them %d: %v", prefix, len(hosts), len(again), err)
		}
	})
}

func FuzzParseAll(f *testing.F) {
	for _, s := range []string{"192.0.2.0/28", "192.0.2.1-20", "2001:db8::/120", "::-::5", "1-2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all, err := ParseAll(s)
		if (err == nil) != (len(all) > 0) || len(all) > maxRange {
			t.Fatalf("%q is %d endpoints, %v", s, len(all), err)
		}
		if len(all) > 1 && all[0] == all[1] {
			t.Fatalf("%q is twice %+v", s, all[0])
		}
	})
}
