package target

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/initiator"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in   string
		host string
		port uint16
		natt uint16
		err  string
	}{
		{"vpn.example.com", "vpn.example.com", 0, 0, ""},
		{"vpn.example.com:4500", "vpn.example.com", 4500, 0, ""},
		{"vpn_1.example.com.", "vpn_1.example.com.", 0, 0, ""},
		{"bücher.example", "bücher.example", 0, 0, ""},
		{"192.0.2.1", "192.0.2.1", 0, 0, ""},
		{"192.0.2.1:500", "192.0.2.1", 500, 0, ""},
		{"2001:db8::1", "2001:db8::1", 0, 0, ""},
		{"[2001:db8::1]", "2001:db8::1", 0, 0, ""},
		{"[2001:db8::1]:500", "2001:db8::1", 500, 0, ""},
		{"fe80::1%eth0", "fe80::1%eth0", 0, 0, ""},

		{"[::1:500]", "::1:500", 0, 0, ""},
		{"2001:db8::500", "2001:db8::500", 0, 0, ""},
		{"2001:db8:0:0:0:0:1:500", "2001:db8:0:0:0:0:1:500", 0, 0, ""},
		{"vpn.example.com:500+4500", "vpn.example.com", 500, 4500, ""},
		{"192.0.2.1:10500+14500", "192.0.2.1", 10500, 14500, ""},
		{"[2001:db8::1]:10500+14500", "2001:db8::1", 10500, 14500, ""},

		{in: "", err: `"" is not a host name`},
		{in: "::1:500", err: "may end in a port: write [::1]:500, or [::1:500] for the address"},
		{in: "2001:db8::1:4500", err: "write [2001:db8::1]:4500"},
		{in: "255.255.255.255", err: "is not the address of a host"},
		{in: "fe80::1", err: "is link-local: name the interface to it, as fe80::1%eth0"},
		{in: "vpn.example.com:0", err: `port "0" of`},
		{in: "vpn.example.com:65536", err: `port "65536" of`},
		{in: "vpn.example.com:ike", err: `what stands for the port of "vpn.example.com:..." is not a number`},
		{in: "vpn.example.com:500+0", err: `port "0" of`},
		{in: "vpn.example.com:+4500", err: `port "" of`},
		{in: "vpn.example.com:500+", err: `port "" of`},
		{in: "vpn.example.com:500+4500+1", err: `port "4500+1" of`},
		{in: "192.0.2.256", err: "is not a host name or an address"},
		{in: "192.0.2.0/24", err: "is a range of addresses, not one"},
		{in: "192.0.2.0/24:500", err: "a range is written 192.0.2.0/24 or 192.0.2.1-20"},
		{in: "192.0.2.*", err: "a range is written"},
		{in: "192.0.2-3.1", err: "a range is written"},
		{in: "192.0.2.1,2", err: "a range is written"},
		{in: "https://vpn.example.com/x", err: `is a URL: write "vpn.example.com"`},
		{in: "https://alice:Zq7xWv9kLm@vpn.example.com/x", err: `"..." is a URL: write "vpn.example.com"`},
		{in: "alice:Zq7xWv9kLm@vpn.example.com", err: `a target has no user: write "vpn.example.com"`},
		{in: "vpn.example.com alice Zq7xWv9kLm", err: `"vpn.example.com..." is not a host name`},
		{in: "alice:Zq7xWv9kLm", err: `"alice:..." is not a number`},
		{in: "WHk4dlE5SnoyTGs9cQ==", err: `"..." is not a host name`},
		{in: "0.0.0.0", err: "is not the address of a host"},
		{in: "[::]:500", err: "is not the address of a host"},
		{in: "224.0.0.1:500", err: "is not the address of a host"},
		{in: "2001:db8::zz", err: "is neither a host, host:port, nor"},
		{in: "-vpn.example.com", err: "is not a host name"},
		{in: "vpn..example.com", err: "is not a host name"},
		{in: "vpn example", err: "is not a host name"},
		{in: strings.Repeat("a", 64) + ".example", err: "is not a host name"},
		{in: strings.Repeat("a.", 400), err: "is too long for a host"},
	} {
		got, err := Parse(tt.in)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("ParseEndpoint(%q): %v, want an error with %q", tt.in, err, tt.err)
			}
			continue
		}
		if want := (Endpoint{tt.in, tt.host, tt.port, tt.natt}); err != nil || got != want {
			t.Errorf("ParseEndpoint(%q) = %+v, %v, want %+v", tt.in, got, err, want)
		}
	}
}

func TestResolve(t *testing.T) {
	both := []initiator.Transport{initiator.UDP500, initiator.UDP4500}
	ports := func(ike, natt uint16) initiator.Paths {
		return initiator.Paths{{Transport: initiator.UDP500, Port: ike}, {Transport: initiator.UDP4500, Port: natt}}
	}
	for _, tt := range []struct {
		in         string
		paths      initiator.Paths
		address    string
		ike, natt  uint16
		transports []initiator.Transport
	}{
		{"192.0.2.1", nil, "192.0.2.1", 500, 4500, both},
		{"::ffff:192.0.2.1", nil, "192.0.2.1", 500, 4500, both},
		{"192.0.2.1:10500", ports(500, 14500), "192.0.2.1", 10500, 14500, both},
		{"192.0.2.1:10500+14501", ports(500, 14500), "192.0.2.1", 10500, 14501, both},
		// The port of NAT traversal takes nothing but its own framing.
		{"[2001:db8::1]:4500", ports(500, 4500), "2001:db8::1", 4500, 4500, []initiator.Transport{initiator.UDP4500}},
	} {
		e, err := Parse(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Resolve(t.Context(), tt.paths)
		if err != nil || len(got) != 1 {
			t.Fatalf("%s: %v, %v", tt.in, got, err)
		}
		if g := got[0]; g.Name != tt.in || g.Address != netip.MustParseAddr(tt.address) ||
			g.Paths.Port(initiator.UDP500) != tt.ike || g.Paths.Port(initiator.UDP4500) != tt.natt {
			t.Errorf("%s is %+v, want %v with %d and %d", tt.in, g, tt.address, tt.ike, tt.natt)
		}
		if ts := got[0].Transports(); !slices.Equal(ts, tt.transports) {
			t.Errorf("%s is asked over %v, want %v", tt.in, ts, tt.transports)
		}
	}
}

// FuzzParseEndpoint: what is taken names a host, and is taken again as written.
func FuzzParseEndpoint(f *testing.F) {
	for _, s := range []string{"vpn.example.com:500", "[2001:db8::1%eth0]:4500", "192.0.2.0/24", "https://x", ":1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err != nil {
			return
		}
		if e.Host == "" || e.Text != s {
			t.Fatalf("%q is %+v", s, e)
		}
		if again, err := Parse(e.Host); err != nil || again.Host != e.Host {
			t.Fatalf("the host of %q, %q, is %+v, %v", s, e.Host, again, err)
		}
	})
}
