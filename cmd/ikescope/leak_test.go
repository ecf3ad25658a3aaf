package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planted are secrets as people have them: a word, words with blanks, base64, and
// one with the marks that syntaxes use.
var planted = []string{"Zq7xWv9kLm", "Tr0ub4dor Qu1xote Vw8", "WHk4dlE5SnoyTGs9cQ==", "Kj5$Xw2#Rt9%Bn{Yp"}

// leaked returns a piece of a secret that a text shows, or "".
func leaked(text string) string {
	const piece = 5
	for _, secret := range planted {
		for i := 0; i+piece <= len(secret); i++ {
			if strings.Contains(text, secret[i:i+piece]) {
				return secret[i : i+piece]
			}
		}
	}
	return ""
}

// A reader is a file with secrets and the commands that read it.
type leakyReader struct {
	file, text string
	commands   [][]string // with FILE for its path
}

// leakyReaders are of each kind of file that is read. <1> to <4> stand for secrets.
var leakyReaders = []leakyReader{
	{"list", `# the gateways; admin <1>
vpn.example.com:500 # alice "<2>"
198.51.100.7 # psk=<3>
[2001:db8::7]:500+4500 # <4>
`, [][]string{{"--plan", "@FILE"}, {"--plan", "-o", "json", "@FILE"}, {"FILE"}}},
	{"bookmarks", `https://alice:<1>@vpn.example.com/
vpn://bob:<4>@198.51.100.7:500
alice:<1>@vpn.example.com
vpn.example.com;alice;<1>
vpn.example.com,alice,"<2>"
vpn.example.com alice <3>
`, [][]string{{"--plan", "@FILE"}}},
	{"ipsec.secrets", `vpn.example.com : PSK "<2>"
: PSK <1>
alice : EAP "<4>"
bob : XAUTH 0s<3>
`, [][]string{{"--plan", "@FILE"}, {"--plan", "--client", "FILE"}, {"--plan", "--policy", "FILE"}, {"client", "import", "FILE"},
		{"diff", "FILE", "FILE"}, {"capture", "FILE"}, {"--resume", "FILE", "192.0.2.1"}, {"policy", "new", "--from", "FILE"}, {"policy", "show", "FILE"}}},
	{"swanctl.conf", `connections {
  home {
    version = 2
    remote_addrs = vpn.example.com
    proposals = aes256-sha256-modp2048
    local { 
      auth = eap
    }
  }
}
secrets {
  ike-home {
    secret = <1>
  }
  eap-alice { 
    secret = "<2>"
  }
  ike-other {
    secret = 0s<3>
  }
}
`, [][]string{{"client", "import", "FILE"}, {"client", "import", "FILE", "-o", "json"}, {"--plan", "--client", "FILE"}, {"--plan", "--client", "FILE#home"},
		{"--plan", "--client", "FILE#nowhere"}, {"compare", "SAVED", "--client", "FILE"}, {"explain", "SAVED", "--client", "FILE"}, {"--plan", "--policy", "FILE"}, {"--plan", "@FILE"}}},
	{"vpn.rsc", `/ip ipsec profile
add dh-group=modp2048 enc-algorithm=aes-256 hash-algorithm=sha256 name=office
/ip ipsec peer
add address=198.51.100.7/32 exchange-mode=ike2 name="office 1" profile=office secret=<1>
/ip ipsec identity
add auth-method=pre-shared-key peer="office 1" secret="<2>"
add auth-method=eap eap-methods=eap-mschapv2 password="<2>" peer=office username=alice
`, [][]string{{"client", "import", "FILE"}, {"compare", "SAVED", "--client", "FILE", "-o", "json"}, {"--plan", "--policy", "FILE"}}},
	{"vpn.ps1", `$psk = "<2>"
Add-VpnConnection -Name "Office" -ServerAddress vpn.example.com -TunnelType Ikev2 -Force
Add-VpnConnection -Name "Old" -ServerAddress vpn.example.org -TunnelType L2tp -L2tpPsk "<4>" -Force
Set-VpnConnectionIPsecConfiguration -ConnectionName "Office" -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14 -PfsGroup None -Force
rasdial "Office" alice "<2>"
`, [][]string{{"client", "import", "FILE"}, {"compare", "SAVED", "--client", "FILE"}}},
	{"credentials.yaml", `gateway: vpn.example.com
users:
  - name: alice
    password: <1>
  - name: bob
    password: "<2>"
psk: <3>
`, [][]string{{"policy", "show", "FILE"}, {"--plan", "--policy", "FILE"}, {"--plan", "--client", "FILE"}}},
	{"credentials.json", `{"schema_version": "1.0", "tool": {"name": "ikescope", "version": "1"}, "complete": true, "password": "<1>", "psk": ["<2>", {"<4>": "<3>"}],
"targets": [{"target": "vpn.example.com", "address": "192.0.2.1", "verdict": "no_answer", "psk": "<1>"}], "gates": [], "exit": {"code": 4, "reason": ""}}
`, [][]string{{"check", "FILE", "--fail-on", "low"}, {"compare", "FILE"}, {"diff", "FILE", "SAVED"}, {"check", "SAVED", "--baseline", "FILE"}, {"--resume", "FILE", "192.0.2.9"},
		{"policy", "new", "--from", "FILE"}, {"explain", "FILE", "--client", "ios"}, {"--plan", "--policy", "FILE"}}},
	{"carol.yaml", `method: eap-mschapv2
user: carol
password: <1>
psk: "<2>"
identity: carol@example.com
remote_identity: vpn.example.com
`, [][]string{{"login", "127.0.0.1:1", "--transport", "udp500", "--tries", "1", "--timeout", "10ms", "--credentials", "FILE"}, {"demo", "-q", "--credentials", "FILE", "--policy", "FILE"}, {"check", "FILE", "--fail-on", "low"}, {"convert", "FILE", "-o", "csv"}, {"explain", "FILE"}}},
	{"gateway.pem", `-----BEGIN PRIVATE KEY-----
WHk4dlE5SnoyTGs9cQ==
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
WHk4dlE5SnoyTGs9cQ==
-----END CERTIFICATE-----
password: <1>
`, [][]string{{"demo", "-q", "--eap", "eap-tls", "--cert", "FILE"}, {"identity", "127.0.0.1:1", "--trust", "FILE"}, {"login", "127.0.0.1:1", "--transport", "udp500", "--tries", "1", "--timeout", "10ms", "--credentials", "FILE"}, {"client", "import", "FILE"}, {"@FILE", "--plan"}}},
	{"saved.jsonl", `{"record":"report","schema_version":"1.0","tool":{"name":"ikescope","version":"1"},"count":2,"password":"<1>"}
{"record":"target","index":0,"target":"vpn.example.com","address":"192.0.2.1","verdict":"no_answer","complete":true,"psk":"<2>","user":{"password":"<4>"}}
{"record":"target","index":1,"target":"gw","address":"192.0.2.2","verdict":"error","complete":true,"psk":["<3>"]}
{"record":"end","complete":true,"exit":{"code":4,"reason":""},"secret":"<1>"}
`, [][]string{{"check", "FILE", "--fail-on", "low"}, {"compare", "FILE", "--client", "ios"}, {"diff", "FILE", "SAVED"}, {"convert", "FILE", "-o", "json"}, {"--resume", "FILE", "192.0.2.9", "--plan"}, {"explain", "FILE", "--client", "ios"}}},
	{"gateway.log", `Nov 29 12:00:00 gw charon: 05[CFG] loaded IKE secret for alice: "<2>"
Nov 29 12:00:00 gw charon: 05[CFG] secret=<1>
Nov 29 12:00:01 gw charon: 14[NET] received packet: from 192.0.2.9[500] to 198.51.100.7[500] (240 bytes)
Nov 29 12:00:01 gw charon: 14[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
Nov 29 12:00:01 gw charon: 14[IKE] received proposals unacceptable
Nov 29 12:00:01 gw charon: 14[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]
Nov 29 12:00:02 gw radiusd: User-Password = "<4>"
`, [][]string{{"explain", "FILE"}, {"explain", "FILE", "-o", "json"}, {"explain", "@FILE"}}},
}

// TestNoSecretIsShown: whatever is read, and wherever it is damaged, no output
// shows a piece of a secret.
func TestNoSecretIsShown(t *testing.T) {
	dir := t.TempDir()
	saved := filepath.Join(dir, "saved.json")
	if code := runContext(t.Context(), []string{"demo", "-q", "-o", "json=" + saved, "--accept", "aes128-sha1-prfsha1-modp1024"}, nil, new(bytes.Buffer), new(bytes.Buffer)); code != 0 {
		t.Fatalf("the demo ended with %d", code)
	}
	for _, r := range leakyReaders {
		t.Run(r.file, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), r.file)
			text := r.text
			for i, secret := range planted {
				text = strings.ReplaceAll(text, fmt.Sprintf("<%d>", i+1), secret)
			}
			tries, bad := 0, 0
			try := func(how, text string) {
				tries++
				if bad > 5 || alone(text) {
					return
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				command := r.commands[tries%len(r.commands)]
				var args []string
				for _, arg := range command {
					args = append(args, strings.ReplaceAll(strings.ReplaceAll(arg, "FILE", path), "SAVED", saved))
				}
				var out, errs lockedBuffer
				runContext(t.Context(), args, nil, &out, &errs)
				if piece := leaked(out.String() + errs.String()); piece != "" {
					bad++
					t.Errorf("%s: %q shows %q:\n%.600s%.600s", how, command, piece, lineWith(out.String(), piece), errs.String())
				}
			}
			for range r.commands {
				try("undamaged", text)
			}
			step := 1
			if testing.Short() {
				step = 23
			}
			n := 0
			damages(text, func(how, damaged string) {
				if n++; n%step == 0 {
					try(how, damaged)
				}
			})
			if tries < 20 {
				t.Errorf("%d tries", tries)
			}
		})
	}
}

// alone reports whether a secret stands where a host, a key or a code does: then it
// cannot be told from one.
func alone(text string) bool {
	for line := range strings.Lines(text) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if leaked(word) != "" && !strings.ContainsAny(word, "@:;,=\"'#$%") {
			return true
		}
	}
	return false
}

// lineWith returns the line of a text that has a piece.
func lineWith(text, piece string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, piece) {
			return line
		}
	}
	return ""
}

// damages calls try with a text damaged in each place: cut off, a mark that was lost
// or doubled, lines joined or split, a line or a word that was lost.
func damages(text string, try func(how, text string)) {
	for i := range len(text) {
		try("cut", text[:i])
		try("begun late", text[i:])
		switch c := text[i]; {
		case c == '\n':
			try("joined", text[:i]+text[i+1:])
			try("joined by a blank", text[:i]+" "+text[i+1:])
		case strings.IndexByte(" =:", c) >= 0:
			try("split", text[:i]+"\n"+text[i+1:])
			fallthrough
		case strings.IndexByte("\"'{}[]()<>/$@&;,#\\-", c) >= 0:
			try("lost mark", text[:i]+text[i+1:])
			try("mark for a blank", text[:i]+" "+text[i+1:])
			try("doubled mark", text[:i+1]+text[i:])
		}
	}
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		before, after := strings.Join(lines[:i], ""), strings.Join(lines[i+1:], "")
		try("lost line", before+after)
		words := strings.SplitAfter(lines[i], " ")
		for j := range words {
			try("lost word", before+strings.Join(words[:j], "")+strings.Join(words[j+1:], "")+after)
		}
	}
}

// TestNoSecretOfArgumentsIsShown: what looks like a password on the command line is
// not repeated.
func TestNoSecretOfArgumentsIsShown(t *testing.T) {
	for _, args := range [][]string{
		{"--psk=Zq7xWv9kLm", "vpn.example.com"}, {"--password", "Zq7xWv9kLm", "vpn.example.com"}, {"-pZq7xWv9kLm", "vpn.example.com"},
		{"alice:Zq7xWv9kLm@vpn.example.com"}, {"https://alice:Zq7xWv9kLm@vpn.example.com/"}, {"scan", "alice:Zq7xWv9kLm"},
		{"check", "alice:Zq7xWv9kLm@vpn.example.com", "--fail-on", "high"}, {"vpn.example.com secret=Zq7xWv9kLm"}, {"--plan", "vpn.example.com:Zq7xWv9kLm"},
	} {
		var out, errs lockedBuffer
		if code := runContext(t.Context(), args, nil, &out, &errs); code != exitUsage || leaked(out.String()+errs.String()) != "" {
			t.Errorf("%q ended with %d: %s%s", args, code, out.String(), errs.String())
		}
	}
}
