package evidence

import (
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// seen is an answer of a test, given within the second of its number, unless it took
// longer.
type seen struct {
	outcome  initiator.Outcome
	vendor   string
	notifies string
	question string // the suite
	asked    string
	nat      string // the address in the hash; "drawn" is of none
	hop      int
	spi      ike.SPI
	took     time.Duration
	purpose  Purpose
	doubtful bool
}

var remote = netip.MustParseAddrPort("198.51.100.7:500")

func (s seen) exchange(id int) Exchange {
	began := time.Unix(int64(id), 0)
	x := Exchange{Purpose: s.purpose, Doubtful: s.doubtful,
		Exchange: initiator.Exchange{ID: id, Type: ike.IKE_SA_INIT, Outcome: s.outcome, Sent: began, HopLimit: s.hop}}
	x.Traits = &Traits{SPI: s.spi, Ended: began.Add(max(s.took, time.Millisecond))}
	if s.outcome != initiator.Accepted {
		return x
	}
	x.Look = Look{Accepted: true, VendorIDs: s.vendor}
	x.Traits.Asked, x.Traits.Notifies = x.Transport.String()+s.asked, s.notifies
	x.Traits.Question = x.Traits.Asked + s.question
	if s.nat != "" {
		d := ike.NATDetection{SPIi: ike.SPI{1, byte(id)}, SPIr: ike.SPI{2, byte(id)}, Sources: [][20]byte{{byte(id)}}}
		if a, err := netip.ParseAddr(s.nat); err == nil {
			d.Sources[0] = ike.NATDetectionHash(d.SPIi, d.SPIr, netip.AddrPortFrom(a, 500))
		}
		x.Traits.NAT, x.Traits.Direct = &d, !d.SenderBehindNAT(remote)
	}
	return x
}

// inside finds two addresses.
func inside(d ike.NATDetection, port uint16) (netip.Addr, bool) {
	for _, a := range []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")} {
		if d.Sources[0] == ike.NATDetectionHash(d.SPIi, d.SPIr, netip.AddrPortFrom(a, port)) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// TestSigns: several gateways are recognized by answers that disagree again and again, and one
// gateway never: what changes once, or with the question, is its own.
func TestSigns(t *testing.T) {
	const yes, no = initiator.Accepted, initiator.NoProposalChosen
	accepted := func(change func(*seen, string), values ...string) (out []seen) {
		for _, v := range values {
			s := seen{outcome: yes}
			change(&s, v)
			out = append(out, s)
		}
		return out
	}
	vendor := func(s *seen, v string) { s.vendor = v }
	notifies := func(s *seen, v string) { s.notifies = v }
	bySuite := func(s *seen, v string) { s.notifies, s.question = v, v }
	byRequest := func(s *seen, v string) { s.notifies, s.vendor, s.asked = v, v, v }
	address := func(s *seen, v string) { s.nat = v }
	fakedBySuite := func(s *seen, v string) { s.nat, s.question = v, v }
	drawn := func(n byte) ike.SPI { return ike.SPI{n, 3 * n, 7 * n, 11 * n, 5} }
	for _, tc := range []struct {
		name    string
		answers []seen
		want    []SignKind
		unclear bool
	}{
		{"one gateway", accepted(vendor, "a", "a", "a", "a"), nil, false},
		{"vendor IDs", accepted(vendor, "a", "b", "a"), []SignKind{SignVendorIDs}, false},
		{"an update", accepted(vendor, "a", "a", "b", "b"), nil, true},
		{"vendor IDs only for clients that send some", accepted(byRequest, "a", "b", "a", "b"), nil, false},
		{"vendor IDs for clients", []seen{{outcome: yes, vendor: "a"}, {outcome: yes, vendor: "b", purpose: PurposeClient}, {outcome: yes, vendor: "a"}}, nil, false},
		{"a forged answer", []seen{{outcome: yes, vendor: "a"}, {outcome: yes, vendor: "b", doubtful: true}, {outcome: yes, vendor: "a"}}, nil, false},
		{"answers that overlap", []seen{{outcome: yes, vendor: "a", took: time.Minute}, {outcome: yes, vendor: "b"}, {outcome: yes, vendor: "a", took: time.Minute}, {outcome: yes, vendor: "b"}}, nil, true},
		{"notifies", accepted(notifies, "a", "b", "b", "a"), []SignKind{SignNotifies}, false},
		{"notifies that were left out once", accepted(notifies, "a", "b", "a"), nil, true},
		{"a new configuration", accepted(notifies, "a", "a", "b", "b", "b"), nil, true},
		{"notifies of a suite", accepted(bySuite, "a", "b", "a", "b"), nil, true},
		{"addresses", accepted(address, "10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.2"), []SignKind{SignAddresses}, false},
		{"an address and the one that was asked", accepted(address, "10.0.0.1", "198.51.100.7", "10.0.0.1", "198.51.100.7"), []SignKind{SignAddresses}, false},
		{"an address that changed", accepted(address, "10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.2"), nil, true},
		{"faked NAT", accepted(address, "drawn", "drawn", "drawn", "drawn"), nil, false},
		{"faked NAT for one of the suites", accepted(fakedBySuite, "drawn", "198.51.100.7", "drawn", "198.51.100.7"), nil, true},
		{"NAT faked by one of them", accepted(address, "drawn", "198.51.100.7", "drawn", "198.51.100.7"), []SignKind{SignAddresses}, false},
		{"hop limits", []seen{{outcome: no, hop: 57}, {outcome: no, hop: 121}, {outcome: no, hop: 57}, {outcome: yes, hop: 120}}, []SignKind{SignHopLimits}, false},
		{"other ways", []seen{{outcome: no, hop: 57}, {outcome: no, hop: 54}, {outcome: no, hop: 57}, {outcome: no, hop: 40}, {outcome: no, hop: 57}}, nil, false},
		{"another system since a failover", []seen{{outcome: no, hop: 57}, {outcome: no, hop: 57}, {outcome: no, hop: 121}, {outcome: no, hop: 121}}, nil, false},
		{"hop limits of forged errors", []seen{{outcome: no, hop: 57, doubtful: true}, {outcome: no, hop: 121}, {outcome: no, hop: 57}, {outcome: no, hop: 121}, {outcome: no, hop: 57}}, nil, false},
		{"numbers in SPIs", []seen{{outcome: yes, spi: ike.SPI{0, 0, 0, 1, 9}}, {outcome: no, spi: ike.SPI{0, 0, 0, 2, 8}}, {outcome: no, spi: ike.SPI{0, 0, 0, 1, 7}}, {outcome: no, spi: ike.SPI{0, 0, 0, 2, 6}}},
			[]SignKind{SignSPIs}, false},
		{"SPIs that are counted", []seen{{outcome: no, spi: ike.SPI{0, 0, 0, 1, 8}}, {outcome: no, spi: ike.SPI{0, 0, 0, 1, 9}}, {outcome: no, spi: ike.SPI{0, 0, 0, 2, 0}}, {outcome: no, spi: ike.SPI{0, 0, 0, 2, 1}}}, nil, false},
		{"SPIs that are drawn", []seen{{outcome: no, spi: drawn(1)}, {outcome: no, spi: drawn(2)}, {outcome: no, spi: drawn(3)}, {outcome: no, spi: drawn(1)}, {outcome: no, spi: drawn(4)}}, nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var exchanges []Exchange
			for i, s := range tc.answers {
				exchanges = append(exchanges, s.exchange(i+1))
			}
			signs, unclear := Signs(exchanges, inside)
			var kinds []SignKind
			for _, s := range signs {
				kinds = append(kinds, s.Kind)
				if len(s.Exchanges) < 3 {
					t.Errorf("%v is shown by %v", s.Kind, s.Exchanges)
				}
			}
			if !reflect.DeepEqual(kinds, tc.want) || unclear != tc.unclear {
				t.Errorf("got %v, unclear %v; want %v, %v", kinds, unclear, tc.want, tc.unclear)
			}
		})
	}
}

// TestTraitsOf: what a gateway sends because it was asked for it is of the question, and
// what depends on the offer is left out.
func TestTraitsOf(t *testing.T) {
	request := func(notifies ...ike.NotifyType) []byte {
		m := &ike.Message{Header: ike.Header{SPIi: ike.SPI{1}, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator}}
		for _, n := range notifies {
			m.Payloads = append(m.Payloads, &ike.Notify{Notification: n})
		}
		b, err := m.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var suite proposals.Suite
	answer := func(asked []byte, payloads ...ike.Payload) *Traits {
		return TraitsOf(initiator.Answer{
			Exchange: initiator.Exchange{Type: ike.IKE_SA_INIT, Outcome: initiator.Accepted, Suite: &suite}, Request: asked,
			Message: &ike.Message{Header: ike.Header{SPIr: ike.SPI{2}}, Payloads: payloads},
		}, remote, time.Unix(1, 0))
	}
	fragments, childless := &ike.Notify{Notification: ike.IKEV2_FRAGMENTATION_SUPPORTED}, &ike.Notify{Notification: ike.CHILDLESS_IKEV2_SUPPORTED}
	plain := answer(request(), childless)
	for name, tc := range map[string]struct {
		other             *Traits
		sameAsked, sameBy bool
	}{
		"another order":           {answer(request(ike.COOKIE), childless), true, true},
		"an additional exchange":  {answer(request(ike.INTERMEDIATE_EXCHANGE_SUPPORTED), childless, &ike.Notify{Notification: ike.INTERMEDIATE_EXCHANGE_SUPPORTED}), true, true},
		"fragments asked for":     {answer(request(ike.IKEV2_FRAGMENTATION_SUPPORTED), childless, fragments), false, false},
		"fragments unasked":       {answer(request(), fragments, childless), true, false},
		"an error beside a yes":   {answer(request(), childless, &ike.Notify{Notification: ike.INVALID_SYNTAX}), true, true},
		"certificates asked for":  {answer(request(), childless, &ike.CertReq{}), true, false},
		"a notify of no register": {answer(request(), childless, &ike.Notify{Notification: 40960}), true, false},
	} {
		if (tc.other.Asked == plain.Asked) != tc.sameAsked || (tc.other.Notifies == plain.Notifies) != tc.sameBy {
			t.Errorf("%s: %+v, and %+v", name, *plain, *tc.other)
		}
	}
	if got := TraitsOf(initiator.Answer{Exchange: initiator.Exchange{Type: ike.IKE_SA_INIT, Outcome: initiator.NoAnswer}}, remote, time.Unix(1, 0)); got != nil {
		t.Errorf("no answer has %+v", got)
	}
}

// TestSignNames: each kind has a name of its own.
func TestSignNames(t *testing.T) {
	names := make(map[string]bool)
	for k := SignKind(1); k < signKinds; k++ {
		if name := k.String(); names[name] || name == "" || name == fmt.Sprintf("SignKind(%d)", k) {
			t.Errorf("%d is called %q", k, name)
		}
		names[k.String()] = true
	}
}
