package flagvalue

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// TestValues: what each value takes, and what it says of what it does not take.
func TestValues(t *testing.T) {
	for _, tt := range []struct {
		kind, in string
		want     string // what is stored, or the error
	}{
		{"number", "1", "1"},
		{"number", "65535", "65535"},
		{"number", "0", `"0" is not a number from 1 to 65535`},
		{"number", "65537", `"65537" is not a number from 1 to 65535`}, // 1, where it is cut
		{"number", "4294967297", `"4294967297" is not a number from 1 to 65535`},
		{"number", "hunter22", `a word (not shown, because it may be a secret) is not a number from 1 to 65535`},
		{"number", "", `"" is not a number from 1 to 65535`},
		{"decimal", "0.5", "0.5"},
		{"decimal", "NaN", `"NaN" is not a number from 0.1 to 100`},
		{"decimal", "+Inf", `"+Inf" is not a number from 0.1 to 100`},
		{"duration", "1m", "1m0s"},
		{"duration", "1h", `"1h" is not a duration from 1s to 1m0s`},
		{"duration", "5", `"5" is not a duration from 1s to 1m0s`},
		{"toggle", "true", "true"},
		{"hops", "true", "true"},
		{"no hops", "true", "works on Linux only"},
		{"no hops", "false", "false"},
		{"hops", "yes", "takes no value"},
		{"toggle", "yes", `takes no value, but "yes" was given`},
		{"word", "b", "b"},
		{"word", "c", `"c" is not one of a, b`},
		{"file", "report.json", "report.json"},
		{"file", "-", `"-" names no file`},
		{"address", "::ffff:192.0.2.1", "192.0.2.1"},
		{"address", "224.0.0.1", `"224.0.0.1" is not an IPv4 or IPv6 address`},
		{"addresses", "192.0.2.1,::1", "[192.0.2.1 ::1]"},
		{"addresses", "192.0.2.1,", `"" is not an IPv4 or IPv6 address`},
		{"addresses", "127.0.0.9", "[127.0.0.9]"}, // of a NAT on this machine
		{"addresses", "224.0.0.1", `"224.0.0.1" is not an address that a NAT may have outside`},
		{"addresses", "::ffff:255.255.255.255", `"::ffff:255.255.255.255" is not an address that a NAT may have outside`},
		{"addresses", "192.0.2.1,ff02::1", `"ff02::1" is not an address that a NAT may have outside`},
		{"ports", "1,65535", "[1 65535]"},
		{"ports", "0", `"0" is not a number from 1 to 65535`},
		{"transports", "udp4500,udp500", "[udp4500 udp500]"},
		{"transports", "udp500,udp500", `"udp500,udp500" names a transport twice`},
		{"transports", "tcp4500", "[tcp4500]"},
		{"transports", "tcp", `"tcp" is not a transport: `},
		{"axes", "ENCR,ke", "[ENCR KE]"},
		{"axes", "addke", "[ADDKE1 ADDKE2 ADDKE3 ADDKE4 ADDKE5 ADDKE6 ADDKE7]"},
		{"axes", "esn", `"esn" is not one of encr, prf, integ, ke, addke`},
		{"suites", "aes256gcm16-prfsha384-ecp384", "[aes256gcm16-prfsha384-ecp384]"},
		{"suites", "aes256gcm16-prfsha384-ecp385", "ecp385"},
	} {
		var (
			number    uint16
			decimal   float64
			wait      time.Duration
			on        bool
			word      string
			address   netip.Addr
			addresses []netip.Addr
			ports     []uint16
			paths     []initiator.Transport
			axes      []proposals.Axis
			suites    []proposals.Product
		)
		kinds := map[string]struct {
			v      Value
			stored func() any
		}{
			"number":     {Number(&number, 1, 65535), func() any { return number }},
			"decimal":    {Decimal(&decimal, 0.1, 100), func() any { return decimal }},
			"duration":   {Duration(&wait, time.Second, time.Minute), func() any { return wait }},
			"toggle":     {Toggle(&on), func() any { return on }},
			"hops":       {Hops(&on, true), func() any { return on }},
			"no hops":    {Hops(&on, false), func() any { return on }},
			"word":       {Word(&word, []string{"a", "b"}), func() any { return word }},
			"file":       {File(&word), func() any { return word }},
			"address":    {Address(&address), func() any { return address }},
			"addresses":  {Addresses(&addresses), func() any { return addresses }},
			"ports":      {Ports(&ports), func() any { return ports }},
			"transports": {Transports(&paths), func() any { return paths }},
			"axes":       {Axes(&axes), func() any { return axes }},
			"suites":     {Suites(&suites), func() any { return suites }},
		}
		kind, ok := kinds[tt.kind]
		if !ok {
			t.Fatalf("there is no %s", tt.kind)
		}
		if err := kind.v.Set(tt.in); err != nil {
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s %q: %v, want %s", tt.kind, tt.in, err, tt.want)
			}
			continue
		}
		if got := fmt.Sprint(kind.stored()); got != tt.want {
			t.Errorf("%s %q: %s, want %s", tt.kind, tt.in, got, tt.want)
		}
	}
}

// TestDefaults: the help text shows the defaults that p holds.
func TestDefaults(t *testing.T) {
	number, word, address := 0, "a", netip.MustParseAddr("127.0.0.1")
	for want, v := range map[string]Value{
		"0": Number(&number, 0, 9), "a": Word(&word, nil), "127.0.0.1": Address(&address), "false": Toggle(new(bool)),
		"": Address(new(netip.Addr)),
	} {
		if got := v.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
