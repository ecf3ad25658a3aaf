package report

import "time"

// Identity is what a gateway shows of itself to clients that want EAP, without
// credentials.
type Identity struct {
	// State is "seen" if a connection shows an identity, else that of the first one.
	State IdentityState `json:"state"`
	// Name is the host name that users dial, by which the gateway was asked, and its
	// certificates are judged; absent if it is not known.
	Name string `json:"name,omitempty"`
	// Connections are what the accepted suites lead to.
	Connections []Connection `json:"connections"`
	// KeptHalfOpen: the gateway keeps the IKE SAs half-open that are opened to ask, so
	// no more was asked than needed.
	KeptHalfOpen bool `json:"kept_half_open,omitempty"`
	// NotAsked is how many products of accepted suites were not asked with: a scan asks
	// with a few.
	NotAsked int `json:"products_not_asked,omitempty"`
	// RevocationAsked: authorities were asked whether the certificates are revoked, as far
	// as certificates name any.
	RevocationAsked bool `json:"revocation_asked,omitempty"`
	// Hybrid is how many products were not asked with, as all of their suites have an
	// additional key exchange, which comes before IKE_AUTH (RFC 9370).
	Hybrid int `json:"products_hybrid,omitempty"`
	// NullAccepted: an initiator that authenticates with the NULL method (RFC 7619), so
	// anyone, was let in, in the exchanges of NullEvidence; absent if it was not, or not
	// asked.
	NullAccepted bool  `json:"null_accepted,omitempty"`
	NullEvidence []int `json:"null_evidence,omitempty"`
}

// MostUnfragmented is the largest IKE message, in octets, that a packet of 1,500 octets
// holds with the headers of IPv4 and UDP and the non-ESP marker.
const MostUnfragmented = 1500 - 20 - 8 - 4

// Connection is what a gateway shows where the IKE SA has certain suites.
type Connection struct {
	Introduction
	// Suites are those that were asked with, one of each accepted product, as
	// strongSwan writes them.
	Suites []string `json:"suites"`
	// As is how the gateway had to be asked: "eap_only" (RFC 5998), "as_user" of its
	// domain, or "by_name" in IDr; absent where none of these was needed.
	As AskedAs `json:"as,omitempty"`
	// ByName, NoHashes and NoCertReq are what it shows if it is asked by its host name
	// in IDr, without RFC 7427, and without a CERTREQ; absent if not asked.
	ByName    *Introduction `json:"by_name,omitempty"`
	NoHashes  *Introduction `json:"no_hashes,omitempty"`
	NoCertReq *Introduction `json:"no_certreq,omitempty"`
	// NoFragments is without IKE fragmentation (RFC 7383); asked once, where an answer
	// came in fragments of IKE.
	NoFragments *Introduction `json:"no_fragments,omitempty"`
	// Staple is with a wish for an OCSP response beside the certificates (RFC 4806).
	Staple *Introduction `json:"staple,omitempty"`
	// Methods are those of EAP that it offered, as strongSwan writes them.
	// MethodsComplete: it has no others.
	Methods         []string `json:"methods,omitempty"`
	MethodsComplete bool     `json:"methods_complete,omitempty"`
	MethodsEvidence []int    `json:"methods_evidence,omitempty"`
	// EAPServerName is the name in the challenge of EAP-MSCHAPv2.
	EAPServerName string `json:"eap_server_name,omitempty"`
	// EAPTLS are the handshakes of TLS with the servers of EAP-TLS, TTLS and PEAP.
	EAPTLS []EAPTLS `json:"eap_tls,omitempty"`

	// Judged is what each family of clients makes of the certificate, Remarks what
	// holds whatever the client. Fixes are those that reasons name.
	Judged  []JudgedClient `json:"judged,omitempty"`
	Remarks []Reason       `json:"remarks,omitempty"`
	Fixes   []IdentityFix  `json:"fixes,omitempty"`
	// Root is the authority that the chain ends at or below.
	Root string `json:"root,omitempty"`
	// Revocation is what authorities say of the chain, if they were asked.
	Revocation []Revocation `json:"revocation,omitempty"`
}

// RevocationState is what became of a question whether a certificate is revoked.
type RevocationState string

// The states. Only an answer that the issuer signed, and that is not out of date, says
// "good" or "revoked".
const (
	RevocationGood        RevocationState = "good"
	RevocationRevoked     RevocationState = "revoked"
	RevocationUnknown     RevocationState = "unknown"     // an answer came that does not say, or it was not asked
	RevocationUnreachable RevocationState = "unreachable" // no answer came
)

// RuleRevoked is the rule on certificates that authorities say are revoked.
const RuleRevoked = "revoked"

// Revocation is what an authority says of a certificate.
type Revocation struct {
	Subject string          `json:"subject"`
	By      string          `json:"by"`  // "ocsp", "crl" or "staple"
	URL     string          `json:"url"` // "" of a staple, which came from the gateway
	State   RevocationState `json:"state"`
	// Why says why it is not good, in half a sentence.
	Why string `json:"why,omitempty"`
	// NextUpdate is until when the answer holds.
	NextUpdate time.Time `json:"next_update,omitzero"`
}

// EAPTLS is what the server of a method of EAP with TLS shows in one handshake: often a
// RADIUS server behind the gateway, with a certificate of its own.
type EAPTLS struct {
	Method string `json:"method"`
	// Offered is the highest version that was offered, such as "TLS 1.3"; the lowest is
	// TLS 1.0.
	Offered string `json:"offered"`
	// State is "seen" if the server proved who it is, "refused" if it ended the
	// handshake.
	State IdentityState `json:"state"`
	// Version and CipherSuite, by IANA's name, are those that it chose.
	Version     string `json:"version,omitempty"`
	CipherSuite string `json:"cipher_suite,omitempty"`
	// Chain are its certificates, its own first. Unread are those that could not be
	// read.
	Chain  []Certificate `json:"chain,omitempty"`
	Unread []string      `json:"unread,omitempty"`
	// AsksCertificate: it wants one of the client, by one of Authorities, 32 at most;
	// by any if there are none.
	AsksCertificate bool     `json:"asks_certificate,omitempty"`
	Authorities     []string `json:"authorities,omitempty"`
	Detail          string   `json:"detail,omitempty"` // why it is not seen
	Evidence        []int    `json:"evidence"`

	// Judged is what clients make of the certificate, as far as rules on certificates
	// of IKE are those of TLS, too, and Remarks what holds whatever the client. Only
	// the first handshake with a certificate has them.
	Judged  []JudgedClient `json:"judged,omitempty"`
	Remarks []Reason       `json:"remarks,omitempty"`
}

// JudgedClient is what a family of clients makes of a gateway's certificate.
type JudgedClient struct {
	Client Family `json:"client"`
	// Verdict is "accepts", "rejects" or "unknown".
	Verdict Acceptance `json:"verdict"`
	// Shows is what the client shows, the likeliest first: the error codes of Windows.
	Shows   []string `json:"shows,omitempty"`
	Reasons []Reason `json:"reasons,omitempty"`
}

// Reason is a rule on certificates that applies.
type Reason struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	// Effect is "rejects" or "unknown", absent for a remark.
	Effect Acceptance `json:"effect,omitempty"`
	// Shows is what a client shows for it, the likeliest first.
	Shows     []string  `json:"shows,omitempty"`
	Sentence  string    `json:"sentence"`
	Certainty Certainty `json:"certainty"`
	Source    string    `json:"source"`
	Fixes     []string  `json:"fixes,omitempty"` // their IDs
	// Evidence are the exchanges that show it: of the answer that the client gets.
	Evidence []int `json:"evidence,omitempty"`
}

// IdentityFix is one way to mend a fault of a certificate. Of those with one goal, one
// is enough: they are for different products.
type IdentityFix struct {
	ID      string   `json:"id"`
	Goal    string   `json:"goal"`
	Where   string   `json:"where"`
	Lines   []string `json:"lines,omitempty"`   // to paste
	Comment string   `json:"comment,omitempty"` // what the lines do not say
	// Certainty and Source are those of the fix.
	Certainty Certainty `json:"certainty,omitempty"`
	Source    string    `json:"source,omitempty"`
}

// Introduction is one answer to the question who the gateway is.
type Introduction struct {
	State IdentityState `json:"state"`
	// Notify is the error of a refusal, "AUTHENTICATION_FAILED" for most reasons.
	Notify string `json:"notify,omitempty"`
	// Fragments is how many fragments of IKE it came in (RFC 7383), 0 for whole, and
	// Octets are those of its largest IKE message. AnswerLost: the gateway answered, as
	// it took the next request, and the answer did not arrive.
	Fragments  int  `json:"fragments,omitempty"`
	Octets     int  `json:"octets,omitempty"`
	AnswerLost bool `json:"answer_lost,omitempty"`
	// ID is the identity, and IDType its type, as "ID_FQDN". An identity that is not
	// text is in hexadecimal.
	ID     string `json:"id,omitempty"`
	IDType string `json:"id_type,omitempty"`
	// IDData is the Identification Data.
	IDData []byte `json:"id_data,omitempty"`
	// Chain are the certificates in the order in which they came, the gateway's own
	// first. Unread are others, or why one could not be read.
	Chain  []Certificate `json:"chain,omitempty"`
	Unread []string      `json:"unread,omitempty"`
	// LeafUnread: the gateway's own certificate is among Unread. HashAndURL: it sent a
	// hash and a URL in place of it.
	LeafUnread bool `json:"leaf_unread,omitempty"`
	HashAndURL bool `json:"hash_and_url,omitempty"`
	// Staples are the OCSP responses that came with them (RFC 4806), in DER.
	Staples [][]byte `json:"staples,omitempty"`
	// Omitted is how many certificates came that are in neither: more than are read.
	Omitted int `json:"omitted,omitempty"`
	// Proof is what the AUTH payload proves: "verified" or "forged" by the key of the
	// first certificate, "no_certificate", "not_verifiable", "shared_key_mac" (a MAC
	// under a pre-shared key, given to a stranger), or "none".
	Proof Proof `json:"proof,omitempty"`
	// AuthMethod is the number of the method with its name, Scheme how it was signed,
	// as "RSA PKCS#1 with SHA2-256".
	AuthMethod string `json:"auth_method,omitempty"`
	Scheme     string `json:"scheme,omitempty"`
	Detail     string `json:"detail,omitempty"` // why it is not verifiable
	// FirstMethod is the first request of EAP, "identity" or a method.
	FirstMethod string `json:"first_method,omitempty"`
	Evidence    []int  `json:"evidence"`
}

// Certificate is what an X.509 certificate says.
type Certificate struct {
	Subject      string    `json:"subject"`
	Issuer       string    `json:"issuer"`
	SerialNumber string    `json:"serial_number"` // in hexadecimal
	NotBefore    time.Time `json:"not_before"`
	NotAfter     time.Time `json:"not_after"`
	// Names are those of the subjectAltName extension: host names, addresses, e-mail
	// addresses and URIs.
	Names []string `json:"names,omitempty"`
	// EKU are the extended key usages, absent if the extension is.
	EKU       *[]string `json:"eku,omitempty"`
	Key       string    `json:"key"` // "RSA 2048", "ECDSA P-256"
	Signature string    `json:"signature"`
	CA        bool      `json:"ca,omitempty"`
	OCSP      []string  `json:"ocsp,omitempty"`
	Issuers   []string  `json:"issuers,omitempty"`
	CRL       []string  `json:"crl,omitempty"`
	Policies  []string  `json:"policies,omitempty"`
	SHA256    string    `json:"sha256"` // the fingerprint, in hexadecimal
	// Unverifiable says why no signature of the key can be verified here.
	Unverifiable string `json:"unverifiable,omitempty"`
	// DER is the certificate itself.
	DER []byte `json:"der,omitempty"`
}
