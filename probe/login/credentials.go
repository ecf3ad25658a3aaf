package login

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/peer"
)

// Method is a way to log in, by strongSwan's keyword where there is one.
type Method string

const (
	PSK         Method = "psk"
	Certificate Method = "certificate"
	MSCHAPv2    Method = "eap-mschapv2"
	MD5         Method = "eap-md5"
	GTC         Method = "eap-gtc"
	TLS         Method = "eap-tls"
	// TTLS and PEAP have EAP-MSCHAPv2 inside TLS, TTLSMSCHAPv2 the same without EAP, in
	// attributes, and TTLSPAP the password as it is.
	TTLS         Method = "eap-ttls"
	TTLSMSCHAPv2 Method = "eap-ttls-mschapv2"
	TTLSPAP      Method = "eap-ttls-pap"
	PEAP         Method = "eap-peap"
)

// Methods returns all of them.
func Methods() []Method {
	return []Method{PSK, Certificate, MSCHAPv2, MD5, GTC, TLS, TTLS, TTLSMSCHAPv2, TTLSPAP, PEAP}
}

// HasTLS reports whether the server of m shows a certificate of its own.
func (m Method) HasTLS() bool {
	return slices.Contains([]Method{TLS, TTLS, TTLSMSCHAPv2, TTLSPAP, PEAP}, m)
}

// Outer is the method as a gateway asks for it: what goes on inside TTLS without EAP is
// chosen by the client.
func (m Method) Outer() Method {
	if m == TTLSMSCHAPv2 || m == TTLSPAP {
		return TTLS
	}
	return m
}

// IsEAP reports whether m is a method of EAP.
func (m Method) IsEAP() bool { return m != PSK && m != Certificate }

// HasCertificate reports whether m authenticates by a certificate.
func (m Method) HasCertificate() bool { return m == Certificate || m == TLS }

// Credentials are what a login is done with.
type Credentials struct {
	Method Method
	// Second is a method of EAP in which User has to log in once more, behind that of a
	// certificate (RFC 4739); "" for none.
	Second Method
	// User is the name of EAP, as "carol" or "DOMAIN\carol".
	User          string
	Password, PSK Secret
	// Chain is our certificate with its intermediates, the former first; Key signs.
	Chain []*x509.Certificate
	Key   Key
	// PSS: an RSA key signs by RSASSA-PSS.
	PSS bool
	// Identity is who we say we are in IDi, RemoteIdentity whom we ask for in IDr. See
	// [Credentials.Local] for the default of the former; the latter is left out if it is
	// none.
	Identity, RemoteIdentity Identity
	// EAPServer is whom the certificate of the server of EAP-TLS, TTLS or PEAP has to be for,
	// where it is given.
	EAPServer Identity
}

// A FieldError is of a part of credentials.
type FieldError struct {
	// Field is its name in a file of credentials: "password".
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }
func (e *FieldError) Unwrap() error { return e.Err }

func wrong(field, format string, args ...any) error {
	return &FieldError{field, fmt.Errorf(format, args...)}
}

// Check says what is missing or does not fit, as a *FieldError.
func (c *Credentials) Check(now time.Time) error {
	if !slices.Contains(Methods(), c.Method) {
		return wrong("method", "%q is not a method: %v", c.Method, Methods())
	}
	needs := func(field string, missing bool) error {
		if missing {
			return wrong(field, "is missing, and %s needs it", c.Method)
		}
		return nil
	}
	switch {
	case c.Second != "" && (c.Method != Certificate || !c.Second.IsEAP() || c.Second.HasCertificate()):
		return wrong("second_method", "%q does not go with method %s: a user's method of EAP goes with certificate", c.Second, c.Method)
	case !c.EAPServer.IsZero() && !c.Method.HasTLS() && !c.Second.HasTLS():
		return wrong("eap_server", "goes with the methods of EAP that have TLS: %v, %v, %v, %v, %v", TLS, PEAP, TTLS, TTLSMSCHAPv2, TTLSPAP)
	case c.Method == PSK:
		if err := checkLength("user", len(c.User)); err != nil {
			return err
		}
		return needs("psk", c.PSK.IsZero())
	case c.Method.HasCertificate():
		if err := c.checkCertificate(now, needs); err != nil || c.Second == "" {
			return err
		}
		needs = func(field string, missing bool) error {
			if missing {
				return wrong(field, "is missing, and %s needs it", c.Second)
			}
			return nil
		}
	}
	if err := needs("user", c.User == ""); err != nil {
		return err
	}
	if err := needs("password", c.Password.IsZero()); err != nil {
		return err
	}
	if err := checkLength("user", len(c.User)); err != nil {
		return err
	}
	return checkLength("password", len(c.Password.Reveal()))
}

// checkLength refuses what is too long, in octets.
func checkLength(field string, has int) error {
	if has > maxIdentity {
		return wrong(field, "has %d octets, more than %d", has, maxIdentity)
	}
	return nil
}

func (c *Credentials) checkCertificate(now time.Time, needs func(string, bool) error) error {
	if err := needs("certificate", len(c.Chain) == 0); err != nil {
		return err
	}
	if err := needs("key", c.Key.signer == nil); err != nil {
		return err
	}
	cert := c.Chain[0]
	key, ok := c.Key.signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	switch {
	case !ok || !key.Equal(cert.PublicKey):
		return wrong("key", "is not that of the certificate of %q", cert.Subject)
	case now.After(cert.NotAfter):
		return wrong("certificate", "that of %q expired on %s", cert.Subject, cert.NotAfter.UTC().Format(time.DateOnly))
	case now.Before(cert.NotBefore):
		return wrong("certificate", "that of %q is not valid before %s", cert.Subject, cert.NotBefore.UTC().Format(time.DateOnly))
	}
	return nil
}

// Local returns who we say we are: Identity, else the first name of the certificate, or
// the user; none with a pre-shared key alone, which stands for our address.
func (c *Credentials) Local() Identity {
	switch {
	case !c.Identity.IsZero():
		return c.Identity
	case c.Method == Certificate && len(c.Chain) > 0, c.Method == TLS && c.User == "" && len(c.Chain) > 0:
		return identityIn(c.Chain[0])
	case c.Method.IsEAP(), c.Method == PSK && c.User != "":
		if id, err := ParseIdentity(c.User, nil); err == nil {
			return id
		}
		return Identity{ike.ID_FQDN, []byte(c.User)}
	}
	return Identity{}
}

// eapIdentity returns who the user is in EAP: without a name, the certificate's.
func (c *Credentials) eapIdentity() string {
	if c.User == "" {
		return c.Local().String()
	}
	return c.User
}

// eapMethod returns the peer's side of the method.
func (c *Credentials) eapMethod(rand io.Reader) peer.Method {
	switch c.Method {
	case TLS:
		return &tlsMethod{of: eap.TLS}
	case MD5:
		return peer.NewMD5(c.Password.Reveal())
	case GTC:
		return peer.NewGTC(c.Password.Reveal())
	case TTLSPAP:
		return &tlsMethod{of: eap.TTLS, pap: true}
	case TTLSMSCHAPv2:
		return &tlsMethod{of: eap.TTLS, chap: peer.NewMSCHAPv2(c.User, c.Password.Reveal(), rand)}
	case TTLS, PEAP:
		of := map[Method]eap.Type{TTLS: eap.TTLS, PEAP: eap.PEAP}[c.Method]
		return &tlsMethod{of: of, inside: &peer.Conversation{Identity: c.User, Method: peer.NewMSCHAPv2(c.User, c.Password.Reveal(), rand)}}
	}
	return peer.NewMSCHAPv2(c.User, c.Password.Reveal(), rand)
}
