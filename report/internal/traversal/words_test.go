package traversal

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

func TestWords(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{Fragmentation(&report.Fragmentation{Supported: true, LargeAnswer: report.AnswerYes, AnswerOctets: 2192, Works: report.AnswerYes, Pieces: 2}),
			"supports IKE fragmentation: certificate chains (about 3,000 octets) and ML-KEM-1024 (1,568 octets) are split to fit; an answer of 2,192 octets in IP fragments arrived; a large answer in 2 fragments of IKE arrived"},
		{Fragmentation(&report.Fragmentation{LargeAnswer: report.AnswerNo, Works: report.AnswerNo}),
			"does not support IKE fragmentation: certificate chains (about 3,000 octets) and ML-KEM-1024 (1,568 octets) need IP fragments; a large answer in IP fragments did NOT arrive; a large answer in fragments of IKE did NOT arrive"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{KeptMs: 28000, LostMs: 31000}}), "forgets an idle mapping after 28.0 s to 31.0 s"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{LostMs: 5000}}), "within 5.0 s"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{KeptMs: 300000}}), "for 300.0 s or longer, unless"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{Unmeasured: "port_kept"}}), "it keeps your port"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{Unmeasured: "outside_unknown"}}), "--outside"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{Unmeasured: "no_nat"}}), "no NAT in front of you"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{Unmeasured: "not_answered"}}), "did not answer"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{Unmeasured: "interrupted", Interrupted: true}}), "unknown: the test was interrupted before"},
		{Lifetime(&report.NAT{Lifetime: &report.NATLifetime{KeptMs: 28000, Interrupted: true}}), "for 28.0 s or longer, unless it gives the same port again; the test was interrupted"},
		{Habits(&report.NAT{Forced: report.AnswerYes, Insists: report.AnswerNo, KeepalivesIgnored: report.AnswerYes}), "accepts forced NAT traversal and ignores NAT keepalives"},
		{Habits(&report.NAT{Forced: report.AnswerNo, Insists: report.AnswerYes, KeepalivesIgnored: report.AnswerNo}), "does NOT accept forced NAT traversal, insists on NAT detection and ANSWERS NAT keepalives"},
	} {
		if !strings.Contains(tc.got, tc.want) {
			t.Errorf("%q, want %q", tc.got, tc.want)
		}
	}
	both := []report.MappingBehavior{report.MappingEndpointIndependent, report.MappingAddressDependent}
	for _, tc := range []struct {
		b    report.NATBehavior
		want string
	}{
		{report.NATBehavior{Behavior: report.MappingEndpointIndependent}, "endpoint-independent (RFC 4787): the same port for different gateways"},
		{report.NATBehavior{Behavior: report.MappingAddressDependent}, "address-dependent (RFC 4787): the same port for both ports of one gateway"},
		{report.NATBehavior{Behavior: report.MappingAddressAndPortDependent}, "address and port-dependent (RFC 4787)"},
		{report.NATBehavior{Behavior: report.MappingUnknown, Possible: both, Reason: "one_gateway"}, "unknown: endpoint-independent or address-dependent; a gateway at another address in the same run"},
		{report.NATBehavior{Behavior: report.MappingUnknown, Possible: both, Reason: "others_silent"}, "unknown: endpoint-independent or address-dependent; no other gateway"},
		{report.NATBehavior{Behavior: report.MappingUnknown, Possible: both, Reason: "one_port"}, "; a gateway that answers on both ports"},
		{report.NATBehavior{Behavior: report.MappingUnknown, Possible: append(both, report.MappingAddressAndPortDependent), Reason: "port_kept"}, "unknown: NAT keeps your port"},
		{report.NATBehavior{Behavior: report.MappingUnknown, Reason: "outside_unknown"}, "unknown: --outside"},
	} {
		if got := Mapping(&report.NAT{MappingBehavior: &tc.b}); !strings.Contains(got, tc.want) {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
	const wrong, older = "203.0.113.9", "203.0.113.10"
	for _, tc := range []struct {
		local   string
		outside []string
		want    string // behind what is unknown, of the mapping and of its lifetime
	}{
		{"10.0.0.2", []string{wrong}, wrong + " of --outside is not the address that this gateway sees"},
		{"10.0.0.2", []string{wrong, older, "2001:db8::9"}, "none of 203.0.113.9 and 203.0.113.10 of --outside is the address that this gateway sees"},
		{"2001:db8::2", []string{wrong}, wrong + " of --outside is of another IP version than the gateway"},
		{"2001:db8::2", []string{wrong, older}, "203.0.113.9 and 203.0.113.10 of --outside are of another IP version than the gateway"},
	} {
		n := report.NAT{Local: &report.Endpoint{Address: tc.local}, Outside: tc.outside,
			MappingBehavior: &report.NATBehavior{Behavior: report.MappingUnknown, Reason: "outside_unknown"}, Lifetime: &report.NATLifetime{Unmeasured: "outside_unknown"}}
		if got := Mapping(&n); !strings.Contains(got, "unknown: "+tc.want+"; the public address") {
			t.Errorf("%q, want %q", got, tc.want)
		}
		if got := Lifetime(&n); !strings.HasSuffix(got, "unknown: "+tc.want) {
			t.Errorf("%q, want %q", got, tc.want)
		}
		n.Observed = &report.Endpoint{Address: wrong, Port: 4711}
		if got := NotSeen(&n); got != "" {
			t.Errorf("%q of an address that is seen", got)
		}
	}
	limits := func(all ...int) (out []report.HopLimit) {
		for _, l := range all {
			out = append(out, report.HopLimit{Limit: l})
		}
		return out
	}
	for want, got := range map[string]string{
		"hop limits of 57 and 62: several gateways, a device that answers in the gateway's place, or routes of different length": HopLimits(limits(57, 62)),
		"hop limits of 57, 62 and 249: different systems send them":                                                              HopLimits(limits(57, 62, 249)),
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := HopLimits(limits(64)); got != "" {
		t.Errorf("%q of one", got)
	}
	if got := Habits(&report.NAT{}); got != "" {
		t.Errorf("%q of nothing", got)
	}
}
