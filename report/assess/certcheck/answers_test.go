package certcheck

import (
	"crypto/elliptic"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// fixIDs returns those of a family's reason, with its sentence.
func fixIDs(t *testing.T, r Result, f report.Family, rule string) ([]string, string) {
	t.Helper()
	own := r.Client(f)
	i := slices.IndexFunc(own.Reasons, func(r report.Reason) bool { return r.Rule == rule })
	if i < 0 {
		t.Fatalf("%s of %s is missing: %+v", rule, f, own)
	}
	return own.Reasons[i].Fixes, own.Reasons[i].Sentence
}

// TestUnsigned: that a system allows SHA-1 helps an RSA key alone, and others are said to
// need something else.
func TestUnsigned(t *testing.T) {
	for name, tt := range map[string]struct {
		gateway Gateway
		sha1    bool
		says    string
	}{
		"RSA":                      {gateway(nil), true, "its RSA key would have to sign with SHA-1"},
		"ECDSA":                    {withKey(curveKey(elliptic.P256()), nil, nil), false, "RFC 4754 has a method"},
		"a curve without a method": {withKey(curveKey(elliptic.P224()), nil, nil), false, "such clients need RFC 7427, or the gateway needs another key"},
		"Ed25519":                  {withKey(ed25519Key(), nil, nil), false, "such clients need RFC 7427, or the gateway needs another key"},
		"no certificate":           {gateway(func(g *Gateway) { g.Chain = nil }), true, "or its system forbids SHA-1"},
	} {
		tt.gateway.WithoutHashes = No
		r := Judge(tt.gateway)
		fixes, says := fixIDs(t, r, report.FamilyWindows, "no-signature-without-hashes")
		if slices.Contains(fixes, "sha1/rhel") != tt.sha1 || !slices.Contains(fixes, "issue/openssl") || !strings.Contains(says, tt.says) {
			t.Errorf("%s: %q, fixes %q", name, says, fixes)
		}
		if slices.ContainsFunc(r.Fixes, func(f report.IdentityFix) bool { return f.ID == "sha1/rhel" }) != tt.sha1 {
			t.Errorf("%s: %+v", name, r.Fixes)
		}
	}
}

// TestFixesOfAddress: libreswan takes an address without "@", and certbot's line is for
// host names.
func TestFixesOfAddress(t *testing.T) {
	for name, want := range map[string]string{"192.0.2.9": "leftid=192.0.2.9", "2001:DB8::9": "leftid=2001:db8::9", host: "leftid=@" + host} {
		all := fixesOf([]string{"identity/libreswan", "issue"}, name)
		if all[0].Lines[0] != want {
			t.Errorf("%s: %q, want %q", name, all[0].Lines, want)
		}
		if got := slices.ContainsFunc(all, func(f report.IdentityFix) bool { return f.ID == "issue/certbot" }); got != (name == host) {
			t.Errorf("%s: certbot %v", name, got)
		}
	}
}

// TestCredentialsOfMethods: EAP-TLS needs a certificate, and no SIM.
func TestCredentialsOfMethods(t *testing.T) {
	for methods, want := range map[string]string{
		"eap-tls": "needs a certificate of its user", "eap-sim": "needs a SIM of its user", "eap-aka eap-tls": "needs a certificate or a SIM of its user",
	} {
		if _, says := fixIDs(t, Judge(offering(strings.Fields(methods)...)), report.FamilyWindows, "method-certificate-windows"); !strings.HasSuffix(says, want) {
			t.Errorf("%s: %q", methods, says)
		}
	}
}
