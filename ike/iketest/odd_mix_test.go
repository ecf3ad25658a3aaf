package iketest

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/offers"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/keyexchange"
)

// daemonProfiles are what Oddities are applied to.
var daemonProfiles = []Profile{{}, StrongSwan, Libreswan, OpenIKED}

// pool holds suites that policies here accept, and others.
var pool = []ike.Proposal{good, classic, bad, weak, hybrid, unheard,
	proposal(encr(ike.ENCR_AES_GCM_16, 257), prf256, ecp256), proposal(gcm256, prf(60000), ecp256),
	proposal(gcm256, prf256, modp2048), proposal(gcm128, prf384, ecp256), curve}

var curve = proposal(cbc128, prf256, mac256, x25519)

// TestLimitsCountWhatIsSpoilt: an SA whose answer is malformed or lost, or that
// should not be there, counts for cookies and blocks like any other.
func TestLimitsCountWhatIsSpoilt(t *testing.T) {
	for _, odd := range Oddities() {
		r := &Responder{Policy: policy, Profile: StrongSwan}
		odd.Apply(r)
		f := &r.Faults
		if f.InsteadOfAccepted == NoForgery && f.AcceptedLoss == 0 && f.Instead != Truncated && !r.Profile.AcceptAll && f.FalseAcceptance == 0 ||
			f.InvalidKELoop || f.Unredeemed {
			continue // it opens SAs as others do, or none
		}
		t.Run(odd.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if f.FalseAcceptance > 0 {
					r.Policy, f.FalseAcceptance = nil, 1
				}
				i := serve(t, r)
				sendGood := func() {
					i.send(i.request(validKE(t, ike.KE_ECP_256), goodOffer))
					synctest.Wait()
				}
				for n := range 3 {
					sendGood()
					if s := r.Stats(); s.HalfOpen != n+1 || s.Accepted != n+1 || s.Cookies != 0 {
						t.Fatalf("after request %d: %+v", n+1, s)
					}
				}
				sendGood()
				if s := r.Stats(); s.HalfOpen != 3 || s.Cookies != 1 {
					t.Errorf("the fourth: %+v", s)
				}
				time.Sleep(30 * time.Second)
				if s := r.Stats(); s.HalfOpen != 0 || s.HalfOpenPeak != 3 {
					t.Errorf("after 30 s: %+v", s)
				}
			})
		})
	}
}

// keys are made once for each method.
var keys sync.Map

func (i *initiator) key(m ike.KeyExchangeMethod) *keyexchange.PrivateKey {
	i.t.Helper()
	if key, ok := keys.Load(m); ok {
		return key.(*keyexchange.PrivateKey)
	}
	key := privateKey(i.t, m)
	keys.Store(m, key)
	return key
}

// asked is a suite offered alone, with a fitting KE payload. It reports whether
// an answer accepted exactly that.
func (i *initiator) asked(suite ike.Proposal) bool {
	i.t.Helper()
	method := offers.MethodOf(suite)
	i.send(i.request(&ike.KE{Method: method, Data: i.key(method).Public()}, offer(suite), ike.INTERMEDIATE_EXCHANGE_SUPPORTED))
	for {
		octets := i.receive()
		if octets == nil {
			return false
		}
		m, _ := ike.ParseMessage(octets)
		if sa, ok := ike.Find[*ike.SA](m); ok && offers.SameSuite(sa.Proposals[0], suite) {
			return true
		}
	}
}

// TestAcceptsAgrees: what Accepts says of a suite is what happens on the wire,
// but for answers that come by chance, of forgers, or not at all.
func TestAcceptsAgrees(t *testing.T) {
	for _, odd := range Oddities() {
		profiles := daemonProfiles
		if testing.Short() {
			profiles = profiles[:2]
		}
		for n, profile := range profiles {
			t.Run(fmt.Sprint(odd.Name, "/", n), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					profile.CookieFrom, profile.BlockFrom = 0, 0
					r := &Responder{Policy: append(slices.Clone(policy), hybrid, curve), Profile: profile}
					odd.Apply(r)
					i := serve(t, r)
					for _, suite := range pool {
						want := r.Accepts(suite)
						got := false
						for range 60 { // members of a tenth have their turn
							if got = i.asked(suite); got || !chancy(r) {
								break
							}
						}
						if got && !want && !lies(r) {
							t.Errorf("%s is accepted", describe(suite))
						}
						if want && !got && !hides(r) {
							t.Errorf("%s is not accepted", describe(suite))
						}
					}
				})
			})
		}
	}
}

// chancy gateways may answer one question differently.
func chancy(r *Responder) bool {
	return len(r.Members) > 0 || r.Faults.FalseRefusal > 0 || r.Faults.AcceptedLoss > 0
}

// lies: what looks accepted may not be.
func lies(r *Responder) bool {
	f := &r.Faults
	return f.FalseAcceptance > 0 || slices.Contains(f.Before, FalseAcceptance) || slices.Contains(f.After, FalseAcceptance)
}

// hides: what is accepted may never show, at least not to one source address,
// without a cookie, on port 500.
func hides(r *Responder) bool {
	f := &r.Faults
	return f.AcceptedLoss == 1 || f.Instead != NoForgery || f.InsteadOfAccepted != NoForgery || f.Delay > patience ||
		f.BlockAfter > 0 || r.Profile.AlwaysCookie || r.LaterFrom > 0 ||
		r.Profile.RedirectAll || r.Profile.Unredirected != ByRFC ||
		len(r.Members) > 0 && (r.Balance == PerFlow || r.Balance == PerSource || r.Members[0].Port == 4500)
}

// TestOdditiesMixed: whatever is mixed, on a bad path, the gateway lives, and its
// counts agree with each other.
func TestOdditiesMixed(t *testing.T) {
	gateways := 600
	if testing.Short() {
		gateways = 100
	}
	odd := Oddities()
	for seed := range uint64(gateways) {
		r := rand.New(rand.NewPCG(seed, 0))
		gateway := &Responder{Policy: policy, Profile: daemonProfiles[r.IntN(len(daemonProfiles))]}
		var names []string
		for _, k := range r.Perm(len(odd))[:1+r.IntN(5)] {
			names = append(names, odd[k].Name)
			odd[k].Apply(gateway)
		}
		gateway.Faults.Seed = seed
		synctest.Test(t, func(t *testing.T) {
			n := memnet.New()
			n.Seed = seed
			n.SetLink(memnet.Link{Loss: 0.2, Duplicate: 0.1, Reorder: 0.1, Delay: 5 * time.Millisecond, Jitter: 20 * time.Millisecond})
			serveOn(t, n, gatewayAddress, gateway)
			i := newInitiator(t, n, netip.AddrPortFrom(initiatorAddress, 0))
			for range 40 {
				i.mixed(r)
			}
			time.Sleep(31 * time.Second)
			members := []*Responder{gateway}
			for _, m := range gateway.Members {
				members = append(members, m.Responder)
			}
			for _, m := range members {
				if err := consistent(m.Stats()); err != "" {
					t.Errorf("seed %d, %s: %s: %+v", seed, strings.Join(names, ", "), err, m.Stats())
				}
			}
		})
	}
}

// mixed asks any question, and takes what comes; an accepted answer that fits is
// followed by an IKE_AUTH, and that perhaps by a Delete.
func (i *initiator) mixed(r *rand.Rand) {
	i.t.Helper()
	var offered []ike.Proposal
	for range 1 + r.IntN(3) {
		offered = append(offered, pool[r.IntN(len(pool))])
	}
	methods := []ike.KeyExchangeMethod{ike.KE_ECP_256, ike.KE_CURVE25519, ike.KE_MODP_1024}
	key := i.key(methods[r.IntN(len(methods))])
	i.send(i.request(&ike.KE{Method: key.Method(), Data: key.Public()}, offer(offered...), ike.INTERMEDIATE_EXCHANGE_SUPPORTED))
	m, err := ike.ParseMessage(i.soon())
	sa, hasSA := ike.Find[*ike.SA](m)
	ke, hasKE := ike.Find[*ike.KE](m)
	if err != nil || !hasSA || !hasKE || !has[*ike.Nonce](m) || ke.Method != key.Method() {
		return
	}
	open, err := i.tryKeys(m, sa, key)
	if err != nil {
		return
	}
	i.send(i.protected(open, ike.IKE_AUTH, 1, identity, proof))
	if i.soon() != nil && r.IntN(2) == 0 {
		i.send(i.protected(open, ike.INFORMATIONAL, 2, &ike.Delete{Protocol: ike.ProtocolIKE}))
		i.soon()
	}
}

// soon receives within 100 ms.
func (i *initiator) soon() []byte {
	i.t.Helper()
	return i.receiveWithin(100 * time.Millisecond)
}

// consistent says what is wrong with the counts of a gateway that has not been
// asked for longer than SAs are half-open.
func consistent(s Stats) string {
	switch {
	case s.HalfOpen != 0:
		return "SAs are half-open for too long"
	case s.Established+s.Closed > s.Accepted:
		return "more SAs than were accepted"
	case s.Accepted > 0 && s.HalfOpenPeak == 0, s.HalfOpenPeak > s.Accepted:
		return "the peak is not that of what was accepted"
	case s.Accepted+s.Refused+s.InvalidKE+s.Cookies+s.Blocked+s.Redirected > s.InitRequests:
		return "more answers than requests"
	case s.InitRequests+s.Retransmissions > s.Requests, s.Requests > s.Datagrams, s.Ignored > s.Datagrams:
		return "more requests than datagrams"
	case s.Kept > s.KeptPeak, s.KeptPeak > s.InvalidKE+s.Accepted:
		return "more entries than reasons for them"
	}
	return ""
}

// TestOdditiesRepeat: with the same seeds a gateway gives the same answers.
func TestOdditiesRepeat(t *testing.T) {
	for _, odd := range Oddities() {
		run := func(seed uint64) (outcomes []string) {
			synctest.Test(t, func(t *testing.T) {
				r := &Responder{Policy: policy, Faults: Faults{Seed: seed}}
				odd.Apply(r)
				i := serve(t, r)
				request := func() []byte { return i.request(&ike.KE{Method: ike.KE_CURVE25519, Data: goodX25519}, offer(both...)) }
				for range 40 {
					i.send(request())
					time.Sleep(2 * time.Second)
					for octets := i.soon(); octets != nil; octets = i.soon() {
						m, _ := ike.ParseMessage(octets)
						outcomes = append(outcomes, outcomeOf(m))
					}
					outcomes = append(outcomes, "")
				}
			})
			return outcomes
		}
		if first := run(1); !slices.Equal(first, run(1)) {
			t.Errorf("%s: the same seed gives other answers", odd.Name)
		}
	}
}

// goodX25519 is the base point.
var goodX25519 = append([]byte{9}, make([]byte, 31)...)

// FuzzOddities: whatever comes, no odd gateway fails, and one that is not told
// to forge answers only its initiator SPI.
func FuzzOddities(f *testing.F) {
	request, err := (&initiator{nonce: make([]byte, 32)}).message(&ike.KE{Method: ike.KE_ECP_256, Data: make([]byte, 64)}, pool).AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	odd := Oddities()
	servers := make([]*server, len(odd))
	for k := range odd {
		r := &Responder{Policy: policy, Profile: StrongSwan}
		odd[k].Apply(r)
		if servers[k], err = newServer(r); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(k), request)
		f.Add(uint8(k), request[:40])
	}
	f.Fuzz(func(t *testing.T, k uint8, datagram []byte) {
		s := servers[int(k)%len(servers)]
		in := arrival{remote: hostA, local: hostB, raw: datagram, marker: k >= 128}
		s = s.member(in)
		sent, err := s.receive(in)
		if err != nil {
			t.Fatal(err)
		}
		if s.faults.Instead == WrongInitiatorSPI || s.faults.InsteadOfAccepted == WrongInitiatorSPI {
			return
		}
		for _, d := range sent {
			asked, answered := in.ike(), (arrival{marker: in.marker, raw: d.octets}).ike()
			if len(asked) < 8 || len(answered) < 8 || ike.SPI(answered[:8]) != ike.SPI(asked[:8]) {
				t.Errorf("answer %x", d.octets)
			}
		}
	})
}
