//go:build linux

package main

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/login"
)

// loginTry is one login at a gateway of the lab: with credentials, and the files that
// they name.
type loginTry struct {
	name string
	// credentials are in YAML; trust is the CA that the client trusts, "ca" unless given.
	credentials, trust string
	// told are the steps in short: "negotiate+ gateway+ authenticate-auth-refused".
	told string
	exit int
	// windows is the error that Windows would show, "" for none.
	windows string
	flags   string
	check   func(*login.Document) string // what is wrong, "" for nothing
}

const (
	wellDirect = "negotiate+ gateway+ authenticate+ end+"
	wellEAP    = "negotiate+ gateway+ eap_method+ authenticate+ end+"
	carol      = "{method: %s, user: carol, password: %s, remote_identity: gateway.lab}"
)

// withSession puts a step of the session into those of a login.
func withSession(told, session string) string {
	return strings.Replace(told, "authenticate+ end+", "authenticate+ "+session+" end+", 1)
}

// loginGateway is a gateway with the logins that are tried at it, one after another.
type loginGateway struct {
	name, product string
	set           func(*end)
	tries         []loginTry
}

func loginGateways() []loginGateway {
	byEAP := func(method string) func(*end) {
		return func(r *end) {
			i := &end{}
			eap(i, r)
			r.method = method
			r.peerID = ""
		}
	}
	byTTLS := func(r *end) {
		byEAP("ttls")(r)
		r.daemon = "charon-systemd {\n	plugins {\n		eap-ttls {\n			phase2_method = mschapv2\n		}\n	}\n}"
	}
	// strongSwan has GTC check passwords as XAuth would.
	byGTC := func(r *end) {
		byEAP("gtc")(r)
		r.daemon = "charon-systemd {\n	plugins {\n		eap-gtc {\n			backend = generic\n		}\n	}\n}"
	}
	byCert := func(r *end) {
		certs(&end{}, r)
		r.peerID, r.crl = "", "revoked"
	}
	client := func(name string) string {
		return fmt.Sprintf("{method: certificate, certificate: %q, remote_identity: gateway.lab}", name+".pem")
	}
	tlsOf := func(name string) string { return strings.Replace(client(name), "certificate,", "eap-tls,", 1) }
	// A certificate, and then a user (RFC 4739).
	byRounds := func(r *end) {
		byCert(r)
		r.user, r.password = "carol", "Ar3etTnp"
		r.more = "remote-2 {\n			round = 2\n			auth = eap-mschapv2\n			eap_id = %any\n		}"
	}
	rounds := func(name, password string) string {
		return strings.Replace(client(name), "}", ", second_method: eap-mschapv2, user: carol, password: "+password+"}", 1)
	}
	psk := func(key, me, you string) string {
		return fmt.Sprintf("{method: psk, psk: %s, identity: %s, remote_identity: %s}", key, me, you)
	}
	eapTries := func(method, well, password string, exit int, windows string) []loginTry {
		return []loginTry{
			{name: "well", credentials: fmt.Sprintf(carol, method, "Ar3etTnp"), told: well},
			{name: "password", credentials: fmt.Sprintf(carol, method, "wrong"), told: "negotiate+ gateway+ eap_method+ " + password, exit: exit, windows: windows},
			{name: "user", credentials: strings.Replace(fmt.Sprintf(carol, method, "Ar3etTnp"), "carol", "dave", 1), told: "negotiate+ gateway+ eap_method+ " + password, exit: exit, windows: windows},
			{name: "identity", credentials: strings.Replace(fmt.Sprintf(carol, method, "Ar3etTnp"), "gateway.lab", "other.lab", 1), told: "negotiate+ eap_method-auth-refused", exit: 3},
			{name: "CA", credentials: fmt.Sprintf(carol, method, "Ar3etTnp"), trust: "stranger", told: "negotiate+ gateway-cert-untrusted end+", exit: 3},
			{name: "again", credentials: fmt.Sprintf(carol, method, "Ar3etTnp"), told: well},
		}
	}
	const asksAddress = "--address --local-network 10.1.0.0/16 --remote-network 10.2.0.0/16"
	return []loginGateway{
		{"PSK", "strongswan", nil, []loginTry{
			{name: "no address to give", flags: asksAddress, credentials: psk("it", "client.lab", "gateway.lab"), told: withSession(wellDirect, "session!no-address")},
			{name: "well", credentials: psk("it", "client.lab", "gateway.lab"), told: wellDirect},
			{name: "key", credentials: psk("another", "client.lab", "gateway.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			{name: "identity", credentials: psk("it", "other.lab", "gateway.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			{name: "gateway's identity", credentials: psk("it", "client.lab", "other.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
		}},
		{"certificate", "strongswan", byCert, append(certTries(client, wellDirect),
			loginTry{name: "RSASSA-PSS", credentials: strings.Replace(client("client"), "}", ", signature: rsa-pss}", 1), told: wellDirect},
			loginTry{name: "ECDSA", credentials: client("client P-256"), told: wellDirect},
			loginTry{name: "ECDSA P-384", credentials: client("client P-384"), told: wellDirect},
			loginTry{name: "Ed25519", credentials: client("client Ed25519"), told: wellDirect},
			loginTry{name: "a second round", credentials: rounds("client", "Ar3etTnp"), told: "negotiate+ gateway+ authenticate+ eap_method-second-refused", exit: 3},
			identityTry(client), remoteIdentityTry(client))},
		{"MSCHAPv2", "strongswan", byEAP("mschapv2"), eapTries("eap-mschapv2", wellEAP, "authenticate-eap-credentials", 3, "691")},
		{"MD5", "strongswan", byEAP("md5"), eapTries("eap-md5", wellEAP, "authenticate-eap-refused", 3, "")},
		{"GTC", "strongswan", byGTC, eapTries("eap-gtc", wellEAP, "authenticate-eap-refused", 3, "")},
		{"EAP-TLS", "strongswan", byEAP("tls"), []loginTry{
			{name: "CA of the client", credentials: tlsOf("client stranger"), told: "negotiate+ gateway+ eap_method+ authenticate-own-cert-refused", exit: 3, windows: "853"},
			{name: "well", credentials: tlsOf("client"), told: wellEAP},
			{name: "CA of the gateway", credentials: tlsOf("client"), trust: "stranger", told: "negotiate+ gateway-cert-untrusted end+", exit: 3, windows: "13801"},
			{name: "user", credentials: strings.Replace(tlsOf("client"), "}", ", user: dave}", 1), told: "negotiate+ gateway+ eap_method+ authenticate-own-cert-refused", exit: 3, windows: "853"},
			{name: "gateway's identity", credentials: strings.Replace(tlsOf("client"), "gateway.lab", "other.lab", 1), told: "negotiate+ eap_method-auth-refused", exit: 3, windows: "13801"},
			{name: "another method", credentials: fmt.Sprintf(carol, "eap-mschapv2", "Ar3etTnp"), told: "negotiate+ gateway+ eap_method-eap-method", exit: 3, windows: "812"},
		}},
		{"TTLS", "strongswan", byTTLS, eapTries("eap-ttls", wellEAP, "authenticate-eap-credentials", 3, "691")},
		{"two rounds", "strongswan", byRounds, []loginTry{
			{name: "CA of the client", credentials: rounds("client stranger", "Ar3etTnp"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			{name: "well", credentials: rounds("client", "Ar3etTnp"), told: "negotiate+ gateway+ authenticate+ eap_method+ authenticate+ end+"},
			{name: "password", credentials: rounds("client", "wrong"), told: "negotiate+ gateway+ authenticate+ eap_method+ authenticate-eap-credentials", exit: 3},
			{name: "user", credentials: strings.Replace(rounds("client", "Ar3etTnp"), "carol", "dave", 1), told: "negotiate+ gateway+ authenticate+ eap_method+ authenticate-eap-credentials", exit: 3},
			{name: "CA of the gateway", credentials: rounds("client", "Ar3etTnp"), trust: "stranger", told: "negotiate+ gateway-cert-untrusted end+", exit: 3},
			{name: "one round", credentials: client("client"), told: "negotiate+ authenticate-auth-refused", exit: 3},
		}},
		{"PSK", "libreswan", nil, []loginTry{
			{name: "no address to give", flags: asksAddress, credentials: psk("it", "client.lab", "gateway.lab"), told: withSession(wellDirect, "session!address-ignored")},
			{name: "well", credentials: psk("it", "client.lab", "gateway.lab"), told: wellDirect},
			{name: "key", credentials: psk("another", "client.lab", "gateway.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			{name: "identity", credentials: psk("it", "other.lab", "gateway.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			{name: "gateway's identity", credentials: psk("it", "client.lab", "other.lab"), told: "negotiate+ gateway-peer-id end+", exit: 3},
		}},
		{"certificate", "libreswan", func(r *end) { certs(&end{}, r); r.crl = "revoked" }, append(certTries(func(name string) string {
			return strings.Replace(client(name), "}", ", signature: rsa-pss}", 1) // as authby=rsa-sha2 wants
		}, wellDirect),
			loginTry{name: "PKCS#1", credentials: client("client"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			loginTry{name: "gateway's identity", credentials: strings.Replace(client("client"), "gateway.lab}", "other.lab, signature: rsa-pss}", 1), told: "negotiate+ gateway-peer-id end+", exit: 3},
			loginTry{name: "another client's certificate", credentials: strings.Replace(client("client other"), "}", ", signature: rsa-pss}", 1), told: "negotiate+ authenticate-auth-refused", exit: 3})},
		{"PSK", "openiked", nil, []loginTry{
			{name: "no address to give", flags: asksAddress, credentials: psk("it", "client.lab", "gateway.lab"), told: withSession(wellDirect, "session!address-ignored")},
			{name: "well", credentials: psk("it", "client.lab", "gateway.lab"), told: withSession(wellDirect, "session+")},
			{name: "key", credentials: psk("another", "client.lab", "gateway.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			{name: "identity", credentials: psk("it", "other.lab", "gateway.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
			{name: "gateway's identity", credentials: psk("it", "client.lab", "other.lab"), told: "negotiate+ authenticate-auth-refused", exit: 3},
		}},
		{"MSCHAPv2", "openiked", byEAP("mschapv2"), eapTries("eap-mschapv2", withSession(wellEAP, "session+"), "authenticate?silence-password end?", 5, "809")},
		{"certificate", "openiked", func(r *end) {
			byCert(r)
			r.auth = "any" // with rsa it shows a raw key in place of its certificate
		}, append(certTries(client, withSession(wellDirect, "session+")),
			loginTry{name: "RSASSA-PSS", credentials: strings.Replace(client("client"), "}", ", signature: rsa-pss}", 1), told: withSession(wellDirect, "session+")},
			loginTry{name: "ECDSA", credentials: client("client P-256"), told: withSession(wellDirect, "session+")},
			identityTry(client), remoteIdentityTry(client))},
	}
}

// espGateways are gateways with suites of ESP, which the matrix has to equal.
func espGateways() []loginGateway {
	credentials := "{method: psk, psk: it, identity: client.lab, remote_identity: gateway.lab}"
	with := func(esp, more string) func(*end) {
		return func(r *end) { r.esp, r.more = esp, more }
	}
	// An esp of "pfs" or "esp" has AES-256 with SHA-1, as Windows: what becomes of it is
	// what TestLabFailure sees of a client that rekeys.
	windows := map[login.PFS]login.ClientVerdict{login.PFSDemanded: login.ClientDrops, login.PFSRefused: login.ClientConnects}
	try := func(told string, pfs login.PFS, with, without string, installed int) []loginTry {
		return []loginTry{{name: "esp", credentials: credentials, flags: "--esp --local-network 10.1.0.0/16 --remote-network 10.2.0.0/16", told: told, check: func(d *login.Document) string {
			e := d.ESP
			if e == nil || e.PFS != pfs || !e.Proven || strings.Join(e.WithPFS, " ") != with || strings.Join(e.WithoutPFS, " ") != without || e.Installed > installed || e.Questions > 200 {
				return fmt.Sprintf("%+v", e)
			}
			i := slices.IndexFunc(d.Clients, func(c login.Client) bool { return c.Name == "windows-11" })
			if takes := with + without; strings.Contains(takes, "aes256-sha1") && (i < 0 || d.Clients[i].Verdict != windows[pfs]) {
				return fmt.Sprintf("%+v", d.Clients)
			}
			return ""
		}}}
	}
	// A gateway with addresses to give, which are not asked for: it finds the suite, and then
	// no traffic selectors, so that nothing comes about whatever PFS it has.
	pool := func(r *end) { r.esp, r.peerID, r.pool, r.remote = "esp", "", "10.9.0.1-10.9.0.9", "dynamic" }
	pooled := try(withSession(wellDirect, "session!address-wanted"), login.PFSRefused, "", "aes256-sha1", 0)
	pooled[0].flags = "--esp"
	return []loginGateway{
		{"no PFS, and a pool", "strongswan", pool, pooled},
		{"many", "strongswan", with("many", ""), try(wellDirect, login.PFSDemanded, "aes256gcm16-aes128gcm16-x25519-ecp384 aes256-aes128-sha256-sha1-modp3072-modp2048", "", 0)},
		{"PFS", "strongswan", with("pfs", ""), try(wellDirect, login.PFSDemanded, "aes256-sha1-modp2048", "", 0)},
		{"no PFS", "strongswan", with("esp", ""), try(wellDirect, login.PFSRefused, "", "aes256-sha1", 9)},
		{"many", "libreswan", with("many", ""), try(wellDirect, login.PFSDemanded, "aes256gcm16-modp2048 aes256-sha256-modp2048 aes128-sha1-modp2048", "", 0)},
		{"no PFS", "libreswan", with("esp", "pfs=no"), try(wellDirect, login.PFSRefused, "", "aes256-sha1", 9)},
		{"many", "openiked", with("many", ""), try(withSession(wellDirect, "session+"), login.PFSDemanded, "aes256-aes128-sha1-ecp384-modp2048", "", 0)},
		{"no PFS", "openiked", with("esp", ""), try(withSession(wellDirect, "session+"), login.PFSRefused, "", "aes256-sha1", 9)},
	}
}

// TestLabStay: a login that stays reads the gateway's proposals from its own request to
// rekey, answers what it asks meanwhile, and leaves nothing.
func TestLabStay(t *testing.T) {
	l := findLab(t)
	l.do(t, "install")
	t.Parallel()
	ikescope := buildIkescope(t)
	const credentials = "{method: psk, psk: it, identity: client.lab, remote_identity: gateway.lab}"
	told := withSession(wellDirect, "session+")
	kinds := func(d *login.Document) (out []string) {
		for _, r := range d.Stay.Requests {
			out = append(out, r.Kind+" "+strings.Join(r.Offer, ", "))
		}
		return out
	}
	for _, g := range []loginGateway{
		{"child", "strongswan", func(r *end) {
			r.esp, r.more, r.child = "pfs", "dpd_delay = 1s", "rekey_time = 4s\n				life_time = 40s\n				rand_time = 0s"
		}, []loginTry{{name: "child", credentials: credentials, told: told, check: func(d *login.Document) string {
			all := kinds(d)
			if s := d.Stay; s.End != "rekeyed" || s.Seconds < 3.5 || !slices.Contains(all, "rekey_child aes256-sha1-modp2048-noesn") || !slices.Contains(all, "liveness ") {
				return fmt.Sprintf("%+v", s)
			}
			return ""
		}}}},
		{"IKE SA", "strongswan", func(r *end) { r.more = "rekey_time = 4s\n		over_time = 40s\n		rand_time = 0s" },
			[]loginTry{{name: "IKE SA", credentials: credentials, told: told, check: func(d *login.Document) string {
				if s := d.Stay; s.End != "rekeyed" || s.Seconds < 3.5 || !strings.HasPrefix(strings.Join(kinds(d), ";"), "rekey_ike aes") {
					return fmt.Sprintf("%+v", s)
				}
				return ""
			}}}},
		{"inactivity", "strongswan", func(r *end) { r.child = "inactivity = 3s" },
			[]loginTry{{name: "inactivity", credentials: credentials, told: told, flags: "--for 6s", check: func(d *login.Document) string {
				if s := d.Stay; s.End != "limit" || !slices.Contains(kinds(d), "delete_child ") {
					return fmt.Sprintf("%+v", s)
				}
				return ""
			}}}},
	} {
		t.Run(g.name+" "+g.product, func(t *testing.T) {
			t.Parallel()
			s := openGateway(t, l, ikescope, g.product, newWorld(t), g.set)
			for _, try := range g.tries {
				try.flags += " --watch-rekey --local-network 10.1.0.0/16 --remote-network 10.2.0.0/16"
				s.login(t, g, try)
			}
		})
	}
}

// TestLabESP: the suites of Child SAs that a login finds are those of the configuration,
// and no Child SA is left.
func TestLabESP(t *testing.T) {
	l := findLab(t)
	l.do(t, "install")
	t.Parallel()
	ikescope := buildIkescope(t)
	for _, g := range espGateways() {
		t.Run(g.name+" "+g.product, func(t *testing.T) {
			t.Parallel()
			s := openGateway(t, l, ikescope, g.product, newWorld(t), g.set)
			for _, try := range g.tries {
				s.login(t, g, try)
			}
		})
	}
}

// credentialsTry is a login at a gateway of TestLab.
type credentialsTry struct {
	credentials, trust, told string
}

// loginTries logs in with credentials in a folder, whose files they name, and returns the
// documents.
func (l lab) loginTries(t *testing.T, gateway, dir, suite string, tries []credentialsTry, flags ...string) (all []login.Document) {
	t.Helper()
	for _, try := range tries {
		credentials, out := filepath.Join(dir, "c.yaml"), filepath.Join(dir, "report.json")
		if err := os.WriteFile(credentials, []byte("{"+try.credentials+", remote_identity: gateway.lab}"), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"exec", beside, "bash", "-c", `"$@"; echo $?`, "login", l.ikescope, "login", "-q", "--credentials", credentials, "--suite", suite, "-o", "json=" + out}
		if try.trust != "" {
			args = append(args, "--trust", filepath.Join(dir, try.trust))
		}
		args = append(args, flags...)
		got := l.do(t, append(args, l.do(t, "addr", gateway))...)
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var d login.Document
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatal(err)
		}
		code := "3"
		if d.Verdict == login.LoggedIn {
			code = "0"
		}
		if told := toldOf(&d); strings.TrimSpace(got) != code || told != try.told || d.Left {
			t.Errorf("%s: %s, exit %s, want %s\n%s", try.credentials, told, got, try.told, data)
		}
		all = append(all, d)
	}
	return all
}

// testLoginHybrid: a login with one and with two additional key exchanges (RFC 9370), by
// each kind of credentials.
func (l lab) testLoginHybrid(t *testing.T, gateway string) {
	ca, dir := newAuthority(t, "lab root", nil), t.TempDir()
	key := newKey(t, "RSA 2048")
	cert := ca.issue(t, key, []string{"gateway.lab"}, nil)
	own := newKey(t, "P-256")
	writeKey(t, filepath.Join(dir, "client.key"), own)
	writeCertificate(t, filepath.Join(dir, "client.pem"), ca.issue(t, own, []string{"client.lab"}, nil))
	writeCertificate(t, filepath.Join(dir, "root.pem"), ca.cert.Raw)
	for suite, intermediate := range map[string]int{
		"aes256gcm16-prfsha384-x25519-ke1_mlkem768":               2,
		"aes256gcm16-prfsha512-ecp384-ke1_mlkem1024":              2,
		"aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke2_mlkem1024": 3,
		"aes256gcm16-prfsha384-ecp384":                            1,
	} {
		for _, by := range []struct {
			method, local, remote string
			tries                 []credentialsTry
		}{
			{"PSK", "auth = psk\nid = gateway.lab", "auth = psk", []credentialsTry{
				{"method: psk, psk: ikescope lab, identity: client.lab", "", wellDirect},
				{"method: psk, psk: another, identity: client.lab", "", "negotiate+ authenticate-auth-refused"},
			}},
			{"certificate", pubkey, "auth = pubkey", []credentialsTry{
				{"method: certificate, certificate: client.pem, key: client.key", "root.pem", wellDirect},
				{"method: certificate, certificate: client.pem, key: client.key, identity: other.lab", "root.pem", "negotiate+ authenticate-auth-refused"},
			}},
			{"EAP", pubkey, mschapv2, []credentialsTry{
				{"method: eap-mschapv2, user: carol, password: Ar3etTnp", "root.pem", wellEAP},
				// strongSwan 6.1 says so by EAP-Failure alone, without a Failure of MSCHAPv2.
				{"method: eap-mschapv2, user: carol, password: wrong", "root.pem", "negotiate+ gateway+ eap_method+ authenticate-eap-refused"},
			}},
		} {
			if testing.Short() {
				by.tries = by.tries[:1]
			}
			p := newStrongSwanPolicy(t)
			if by.method == "PSK" {
				p.add(by.local, by.remote)
			} else {
				p.addKey(t, by.local, by.remote, key, cert, ca.cert.Raw)
			}
			p.connections[0] = strings.Replace(p.connections[0], identitySuites[0], suite, 1)
			l.policy(t, gateway, p.write(t, "secrets {\n	eap-carol {\n		id = carol\n		secret = Ar3etTnp\n	}\n}\n"))
			var flags []string
			if by.method == "PSK" && intermediate == 3 {
				flags = []string{"--ike"}
			}
			for _, d := range l.loginTries(t, gateway, dir, suite, by.tries, flags...) {
				i := slices.IndexFunc(d.Exchanges, func(x login.Exchange) bool { return x.Type == "IKE_AUTH" })
				if i < 0 || int(d.Exchanges[i].MessageID) != intermediate || d.Suite != suite {
					t.Errorf("%s by %s: %+v", suite, by.method, d)
				}
				// It can be rekeyed by what it has, and by nothing else.
				if x := d.IKE; flags != nil && d.Verdict == login.LoggedIn && (x == nil || x.Rekeying != login.RekeyingAccepted || !x.Proven || !slices.Equal(x.Suites, []string{suite})) {
					t.Errorf("%s: %+v", suite, x)
				}
			}
			if got := l.do(t, "stats", gateway); !strings.HasPrefix(got, "half_open=0 total=0") {
				t.Errorf("%s by %s: %s", suite, by.method, got)
			}
		}
	}
}

// testLoginRADIUS: the methods of EAP at FreeRADIUS, in TLS 1.3 where there is TLS, with
// what it lets in and with what it does not, and where only its own certificate is of a
// CA that is not trusted; and those with cryptobinding at hostapd.
func (l lab) testLoginRADIUS(t *testing.T, gateway, suite, servers string, root []byte, clients *authority) {
	dir := t.TempDir()
	writeCertificate(t, filepath.Join(dir, "root.pem"), root)
	for name, ca := range map[string]*authority{"client": clients, "stranger": newAuthority(t, "stranger", nil)} {
		key := newKey(t, "P-256")
		writeKey(t, filepath.Join(dir, name+".key"), key)
		writeCertificate(t, filepath.Join(dir, name+".pem"), ca.issue(t, key, []string{"client.lab"}, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}))
	}
	const at = "negotiate+ gateway+ eap_method+ authenticate-"
	const byCertificate = "method: eap-tls, certificate: client.pem, key: client.key"
	as := func(user, method, password string) string {
		return "method: " + method + ", user: " + user + ", password: " + password
	}
	tries := []credentialsTry{
		{byCertificate, "root.pem", wellEAP},
		{"method: eap-tls, certificate: stranger.pem, key: stranger.key", "root.pem", at + "eap-refused"},
	}
	for _, method := range []string{"eap-mschapv2", "eap-md5", "eap-gtc", "eap-ttls", "eap-ttls-mschapv2", "eap-ttls-pap", "eap-peap"} {
		const refused = at + "eap-refused" // by EAP-Failure alone, which says no reason
		tries = append(tries, credentialsTry{as("carol", method, "Ar3etTnp"), "root.pem", wellEAP},
			credentialsTry{as("carol", method, "wrong"), "root.pem", refused})
		if !testing.Short() { // it refuses after a second
			tries = append(tries, credentialsTry{as("dave", method, "Ar3etTnp"), "root.pem", refused})
		}
	}
	for _, d := range l.loginTries(t, gateway, dir, suite, tries) {
		if x := d.EAP.TLS; (x != nil) != slices.Contains([]string{"eap-tls", "eap-peap", "eap-ttls", "eap-ttls-mschapv2", "eap-ttls-pap"}, d.Method) || x != nil && (x.Version != "TLS 1.3" || !x.Trusted || x.NameMatches || x.Wanted != "gateway.lab" || x.Chain[0].Subject != "CN=radius.lab") {
			t.Errorf("%s: the EAP server is %+v", d.Method, x)
		}
	}
	// Only the name in its certificate is demanded.
	l.loginTries(t, gateway, dir, suite, []credentialsTry{
		{as("carol", "eap-ttls-pap", "Ar3etTnp") + ", eap_server: radius.lab", "root.pem", wellEAP},
		{as("carol", "eap-ttls-pap", "Ar3etTnp") + ", eap_server: gateway.lab", "root.pem", at + "eap-server-name"},
	})

	// hostapd says why in MSCHAPv2, and what it makes of cryptobinding.
	l.do(t, "radius", gateway, servers, "hostapd")
	l.loginTries(t, gateway, dir, suite, []credentialsTry{
		{as("carol", "eap-peap", "wrong"), "root.pem", at + "eap-credentials"},
		{as("carol", "eap-ttls-mschapv2", "wrong"), "root.pem", at + "eap-credentials"},
		{as("carol", "eap-ttls", "Ar3etTnp"), "root.pem", wellEAP},
		{as("carol", "eap-ttls-mschapv2", "Ar3etTnp"), "root.pem", wellEAP},
		{as("carol", "eap-ttls-pap", "Ar3etTnp"), "root.pem", wellEAP},
	})
	const valid = "Valid cryptobinding TLV received"
	log := func() string {
		return l.do(t, "exec", "iks-"+gateway, "cat", "/run/ikescope-lab/hostapd-"+gateway+"/log")
	}
	if strings.Contains(log(), valid) {
		t.Errorf("cryptobinding was done too early:\n%s", log())
	}
	l.loginTries(t, gateway, dir, suite, []credentialsTry{{as("carol", "eap-peap", "Ar3etTnp"), "root.pem", wellEAP}})
	if !strings.Contains(log(), valid) {
		t.Errorf("no cryptobinding:\n%s", log())
	}

	// Only the certificate of the RADIUS server is of another CA.
	other, elsewhere := newAuthority(t, "radius root", nil), t.TempDir()
	key := newKey(t, "P-256")
	writeKey(t, filepath.Join(elsewhere, "server.key"), key)
	writeCertificate(t, filepath.Join(elsewhere, "server.pem"), other.issue(t, key, []string{"radius.lab"}, nil))
	writeCertificate(t, filepath.Join(elsewhere, "ca.pem"), clients.cert.Raw)
	writeCertificate(t, filepath.Join(dir, "both.pem"), root, other.cert.Raw)
	l.do(t, "radius", gateway, elsewhere)
	for _, credentials := range []string{byCertificate, as("carol", "eap-ttls", "Ar3etTnp"), as("carol", "eap-ttls-pap", "Ar3etTnp"), as("carol", "eap-peap", "Ar3etTnp")} {
		for _, d := range l.loginTries(t, gateway, dir, suite, []credentialsTry{{credentials, "root.pem", at + "eap-server-cert"}}) {
			r := d.Failure().Reason
			if !strings.Contains(r.Text, "does not trust the certificate of the RADIUS server") || !strings.Contains(r.Detail, "unknown authority") || !d.Gateway.Trusted {
				t.Errorf("%s: %+v", credentials, r)
			}
		}
		l.loginTries(t, gateway, dir, suite, []credentialsTry{{credentials, "both.pem", wellEAP}})
	}
	l.do(t, "radius", gateway, "none")
}

// certTries has those that are refused first: all have one key, by which strongSwan knows
// a client that it has let in.
func certTries(client func(string) string, well string) []loginTry {
	return []loginTry{
		{name: "CA of the client", credentials: client("client stranger"), told: "negotiate+ authenticate-auth-refused", exit: 3, windows: "13801"},
		{name: "revoked", credentials: client("client revoked"), told: "negotiate+ authenticate-auth-refused", exit: 3, windows: "13801"},
		{name: "well", credentials: client("client"), told: well},
		{name: "CA of the gateway", credentials: client("client"), trust: "stranger", told: "negotiate+ gateway-cert-untrusted end+", exit: 3, windows: "13801"},
	}
}

// identityTry says it is another than the certificate is for. (pluto goes by the names in
// the certificate.)
func identityTry(client func(string) string) loginTry {
	return loginTry{name: "identity", credentials: strings.Replace(client("client"), "}", ", identity: other.lab}", 1), told: "negotiate+ authenticate-auth-refused", exit: 3, windows: "13801"}
}

// remoteIdentityTry wants another gateway. (pluto shows who it is all the same.)
func remoteIdentityTry(client func(string) string) loginTry {
	return loginTry{name: "gateway's identity", credentials: strings.Replace(client("client"), "gateway.lab", "other.lab", 1), told: "negotiate+ authenticate-auth-refused", exit: 3, windows: "13801"}
}

// writeClients writes all certificates, with the keys of clients, and some more of clients
// with keys that a world does not have.
func (w *world) writeClients(t *testing.T, dir string) {
	t.Helper()
	for name := range w.certs {
		text := w.pem(name)
		if strings.HasPrefix(name, "client") {
			text += w.key(name)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".pem"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ca := &authority{w.keys["ca"], w.certs["ca"]}
	for _, kind := range []string{"P-256", "P-384", "Ed25519"} {
		key := newKey(t, kind)
		path := filepath.Join(dir, "client "+kind+".pem")
		writeKey(t, path, key)
		text := string(readFile(t, path)) + encode("CERTIFICATE", ca.issue(t, key, []string{"client.lab"}, nil))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLabLogin: each method logs in at each daemon that has it, and is ended, so that
// the daemon itself has no IKE SA left; and it fails at the right step where one thing
// is wrong.
func TestLabLogin(t *testing.T) {
	l := findLab(t)
	l.do(t, "install")
	t.Parallel()
	ikescope := buildIkescope(t)
	w := newWorld(t)
	for _, g := range loginGateways() {
		t.Run(g.name+" "+g.product, func(t *testing.T) {
			t.Parallel()
			s := openGateway(t, l, ikescope, g.product, w, g.set)
			w.writeClients(t, filepath.Join(s.dir, string(event.Initiator)))
			for _, try := range g.tries {
				s.login(t, g, try)
			}
		})
	}
}

// login logs in at the gateway, and checks what is told and what is left.
func (s gatewayScene) login(t *testing.T, g loginGateway, try loginTry) {
	t.Helper()
	folder := filepath.Join(s.dir, string(event.Initiator))
	if err := os.WriteFile(filepath.Join(folder, "c.yaml"), []byte(try.credentials), 0o600); err != nil {
		t.Fatal(err)
	}
	trust := "--trust 'ca.pem'"
	switch {
	case try.trust != "":
		trust = fmt.Sprintf("--trust '%s.pem'", try.trust)
	case strings.Contains(try.credentials, "method: psk"):
		trust = ""
	}
	command := fmt.Sprintf("cd $DIR/initiator; code=0; net initiator %s login -q --tries 5 -o json=report.json --credentials c.yaml %s %s %s || code=$?; [[ $code == %d ]]",
		s.ikescope, trust, try.flags, addressOf(event.Responder), try.exit)
	failed := s.do(command)
	data, err := os.ReadFile(filepath.Join(folder, "report.json"))
	if err != nil {
		t.Fatal(failed, err)
	}
	var d login.Document
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if got := toldOf(&d); failed != nil || got != try.told {
		t.Errorf("%s: %s, want %s; %v\n%s\n%s", try.name, got, try.told, failed, data, s.tail())
	}
	if f := d.Failure(); try.windows != "" && (f == nil || f.Reason.Windows == nil || f.Reason.Windows.Code != try.windows) {
		t.Errorf("%s: Windows would not show %s: %s", try.name, try.windows, data)
	}
	if try.check != nil {
		if fault := try.check(&d); fault != "" {
			t.Errorf("%s: %s", try.name, fault)
		}
	}
	s.ended(t, g, try)
}

// ended checks that the gateway itself has no IKE SA left.
func (s gatewayScene) ended(t *testing.T, g loginGateway, try loginTry) {
	t.Helper()
	none := map[string]string{
		"strongswan": `[[ -z $(beside responder swanctl --list-sas) ]]`,
		"libreswan":  `beside responder ipsec whack --globalstatus | grep -q 'current.states.all=0$'`,
		"openiked":   `! beside responder ikectl show sa | grep iked_sas | grep -qv ' CLOS\(ED\|ING\) '`,
	}[g.product]
	if err := s.do("none() { " + none + "; }; await 200 none"); err != nil {
		out := s.do("beside responder ikectl show sa >$DIR/sas || true")
		sas, _ := os.ReadFile(filepath.Join(s.dir, "sas"))
		t.Errorf("%s: the gateway still has an IKE SA: %v %v\nSAS %s", try.name, err, out, sas)
	}
}

// toldOf is a login in short.
func toldOf(d *login.Document) string {
	marks := map[string]string{"passed": "+", "failed": "-", "warning": "!", "unknown": "?"}
	var out []string
	for _, s := range d.Steps {
		one := s.Step + marks[s.State]
		if s.Reason != nil {
			one += s.Reason.Cause
		}
		out = append(out, one)
	}
	return strings.Join(out, " ")
}
