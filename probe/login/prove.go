package login

import (
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/keymat"
)

// maxCertificates bounds those that are read of one answer.
const maxCertificates = 16

// meet reads who the gateway says it is, and holds its AUTH payload against that. It
// reports whether the gateway proves to be whom the user wants. If its proof does not
// hold, nothing more is sent to it.
func (a *attempt) meet(payloads []ike.Payload, exchange int) bool {
	a.readPeer(payloads)
	step := Step{Kind: Gateway, State: Passed, Exchanges: []int{exchange}}
	auth, _ := ike.Find[*ike.Auth](&ike.Message{Payloads: payloads})
	fail := func(cause, detail string) bool {
		step.State, step.Cause, step.Detail = Failed, cause, detail
		a.add(step)
		return false
	}
	p := &a.r.Gateway
	switch {
	case p.ID.IsZero():
		a.sa.silent = true
		return fail(CauseProtocol, "its answer names no identity (IDr)")
	case auth == nil:
		a.sa.silent = true
		return fail(CauseUnproven, "its answer has no AUTH payload")
	}
	p.Scheme.Method = auth.Method
	var cause, detail string
	switch {
	case auth.Method == ike.AuthSharedKey && (a.Credentials.Method.IsEAP() || a.Credentials.Second != ""):
		// Whoever knows a key that many share would get the password.
		cause, detail = CauseUnproven, "it has only a pre-shared key, and must sign where EAP follows (RFC 7296, Section 2.16)"
	case auth.Method == ike.AuthSharedKey:
		cause, detail = a.proveByKey(auth)
	case auth.Method == ike.AuthNull:
		cause, detail = CauseUnproven, "it claims no identity (NULL authentication)"
	default:
		cause, detail = a.proveBySignature(auth)
	}
	if cause != "" {
		a.sa.silent = true
		return fail(cause, detail)
	}
	p.Proven = true
	step.Words = make(map[string]string)
	if auth.Method != ike.AuthSharedKey {
		cause, detail = a.trust(step.Words)
	}
	p.Trusted = cause == ""
	if other := a.fits(auth.Method != ike.AuthSharedKey, step.Words); cause == "" {
		cause = other
	}
	if cause != "" {
		return fail(cause, detail)
	}
	a.add(step)
	return true
}

// fits judges whether the gateway is whom the user asked for, by its identity and, where it
// has one, by its certificate. The cause is "" if nothing speaks against it. Words are for
// its sentence.
func (a *attempt) fits(certified bool, words map[string]string) (cause string) {
	p := &a.r.Gateway
	if p.Wanted = a.Credentials.RemoteIdentity; !p.Wanted.IsZero() {
		p.IDFit = fit(p.Wanted.equal(p.ID))
	}
	if certified {
		if p.Wanted.IsZero() {
			p.Wanted = hostIdentity(a.Host)
		}
		if !p.Wanted.IsZero() {
			p.CertificateFit = fit(p.Wanted.isOf(p.Chain[0]) || hostOf(p.Wanted, p.Chain[0]))
		}
	}
	words["got"], words["want"], words["id"] = p.ID.String(), p.Wanted.String(), p.Wanted.String()
	switch {
	case p.IDFit == Differs:
		return "peer-id"
	case p.CertificateFit == Differs:
		return "id-not-in-cert"
	}
	return ""
}

// readPeer reads the identity and the certificates.
func (a *attempt) readPeer(payloads []ike.Payload) {
	p := &a.r.Gateway
	for _, payload := range payloads {
		switch payload := payload.(type) {
		case *ike.ID:
			if payload.Payload == ike.PayloadIDr && p.ID.IsZero() {
				p.ID = Identity{payload.IDType, payload.Data}
			}
		case *ike.Cert:
			if len(p.Chain)+len(p.Unread) >= maxCertificates {
				continue
			}
			if payload.Encoding != ike.CertX509Signature {
				p.Unread = append(p.Unread, fmt.Sprintf("%v of %d octets", payload.Encoding, len(payload.Data)))
				continue
			}
			c, err := certificate.Parse(payload.Data)
			if err != nil {
				p.Unread = append(p.Unread, err.Error())
				continue
			}
			p.Chain = append(p.Chain, c)
		}
	}
}

// signed are the octets that role signs.
func (a *attempt) signed(role keymat.Role) []byte {
	var octets []byte
	if role == keymat.Initiator {
		octets = a.sa.keys.SignedOctets(role, a.sa.request, a.sa.nr, a.local.body())
	} else {
		octets = a.sa.keys.SignedOctets(role, a.sa.reply, a.sa.ni, a.r.Gateway.ID.body())
	}
	return append(octets, a.sa.intermediate...)
}

// mac is the Authentication Data of role under a shared key.
func (a *attempt) mac(role keymat.Role, key []byte) []byte {
	return a.sa.keys.SharedKeyAuth(key, a.signed(role))
}

// proveByKey holds a MAC against a pre-shared key. The cause is "" if it holds.
func (a *attempt) proveByKey(auth *ike.Auth) (cause, detail string) {
	psk := a.Credentials.PSK.Reveal()
	if len(psk) == 0 {
		return "psk-missing", "it proves who it is by a pre-shared key, and the credentials have none"
	}
	if subtle.ConstantTimeCompare(auth.Data, a.mac(keymat.Responder, psk)) != 1 {
		return "psk-mismatch", ""
	}
	return "", ""
}

// proveBySignature holds a signature against the certificate.
func (a *attempt) proveBySignature(auth *ike.Auth) (cause, detail string) {
	p := &a.r.Gateway
	switch {
	case len(p.Chain) == 0 && len(p.Unread) > 0:
		return "cert-encoding", strings.Join(p.Unread, ", ")
	case len(p.Chain) == 0:
		return "cert-missing", ""
	}
	scheme, err := p.Chain[0].VerifyAuth(auth, a.signed(keymat.Responder))
	p.Scheme = scheme
	switch {
	case err == nil:
		return "", ""
	case errors.Is(err, certificate.ErrForged):
		return "signature", ""
	}
	return CauseUnproven, err.Error()
}

// trust judges the chain of the gateway's certificate. The cause is "" if it leads to a
// root that is trusted. Words are for its sentence.
func (a *attempt) trust(words map[string]string) (cause, detail string) {
	p := &a.r.Gateway
	leaf := p.Chain[0]
	words["cert"], words["issuer"] = leaf.Subject, leaf.Issuer
	between := x509.NewCertPool()
	for _, c := range p.Chain[1:] {
		if x := c.X509(); x != nil {
			between.AddCert(x)
		}
	}
	p.Roots = a.Roots
	_, err := leaf.X509().Verify(x509.VerifyOptions{
		Roots: a.Roots, Intermediates: between, CurrentTime: time.Now(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		words["from"], words["to"] = leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly)
		return "cert-invalid", ""
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "cert-untrusted", ""
	default:
		return "cert-refused", err.Error()
	}
	return "", ""
}

// hostIdentity is a gateway as the user calls it, as an identity.
func hostIdentity(host string) Identity {
	if a, err := netip.ParseAddr(host); err == nil {
		return identityOf(a)
	}
	if host == "" {
		return Identity{}
	}
	return Identity{ike.ID_FQDN, []byte(host)}
}

// hostOf reports whether a certificate is for a host name by a wildcard.
func hostOf(want Identity, c *certificate.Certificate) bool {
	x := c.X509()
	return want.Type == ike.ID_FQDN && x != nil && x.VerifyHostname(string(want.Data)) == nil
}
