package login

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// swanctlClient is a client with esp_proposals.
func swanctlClient(t *testing.T, esp string) client.Policy {
	t.Helper()
	all, err := client.Import("swanctl.conf", []byte("connections {\n it {\n version = 2\n proposals = aes256-sha256-ecp384\n children {\n a {\n esp_proposals = "+esp+"\n }\n }\n }\n}\n"), client.SyntaxSwanctl)
	if err != nil || all[0].Child == nil {
		t.Fatal(esp, err)
	}
	return all[0]
}

// TestJudge: a client connects, drops at the first rekeying or fails only where the
// gateway's answers show it, and whatever of it is not known.
func TestJudge(t *testing.T) {
	named := func(name string) client.Policy {
		p, ok := client.Named(name)
		if !ok {
			t.Fatal(name)
		}
		return p
	}
	const plain = "-prfsha256-modp2048" // which stands for none
	found := func(pfs, without string) *login.ESP {
		e := &login.ESP{NoESN: true, PFS: espMatrix(t, true, pfs), Plain: espMatrix(t, false, "")}
		if without != "" {
			e.Plain = espMatrix(t, false, without+plain)
		}
		return e
	}
	demanded := found("aes256-sha1-prfsha256-modp2048", "")
	silent := func(e *login.ESP) *login.ESP { // what was not answered
		c := *e
		c.Plain = &matrix.Matrix{Universe: e.Plain.Universe, NoAnswer: e.Plain.Universe,
			Undecided: []matrix.UndecidedRegion{{Product: login.Universe(false)[0], State: matrix.NoAnswer}, {Product: login.Universe(false)[1], State: matrix.NoAnswer}}}
		return &c
	}
	extended := func(e *login.ESP) *login.ESP {
		c := *e
		c.NoESN, c.ESN = false, true
		return &c
	}
	var groups []string
	for _, ke := range login.Universe(true)[0][proposals.KE] {
		groups = append(groups, ke.Keyword())
	}
	for _, tt := range []struct {
		name   string
		esp    *login.ESP
		client client.Policy
		want   ClientVerdict
		text   string
	}{
		{"PFS demanded, Windows", demanded, named("windows-11"), ClientDrops, "no key exchange, and the gateway takes modp2048"},
		{"PFS demanded, iOS", found("aes256-sha256-prfsha256-modp2048", ""), named("ios"), ClientConnects, "aes256-sha256"},
		{"PFS refused, a client that demands it", found("", "aes128-sha256"), named("windows-always-on"), ClientDrops, "modp2048, and the gateway takes no key exchange"},
		{"PFS refused, Windows", found("", "aes256-sha1"), named("windows-11"), ClientConnects, "aes256-sha1"},
		{"another group", found("aes256-sha1-prfsha256-ecp384", ""), swanctlClient(t, "aes256-sha1-modp2048"), ClientDrops, "takes ecp384"},
		{"no suite", found("aes256gcm16-prfsha256-ecp384", ""), named("windows-11"), ClientFails, "none of aes256-sha1"},
		{"no suite at all", found("", ""), named("windows-11"), ClientUnknown, "refuses a further Child SA whatever its suite is"},
		{"no suite, and not all was answered", silent(found("aes256gcm16-prfsha256-ecp384", "")), named("windows-11"), ClientUnknown, "not decided"},
		{"without a key exchange not answered", silent(demanded), named("windows-11"), ClientUnknown, "not decided"},
		{"what was not asked about", demanded, swanctlClient(t, "aes256-sha1-modp2048,serpent256-sha1"), ClientUnknown, "serpent256-sha1 was not decided"},
		{"only such", demanded, swanctlClient(t, "serpent256-sha1"), ClientUnknown, "not decided"},
		{"one suite can be rekeyed, another not", found("aes256-sha1-prfsha256-modp2048", "aes128-sha1"), swanctlClient(t, "aes256-sha1,aes128-sha1"), ClientUnknown, "not with aes256-sha1"},
		{"extended sequence numbers alone", extended(demanded), named("windows-11"), ClientUnknown, "sequence numbers"},
		{"for a client that has them", extended(demanded), swanctlClient(t, "aes256-sha1-modp2048-esn"), ClientConnects, ""},
		{"the group of the IKE SA", found("aes256gcm16-prfsha256-ecp384", ""), named("libreswan-5"), ClientUnknown, "not all clients"},
		{"whichever it is", found("aes256gcm16-prfsha256-"+strings.Join(groups, "-"), ""), named("libreswan-5"), ClientConnects, ""},
		{"none of them", found("", "aes256gcm16"), named("libreswan-5"), ClientDrops, ""},
		{"optional in common", found("", "chacha20poly1305"), named("android-12"), ClientUnknown, "not all clients"},
		{"unknown offer", demanded, named("windows-server"), ClientUnknown, "not known"},
		{"nothing asked", &login.ESP{}, named("windows-11"), ClientUnknown, "not asked"},
	} {
		d := &Document{Suite: "aes256gcm16-prfsha384-ecp384"}
		d.Judge(tt.esp, []client.Policy{tt.client})
		c := d.Clients[0]
		if c.Verdict != tt.want || !strings.Contains(c.Text, tt.text) || (len(c.Fix) > 0) != (c.Verdict == ClientDrops || c.Verdict == ClientFails) {
			t.Errorf("%s: %+v; want %s, %q", tt.name, c, tt.want, tt.text)
		}
	}
}

// TestGatewayFixes: what the gateway would have to accept names the client, says what is
// weaker in it, and stands once for several clients; what is as strong goes before that.
func TestGatewayFixes(t *testing.T) {
	mikrotik, _ := client.Named("mikrotik")
	windows, _ := client.Named("windows-11")
	older, _ := client.Named("windows-10")
	esp := &login.ESP{NoESN: true, PFS: espMatrix(t, true, "aes256-sha256-prfsha256-ecp384"), Plain: espMatrix(t, false, "")}
	d := &Document{Suite: "aes256-sha256-prfsha256-modp2048"}
	d.Judge(esp, []client.Policy{mikrotik, windows, older, swanctlClient(t, "aes256-sha1-modp1024,aes256gcm16-ecp384")})
	own := d.Clients[0].Fix
	if len(own) != 2 || own[0].Line != "/ip ipsec proposal\nset default enc-algorithms=aes-256-cbc auth-algorithms=sha256\nset default pfs-group=ecp384" {
		t.Fatalf("%+v", own)
	}
	if f := own[1]; f.Where != "the gateway, for mikrotik" || !strings.HasPrefix(f.Line, "accept aes256-sha1-modp1024 for Child SAs, too") || !strings.Contains(f.Line, "WEAKER than what it accepts now: this lets in ") {
		t.Errorf("%+v", f)
	}
	if f := d.Clients[1].Fix; !strings.Contains(f[len(f)-1].Line, "this lets in rekeying without a key exchange") {
		t.Errorf("%+v", f)
	}
	if f := d.Clients[3].Fix[1]; !strings.HasPrefix(f.Line, "accept aes256gcm16-ecp384 ") || strings.Contains(f.Line, "WEAKER") {
		t.Errorf("%+v", f)
	}
	// A client that has PFS does not lose it silently.
	none := &login.ESP{NoESN: true, PFS: espMatrix(t, true, ""), Plain: espMatrix(t, false, "aes256-sha256-prfsha256-modp2048")}
	for name, marked := range map[string]bool{"mikrotik": true, "windows-always-on": true, "windows-11": false} {
		p, _ := client.Named(name)
		without := &Document{Suite: d.Suite}
		without.Judge(none, []client.Policy{p})
		if f := without.Clients[0].Fix; len(f) == 0 || strings.Contains(f[0].Where, "(WEAKER than now: without a key exchange") != marked {
			t.Errorf("%s: %+v", name, f)
		}
	}
	var out strings.Builder
	if err := Text(&out, d, layout.Options{Width: 1000}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Count(text, "accept aes256-sha1 for Child SAs") != 1 || !strings.Contains(text, "the gateway, for windows-11, windows-10:") {
		t.Error(text)
	}
}

// TestClientFixes: what a fix says makes the client connect and rekey, when it is imported
// again, whatever the gateway takes, and leaves its IKE SA what it has.
func TestClientFixes(t *testing.T) {
	named := func(name string) client.Policy { p, _ := client.Named(name); return p }
	script := func(ike string) client.Policy {
		all, err := client.Import("", []byte("Set-VpnConnectionIPsecConfiguration -ConnectionName A -CipherTransformConstants AES256 -AuthenticationTransformConstants SHA196 -PfsGroup None "+ike+"\n"), client.SyntaxWindows)
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	own := script("-EncryptionMethod AES128 -IntegrityCheckMethod SHA256 -DHGroup ECP256")
	profile := func(lines string) []byte {
		return []byte(`<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string>
<key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.vpn.managed</string><key>UserDefinedName</key><string>A</string>
<key>VPNType</key><string>IKEv2</string><key>IKEv2</key><dict><key>RemoteAddress</key><string>vpn.example.com</string>
<key>IKESecurityAssociationParameters</key><dict><key>EncryptionAlgorithm</key><string>AES-256</string><key>IntegrityAlgorithm</key><string>SHA2-256</string><key>DiffieHellmanGroup</key><integer>14</integer></dict>
` + lines + "\n</dict></dict></array></dict></plist>")
	}
	for _, tt := range []struct {
		login      string // its suite
		rekeys     string // what its IKE SA is rekeyed with, "" if that was not asked
		pfs, plain string // what the gateway takes
		client     client.Policy
		ike        string // what the client then offers for the IKE SA
		where      string
	}{
		{"aes256-sha256-prfsha256-modp2048", "", "aes256-sha256-prfsha256-ecp256", "", named("windows-11"), "aes256-sha256-prfsha256-modp2048", ""},
		{"aes256gcm16-prfsha384-x25519", "", "aes128gcm16-prfsha256-modp2048s256", "", named("windows-11"), "aes256gcm16-prfsha256-modp1024", "aes256gcm16-prfsha256-modp1024 for the IKE SA is of what the client offers now, and whether the gateway takes it was not asked (--ike asks)"},
		{"aes256gcm16-prfsha384-x25519", "aes256-sha256-prfsha256-ecp256-x25519,aes256-sha1-prfsha1-modp1024", "aes256gcm16-prfsha256-ecp384", "", named("windows-11"), "aes256-sha256-prfsha256-ecp256", ""},
		{"aes256gcm16-prfsha384-x25519", "", "", "aes128-sha256", named("windows-always-on"), "", ""},
		{"aes256gcm16-prfsha384-ecp384", "", "aes256-sha1-prfsha256-ecp384", "", own, "aes128-sha256-prfsha256-ecp256", ""},
		{"aes256gcm16-prfsha384-x25519", "", "aes256gcm16-prfsha256-x25519", "", named("ios"), "", ""},
		{"aes256gcm16-prfsha384-x25519", "", "aes256-sha512-prfsha256-ecp521", "", named("macos"), "", ""},
		{"aes256gcm16-prfsha384-x25519", "", "chacha20poly1305-prfsha256-modp4096", "", named("macos"), "", ""},
		{"aes256gcm16-prfsha384-x25519", "", "", "aes256gcm16", named("macos"), "", ""},
		{"aes256-sha256-prfsha256-modp2048", "", "aes256-sha256-prfsha256-ecp256", "", swanctlClient(t, "aes256-sha256"), "", ""},
	} {
		name := tt.client.Name + " at " + tt.pfs + tt.plain
		esp := &login.ESP{NoESN: true, PFS: espMatrix(t, true, tt.pfs), Plain: espMatrix(t, false, "")}
		if tt.plain != "" {
			esp.Plain = espMatrix(t, false, tt.plain+"-prfsha256-modp2048")
		}
		d := &Document{Suite: tt.login}
		if tt.rekeys != "" {
			d.IKE = &IKE{Suites: strings.Split(tt.rekeys, ",")}
		}
		d.Judge(esp, []client.Policy{tt.client})
		if len(d.Clients[0].Fix) == 0 || !d.Clients[0].Fix[0].Paste || !strings.Contains(d.Clients[0].Fix[0].Where, tt.where) {
			t.Errorf("%s: %+v", name, d.Clients[0])
			continue
		}
		if where := d.Clients[0].Fix[0].Where; tt.where == "" && strings.Contains(where, "for the IKE SA is") {
			t.Errorf("%s: %s", name, where)
		}
		lines := d.Clients[0].Fix[0].Line
		var again client.Policy
		if esp, ok := strings.CutPrefix(lines, "esp_proposals = "); ok {
			again = swanctlClient(t, esp)
		} else {
			data := []byte(lines + "\n")
			if tt.client.Syntax == client.SyntaxMobileconfig {
				data = profile(lines)
			}
			all, err := client.Import("", data, tt.client.Syntax)
			if err != nil || len(all) != 1 {
				t.Errorf("%s: %v, of %s", name, err, lines)
				continue
			}
			again = all[0]
		}
		if tt.ike != "" && (len(again.Offer) != 1 || again.Offer[0].String() != tt.ike) {
			t.Errorf("%s: it offers %v for the IKE SA, want %s", name, again.Offer, tt.ike)
		}
		fixed := &Document{}
		fixed.Judge(esp, []client.Policy{again})
		if fixed.Clients[0].Verdict != ClientConnects {
			t.Errorf("%s: with %s: %+v", name, lines, fixed.Clients[0])
		}
	}
}

// TestNoClientFix: Windows gets no lines where the gateway refuses whatever it can be set to
// for the IKE SA.
func TestNoClientFix(t *testing.T) {
	p, _ := client.Named("windows-11")
	d := &Document{Suite: "aes256gcm16-prfsha384-x25519", IKE: &IKE{Suites: []string{"aes256gcm16-prfsha384-x25519"}, Proven: true}}
	d.Judge(&login.ESP{NoESN: true, PFS: espMatrix(t, true, "aes256gcm16-prfsha256-ecp384"), Plain: espMatrix(t, false, "")}, []client.Policy{p})
	for _, f := range d.Clients[0].Fix {
		if f.Paste {
			t.Errorf("%+v", f)
		}
	}
}
