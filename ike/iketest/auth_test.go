package iketest

import (
	"bytes"
	"crypto/rand"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/ike/keymat"
)

// An openSA is the initiator's side of a half-open SA.
type openSA struct {
	spii, spir ike.SPI
	keys       *keymat.Keys
}

// negotiate makes a half-open SA.
func (i *initiator) negotiate(method ike.KeyExchangeMethod, offer []ike.Proposal) openSA {
	i.t.Helper()
	key := privateKey(i.t, method)
	m := i.ask(i.request(&ike.KE{Method: method, Data: key.Public()}, offer))
	sa, ok := ike.Find[*ike.SA](m)
	if !ok {
		i.t.Fatalf("the answer is %s", outcomeOf(m))
	}
	return i.keys(m, sa, key)
}

func (i *initiator) keys(m *ike.Message, sa *ike.SA, key *keyexchange.PrivateKey) openSA {
	i.t.Helper()
	open, err := i.tryKeys(m, sa, key)
	if err != nil {
		i.t.Fatal(err)
	}
	return open
}

// tryKeys derives the keys of what an answer accepts.
func (i *initiator) tryKeys(m *ike.Message, sa *ike.SA, key *keyexchange.PrivateKey) (openSA, error) {
	theirs, _ := ike.Find[*ike.KE](m)
	nr, _ := ike.Find[*ike.Nonce](m)
	secret, err := key.SharedSecret(theirs.Data)
	if err != nil {
		return openSA{}, err
	}
	transforms, err := keymat.TransformsOf(sa.Proposals[0])
	if err != nil {
		return openSA{}, err
	}
	keys, err := keymat.Derive(transforms, secret, i.nonce, nr.Data, m.SPIi, m.SPIr)
	return openSA{m.SPIi, m.SPIr, keys}, err
}

// auth returns the first IKE_AUTH request.
func (i *initiator) auth(sa openSA, payloads ...ike.Payload) []byte {
	i.t.Helper()
	return i.protected(sa, ike.IKE_AUTH, 1, payloads...)
}

// protected returns a request in an SA.
func (i *initiator) protected(sa openSA, exchange ike.ExchangeType, id uint32, payloads ...ike.Payload) []byte {
	i.t.Helper()
	h := ike.Header{SPIi: sa.spii, SPIr: sa.spir, MajorVersion: 2, Exchange: exchange, Flags: ike.FlagInitiator, MessageID: id}
	octets, err := sa.keys.Seal(keymat.Initiator, h, payloads, rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	return octets
}

// inside sends a request in an SA and returns the answer, nil for silence.
func (i *initiator) inside(sa openSA, exchange ike.ExchangeType, id uint32, payloads ...ike.Payload) *ike.Message {
	i.t.Helper()
	i.send(i.protected(sa, exchange, id, payloads...))
	octets := i.receive()
	if octets == nil {
		return nil
	}
	m, err := sa.keys.Open(keymat.Responder, octets)
	if err != nil {
		i.t.Fatal(err)
	}
	if m.Exchange != exchange || m.MessageID != id || m.Flags != ike.FlagResponse {
		i.t.Errorf("the answer's header is %+v", m.Header)
	}
	return m
}

var (
	identity = &ike.ID{Payload: ike.PayloadIDi, IDType: ike.ID_FQDN, Data: []byte("scanner.example")}
	proof    = &ike.Auth{Method: ike.AuthSharedKey, Data: make([]byte, 32)}
)

// TestAuthClosesHalfOpenSA goes through every kind of key exchange, cipher and
// integrity algorithm that a test is likely to meet.
func TestAuthClosesHalfOpenSA(t *testing.T) {
	for _, test := range []struct {
		method     ike.KeyExchangeMethod
		transforms []ike.Transform
	}{
		{ike.KE_ECP_256, []ike.Transform{gcm256, prf256}},
		{ike.KE_MODP_2048, []ike.Transform{cbc128, prf(ike.PRF_HMAC_SHA1), integ(ike.AUTH_HMAC_SHA1_96)}},
		{ike.KE_CURVE25519, []ike.Transform{encr(ike.ENCR_CHACHA20_POLY1305, 0), prf384}},
		{ike.KE_ML_KEM_768, []ike.Transform{cbc256, prf384, mac384}},
		{ike.KE_MODP_1024, []ike.Transform{des3, prf(ike.PRF_HMAC_MD5), integ(ike.AUTH_HMAC_MD5_96)}},
		{ike.KE_BRAINPOOL_P256R1, []ike.Transform{encr(ike.ENCR_AES_CTR, 192), prf256, mac256}},
	} {
		t.Run(test.method.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				good := offer(proposal(append(test.transforms, ke(test.method))...))
				r := &Responder{Policy: good}
				i := serve(t, r)
				sa := i.negotiate(test.method, good)
				if s := r.Stats(); s.HalfOpen != 1 {
					t.Fatalf("stats %+v", s)
				}
				request := i.auth(sa, identity, proof)
				i.send(request)
				octets := i.receive()
				m, err := sa.keys.Open(keymat.Responder, octets)
				if err != nil {
					t.Fatalf("answer: %v", err)
				}
				if _, ok := m.Notify(ike.AUTHENTICATION_FAILED); !ok || m.MessageID != 1 || m.Exchange != ike.IKE_AUTH {
					t.Errorf("the answer is %s, header %+v", outcomeOf(m), m.Header)
				}
				i.send(request)
				if again := i.receive(); again != nil {
					t.Errorf("sent again, the request has the answer %x", again)
				}
				if s := r.Stats(); s.HalfOpen != 0 || s.Closed != 1 || s.HalfOpenPeak != 1 {
					t.Errorf("stats %+v", s)
				}
			})
		})
	}
}

// TestAuthThatDoesNotOpen is met with silence and leaves the SA as it was.
func TestAuthThatDoesNotOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy}
		i := serve(t, r)
		sa := i.negotiate(ike.KE_ECP_256, goodOffer)
		other := i.negotiate(ike.KE_ECP_256, goodOffer)
		good := i.auth(sa, identity, proof)
		change := func(at int) []byte {
			octets := bytes.Clone(good)
			octets[at] ^= 1
			return octets
		}
		for _, test := range []struct {
			name   string
			octets []byte
		}{
			{"another responder SPI", change(15)},
			{"another initiator SPI", change(0)},
			{"a changed message ID", change(23)},
			{"a changed ciphertext", change(len(good) - 20)},
			{"a changed ICV", change(len(good) - 1)},
			{"truncated", good[:len(good)-1]},
			{"the keys of another SA", i.auth(openSA{sa.spii, sa.spir, other.keys}, identity, proof)},
		} {
			i.send(test.octets)
			if answer := i.receive(); answer != nil {
				t.Errorf("%s: answer %x", test.name, answer)
			}
		}
		if s := r.Stats(); s.HalfOpen != 2 || s.Closed != 0 {
			t.Errorf("stats %+v", s)
		}
		i.send(good)
		if i.receive() == nil {
			t.Error("the true request has no answer")
		}
	})
}

// TestAuthWithoutSharedSecret: what was accepted without a key exchange is not
// opened by the keys of any secret, and does not end the gateway.
func TestAuthWithoutSharedSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Profile: Libreswan}
		i := serve(t, r)
		m := i.ask(i.request(notOnCurve(), goodOffer))
		sa, ok := ike.Find[*ike.SA](m)
		if !ok {
			t.Fatalf("the answer is %s", outcomeOf(m))
		}
		transforms, err := keymat.TransformsOf(sa.Proposals[0])
		if err != nil {
			t.Fatal(err)
		}
		nr, _ := ike.Find[*ike.Nonce](m)
		keys, err := keymat.Derive(transforms, make([]byte, 32), i.nonce, nr.Data, m.SPIi, m.SPIr)
		if err != nil {
			t.Fatal(err)
		}
		i.send(i.auth(openSA{m.SPIi, m.SPIr, keys}, identity, proof))
		if answer := i.receive(); answer != nil {
			t.Errorf("answer %x", answer)
		}
		if s := r.Stats(); s.HalfOpen != 1 {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestAuthShowsIdentity: without AUTH the initiator wants EAP.
func TestAuthShowsIdentity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Connections: []Connection{{
			IDType: ike.ID_FQDN, ID: "vpn.example.com", SendAlways: true, Certificates: [][]byte{{0x30, 0}}, PSK: []byte("secret"), AsksIdentity: true,
		}}}
		i := serve(t, r)
		sa := i.negotiate(ike.KE_ECP_256, goodOffer)
		i.send(i.auth(sa, identity))
		m, err := sa.keys.Open(keymat.Responder, i.receive())
		if err != nil {
			t.Fatal(err)
		}
		if id, ok := ike.Find[*ike.ID](m); !ok || string(id.Data) != "vpn.example.com" || len(m.Payloads) != 4 {
			t.Errorf("IDr is %+v, of %d payloads", id, len(m.Payloads))
		}
		if s := r.Stats(); s.HalfOpen != 1 || s.Closed != 0 {
			t.Errorf("stats %+v", s)
		}
		i.send(i.auth(sa, identity, proof))
		if again := i.receive(); again != nil {
			t.Errorf("another request with the same Message ID: %x", again)
		}
		if got := outcomeOf(i.inside(sa, ike.IKE_AUTH, 2, identity, proof)); got != "AUTHENTICATION_FAILED" {
			t.Errorf("with AUTH: %s", got)
		}
	})
}

// TestAuthReactions follows an SA that an IKE_AUTH does not end: what does, and
// how it is counted meanwhile.
func TestAuthReactions(t *testing.T) {
	const none = "nothing" // an empty message, or none of SA and Notify
	deletes := &ike.Delete{Protocol: ike.ProtocolIKE}
	for _, test := range []struct {
		name                  string
		profile               Profile
		auth                  string
		halfOpen, established int // after the IKE_AUTH
		deleted               string
		left                  int // SAs after the Delete
	}{
		{"fails", Profile{}, "AUTHENTICATION_FAILED", 0, 0, "silence", 0},
		{"EAP", Profile{Auth: AuthEAP}, none, 1, 0, none, 0},
		{"EAP, the Delete ignored", Profile{Auth: AuthEAP, Delete: DeleteIgnored}, none, 1, 0, none, 1},
		{"EAP, the Delete unanswered", Profile{Auth: AuthEAP, Delete: DeleteUnanswered}, none, 1, 0, "silence", 1},
		{"establishes", Profile{Auth: AuthEstablishes, Delete: DeleteIgnored}, none, 0, 1, none, 0},
		{"silent", Profile{Auth: AuthSilent}, "silence", 1, 0, none, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &Responder{Policy: policy, Profile: test.profile}
				i := serve(t, r)
				sa := i.negotiate(ike.KE_ECP_256, goodOffer)
				next := uint32(2)
				m := i.inside(sa, ike.IKE_AUTH, 1, identity, proof)
				if got := outcomeOf(m); got != test.auth {
					t.Errorf("IKE_AUTH: %s", got)
				}
				if m == nil {
					next = 1
				}
				_, eap := ike.Find[*ike.EAP](orEmpty(m))
				_, auth := ike.Find[*ike.Auth](orEmpty(m))
				if eap != (test.profile.Auth == AuthEAP) || auth != (test.profile.Auth == AuthEstablishes) {
					t.Errorf("IKE_AUTH: EAP %v, AUTH %v", eap, auth)
				}
				if s := r.Stats(); s.HalfOpen != test.halfOpen || s.Established != test.established || s.HalfOpenPeak != 1 {
					t.Errorf("after IKE_AUTH: %+v", s)
				}
				if got := outcomeOf(i.inside(sa, ike.INFORMATIONAL, next+1, deletes)); got != "silence" {
					t.Errorf("a Message ID out of turn: %s", got)
				}
				if got := outcomeOf(i.inside(sa, ike.INFORMATIONAL, next, deletes)); got != test.deleted {
					t.Errorf("Delete: %s", got)
				}
				if s := r.Stats(); s.HalfOpen+s.Established != test.left || s.Closed != 1-test.left {
					t.Errorf("after the Delete: %+v", s)
				}
			})
		})
	}
}

func orEmpty(m *ike.Message) *ike.Message {
	if m == nil {
		return new(ike.Message)
	}
	return m
}

// TestDeleteIsForIKE: only that of the IKE SA ends it.
func TestDeleteIsForIKE(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Responder{Policy: policy, Profile: Profile{Auth: AuthEstablishes}}
		i := serve(t, r)
		sa := i.negotiate(ike.KE_ECP_256, goodOffer)
		i.inside(sa, ike.IKE_AUTH, 1, identity, proof)
		esp := &ike.Delete{Protocol: ike.ProtocolESP, SPISize: 4, SPIs: [][]byte{{1, 2, 3, 4}}}
		for n, payload := range []ike.Payload{esp, proof} {
			if m := i.inside(sa, ike.INFORMATIONAL, uint32(2+n), payload); m == nil || len(m.Payloads) != 0 {
				t.Errorf("answer %+v", m)
			}
		}
		if got := outcomeOf(i.inside(sa, ike.IKE_AUTH, 4, identity, proof)); got != "silence" {
			t.Errorf("a second authentication: %s", got)
		}
		time.Sleep(time.Hour) // an established SA outlives half-open ones
		if s := r.Stats(); s.Established != 1 || s.HalfOpen != 0 || s.Closed != 0 {
			t.Errorf("%+v", s)
		}
		if i.inside(sa, ike.INFORMATIONAL, 4, &ike.Delete{Protocol: ike.ProtocolIKE}) == nil {
			t.Error("the Delete is not answered")
		}
		if s := r.Stats(); s.Established != 0 || s.Closed != 1 {
			t.Errorf("%+v", s)
		}
	})
}
