//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// testIdentity: what a gateway shows to strangers is what it is configured to, and
// none of the IKE SAs that ask for it is left.
func (l lab) testIdentity(t *testing.T, gateway string) {
	address := l.do(t, "addr", gateway)
	ask := func(t *testing.T, args ...string) (report.Target, *report.Identity) {
		t.Helper()
		target := l.report(t, beside, 0, append([]string{"identity", address}, args...)...)
		l.noneHalfOpen(t, gateway)
		drawsAnew(t, target)
		if target.Identity == nil || len(target.Identity.Connections) == 0 || target.Cost.Cookies > 0 || target.Cost.HalfOpenLeft > 0 || !target.Complete {
			t.Fatalf("%+v; %d cookies, %d left half-open, complete %v", target.Identity, target.Cost.Cookies, target.Cost.HalfOpenLeft, target.Complete)
		}
		return target, target.Identity
	}
	// With a pre-shared key, as all daemons are set up by default, nothing is shown.
	t.Run("shared key", func(t *testing.T) {
		_, id := ask(t)
		if c := id.Connections[0]; id.State != report.IdentityRefused || c.Notify != "AUTHENTICATION_FAILED" || len(id.Connections) != 1 {
			t.Errorf("%+v", id)
		}
	})
	if gateway != "strongswan" {
		return
	}
	t.Run("EAP", func(t *testing.T) {
		l.policy(t, gateway, "eap")
		_, id := ask(t)
		c := id.Connections[0]
		switch {
		case len(id.Connections) != 1 || id.State != report.IdentitySeen || len(c.Suites) != 2,
			c.ID != "gateway.lab" && c.ID != "CN=gateway.lab",
			c.Proof != report.ProofVerified || c.Scheme != "RSA PKCS#1 with SHA2-256" || c.AuthMethod != "Digital Signature",
			len(c.Chain) != 1 || c.Chain[0].Subject != "CN=gateway.lab" || c.Chain[0].Issuer != "CN=ikescope lab CA",
			c.Chain[0].Key != "RSA 2048" || !slices.Equal(c.Chain[0].Names, []string{"gateway.lab"}) || c.Chain[0].EKU == nil || !slices.Equal(*c.Chain[0].EKU, []string{"serverAuth"}),
			c.FirstMethod != "identity" || !slices.Equal(c.Methods, []string{"eap-mschapv2"}) || !c.MethodsComplete || c.EAPServerName != "strongSwan":
			t.Errorf("%+v", c)
		}
		if v := c.NoHashes; v == nil || v.State != report.IdentitySeen || v.Scheme != "RSA PKCS#1 with SHA-1" || v.Proof != report.ProofVerified {
			t.Errorf("without RFC 7427: %+v", v)
		}
		if v := c.NoCertReq; v == nil || v.State != report.IdentitySeen || len(v.Chain) != 0 || v.Proof != report.ProofNoCertificate {
			t.Errorf("without CERTREQ, of which strongSwan sends a certificate to who asked: %+v", v)
		}
		if c.ByName != nil {
			t.Errorf("an address was asked for by name: %+v", c.ByName)
		}
	})
	t.Run("connections", func(t *testing.T) {
		l.policy(t, gateway, "identities")
		_, id := ask(t)
		var got []string
		for _, c := range id.Connections {
			got = append(got, fmt.Sprint(c.ID, " ", c.IDType, " ", strings.Join(c.Suites, "+")))
		}
		slices.Sort(got)
		want := []string{"CN=gateway.lab ID_DER_ASN1_DN aes256-sha256-prfsha256-modp2048", "gateway.lab ID_FQDN aes256gcm16-prfsha384-ecp384"}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
	t.Run("strangers", func(t *testing.T) {
		l.policy(t, gateway, "strangers")
		_, id := ask(t)
		if c := id.Connections[0]; c.State != report.IdentitySeen || c.Proof != report.ProofSharedKeyMAC || c.AuthMethod != "Shared Key Message Integrity Code" || c.ID != "gateway.lab" {
			t.Errorf("%+v", c)
		}
	})
	// At the limits that strongSwan has by default.
	t.Run("many", func(t *testing.T) {
		l.policy(t, gateway, "eap")
		runs := 20
		if testing.Short() {
			runs = 3
		}
		for range runs {
			ask(t, "--suite", "aes256gcm16-prfsha384-ecp384")
		}
	})
}
