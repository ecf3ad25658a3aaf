package certcheck

import (
	"crypto/x509"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
)

// Seen is whether something was seen of a gateway.
type Seen uint8

const (
	// NotKnown: it was not asked, or its answer leaves it open.
	NotKnown Seen = iota
	Yes
	No
)

// Gateway is what is known of one identity of a gateway.
type Gateway struct {
	// Chain are the certificates in the order in which they came: the first should be
	// the gateway's own (RFC 7296, Section 3.6). None is nil.
	Chain []*certificate.Certificate
	// Name is the host name or address that users dial; "" if it is not known.
	Name string
	// ID is the gateway's IDr, nil if it is not known.
	ID *ike.ID
	// At is the time to judge at. It has to be set.
	At time.Time
	// WarnDays is how many days before its end a certificate is said to expire soon.
	WarnDays int
	// Roots are those that clients trust; nil if that is not known.
	Roots *x509.CertPool

	// WithoutHashes is whether the gateway signs for a client that does not announce
	// SIGNATURE_HASH_ALGORITHMS (RFC 7427), as those of Apple and Windows.
	WithoutHashes Seen
	// WithoutCertReq is whether it sends its certificate to a client that sends no
	// CERTREQ, as those of Apple that were set up by hand.
	WithoutCertReq Seen
	// WithHostName is whether it answers a client whose IDr is Name, as those of
	// Apple, Android and strongSwan.
	WithHostName Seen
	// SharedKeyMAC: it answered somebody who had not authenticated with a MAC under a
	// pre-shared key.
	SharedKeyMAC bool
	// HashAndURL: it sent a hash and a URL in place of a certificate (CERT encoding
	// 12).
	HashAndURL bool
	// Omitted is how many certificates came that Chain does not have.
	Omitted int
	// Methods are those of EAP that it offers, as strongSwan writes them, and
	// MethodsComplete says that it has no others.
	Methods         []string
	MethodsComplete bool
	// Revoked is the subject of a certificate of Chain that its issuer has revoked; "" if
	// none is known to be.
	Revoked string
	// OnlyEAPOnly: it answers those alone who take EAP alone as its proof (RFC 5998);
	// OnlyByName: those alone whose IDr is Name.
	OnlyEAPOnly, OnlyByName bool
}
