//go:build linux

package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
)

// askIdentity asks a gateway of the lab who it is with some suites, and that nothing is
// left of it there.
func (l lab) askIdentity(t *testing.T, gateway string, suites []string, args ...string) report.Target {
	t.Helper()
	args = append([]string{"identity", "--suite", strings.Join(suites, ",")}, args...)
	target := l.report(t, beside, 0, append(args, l.do(t, "addr", gateway))...)
	l.noneHalfOpen(t, gateway)
	if target.Identity == nil || target.Cost.Cookies > 0 || target.Cost.HalfOpenLeft > 0 || !target.Complete {
		t.Fatalf("%+v; %d cookies, %d left half-open, complete %v", target.Identity, target.Cost.Cookies, target.Cost.HalfOpenLeft, target.Complete)
	}
	drawsAnew(t, target)
	return target
}

// drawsAnew fails the test if a gateway is said to repeat what real ones draw anew.
func drawsAnew(t *testing.T, target report.Target) {
	t.Helper()
	for _, h := range target.Habits {
		switch h.Kind {
		case report.HabitRepeatsPublic, report.HabitRepeatsNonces, report.HabitShortNonces, report.HabitRepeatsSPIs:
			t.Errorf("%s, in %v", h.Kind, h.Evidence)
		}
	}
	if target.Identity != nil && target.Identity.NullAccepted {
		t.Errorf("anyone is said to be let in, in %v", target.Identity.NullEvidence)
	}
}

// connectionOf returns the connection that a suite leads to.
func connectionOf(t *testing.T, target report.Target, suite string) report.Connection {
	t.Helper()
	for _, c := range target.Identity.Connections {
		if slices.Contains(c.Suites, normal(t, suite)) {
			return c
		}
	}
	t.Errorf("nothing was asked with %s", suite)
	return report.Connection{}
}

// normal returns a suite as reports write it.
func normal(t *testing.T, suite string) string {
	t.Helper()
	p, err := proposals.ParseProduct(suite)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := p.First()
	return first.String()
}

// opened counts the IKE SAs that were opened to ask who the gateway is.
func opened(target report.Target) int {
	n := 0
	for _, x := range target.Exchanges {
		if x.Purpose == "identity" && x.Type == "IKE_SA_INIT" {
			n++
		}
	}
	return n
}

const (
	pubkey   = "auth = pubkey\nid = gateway.lab"
	mschapv2 = "auth = eap-mschapv2\neap_id = %any"
)

// testIdentityKeys: a gateway's certificate and its signature are read and verified
// whatever kind of key it has, with RFC 7427 and without; and a hundred IKE SAs that ask
// for it, at the limits that strongSwan has by default, draw no cookie.
func (l lab) testIdentityKeys(t *testing.T) {
	ca := newAuthority(t, "lab root", nil)
	p := newStrongSwanPolicy(t)
	names := []string{"gateway.lab"}
	type want struct{ key, scheme, proof, withoutHashes string }
	all := map[string]want{}
	for _, tt := range []struct {
		kind, auth string
		want       want
	}{
		{"RSA 2048", "pubkey", want{"RSA 2048", "RSA PKCS#1 with SHA2-256", "verified", "RSA PKCS#1 with SHA-1"}},
		{"RSA 4096", "pubkey", want{"RSA 4096", "RSA PKCS#1 with SHA2-384", "verified", "RSA PKCS#1 with SHA-1"}},
		{"RSA 2048", "rsa/pss-sha512", want{"RSA 2048", "RSA PSS with SHA2-512", "verified", "RSA PKCS#1 with SHA-1"}},
		{"P-256", "pubkey", want{"ECDSA P-256", "ECDSA with SHA2-256", "verified", "ECDSA with SHA2-256"}},
		{"P-384", "pubkey", want{"ECDSA P-384", "ECDSA with SHA2-384", "verified", "ECDSA with SHA2-384"}},
		{"P-521", "pubkey", want{"ECDSA P-521", "ECDSA with SHA2-512", "verified", "ECDSA with SHA2-512"}},
		{"Ed25519", "pubkey", want{"Ed25519", "Ed25519", "verified", "AUTHENTICATION_FAILED"}},
	} {
		key := newKey(t, tt.kind)
		suite := p.addKey(t, "auth = "+tt.auth+"\nid = gateway.lab", mschapv2, key, ca.issue(t, key, names, nil), ca.cert.Raw)
		all[suite] = tt.want
	}
	der, key := ca.issueBrainpool(t, "gateway.lab")
	writeFile(t, p.file("private/brainpool.key"), key)
	all[p.addKey(t, pubkey, mschapv2, nil, der)] = want{"ECDSA brainpoolP256r1", "ECDSA with SHA2-256", "not_verifiable", "AUTHENTICATION_FAILED"}
	l.policy(t, "strongswan", p.write(t, ""))

	asked := 0
	for range 3 {
		target := l.askIdentity(t, "strongswan", identitySuites, "--name", "gateway.lab")
		asked += opened(target)
		for suite, want := range all {
			c := connectionOf(t, target, suite)
			without := ""
			if c.NoHashes != nil {
				without = c.NoHashes.Scheme + c.NoHashes.Notify
			}
			if c.State != report.IdentitySeen || len(c.Chain) == 0 {
				t.Errorf("%s: %+v", suite, c)
				continue
			}
			got := strings.Join([]string{c.Chain[0].Key, c.Scheme, string(c.Proof), without}, "; ")
			if got != strings.Join([]string{want.key, want.scheme, want.proof, want.withoutHashes}, "; ") || c.ID != "gateway.lab" ||
				c.ByName == nil || c.ByName.State != report.IdentitySeen || !slices.Equal(c.Methods, []string{"eap-mschapv2"}) || !c.MethodsComplete {
				t.Errorf("%s: %s, ID %s, methods %s; want %+v", suite, got, c.ID, c.Methods, want)
			}
		}
	}
	if asked < 100 {
		t.Errorf("%d identities were asked for, want 100", asked)
	}
}

// testIdentityFaults: what is wrong with a certificate is what each client is told to
// reject it for.
func (l lab) testIdentityFaults(t *testing.T) {
	root := newAuthority(t, "lab root", nil)
	sub := newAuthority(t, "lab intermediate", root)
	missing := newAuthority(t, "lab missing intermediate", root)
	dir := t.TempDir()
	root.write(t, dir, "root")
	p := newStrongSwanPolicy(t)
	names := []string{"gateway.lab"}
	good := newKey(t, "RSA 2048")
	long := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(0, 0, -1)
	}
	early := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().AddDate(0, 1, 0), time.Now().AddDate(0, 7, 0)
	}
	soon := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(9*24*time.Hour + time.Hour) }
	noEKU := func(c *x509.Certificate) { c.ExtKeyUsage = nil }
	tests := []struct {
		name    string
		chain   [][]byte
		windows []string // the rules by which it rejects
		shows   string
		length  int
	}{
		{"intermediate sent", [][]byte{sub.issue(t, good, names, nil), sub.cert.Raw, root.cert.Raw}, nil, "", 2},
		{"intermediate missing", [][]byte{missing.issue(t, good, names, nil)}, []string{"issuer-unknown"}, "13801", 1},
		{"wrong name", [][]byte{root.issue(t, good, []string{"other.lab"}, nil)}, []string{"name-missing"}, "13801", 1},
		{"no EKU", [][]byte{root.issue(t, good, names, noEKU)}, []string{"eku-absent"}, "13801", 1},
		{"expired", [][]byte{root.issue(t, good, names, long)}, []string{"expired"}, "13801", 1},
		{"not yet valid", [][]byte{root.issue(t, good, names, early)}, []string{"not-yet-valid"}, "13801", 1},
		{"expires soon", [][]byte{root.issue(t, good, names, soon)}, nil, "", 1},
		{"of a foreign root", [][]byte{newAuthority(t, "foreign root", nil).issue(t, good, names, nil)}, []string{"issuer-unknown"}, "13801", 1},
	}
	suites := map[string]string{}
	for _, tt := range tests {
		local := pubkey
		if tt.name == "wrong name" {
			local = "auth = pubkey\nid = other.lab"
		}
		suites[tt.name] = p.addKey(t, local, mschapv2, good, tt.chain...)
	}
	l.policy(t, "strongswan", p.write(t, ""))
	target := l.askIdentity(t, "strongswan", identitySuites, "--name", "gateway.lab", "--trust", filepath.Join(dir, "root.pem"))
	// In fragments of IKE as large as strongSwan makes them by default; and whole, once.
	c := connectionOf(t, target, suites["intermediate sent"])
	if c.Fragments != 2 || c.Octets > 1252 || c.Octets < 1200 {
		t.Errorf("%d certificates in %d fragments of %d octets", len(c.Chain), c.Fragments, c.Octets)
	}
	whole := 0
	for _, one := range target.Identity.Connections {
		if n := one.NoFragments; n != nil {
			if whole++; n.State != report.IdentitySeen || n.Fragments > 0 || n.Octets <= c.Octets || n.AnswerLost {
				t.Errorf("without RFC 7383: %+v", n)
			}
		}
	}
	if whole != 1 {
		t.Errorf("asked %d times for the answer whole", whole)
	}
	for _, tt := range tests {
		c := connectionOf(t, target, suites[tt.name])
		var rules, shows []string
		for _, j := range c.Judged {
			if j.Client != "windows" {
				continue
			}
			shows = j.Shows
			for _, r := range j.Reasons {
				if r.Effect == report.CertificateRejected {
					rules = append(rules, r.Rule)
				}
			}
		}
		if !slices.Equal(rules, tt.windows) || (tt.shows != "") != slices.Contains(shows, "13801") || len(c.Chain) != tt.length || c.Proof != report.ProofVerified {
			t.Errorf("%s: Windows rejects for %q and shows %q, want %q; %d certificates, want %d; %s", tt.name, rules, shows, tt.windows, len(c.Chain), tt.length, c.Proof)
		}
		remarks := slices.ContainsFunc(c.Remarks, func(r report.Reason) bool { return r.Rule == "expires-soon" })
		if remarks != (tt.name == "expires soon") {
			t.Errorf("%s: said to expire soon: %v", tt.name, remarks)
		}
	}
}

// testIdentityMethods: the methods of EAP, and what their servers show, are those of the
// configuration, behind a RADIUS server, too; where there is nothing to see of a
// connection nothing is said of it.
func (l lab) testIdentityMethods(t *testing.T) {
	ca := newAuthority(t, "lab root", nil)
	key := newKey(t, "RSA 2048")
	cert := ca.issue(t, key, []string{"gateway.lab"}, nil)

	radius := t.TempDir()
	server := newKey(t, "P-256")
	writeKey(t, filepath.Join(radius, "server.key"), server)
	soon := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(9*24*time.Hour + time.Hour) }
	writeCertificate(t, filepath.Join(radius, "server.pem"), ca.issue(t, server, []string{"radius.lab"}, soon), ca.cert.Raw)
	clients := newAuthority(t, "lab clients", nil)
	writeCertificate(t, filepath.Join(radius, "ca.pem"), clients.cert.Raw)
	l.do(t, "radius", "strongswan", radius)

	p := newStrongSwanPolicy(t)
	seen := func(c report.Connection) string {
		words := []string{string(c.State)}
		switch {
		case c.State != report.IdentitySeen:
			words = append(words, c.Notify)
		default:
			words = append(words, string(c.Proof), string(c.As), c.FirstMethod, strings.Join(c.Methods, "+"), fmt.Sprint(c.MethodsComplete), c.EAPServerName)
		}
		return strings.Join(words, " ")
	}
	tests := []struct{ name, local, remote, want string }{
		{"MSCHAPv2", pubkey, mschapv2, "seen verified  identity eap-mschapv2 true strongSwan"},
		{"TLS", pubkey, "auth = eap-tls\neap_id = %any", "seen verified  identity eap-tls true "},
		{"MD5 at once", pubkey, "auth = eap-md5", "seen verified  eap-md5 eap-md5 true "},
		{"TTLS", pubkey, "auth = eap-ttls\neap_id = %any", "seen verified  identity eap-ttls true "},
		{"RADIUS", pubkey, "auth = eap-radius\neap_id = %any", "seen verified  identity eap-mschapv2+eap-md5+eap-gtc+eap-tls+eap-ttls+eap-peap true freeradius-3.2.7"},
		{"RFC 5998", "auth = eap-tls\nid = gateway.lab", "auth = eap-tls", "seen none eap_only eap-tls eap-tls true "},
		{"pre-shared key to EAP clients", "auth = psk\nid = gateway.lab", mschapv2, "seen shared_key_mac  identity eap-mschapv2 true strongSwan"},
		{"certificate", pubkey, "auth = pubkey", "refused AUTHENTICATION_FAILED"},
	}
	suites := map[string]string{}
	for _, tt := range tests {
		if strings.HasPrefix(tt.local, pubkey) {
			suites[tt.name] = p.addKey(t, tt.local, tt.remote, key, cert, ca.cert.Raw)
		} else {
			suites[tt.name] = p.add(tt.local, tt.remote)
		}
	}
	l.policy(t, "strongswan", p.write(t, ""))
	target := l.askIdentity(t, "strongswan", identitySuites)
	for _, tt := range tests {
		if got := seen(connectionOf(t, target, suites[tt.name])); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}

	// What clients have of these methods.
	for name, want := range map[string][]string{
		"MSCHAPv2": nil, "RADIUS": nil, "certificate": nil,
		"TLS":         {"method-certificate-windows", "method-certificate-apple", "method-not-android"},
		"MD5 at once": {"method-not-windows", "method-not-apple", "method-not-android"},
		"TTLS":        {"method-not-apple", "method-not-android"},
	} {
		var got []string
		for _, j := range connectionOf(t, target, suites[name]).Judged {
			for _, r := range j.Reasons {
				if strings.HasPrefix(r.Rule, "method-") && r.Effect == report.CertificateUnknown && len(r.Evidence) > 0 {
					got = append(got, r.Rule)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: of the methods it is said %q, want %q", name, got, want)
		}
	}

	handshakes := func(name string) []string {
		var out []string
		for _, h := range connectionOf(t, target, suites[name]).EAPTLS {
			words := []string{h.Method, h.Offered, string(h.State), h.Version}
			if len(h.Chain) > 0 {
				words = append(words, h.Chain[0].Subject)
			}
			if h.AsksCertificate {
				words = append(words, "of", strings.Join(h.Authorities, "+"))
			}
			out = append(out, strings.Join(words, " "))
		}
		return out
	}
	for name, want := range map[string][]string{
		"TLS": {"eap-tls TLS 1.3 seen TLS 1.2 CN=gateway.lab of CN=lab root", "eap-tls TLS 1.1 refused "},
		"RADIUS": {
			"eap-tls TLS 1.3 seen TLS 1.3 CN=radius.lab of CN=lab clients", "eap-ttls TLS 1.3 seen TLS 1.3 CN=radius.lab",
			"eap-peap TLS 1.3 seen TLS 1.3 CN=radius.lab", "eap-tls TLS 1.2 seen TLS 1.2 CN=radius.lab of CN=lab clients", "eap-tls TLS 1.1 refused ",
		},
		"MSCHAPv2": nil,
	} {
		if got := handshakes(name); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	// Only that of the RADIUS server ends soon.
	for id, want := range map[string]bool{"IDENTITY-EAP-EXPIRES-SOON": true, "IDENTITY-EXPIRES-SOON": false} {
		if slices.ContainsFunc(target.Findings, func(f report.Finding) bool { return f.ID == id }) != want {
			t.Errorf("finding %s: want %v", id, want)
		}
	}
	l.testLoginRADIUS(t, "strongswan", suites["RADIUS"], radius, ca.cert.Raw, clients)
	if id := "IDENTITY-SHARED-KEY-MAC"; !slices.ContainsFunc(target.Findings, func(f report.Finding) bool { return f.ID == id && f.Severity == report.SeverityHigh }) {
		t.Errorf("no finding %s", id)
	}
}

// testIdentityOpenIKED: OpenIKED shows its certificate, with the intermediate that it has,
// and EAP-MSCHAPv2, does not answer a Nak, and keeps none of the IKE SAs.
func (l lab) testIdentityOpenIKED(t *testing.T) {
	root := newAuthority(t, "lab root", nil)
	dir := t.TempDir()
	root.write(t, dir, "root")
	between := newAuthority(t, "lab between", root)
	key := newKey(t, "RSA 2048")
	files := filepath.Join(dir, "policy")
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(files, "private/local.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	writeCertificate(t, filepath.Join(files, "certs/gateway.lab.crt"), between.issue(t, key, []string{"gateway.lab"}, nil))
	writeCertificate(t, filepath.Join(files, "ca/between.crt"), between.cert.Raw)
	writeCertificate(t, filepath.Join(files, "ca/ca.crt"), root.cert.Raw)
	const suite = "aes256gcm16-prfsha384-ecp384"
	writeFile(t, filepath.Join(dir, "policy.conf"), []byte(`set passive
user "carol" "Ar3etTnp"
ikev2 "lab" passive esp from any to any local any peer any \
	ikesa enc aes-256-gcm prf hmac-sha2-384 group ecp384 \
	srcid gateway.lab eap "mschap-v2"
`))
	l.policy(t, "openiked", filepath.Join(dir, "policy.conf"))
	target := l.askIdentity(t, "openiked", []string{suite}, "--name", "gateway.lab", "--trust", filepath.Join(dir, "root.pem"))
	c := connectionOf(t, target, suite)
	if c.State != report.IdentitySeen || c.ID != "gateway.lab" || c.Proof != report.ProofVerified || c.Scheme != "RSA PKCS#1 with SHA2-256" || len(c.Chain) != 2 || c.Chain[0].Subject != "CN=gateway.lab" ||
		c.Chain[1].Subject != "CN=lab between" || c.FirstMethod != "identity" || !slices.Equal(c.Methods, []string{"eap-mschapv2"}) || c.MethodsComplete || c.EAPServerName != "_iked" ||
		target.Identity.KeptHalfOpen || len(target.Identity.Connections) != 1 {
		t.Errorf("%+v", target.Identity)
	}
	if v := c.NoHashes; v == nil || v.Scheme != "RSA PKCS#1 with SHA-1" || v.Proof != report.ProofVerified {
		t.Errorf("without RFC 7427: %+v", v)
	}
	if v := c.NoCertReq; v == nil || len(v.Chain) != 2 {
		t.Errorf("without CERTREQ, of which OpenIKED sends its certificates all the same: %+v", v)
	}
	if v := c.ByName; v == nil || v.State != report.IdentitySeen {
		t.Errorf("by name: %+v", v)
	}
}

// testIdentityAnyone: a gateway that lets anyone in is a finding, and the IKE SA that
// shows it is deleted.
func (l lab) testIdentityAnyone(t *testing.T) {
	const suite = "aes256gcm16-prfsha384-ecp384"
	path := filepath.Join(t.TempDir(), "policy.conf")
	writeFile(t, path, []byte("# anyone\nconn policy\n\tike=aes_gcm256-sha2_384;dh20\n"))
	l.policy(t, "libreswan", path)
	target := l.report(t, beside, 0, "identity", "--suite", suite, l.do(t, "addr", "libreswan"))
	if !target.Identity.NullAccepted || len(target.Identity.NullEvidence) != 2 || target.Identity.State != report.IdentityRefused {
		t.Errorf("%+v", target.Identity)
	}
	if !slices.ContainsFunc(target.Findings, func(f report.Finding) bool { return f.ID == "IDENTITY-NULL-AUTH" && f.Severity == report.SeverityHigh }) {
		t.Error("no finding IDENTITY-NULL-AUTH")
	}
	if got := l.do(t, "stats", "libreswan"); got != "half_open=0 total=0" {
		t.Errorf("libreswan has %s", got)
	}
}

// testIdentityRounds: a gateway that wants two rounds, or a pre-shared key, shows
// nothing, and nothing is said of it.
func (l lab) testIdentityRounds(t *testing.T) {
	ca := newAuthority(t, "lab root", nil)
	key := newKey(t, "P-256")
	p := newStrongSwanPolicy(t)
	rounds := p.addKey(t, pubkey, "round = 1\nauth = pubkey\n}\nremote-2 {\nround = 2\nauth = eap-mschapv2", key, ca.issue(t, key, []string{"gateway.lab"}, nil), ca.cert.Raw)
	shared := p.add("auth = psk\nid = gateway.lab", "auth = psk")
	l.policy(t, "strongswan", p.write(t, ""))
	target := l.askIdentity(t, "strongswan", []string{rounds, shared})
	if id := target.Identity; id.State != report.IdentityRefused || len(id.Connections) != 1 || id.Connections[0].Notify != "AUTHENTICATION_FAILED" || len(id.Connections[0].Chain) > 0 {
		t.Errorf("%+v", id)
	}
}
