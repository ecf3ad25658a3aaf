//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals"
)

// A behaviour is what each daemon answers to a question: what the scanner
// relies on, and what iketest claims.
type behaviour struct {
	name string
	question
	tell                            func(*ike.Message) string // nil means outcome
	strongSwan, libreswan, openIKED string
}

const (
	good = "aes256gcm16-prfsha256-ecp256"

	accepted  = "accepted"
	refused   = "NO_PROPOSAL_CHOSEN"
	syntax    = "INVALID_SYNTAX"
	chose256  = "INVALID_KE_PAYLOAD KE_ECP_256"
	chose255  = "INVALID_KE_PAYLOAD KE_CURVE25519"
	silence   = "silence"
	zeroSPI   = "zero"
	someSPI   = "not zero"
	neither   = "neither"
	bothOfNAT = "both"
)

// octets is a public value that is none.
func octets(n int) []byte {
	b := make([]byte, n)
	b[n-1] = 1
	return b
}

// behaviours are asked of the daemons' default policies.
var behaviours = []behaviour{
	{"a good offer", question{offer: good, ke: ike.KE_ECP_256}, nil, accepted, accepted, accepted},
	{"a bad offer", question{offer: "aes256gcm16-prfsha256-modp768", ke: ike.KE_ECP_256}, nil, refused, refused, refused},

	{"KE of a known method that is not offered", question{offer: good, ke: ike.KE_MODP_2048}, nil, chose256, chose256, chose256},
	{"KE of a method that is offered, not chosen", question{offer: "aes256gcm16-prfsha256-ecp521,aes256-sha256-prfsha256-modp2048", ke: ike.KE_ECP_256}, notChosen, "INVALID_KE_PAYLOAD", "INVALID_KE_PAYLOAD", "INVALID_KE_PAYLOAD"},
	{"KE of a method that is not offered, in a bad offer", question{offer: "aes256gcm16-prfsha256-modp768", ke: ike.KE_MODP_2048}, nil, refused, refused, refused},
	{"KE of method 999", question{offer: good, ke: 999, keData: octets(64)}, nil, chose256, syntax, chose256},
	{"KE of method 0", question{offer: good, ke: ike.KE_NONE, keData: octets(64)}, nil, chose256, chose256, chose256},
	{"KE of the wrong length", question{offer: good, ke: ike.KE_ECP_256, keData: octets(63)}, nil, refused, syntax, refused},
	{"KE that is no point of the curve", question{offer: good, ke: ike.KE_ECP_256, keData: octets(64)}, nil, refused, accepted, refused},

	{"AEAD and classic with INTEG", question{offer: "aes256gcm16-aes256-prfsha256-sha256-ecp256", ke: ike.KE_ECP_256}, nil, accepted, accepted, refused},
	{"AEAD and classic with INTEG, KE not offered", question{offer: "aes256gcm16-aes256-prfsha256-sha256-ecp256", ke: ike.KE_MODP_2048}, nil, chose256, chose256, refused},
	{"AEAD with INTEG", question{offer: "aes256gcm16-prfsha256-sha256-ecp256", ke: ike.KE_ECP_256}, nil, accepted, refused, refused},
	{"AEAD with AUTH_NONE", question{offer: "aes256gcm16-prfsha256-integ_0-ecp256", ke: ike.KE_ECP_256}, nil, accepted, accepted, refused},
	{"AEAD with INTEG and AUTH_NONE", question{offer: "aes256gcm16-prfsha256-sha256-integ_0-ecp256", ke: ike.KE_ECP_256}, nil, accepted, refused, refused},
	{"AEAD and classic with INTEG and AUTH_NONE", question{offer: "aes256gcm16-aes256-prfsha256-sha256-integ_0-ecp256", ke: ike.KE_ECP_256}, nil, accepted, refused, refused},
	{"AEAD and classic without INTEG", question{offer: "aes256gcm16-aes256-prfsha256-ecp256", ke: ike.KE_ECP_256}, nil, accepted, accepted, accepted},
	{"classic with INTEG and AUTH_NONE", question{offer: "aes256-prfsha256-sha256-integ_0-ecp256", ke: ike.KE_ECP_256}, nil, accepted, refused, accepted},
	{"classic with AUTH_NONE", question{offer: "aes256-prfsha256-integ_0-ecp256", ke: ike.KE_ECP_256}, nil, refused, refused, refused},
	{"classic without INTEG", question{offer: "aes256-prfsha256-ecp256", ke: ike.KE_ECP_256}, nil, refused, refused, refused},
	{"ADDKE1 that is KE_NONE", question{offer: good + "-ke1_none", ke: ike.KE_ECP_256}, nil, accepted, refused, refused},

	{"61 proposals, the last one good", question{offer: strings.Repeat("aes256gcm16-prfsha256-modp768,", 60) + good, ke: ike.KE_ECP_256}, nil, accepted, accepted, accepted},
	{"61 proposals, the last one good, KE not offered", question{offer: strings.Repeat("aes256gcm16-prfsha256-modp768,", 60) + good, ke: ike.KE_MODP_2048}, nil, chose256, chose256, chose256},
	{"unknown ENCR 60000 beside a good one", question{offer: "encr_60000-" + good, ke: ike.KE_ECP_256}, nil, accepted, accepted, accepted},
	{"unknown transform type", question{offer: good, ke: ike.KE_ECP_256, change: add(ike.Transform{Type: 200, ID: 1})}, nil, refused, refused, refused},
	{"Sequence Numbers in an IKE SA", question{offer: good, ke: ike.KE_ECP_256, change: add(ike.Transform{Type: ike.TransformSN, ID: 1})}, nil, refused, refused, refused},
	{"unknown attribute", question{offer: good, ke: ike.KE_ECP_256, change: unknownAttribute}, nil, accepted, syntax, accepted},

	{"UDP 4500 with the marker", question{offer: good, ke: ike.KE_ECP_256, to4500: true}, nil, accepted, accepted, accepted},
	{"UDP 4500 with the marker, KE not offered", question{offer: good, ke: ike.KE_MODP_2048, to4500: true}, nil, chose256, chose256, chose256},
	{"UDP 4500 without the marker", question{offer: good, ke: ike.KE_ECP_256, to4500: true, bare: true}, nil, silence, silence, silence},

	{"NAT detection unasked", question{offer: good, ke: ike.KE_ECP_256}, natDetection, neither, bothOfNAT, bothOfNAT},
	{"NAT detection half asked", question{offer: good, ke: ike.KE_ECP_256, notifies: []ike.NotifyType{ike.NAT_DETECTION_SOURCE_IP}}, natDetection, neither, bothOfNAT, bothOfNAT},
	{"NAT detection asked", question{offer: good, ke: ike.KE_ECP_256, notifies: natNotifies}, natDetection, bothOfNAT, bothOfNAT, bothOfNAT},
	{"responder SPI of a refusal", question{offer: "aes256gcm16-prfsha256-modp768", ke: ike.KE_ECP_256}, responderSPI, zeroSPI, someSPI, someSPI},
	{"responder SPI of INVALID_KE_PAYLOAD", question{offer: good, ke: ike.KE_MODP_2048}, responderSPI, zeroSPI, someSPI, someSPI},
	{"order of the transforms chosen", question{offer: "aes256-prfsha256-sha256-modp2048", ke: ike.KE_MODP_2048}, order,
		"ENCR INTEG PRF KE", "ENCR PRF INTEG KE", "ENCR PRF INTEG KE"},
	{"notifies", question{offer: good, ke: ike.KE_ECP_256, notifies: slices.Concat(natNotifies, extensions)}, notifies,
		"16388 16389 16404 16418 16430 16431", "16388 16389 16418 16430", "16388 16389 16431"},
	{"notifies unasked", question{offer: good, ke: ike.KE_ECP_256}, notifies, "16404 16418", "16388 16389 16418", "16388 16389"},
	{"Vendor ID", question{offer: good, ke: ike.KE_ECP_256}, vendorIDs, "", "", "OpenIKED-7.4"},
}

// hybrids are asked of the policy optional of strongswan-pq.
var hybrids = []behaviour{
	{"hybrid", question{offer: hybrid, ke: ike.KE_CURVE25519, notifies: intermediate}, nil, accepted, "", ""},
	{"hybrid, KE not offered", question{offer: hybrid, ke: ike.KE_ECP_384, notifies: intermediate}, nil, chose255, "", ""},
	{"hybrid without INTERMEDIATE_EXCHANGE_SUPPORTED", question{offer: hybrid, ke: ike.KE_CURVE25519}, nil, refused, "", ""},
	{"hybrid without INTERMEDIATE_EXCHANGE_SUPPORTED, KE not offered", question{offer: hybrid, ke: ike.KE_ECP_384}, nil, chose255, "", ""},
	{"the wrong level of ML-KEM", question{offer: "aes256gcm16-prfsha384-x25519-ke1_mlkem1024", ke: ike.KE_CURVE25519, notifies: intermediate}, nil, refused, "", ""},
	{"the wrong level of ML-KEM, KE not offered", question{offer: "aes256gcm16-prfsha384-x25519-ke1_mlkem1024", ke: ike.KE_ECP_384, notifies: intermediate}, nil, refused, "", ""},
	{"ML-KEM as the second", question{offer: "aes256gcm16-prfsha384-x25519-ke2_mlkem768", ke: ike.KE_ECP_384, notifies: intermediate}, nil, refused, "", ""},
	{"none beside ML-KEM", question{offer: "aes256gcm16-prfsha384-x25519-ke1_none-ke1_mlkem1024", ke: ike.KE_ECP_384, notifies: intermediate}, nil, chose255, "", ""},
	{"transforms chosen", question{offer: hybrid, ke: ike.KE_CURVE25519, notifies: intermediate}, order, "ENCR PRF KE ADDKE1", "", ""},
}

const hybrid = "aes256gcm16-prfsha384-x25519-ke1_mlkem768"

var (
	natNotifies  = []ike.NotifyType{ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP}
	extensions   = []ike.NotifyType{ike.IKEV2_FRAGMENTATION_SUPPORTED, ike.SIGNATURE_HASH_ALGORITHMS, ike.REDIRECT_SUPPORTED}
	intermediate = []ike.NotifyType{ike.INTERMEDIATE_EXCHANGE_SUPPORTED}
)

// testBehaviour asks every daemon, and the responder of iketest that stands
// for it in other tests.
func (l lab) testBehaviour(t *testing.T, gateway string) {
	for _, daemon := range []struct {
		gateway, policy string
		rows            []behaviour
		profile         iketest.Profile
		want            func(behaviour) string
	}{
		{"strongswan", "default", behaviours, iketest.StrongSwan, func(b behaviour) string { return b.strongSwan }},
		{postQuantum, "default", behaviours, iketest.StrongSwan, func(b behaviour) string { return b.strongSwan }},
		{postQuantum, "optional", hybrids, iketest.StrongSwan, func(b behaviour) string { return b.strongSwan }},
		{"libreswan", "default", behaviours, iketest.Libreswan, func(b behaviour) string { return b.libreswan }},
		{"openiked", "default", behaviours, iketest.OpenIKED, func(b behaviour) string { return b.openIKED }},
	} {
		if daemon.gateway != gateway {
			continue
		}
		t.Run(daemon.policy, func(t *testing.T) {
			l.do(t, "restart", daemon.gateway)
			if strings.HasPrefix(daemon.gateway, "strongswan") {
				// Its limits are testHalfOpen's.
				l.limits(t, daemon.gateway, "1000", "1000")
				daemon.profile.CookieFrom, daemon.profile.BlockFrom = 0, 0
			}
			l.policy(t, daemon.gateway, daemon.policy)
			askers := map[string]*asker{
				"the daemon": l.asker(t, beside, l.do(t, "addr", daemon.gateway)),
				"iketest": askerOf(t, &iketest.Responder{
					Policy:  policyOf(l.accepts(t, daemon.gateway, daemon.policy)),
					Profile: daemon.profile,
				}),
			}
			for _, b := range daemon.rows {
				t.Run(b.name, func(t *testing.T) {
					for name, a := range askers {
						if got, want := b.answer(t, a), daemon.want(b); got != want {
							t.Errorf("%s: %s, want %s", name, got, want)
						}
					}
				})
			}
			l.do(t, "restart", daemon.gateway) // forgets what was accepted
		})
	}
}

// testTransformOrder: no daemon keeps the order of the transforms offered in its
// choice. (The OpenIKED of iketest does, so this is not among its behaviours.)
func (l lab) testTransformOrder(t *testing.T, gateway string) {
	want := map[string]string{
		"strongswan": "ENCR INTEG PRF KE", postQuantum: "ENCR INTEG PRF KE",
		"libreswan": "ENCR PRF INTEG KE", "openiked": "ENCR PRF INTEG KE",
	}[gateway]
	a := l.asker(t, beside, l.do(t, "addr", gateway))
	if got := order(a.ask(t, question{offer: "modp2048-prfsha256-aes256-sha256", ke: ike.KE_MODP_2048})); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	l.do(t, "restart", gateway) // forgets what was accepted
}

// testHalfOpen: how each daemon, with its default limits, takes one source
// address that leaves half-open IKE SAs.
func (l lab) testHalfOpen(t *testing.T, gateway string) {
	const (
		many        = 60
		withCookie  = "COOKIE, accepted"
		mutedCookie = "COOKIE, silence"
	)
	strongSwan := []string{accepted, accepted, accepted, withCookie, withCookie, mutedCookie}
	daemon := map[string]struct {
		profile iketest.Profile
		want    []string
	}{
		"strongswan": {iketest.StrongSwan, strongSwan},
		postQuantum:  {iketest.StrongSwan, strongSwan},
		"libreswan":  {iketest.Libreswan, slices.Repeat([]string{accepted}, many)},
		"openiked":   {iketest.OpenIKED, slices.Repeat([]string{accepted}, many)},
	}[gateway]
	l.do(t, "restart", gateway)
	for name, a := range map[string]*asker{
		"daemon": l.asker(t, beside, l.do(t, "addr", gateway)),
		"iketest": askerOf(t, &iketest.Responder{
			Policy: policyOf(l.accepts(t, gateway, "default")), Profile: daemon.profile,
		}),
	} {
		var got []string
		for range daemon.want {
			got = append(got, a.open(t, question{offer: good, ke: ike.KE_ECP_256}))
		}
		if !slices.Equal(got, daemon.want) {
			t.Errorf("%s: %v, want %v", name, got, daemon.want)
		}
	}
	l.do(t, "restart", gateway)
}

func (b behaviour) answer(t *testing.T, a *asker) string {
	t.Helper()
	m := a.ask(t, b.question)
	if b.tell == nil || m == nil {
		return outcome(m)
	}
	return b.tell(m)
}

// policyOf returns products as a responder of iketest takes them.
func policyOf(products []proposals.Product) []ike.Proposal {
	var policy []ike.Proposal
	for i, p := range products {
		policy = append(policy, p.Proposal(uint8(i+1)))
	}
	return policy
}

// notChosen tells INVALID_KE_PAYLOAD whatever method it names.
func notChosen(m *ike.Message) string {
	word, _, _ := strings.Cut(outcome(m), " ")
	return word
}

func natDetection(m *ike.Message) string {
	_, source := m.Notify(ike.NAT_DETECTION_SOURCE_IP)
	_, destination := m.Notify(ike.NAT_DETECTION_DESTINATION_IP)
	switch {
	case outcome(m) != accepted:
		return outcome(m)
	case source && destination:
		return bothOfNAT
	case !source && !destination:
		return neither
	}
	return "one"
}

func responderSPI(m *ike.Message) string {
	if m.SPIr == (ike.SPI{}) {
		return zeroSPI
	}
	return someSPI
}

// order returns the types of the transforms chosen.
func order(m *ike.Message) string {
	if m == nil {
		return silence
	}
	sa, ok := ike.Find[*ike.SA](m)
	if !ok || len(sa.Proposals) != 1 {
		return outcome(m)
	}
	var types []string
	for _, transform := range sa.Proposals[0].Transforms {
		axis, ok := proposals.AxisOf(transform.Type)
		if !ok {
			return fmt.Sprintf("a transform of type %v", transform.Type)
		}
		types = append(types, axis.String())
	}
	return strings.Join(types, " ")
}

// notifies returns the numbers of the notifies, ascending.
func notifies(m *ike.Message) string {
	var all []int
	for _, p := range m.Payloads {
		if n, ok := p.(*ike.Notify); ok {
			all = append(all, int(n.Notification))
		}
	}
	slices.Sort(all)
	return strings.Trim(fmt.Sprint(all), "[]")
}

// vendorIDs returns them as text.
func vendorIDs(m *ike.Message) string {
	var all []string
	for _, p := range m.Payloads {
		if v, ok := p.(*ike.VendorID); ok {
			all = append(all, string(v.Data))
		}
	}
	return strings.Join(all, ", ")
}

// add returns a change that gives the first proposal another transform.
func add(transform ike.Transform) func(*ike.Message) {
	return func(m *ike.Message) {
		sa, _ := ike.Find[*ike.SA](m)
		sa.Proposals[0].Transforms = append(sa.Proposals[0].Transforms, transform)
	}
}

// unknownAttribute gives the first transform one of the private range.
func unknownAttribute(m *ike.Message) {
	sa, _ := ike.Find[*ike.SA](m)
	first := &sa.Proposals[0].Transforms[0]
	first.Attributes = append(first.Attributes, ike.Attribute{Type: 16384, Value: []byte{0, 1}})
}
