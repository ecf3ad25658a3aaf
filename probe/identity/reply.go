package identity

import (
	"errors"
	"fmt"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/keymat"
)

// State is what came of a question.
type State uint8

const (
	// NotAsked: no IKE SA came about to ask it in.
	NotAsked State = iota
	// Seen: the gateway said who it is.
	Seen
	// Refused: it answered with an error.
	Refused
	// Silent: it did not answer.
	Silent
	// Unclear: it answered with neither an identity nor an error, or without the
	// protection of the IKE SA.
	Unclear
)

var states = [...]string{NotAsked: "not_asked", Seen: "seen", Refused: "refused", Silent: "no_answer", Unclear: "unclear"}

// String returns the state as a word of a JSON document.
func (s State) String() string {
	if int(s) < len(states) {
		return states[s]
	}
	return "unknown"
}

// Proof is what the AUTH payload of the gateway proves.
type Proof uint8

const (
	// NoProof: there is no AUTH payload.
	NoProof Proof = iota
	// Verified: it is signed with the key of the first certificate.
	Verified
	// Forged: it is not.
	Forged
	// NoCertificate: there is no certificate to verify it with.
	NoCertificate
	// NotVerifiable: a key or a signature scheme that is not known here.
	NotVerifiable
	// SharedKeyMAC: a MAC under a pre-shared key, given to a stranger, who can guess
	// the key offline. RFC 7296, Section 2.16, wants a signature here.
	SharedKeyMAC
)

var proofs = [...]string{
	NoProof: "none", Verified: "verified", Forged: "forged", NoCertificate: "no_certificate",
	NotVerifiable: "not_verifiable", SharedKeyMAC: "shared_key_mac",
}

// String returns the proof as a word of a JSON document.
func (p Proof) String() string {
	if int(p) < len(proofs) {
		return proofs[p]
	}
	return "unknown"
}

// Reply is a question with what the gateway answered.
type Reply struct {
	Question Question
	State    State
	// Exchanges are the numbers of the IKE_SA_INIT and the IKE_AUTH exchange.
	Exchanges []int
	// Fragments is how many fragments it came in (RFC 7383), 0 for whole, and Octets
	// those of its largest IKE message. AnswerLost: the gateway answered, and nothing came.
	Fragments, Octets int
	AnswerLost        bool
	// Notify is the error of a refusal.
	Notify ike.NotifyType

	// ID is the identity that the gateway claims, nil if none.
	ID *ike.ID
	// Chain are the X.509 certificates in the order in which they came; of others
	// Unread says what they are or why they could not be read. Neither has more than
	// maxCertificates.
	Chain  []*certificate.Certificate
	Unread []string
	// LeafUnread: the first one, which is the gateway's own, is among Unread;
	// HashAndURL: it is a hash and a URL.
	LeafUnread, HashAndURL bool
	// Staples are the OCSP responses that came with them (RFC 4806), maxStaples at most.
	Staples [][]byte
	// Omitted is how many certificates came beyond these.
	Omitted int

	Proof  Proof
	Scheme certificate.Scheme
	// Why says why the proof is not verifiable, "" else.
	Why string
	// EAP is the first request, nil if there is none. Method is the first one of a method,
	// nil if there is none, or it was not asked for.
	EAP, Method *eap.Packet
}

// Leaf returns the gateway's own certificate, the first; nil if none came, or it could
// not be read.
func (r *Reply) Leaf() *certificate.Certificate {
	if len(r.Chain) == 0 || r.LeafUnread {
		return nil
	}
	return r.Chain[0]
}

// maxCertificates bounds those that are read of one answer, and maxStaples OCSP responses.
const maxCertificates, maxStaples = 16, 4

// SA is an IKE SA that was opened for a question.
type SA struct {
	// Exchange is the number of the IKE_SA_INIT exchange.
	Exchange int
	// Keys are its keys, Init the whole message that accepted it and Nonce our nonce.
	Keys        *keymat.Keys
	Init, Nonce []byte
	// Opening is our whole message that it accepted, and PeerNonce the gateway's nonce.
	Opening, PeerNonce []byte
}

// read makes the reply to q of the payloads of an answer to its IKE_AUTH.
func read(q Question, sa SA, payloads []ike.Payload) Reply {
	r := Reply{Question: q, State: Unclear}
	var auth *ike.Auth
	for _, p := range payloads {
		switch p := p.(type) {
		case *ike.ID:
			if p.Payload == ike.PayloadIDr && r.ID == nil {
				r.ID = p
			}
		case *ike.Cert:
			r.addCertificate(p)
		case *ike.Auth:
			if auth == nil {
				auth = p
			}
		case *ike.EAP:
			if packet, err := eap.Parse(p.Data); err == nil && r.EAP == nil {
				r.EAP = &packet
			}
		}
	}
	if r.ID == nil {
		return r
	}
	r.State = Seen
	r.prove(auth, sa)
	return r
}

// addCertificate reads a CERT payload.
func (r *Reply) addCertificate(p *ike.Cert) {
	if p.Encoding == ike.CertOCSPContent {
		if len(r.Staples) < maxStaples {
			r.Staples = append(r.Staples, p.Data)
		}
		return
	}
	if len(r.Chain)+len(r.Unread) >= maxCertificates {
		r.Omitted++
		return
	}
	first := len(r.Chain)+len(r.Unread) == 0
	if p.Encoding != ike.CertX509Signature {
		r.LeafUnread = r.LeafUnread || first
		r.HashAndURL = r.HashAndURL || first && (p.Encoding == ike.CertHashAndURL || p.Encoding == ike.CertHashAndURLBundle)
		r.Unread = append(r.Unread, fmt.Sprintf("%v of %d octets", p.Encoding, len(p.Data)))
		return
	}
	c, err := certificate.Parse(p.Data)
	if err != nil {
		r.LeafUnread = r.LeafUnread || first
		r.Unread = append(r.Unread, err.Error())
		return
	}
	r.Chain = append(r.Chain, c)
}

// prove verifies the AUTH payload with the leaf.
func (r *Reply) prove(auth *ike.Auth, sa SA) {
	if auth == nil {
		return
	}
	r.Scheme.Method = auth.Method
	if auth.Method == ike.AuthSharedKey {
		r.Proof = SharedKeyMAC
		return
	}
	leaf := r.Leaf()
	if r.LeafUnread {
		r.Proof, r.Why = NotVerifiable, "the gateway's own certificate could not be read"
		return
	}
	if leaf == nil {
		r.Proof = NoCertificate
		return
	}
	body := append([]byte{byte(r.ID.IDType), 0, 0, 0}, r.ID.Data...)
	scheme, err := leaf.VerifyAuth(auth, sa.Keys.SignedOctets(keymat.Responder, sa.Init, sa.Nonce, body))
	r.Scheme = scheme
	switch {
	case err == nil:
		r.Proof = Verified
	case errors.Is(err, certificate.ErrForged):
		r.Proof = Forged
	default:
		r.Proof, r.Why = NotVerifiable, err.Error()
	}
}

// sameIdentity reports whether two replies show one connection of the gateway: all that a
// client sees of it before it logs in is the same.
func sameIdentity(a, b *Reply) bool {
	if a.ID.IDType != b.ID.IDType || string(a.ID.Data) != string(b.ID.Data) || a.Proof != b.Proof || a.Scheme != b.Scheme ||
		a.Question.EAPOnly != b.Question.EAPOnly || a.Question.AsUser != b.Question.AsUser || a.Question.ByName != b.Question.ByName ||
		!sameMethod(a.EAP, b.EAP) || !sameMethod(a.Method, b.Method) {
		return false
	}
	x, y := a.Leaf(), b.Leaf()
	return x == nil && y == nil || x != nil && y != nil && x.SHA256 == y.SHA256
}

// sameMethod reports whether two requests are of one method and one server, as far as
// that has a name.
func sameMethod(a, b *eap.Packet) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Type == b.Type && a.ServerName() == b.ServerName()
}

// Ends reports whether an answer ends its IKE SA: with it the gateway forgets that.
func Ends(payloads []ike.Payload) bool {
	p, ok := ike.Find[*ike.EAP](&ike.Message{Payloads: payloads})
	if !ok {
		return false
	}
	packet, err := eap.Parse(p.Data)
	return err == nil && packet.Code == eap.Failure
}
