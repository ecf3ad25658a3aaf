package iketest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
)

// oracle offers with a KE payload of a method that policy does not have.
func (i *initiator) oracle(proposals ...ike.Proposal) string {
	i.t.Helper()
	return i.outcome(i.request(validKE(i.t, ike.KE_CURVE25519), offer(proposals...)))
}

// direct offers with a KE payload of a method.
func (i *initiator) direct(m ike.KeyExchangeMethod, proposals ...ike.Proposal) string {
	i.t.Helper()
	return i.outcome(i.request(validKE(i.t, m), offer(proposals...)))
}

// tally asks n times, and counts what came.
func tally(n int, ask func() string) map[string]int {
	counts := make(map[string]int)
	for range n {
		counts[ask()]++
	}
	return counts
}

// only reports whether the outcomes of a tally are those wanted, each at least
// once.
func only(counts map[string]int, want ...string) bool {
	for _, w := range want {
		if counts[w] == 0 {
			return false
		}
	}
	return len(counts) == len(want)
}

const (
	accepted  = "accepted"
	refused   = "NO_PROPOSAL_CHOSEN"
	syntax    = "INVALID_SYNTAX"
	silence   = "silence"
	wantsECP  = "INVALID_KE_PAYLOAD KE_ECP_256"
	wantsMODP = "INVALID_KE_PAYLOAD KE_MODP_2048"
	wantsWeak = "INVALID_KE_PAYLOAD KE_MODP_1024"
)

var (
	good    = proposal(gcm256, prf256, ecp256)
	classic = proposal(cbc256, prf256, mac256, modp2048)
	bad     = proposal(gcm256, prf256, x25519)
	weak    = weakPolicy()[0]
	hybrid  = proposal(gcm256, prf256, ecp256, addke(1, ike.KE_ML_KEM_768))
	unheard = proposal(gcm256, prf256, ecp256, ike.Transform{Type: 200, ID: 1})
	// both offers what two members accept.
	both = []ike.Proposal{good, weak}
)

// fill returns n Proposals that no one accepts.
func fill(n int) []ike.Proposal { return slices.Repeat([]ike.Proposal{bad}, n) }

// fillers returns n ciphers that no one accepts.
func fillers(n int) []ike.Transform {
	var ts []ike.Transform
	for bits := range n {
		ts = append(ts, encr(ike.ENCR_CAMELLIA_CBC, 128+bits))
	}
	return ts
}

// lastOf is the good suite at the end of a list.
func lastOf(ts []ike.Transform) ike.Proposal {
	return proposal(slices.Concat(ts, good.Transforms)...)
}

// A showing asks an odd gateway what shows on the wire that it is odd.
type showing func(t *testing.T, i *initiator, r *Responder)

// asks shows single outcomes, by the words of the question.
func asks(want map[string]string) showing {
	questions := map[string]func(i *initiator) string{
		"good":                  func(i *initiator) string { return i.direct(ike.KE_ECP_256, good) },
		"oracle":                func(i *initiator) string { return i.oracle(good) },
		"bad":                   func(i *initiator) string { return i.oracle(bad) },
		"bad ECP":               func(i *initiator) string { return i.direct(ike.KE_ECP_256, bad) },
		"bad with its KE":       func(i *initiator) string { return i.oracle(proposal(des3, prf256, mac256, x25519)) },
		"good PRF, ECP":         func(i *initiator) string { return i.oracle(proposal(des3, prf256, mac256, ecp256)) },
		"good PRF, ECP, its KE": func(i *initiator) string { return i.direct(ike.KE_ECP_256, proposal(des3, prf256, mac256, ecp256)) },
		"classic":               func(i *initiator) string { return i.direct(ike.KE_MODP_2048, classic) },
		"15th cipher":           func(i *initiator) string { return i.oracle(lastOf(fillers(14))) },
		"16th cipher":           func(i *initiator) string { return i.oracle(lastOf(fillers(15))) },
		"8th cipher":            func(i *initiator) string { return i.oracle(lastOf(fillers(7))) },
		"9th cipher":            func(i *initiator) string { return i.oracle(lastOf(fillers(8))) },
		"2nd cipher":            func(i *initiator) string { return i.oracle(lastOf(fillers(1))) },
		"2nd Proposal":          func(i *initiator) string { return i.oracle(append(fill(1), good)...) },
		"3rd Proposal":          func(i *initiator) string { return i.oracle(append(fill(2), good)...) },
		"4th Proposal":          func(i *initiator) string { return i.oracle(append(fill(3), good)...) },
		"all of its policy":     func(i *initiator) string { return i.oracle(policy...) },
		"5th Proposal":          func(i *initiator) string { return i.oracle(append(fill(4), good)...) },
		"ADDKE":                 func(i *initiator) string { return i.oracle(hybrid) },
		"ADDKE, then without":   func(i *initiator) string { return i.oracle(hybrid, good) },
		"unknown type":          func(i *initiator) string { return i.oracle(unheard) },
		"unknown attribute":     func(i *initiator) string { return i.oracle(proposal(withAttribute(gcm256), prf256, ecp256)) },
		"key of 257 bits":       func(i *initiator) string { return i.oracle(proposal(encr(ike.ENCR_AES_GCM_16, 257), prf256, ecp256)) },
		"PRF 60000":             func(i *initiator) string { return i.oracle(proposal(gcm256, prf(60000), ecp256)) },
		"KE 60000":              func(i *initiator) string { return i.oracle(proposal(gcm256, prf256, ke(60000))) },
		"weak":                  func(i *initiator) string { return i.direct(ike.KE_MODP_1024, weak) },
		"redirect": func(i *initiator) string {
			return i.outcome(i.request(validKE(i.t, ike.KE_ECP_256), offer(good), ike.REDIRECT_SUPPORTED))
		},
		"600 octets":    func(i *initiator) string { return i.outcome(i.sized(600)) },
		"601 octets":    func(i *initiator) string { return i.outcome(i.sized(601)) },
		"KE of a Zyxel": func(i *initiator) string { return i.direct(ike.KE_MODP_2048, good) },
	}
	return func(t *testing.T, i *initiator, _ *Responder) {
		for question, outcome := range want {
			ask := questions[question]
			if ask == nil {
				t.Fatalf("no question %q", question)
			}
			if got := ask(i); got != outcome {
				t.Errorf("%s: %s, want %s", question, got, outcome)
			}
		}
	}
}

// sized returns a good request of n octets.
func (i *initiator) sized(n int) []byte {
	m := i.message(validKE(i.t, ike.KE_ECP_256), offer(good))
	vendor := &ike.VendorID{}
	m.Payloads = append(m.Payloads, vendor)
	vendor.Data = make([]byte, n-len(i.encode(m)))
	return i.encode(m)
}

// answers asks what a member accepts and another does not, with retransmissions
// kept apart: n requests, each with an SPI of its own.
func (i *initiator) answers(n int) map[string]int {
	i.t.Helper()
	return tally(n, func() string { return i.oracle(both...) })
}

// spread shows a cluster with a weak member, whose share of 500 requests it
// counts.
func spread(share float64) showing {
	return func(t *testing.T, i *initiator, r *Responder) {
		const n = 500
		counts := i.answers(n)
		if !only(counts, wantsECP, wantsWeak) {
			t.Fatalf("answers %v", counts)
		}
		if got := float64(counts[wantsWeak]) / n; got < share*0.7 || got > share*1.3 {
			t.Errorf("the weak member gives %.2f of the answers, want %.2f", got, share)
		}
		weakOn4500 := tally(100, func() string {
			return i.on4500(i.request(validKE(t, ike.KE_CURVE25519), offer(both...)))
		})[wantsWeak]
		if member := r.Members[0]; (weakOn4500 > 0) != (member.Port == 0) {
			t.Errorf("the weak member gives %d answers on 4500", weakOn4500)
		}
		counts[wantsWeak] += weakOn4500
		if s := r.Members[0].Responder.Stats(); s.InvalidKE != counts[wantsWeak] {
			t.Errorf("the weak member's stats: %+v", s)
		}
	}
}

// sticky shows a cluster whose members keep to what comes from one place.
// another returns an initiator at another place.
func sticky(another func(t *testing.T, n *memnet.Network, k int) *initiator) showing {
	return func(t *testing.T, i *initiator, _ *Responder) {
		counts := make(map[string]int)
		for k := range 40 {
			j := another(t, i.network, k)
			same := j.answers(5)
			if len(same) != 1 {
				t.Fatalf("one place hears %v", same)
			}
			for outcome := range same {
				counts[outcome]++
			}
		}
		if !only(counts, wantsECP, wantsWeak) {
			t.Errorf("answers %v", counts)
		}
	}
}

func fromPort(t *testing.T, n *memnet.Network, k int) *initiator {
	return newInitiator(t, n, netip.AddrPortFrom(initiatorAddress, uint16(2000+k)))
}

// onAnyPort shows that all ports of an address have the same member.
func onAnyPort(t *testing.T, i *initiator, _ *Responder) {
	counts := make(map[string]int)
	for port := range uint16(20) {
		j := newInitiator(t, i.network, netip.AddrPortFrom(initiatorAddress, 2000+port))
		counts[j.oracle(both...)]++
	}
	if len(counts) != 1 {
		t.Errorf("one address hears %v", counts)
	}
}

func fromAddress(t *testing.T, n *memnet.Network, k int) *initiator {
	return newInitiator(t, n, netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(100 + k)}), 500))
}

// eachSPI shows that a repeated question with the same initiator SPI stays with
// its member, on any port.
func eachSPI(share float64) showing {
	return func(t *testing.T, i *initiator, r *Responder) {
		spread(share)(t, i, r)
		for range 20 {
			request := i.request(validKE(t, ike.KE_CURVE25519), offer(both...))
			j := newInitiator(t, i.network, netip.AddrPortFrom(initiatorAddress, 0))
			if here, there := i.outcome(request), j.outcome(request); here != there {
				t.Errorf("from one port %s, from another %s", here, there)
			}
		}
	}
}

// eachPacket shows that a repeated question may have another answer.
func eachPacket(share float64) showing {
	return func(t *testing.T, i *initiator, r *Responder) {
		spread(share)(t, i, r)
		request := i.request(validKE(t, ike.KE_CURVE25519), offer(both...))
		if counts := tally(100, func() string { return i.outcome(request) }); !only(counts, wantsECP, wantsWeak) {
			t.Errorf("one request has the answers %v", counts)
		}
	}
}

// on4500 asks by way of UDP 4500.
func (i *initiator) on4500(request []byte) string {
	i.t.Helper()
	gateway := i.gateway
	i.gateway = netip.AddrPortFrom(gateway.Addr(), 4500)
	defer func() { i.gateway = gateway }()
	i.send(append(ike.AppendNonESPMarker(nil), request...))
	octets, _ := ike.SplitNonESPMarker(i.receive())
	if octets == nil {
		return silence
	}
	m, _ := ike.ParseMessage(octets)
	return outcomeOf(m)
}

// differ shows that accepted answers come in as many kinds as a cluster has
// members.
func differ(kind func(*ike.Message) string) showing {
	return func(t *testing.T, i *initiator, _ *Responder) {
		kinds := tally(40, func() string {
			return kind(i.ask(i.request(validKE(t, ike.KE_ECP_256), offer(good), ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP)))
		})
		if len(kinds) != 2 {
			t.Errorf("answers of %v", kinds)
		}
	}
}

func vendorOf(m *ike.Message) string {
	if v, ok := ike.Find[*ike.VendorID](m); ok {
		return string(v.Data)
	}
	return "none"
}

// chance shows outcomes that come by chance to one question.
func chance(ask func(i *initiator) string, want ...string) showing {
	return func(t *testing.T, i *initiator, _ *Responder) {
		if counts := tally(100, func() string { return ask(i) }); !only(counts, want...) {
			t.Errorf("outcomes %v, want %v", counts, want)
		}
	}
}

// stream shows all that comes to one good question with a foreign KE, and after
// how long.
func stream(apart time.Duration, want ...string) showing {
	return func(t *testing.T, i *initiator, _ *Responder) {
		start := time.Now()
		i.send(i.request(validKE(t, ike.KE_CURVE25519), offer(classic, good)))
		for n, outcome := range want {
			m, err := ike.ParseMessage(i.receive())
			if err != nil || outcomeOf(m) != outcome {
				t.Errorf("%s, %v, want %s", outcomeOf(m), err, outcome)
			}
			if after := time.Since(start); after != time.Duration(n)*apart {
				t.Errorf("%s after %v", outcome, after)
			}
		}
		if more := i.receive(); more != nil {
			t.Errorf("and %x", more)
		}
	}
}

// changes shows the answers to one question before and after n requests.
func changes(n int, before, after string) showing {
	return func(t *testing.T, i *initiator, _ *Responder) {
		for k := range n + 2 {
			want := before
			if k >= n {
				want = after
			}
			if got := i.oracle(both...); got != want {
				t.Fatalf("request %d: %s, want %s", k+1, got, want)
			}
		}
	}
}

// spoilt shows a malformed accepted answer, behind which there is an SA all the
// same.
func spoilt(check func(m *ike.Message, parseErr error, raw []byte) bool) showing {
	return func(t *testing.T, i *initiator, r *Responder) {
		if got := i.oracle(good); got != wantsECP {
			t.Errorf("the oracle: %s", got)
		}
		request := i.request(validKE(t, ike.KE_ECP_256), offer(good))
		i.send(request)
		raw := i.receive()
		m, err := ike.ParseMessage(raw)
		if !check(m, err, raw) {
			t.Errorf("%v: %x", err, raw)
		}
		if s := r.Stats(); s.Accepted != 1 || s.HalfOpen != 1 || s.HalfOpenPeak != 1 {
			t.Errorf("stats %+v", s)
		}
	}
}

func has[T ike.Payload](m *ike.Message) bool {
	_, ok := ike.Find[T](m)
	return ok
}

func firstProposal(m *ike.Message) ike.Proposal {
	sa, _ := ike.Find[*ike.SA](m)
	return sa.Proposals[0]
}

// showings has one for each Oddity of a gateway with the zero Profile and
// policy.
var showings = map[string]showing{
	"reads 15 transforms of a type": asks(map[string]string{"15th cipher": wantsECP, "16th cipher": refused}),
	"reads one transform of a type": asks(map[string]string{"good": accepted, "2nd cipher": refused}),
	"reads the first Proposal":      asks(map[string]string{"good": accepted, "2nd Proposal": refused}),
	"reads 4 Proposals":             asks(map[string]string{"4th Proposal": wantsECP, "5th Proposal": refused}),
	"reads 3 Proposals and 9 transforms of a type": asks(map[string]string{
		"3rd Proposal": wantsECP, "4th Proposal": refused, "9th cipher": wantsECP, "15th cipher": refused}),
	"wants its whole offer": asks(map[string]string{"good": refused, "classic": refused, "all of its policy": wantsECP}),
	"refuses more than 8 transforms of a type": asks(map[string]string{
		"8th cipher": wantsECP, "9th cipher": refused, "5th Proposal": wantsECP}),
	"refuses more than 2 Proposals": asks(map[string]string{
		"2nd Proposal": wantsECP, "3rd Proposal": refused, "16th cipher": wantsECP}),
	"rejects offers above 300 octets": asks(map[string]string{"15th cipher": wantsECP, "5th Proposal": wantsECP}).and(
		func(t *testing.T, i *initiator, _ *Responder) {
			// 4 + 8 + 12 for each cipher + 8 for PRF and KE each.
			if got := i.oracle(lastOf(fillers(21))); got != wantsECP {
				t.Errorf("292 octets: %s", got)
			}
			if got := i.oracle(lastOf(fillers(22))); got != syntax {
				t.Errorf("304 octets: %s", got)
			}
		}),
	"ignores unknown transform types":                       asks(map[string]string{"ADDKE": wantsECP, "unknown type": wantsECP}).and(namesNoADDKE),
	"ignores unknown transform types and pads its messages": asks(map[string]string{"bad": refused}).and(padded),
	"rejects unknown transform types": asks(map[string]string{
		"good": accepted, "ADDKE": syntax, "unknown type": syntax, "ADDKE, then without": syntax}),
	"ignores unknown attributes": asks(map[string]string{"unknown attribute": wantsECP, "key of 257 bits": refused}),
	"rejects unknown attributes": asks(map[string]string{"unknown attribute": syntax, "good": accepted}),
	"ignores key lengths":        asks(map[string]string{"key of 257 bits": wantsECP, "unknown attribute": refused, "bad": refused}),
	"accepts unknown numbers": asks(map[string]string{
		"PRF 60000": wantsECP, "KE 60000": "INVALID_KE_PAYLOAD KeyExchangeMethod(60000)", "bad": refused}),
	"accepts every offer":       asks(map[string]string{"bad": accepted, "weak": accepted, "ADDKE": wantsECP, "unknown type": wantsECP}),
	"holds no policy for IKEv2": asks(map[string]string{"good": refused, "weak": refused, "oracle": refused}),

	"checks the KE payload before the offer": asks(map[string]string{
		"oracle": wantsECP, "bad": wantsECP, "classic": wantsECP, "good": accepted, "bad ECP": refused}),
	"selects the key exchange before the rest": asks(map[string]string{
		"good PRF, ECP": wantsECP, "good PRF, ECP, its KE": refused, "bad with its KE": refused, "good": accepted}),
	"asks for another key exchange for ever":                     asks(map[string]string{"good": wantsMODP, "oracle": wantsMODP, "bad": refused}),
	"asks for another key exchange for ever, whatever the offer": asks(map[string]string{"good": wantsMODP, "bad": wantsMODP, "weak": wantsMODP}),
	"asks for no key exchange in INVALID_KE_PAYLOAD":             asks(map[string]string{"oracle": "INVALID_KE_PAYLOAD", "good": accepted, "bad": refused}),
	"asks for MODP 2048, whatever it is sent":                    asks(map[string]string{"good": wantsMODP, "oracle": wantsMODP, "bad": wantsMODP}),
	"asks for any key exchange, whatever it is sent": func(t *testing.T, i *initiator, _ *Responder) {
		counts := i.answers(40)
		for answer := range counts {
			if !strings.HasPrefix(answer, "INVALID_KE_PAYLOAD KE_") {
				t.Errorf("answer %q", answer)
			}
		}
		if len(counts) < 2 {
			t.Errorf("%v", counts)
		}
	},
	"asks for an unknown key exchange": asks(map[string]string{
		"oracle": "INVALID_KE_PAYLOAD KeyExchangeMethod(65535)", "good": accepted, "bad": refused}),
	"refuses the key exchange that it asked for":            asks(map[string]string{"oracle": wantsECP, "good": refused, "bad": refused}),
	"asks for a key exchange of every offer and refuses it": asks(map[string]string{"good PRF, ECP": wantsECP, "good PRF, ECP, its KE": refused}),

	"a weak member for half of the flows":      sticky(fromPort),
	"a weak member for a tenth of the flows":   sticky(fromPort),
	"a weak member for half of the sources":    sticky(fromAddress).and(onAnyPort),
	"a weak member for half of the SPIs":       eachSPI(0.5),
	"a weak member for half of the packets":    eachPacket(0.5),
	"a weak member for a tenth of the SPIs":    eachSPI(0.1),
	"a weak member for a tenth of the packets": eachPacket(0.1),
	"a weak member on port 4500": func(t *testing.T, i *initiator, r *Responder) {
		if counts := i.answers(20); !only(counts, wantsECP) {
			t.Errorf("on 500: %v", counts)
		}
		if counts := tally(20, func() string {
			return i.on4500(i.request(validKE(t, ike.KE_CURVE25519), offer(both...)))
		}); !only(counts, wantsWeak) {
			t.Errorf("on 4500: %v", counts)
		}
	},
	"a weak member for a tenth of the SPIs on port 500": spread(0.1),
	"three members with different policies": func(t *testing.T, i *initiator, r *Responder) {
		if counts := i.answers(100); !only(counts, wantsECP, wantsWeak, refused) {
			t.Errorf("answers %v", counts)
		}
	},
	"a member that refuses everything":   chance(func(i *initiator) string { return i.oracle(good) }, wantsECP, refused),
	"two products behind one address":    differ(vendorOf),
	"members with their own vendor IDs":  differ(vendorOf),
	"members with their numbers in SPIs": differ(func(m *ike.Message) string { return fmt.Sprint(m.SPIr[:4]) }),
	"members with addresses of their own": differ(func(m *ike.Message) string {
		n, _ := m.Notify(ike.NAT_DETECTION_SOURCE_IP)
		for _, a := range []string{"10.0.0.1:500", "10.0.0.2:500", "198.51.100.7:500"} {
			if hash, _ := n.NATDetection(); hash == ike.NATDetectionHash(m.SPIi, m.SPIr, netip.MustParseAddrPort(a)) {
				return a
			}
		}
		return "another address"
	}),

	"refuses a fifth of what it accepts": chance(func(i *initiator) string { return i.oracle(good) }, wantsECP, refused),
	"accepts a tenth of what it refuses": chance(func(i *initiator) string { return i.oracle(weak) }, wantsWeak, refused),
	"accepts and refuses at random": chance(func(i *initiator) string { return i.oracle(good) }, wantsECP, refused).and(
		chance(func(i *initiator) string { return i.direct(ike.KE_MODP_1024, weak) }, accepted, refused)),
	"a forged refusal ahead":             stream(0, refused, wantsECP),
	"a forged refusal well ahead":        stream(100*time.Millisecond, refused, wantsECP),
	"a forged refusal behind":            stream(100*time.Millisecond, wantsECP, refused),
	"a forged INVALID_KE_PAYLOAD ahead":  stream(100*time.Millisecond, wantsMODP, wantsECP),
	"a forged INVALID_KE_PAYLOAD behind": stream(100*time.Millisecond, wantsECP, wantsMODP),
	"a forged acceptance ahead":          stream(100*time.Millisecond, accepted, wantsECP),
	"a forged acceptance behind":         stream(100*time.Millisecond, wantsECP, accepted),
	"contradictory answers to everything": func(t *testing.T, i *initiator, r *Responder) {
		for _, p := range []ike.Proposal{good, bad} {
			m := i.ask(i.request(validKE(t, ike.KE_ECP_256), offer(p)))
			_, refusal := m.Notify(ike.NO_PROPOSAL_CHOSEN)
			_, invalid := m.Notify(ike.INVALID_KE_PAYLOAD)
			if !refusal || !invalid {
				t.Errorf("NO_PROPOSAL_CHOSEN %v, INVALID_KE_PAYLOAD %v", refusal, invalid)
			}
		}
		if s := r.Stats(); s.HalfOpenPeak != 0 {
			t.Errorf("stats %+v", s)
		}
	},
	"another policy after 20 requests": changes(20, wantsECP, wantsWeak),
	"no policy after 30 requests":      changes(30, wantsECP, refused),

	"redirects who supports it":         asks(map[string]string{"redirect": "REDIRECT", "good": accepted}),
	"redirects and is silent to others": asks(map[string]string{"redirect": "REDIRECT", "good": silence, "bad": silence}),
	"redirects and refuses others":      asks(map[string]string{"redirect": "REDIRECT", "good": refused}),
	"redirects everyone": asks(map[string]string{"redirect": "REDIRECT", "good": "REDIRECT", "bad": "REDIRECT"}).and(
		func(t *testing.T, _ *initiator, r *Responder) {
			if s := r.Stats(); s.Redirected != 3 || s.Accepted+s.Refused != 0 {
				t.Errorf("stats %+v", s)
			}
		}),

	"pads its messages":                                  padded,
	"fakes a NAT before itself":                          hashes(1, 0),
	"several NAT_DETECTION_SOURCE_IP, one of which fits": hashes(3, 1),
	"hundreds of vendor IDs": func(t *testing.T, i *initiator, _ *Responder) {
		m := i.ask(i.request(validKE(t, ike.KE_ECP_256), offer(good)))
		ids := make(map[string]bool)
		for _, p := range m.Payloads {
			if v, ok := p.(*ike.VendorID); ok {
				ids[string(v.Data)] = true
			}
		}
		if len(ids) != 300 {
			t.Errorf("%d vendor IDs", len(ids))
		}
	},
	"malformed answers to everything": func(t *testing.T, i *initiator, r *Responder) {
		for _, p := range []ike.Proposal{good, bad} {
			request := i.request(validKE(t, ike.KE_ECP_256), offer(p))
			i.send(request)
			m, err := ike.ParseMessage(i.receive())
			if err == nil || m.SPIi != ike.SPI(request[:8]) || m.MajorVersion != 2 || m.Flags != ike.FlagResponse {
				t.Errorf("header %+v: %v", m.Header, err)
			}
		}
		if s := r.Stats(); s.HalfOpenPeak != 0 {
			t.Errorf("stats %+v", s)
		}
	},
	"half of every answer": func(t *testing.T, i *initiator, r *Responder) {
		for _, p := range []ike.Proposal{good, bad} {
			i.send(i.request(validKE(t, ike.KE_ECP_256), offer(p)))
			if raw := i.receive(); raw == nil {
				t.Error("silence")
			} else if _, err := ike.ParseMessage(raw); err == nil {
				t.Errorf("it is whole: %x", raw)
			}
		}
		if s := r.Stats(); s.HalfOpen != 1 {
			t.Errorf("stats %+v", s)
		}
	},
	"a malformed acceptance: half of it is missing": spoilt(func(_ *ike.Message, err error, _ []byte) bool { return err != nil }),
	"a malformed acceptance: its Length is too big": spoilt(func(m *ike.Message, err error, raw []byte) bool {
		_, _, length, _ := ike.ParseHeader(raw)
		return err != nil && int(length) == len(raw)+4
	}),
	"a malformed acceptance: the initiator SPI is wrong": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		return err == nil && m.SPIi[0] == 0x80
	}),
	"a malformed acceptance: the responder SPI is wrong": func(t *testing.T, i *initiator, r *Responder) {
		key := privateKey(t, ike.KE_ECP_256)
		m := i.ask(i.request(&ike.KE{Method: ike.KE_ECP_256, Data: key.Public()}, offer(good)))
		sa, _ := ike.Find[*ike.SA](m)
		if got := outcomeOf(i.inside(i.keys(m, sa, key), ike.IKE_AUTH, 1, identity, proof)); got != silence {
			t.Errorf("an IKE_AUTH to that SPI: %s", got)
		}
		if s := r.Stats(); s.HalfOpen != 1 {
			t.Errorf("stats %+v", s)
		}
	},
	"a malformed acceptance: the responder SPI is zero": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		return err == nil && m.SPIr == ike.SPI{} && has[*ike.SA](m)
	}),
	"a malformed acceptance: the Response flag is missing": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		return err == nil && m.Flags == 0
	}),
	"a malformed acceptance: the KE payload is missing": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		return err == nil && !has[*ike.KE](m) && has[*ike.Nonce](m)
	}),
	"a malformed acceptance: the nonce is missing": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		return err == nil && has[*ike.KE](m) && !has[*ike.Nonce](m)
	}),
	"a malformed acceptance: the KE payload is short": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		ke, ok := ike.Find[*ike.KE](m)
		return err == nil && ok && len(ke.Data) == 63
	}),
	"a malformed acceptance: the KE payload has another method": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		ke, ok := ike.Find[*ike.KE](m)
		return err == nil && ok && ke.Method == ike.KE_MODP_2048
	}),
	"a malformed acceptance: two Proposals are chosen": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		sa, ok := ike.Find[*ike.SA](m)
		return err == nil && ok && len(sa.Proposals) == 2
	}),
	"a malformed acceptance: two ciphers are chosen": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		return err == nil && len(firstProposal(m).Transforms) == len(good.Transforms)+1
	}),
	"a malformed acceptance: a cipher is chosen that was not offered": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		return err == nil && firstProposal(m).Transforms[0].ID == 65535
	}),
	"a malformed acceptance: an error stands beside the choice": spoilt(func(m *ike.Message, err error, _ []byte) bool {
		_, refusal := m.Notify(ike.NO_PROPOSAL_CHOSEN)
		return err == nil && refusal && has[*ike.SA](m)
	}),

	"answers IKE_AUTH with EAP":                      ends("nothing", 1, 0, 0),
	"authenticates everyone":                         ends("nothing", 0, 1, 0),
	"does not answer IKE_AUTH":                       ends(silence, 1, 0, 0),
	"answers IKE_AUTH with EAP and ignores a Delete": ends("nothing", 1, 0, 1),
	"keeps an entry for each question": func(t *testing.T, i *initiator, r *Responder) {
		for range 3 {
			i.oracle(good)
		}
		i.oracle(bad)
		sa := i.negotiate(ike.KE_ECP_256, offer(good))
		i.inside(sa, ike.IKE_AUTH, 1, identity, proof)
		i.direct(ike.KE_ECP_256, good)
		if s := r.Stats(); s.Kept != 4 || s.HalfOpen != 1 {
			t.Errorf("stats %+v", s)
		}
		time.Sleep(100 * time.Second)
		if s := r.Stats(); s.Kept != 5 || s.HalfOpen != 0 {
			t.Errorf("stats after 100 s: %+v", s)
		}
		time.Sleep(210 * time.Second)
		if s := r.Stats(); s.Kept != 1 || s.KeptPeak != 5 {
			t.Errorf("stats after 310 s: %+v", s)
		}
		time.Sleep(30 * time.Second)
		if s := r.Stats(); s.Kept != 0 || s.KeptPeak != 5 {
			t.Errorf("stats after 340 s: %+v", s)
		}
	},

	"refuses by silence": asks(map[string]string{"bad": silence, "oracle": wantsECP, "good": accepted}),
	"loses its accepted answers": asks(map[string]string{"good": silence, "oracle": wantsECP, "bad": refused}).and(
		func(t *testing.T, i *initiator, r *Responder) {
			if s := r.Stats(); s.Accepted != 1 || s.HalfOpen != 1 {
				t.Errorf("stats %+v", s)
			}
		}),
	"loses half of its accepted answers": func(t *testing.T, i *initiator, r *Responder) {
		request := i.request(validKE(t, ike.KE_ECP_256), offer(good))
		if counts := tally(20, func() string { return i.outcome(request) }); !only(counts, accepted, silence) {
			t.Errorf("one request sent again: %v", counts)
		}
		if s := r.Stats(); s.Accepted != 1 || s.HalfOpen != 1 || s.Retransmissions != 19 {
			t.Errorf("stats %+v", s)
		}
	},
	"drops requests above 600 octets":    asks(map[string]string{"600 octets": accepted, "601 octets": silence}),
	"drops KE payloads of newer methods": asks(map[string]string{"oracle": silence, "KE of a Zyxel": wantsECP}),
	"demands cookies and refuses them":   withItsCookie(func(got string) bool { return got == "COOKIE" }, 0),
	"demands a cookie of everyone":       withItsCookie(func(got string) bool { return got == accepted }, 1),
	"answers 20 datagrams a second": func(t *testing.T, i *initiator, _ *Responder) {
		request := i.request(validKE(t, ike.KE_CURVE25519), offer(good))
		for range 30 {
			i.send(request)
		}
		answers := 0
		for i.receive() != nil {
			answers++
		}
		if answers != 20 {
			t.Errorf("%d answers in a second", answers)
		}
	},
	"blocks after 40 datagrams": func(t *testing.T, i *initiator, _ *Responder) {
		if counts := tally(50, func() string { return i.oracle(good) }); counts[wantsECP] != 40 || counts[silence] != 10 {
			t.Errorf("outcomes %v", counts)
		}
	},
	"takes 1.5 s to answer": func(t *testing.T, i *initiator, _ *Responder) {
		i.send(i.request(validKE(t, ike.KE_ECP_256), offer(good)))
		if early := i.receive(); early != nil {
			t.Errorf("within %v: %x", patience, early)
		}
		if i.receive() == nil {
			t.Errorf("nothing within %v", 2*patience)
		}
	},
}

// and shows two things.
func (s showing) and(more showing) showing {
	return func(t *testing.T, i *initiator, r *Responder) {
		s(t, i, r)
		more(t, i, r)
	}
}

// namesNoADDKE: what gives an ignored transform away is the accepted answer.
func namesNoADDKE(t *testing.T, i *initiator, _ *Responder) {
	m := i.ask(i.request(validKE(t, ike.KE_ECP_256), offer(hybrid), ike.INTERMEDIATE_EXCHANGE_SUPPORTED))
	if got := describe(firstProposal(m)); got != describe(good) {
		t.Errorf("chose %s", got)
	}
}

// padded: INVALID_KE_PAYLOAD has 38 octets, and says 40.
func padded(t *testing.T, i *initiator, r *Responder) {
	i.send(i.request(validKE(t, ike.KE_CURVE25519), offer(good)))
	raw := i.receive()
	_, _, length, err := ike.ParseHeader(raw)
	if err != nil || len(raw) != 40 || length != 40 || raw[38] != 0 || raw[39] != 0 {
		t.Errorf("Length %d, %v: %x", length, err, raw)
	}
	m, err := ike.ParseMessage(raw)
	if err == nil || outcomeOf(m) != wantsECP {
		t.Errorf("%s, %v", outcomeOf(m), err)
	}
	// An SA behind a padded answer is like any other.
	key := privateKey(t, ike.KE_ECP_256)
	i.send(i.request(&ike.KE{Method: ike.KE_ECP_256, Data: key.Public()}, offer(good)))
	raw = i.receive()
	m, _ = ike.ParseMessage(raw)
	if len(raw)%4 != 0 || outcomeOf(m) != accepted {
		t.Fatalf("%d octets, %s", len(raw), outcomeOf(m))
	}
	sa, _ := ike.Find[*ike.SA](m)
	if got := outcomeOf(i.inside(i.keys(m, sa, key), ike.IKE_AUTH, 1, identity, proof)); got != "AUTHENTICATION_FAILED" {
		t.Errorf("IKE_AUTH: %s", got)
	}
	if s := r.Stats(); s.Closed != 1 || s.HalfOpen != 0 {
		t.Errorf("stats %+v", s)
	}
}

// hashes shows how many NAT_DETECTION_SOURCE_IP come, and how many of them are
// of the address that was asked.
func hashes(want, fit int) showing {
	return func(t *testing.T, i *initiator, _ *Responder) {
		m := i.ask(i.request(validKE(t, ike.KE_ECP_256), offer(good), ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP))
		all, fitting, seen := 0, 0, false
		for _, p := range m.Payloads {
			n, ok := p.(*ike.Notify)
			if !ok {
				continue
			}
			hash, ok := n.NATDetection()
			switch {
			case !ok:
			case n.Notification == ike.NAT_DETECTION_SOURCE_IP:
				all++
				if hash == ike.NATDetectionHash(m.SPIi, m.SPIr, i.gateway) {
					fitting++
				}
			default:
				local := unmap(netip.MustParseAddrPort(i.conn.LocalAddr().String()))
				seen = hash == ike.NATDetectionHash(m.SPIi, m.SPIr, local)
			}
		}
		if all != want || fitting != fit || !seen {
			t.Errorf("%d NAT_DETECTION_SOURCE_IP, %d fit; the destination fits: %v", all, fitting, seen)
		}
	}
}

// ends shows what answers the IKE_AUTH that should end an SA, what becomes of
// the SA, and how many are left after a Delete.
func ends(answer string, halfOpen, established, left int) showing {
	return func(t *testing.T, i *initiator, r *Responder) {
		sa := i.negotiate(ike.KE_ECP_256, offer(good))
		m := i.inside(sa, ike.IKE_AUTH, 1, identity, proof)
		if got := outcomeOf(m); got != answer {
			t.Errorf("IKE_AUTH: %s", got)
		}
		if s := r.Stats(); s.HalfOpen != halfOpen || s.Established != established {
			t.Errorf("stats %+v", s)
		}
		next := uint32(2)
		if m == nil {
			next = 1
		}
		i.inside(sa, ike.INFORMATIONAL, next, &ike.Delete{Protocol: ike.ProtocolIKE})
		if s := r.Stats(); s.HalfOpen+s.Established != left || s.Closed != 1-left {
			t.Errorf("stats after the Delete: %+v", s)
		}
	}
}

// withItsCookie shows the answer to a request that brings the cookie which the first
// answer asked for.
func withItsCookie(fits func(string) bool, halfOpen int) showing {
	return func(t *testing.T, i *initiator, r *Responder) {
		request := i.request(validKE(t, ike.KE_ECP_256), offer(good))
		if got := i.outcome(withCookie(t, i, request, i.ask(request))); !fits(got) {
			t.Errorf("with a cookie: %s", got)
		}
		if s := r.Stats(); s.HalfOpen != halfOpen || s.Cookies != 2-halfOpen {
			t.Errorf("stats %+v", s)
		}
	}
}

// TestOddities shows each on the wire, and that a gateway without it would fail.
func TestOddities(t *testing.T) {
	names := make(map[string]bool)
	for _, odd := range Oddities() {
		if names[odd.Name] {
			t.Errorf("two are named %q", odd.Name)
		}
		names[odd.Name] = true
		show := showings[odd.Name]
		if show == nil {
			t.Errorf("%q is not shown", odd.Name)
			continue
		}
		t.Run(odd.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &Responder{Policy: policy}
				odd.Apply(r)
				show(t, serve(t, r), r)
			})
		})
	}
	for name := range showings {
		if !names[name] {
			t.Errorf("%q is shown, and not listed", name)
		}
	}
}
