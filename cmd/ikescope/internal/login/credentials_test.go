package login

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
)

// folder holds files of credentials, and the certificates of testdata: client.pem with
// its key, one that expired, and other.pem with another key.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"client.pem", "expired.pem", "other.pem", "client.p12"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	client := files["client.pem"]
	at := strings.Index(client, "-----BEGIN CERTIFICATE")
	files["key.pem"], files["cert.pem"] = client[:at], client[at:]
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func nothing(string) string { return "" }

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"method: eap-mschapv2\nuser: carol\npassword: Ar3etTnp":                           "eap-mschapv2 carol ID_FQDN carol, password Ar3etTnp",
		"{method: ttls-mschapv2, user: carol, password: pw, aaa_id: radius.lab}":          "eap-ttls-mschapv2 carol ID_FQDN carol, password pw, by the server radius.lab",
		"method: eap-gtc\nuser: carol\npassword: 123456":                                  "eap-gtc carol ID_FQDN carol, password 123456",
		"method: eap-md5\nuser: carol@example.com\npassword: 'a: #b'\nidentity: keyid:01": "eap-md5 carol@example.com ID_KEY_ID keyid:01, password a: #b",
		"{method: psk, psk: 0x6974, identity: me, remote_identity: vpn.example.com}":      "psk  ID_FQDN me, PSK it, to vpn.example.com",
		"{method: psk, psk: 0saXQ=}":                                                      "psk  IDType(0) , PSK it",
		"Method: MSCHAPv2\nUserName: carol\npassword: pw":                                 "eap-mschapv2 carol ID_FQDN carol, password pw",
		"{method: PSK, psk: it, remote-identity: vpn.example.com}":                        "psk  IDType(0) , PSK it, to vpn.example.com",
		"method: pubkey\ncert: client.pem":                                                "certificate  ID_FQDN client.example.com, 1 certificates and a key",
		"method: certificate\ncertificate: client.pem":                                    "certificate  ID_FQDN client.example.com, 1 certificates and a key",
		"method: certificate\ncertificate: cert.pem\nkey: key.pem\nsignature: rsa-pss":    "certificate  ID_FQDN client.example.com, 1 certificates and a key, PSS",
		"method: certificate\ncertificate: client.p12\npassword: right":                   "certificate  ID_FQDN client.example.com, password right, 1 certificates and a key",
		"method: certificate\ncertificate: client.pem\nidentity: CN=client.example.com":   "certificate  ID_DER_ASN1_DN CN=client.example.com, 1 certificates and a key",
	} {
		dir := folder(t, map[string]string{"c.yaml": text})
		c, err := Source{File: filepath.Join(dir, "c.yaml"), Environment: nothing}.Read(time.Now())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := fmt.Sprint(c.Method, " ", c.User, " ", c.Local().Type, " ", c.Local())
		if p := c.Password.Reveal(); len(p) > 0 {
			got += ", password " + string(p)
		}
		if p := c.PSK.Reveal(); len(p) > 0 {
			got += ", PSK " + string(p)
		}
		if c.Key.Signer() != nil {
			got += fmt.Sprintf(", %d certificates and a key", len(c.Chain))
		}
		if c.PSS {
			got += ", PSS"
		}
		if id := c.RemoteIdentity; !id.IsZero() {
			got += ", to " + id.String()
		}
		if id := c.EAPServer; !id.IsZero() {
			got += ", by the server " + id.String()
		}
		if got != want {
			t.Errorf("%s\nis %s\nwant %s", text, got, want)
		}
	}
}

// TestReadElsewhere: what the file lacks is of the environment, and what both lack is
// asked for.
func TestReadElsewhere(t *testing.T) {
	dir := folder(t, map[string]string{"c.yaml": "method: eap-mschapv2\nuser: carol"})
	variables := map[string]string{"IKESCOPE_USER": "dave", "IKESCOPE_PASSWORD": "pw"}
	c, err := Source{File: filepath.Join(dir, "c.yaml"), Environment: func(name string) string { return variables[name] }}.Read(time.Now())
	if err != nil || c.User != "carol" || string(c.Password.Reveal()) != "pw" {
		t.Errorf("%v %q, %v", c.User, c.Password.Reveal(), err)
	}
	asked := ""
	ask := func(prompt string) ([]byte, error) {
		asked += prompt
		return []byte("typed"), nil
	}
	if c, err = (Source{File: filepath.Join(dir, "c.yaml"), Environment: nothing, Ask: ask}).Read(time.Now()); err != nil || string(c.Password.Reveal()) != "typed" || asked != "Password of carol: " {
		t.Errorf("%q after %q, %v", c.Password.Reveal(), asked, err)
	}
	variables = map[string]string{"IKESCOPE_METHOD": "psk"}
	if c, err = (Source{Environment: func(name string) string { return variables[name] }, Ask: ask}).Read(time.Now()); err != nil || string(c.PSK.Reveal()) != "typed" {
		t.Errorf("%q, %v", c.PSK.Reveal(), err)
	}
	ask = func(string) ([]byte, error) { return nil, errors.New("interrupted") }
	if _, err = (Source{Environment: func(name string) string { return variables[name] }, Ask: ask}).Read(time.Now()); err == nil || err.Error() != "psk: interrupted" {
		t.Error(err)
	}
}

// TestReadFaults: one line that says where and what, and nothing of a secret.
func TestReadFaults(t *testing.T) {
	const secret = "Ar3etTnp"
	for text, want := range map[string]string{
		"": "c.yaml: is not YAML",
		"method: eap-mschapv2\nuser: carol\npasword: " + secret:    "c.yaml:3: the word before the colon is not known; did you mean password?",
		"method: eap-mschapv2\n" + secret + ": carol":              "c.yaml:2: the word before the colon is not known; known are method, user",
		"method: eap-mschapv2\nuser: carol\npassword: *" + secret:  "is not YAML",
		"method: eap-mschapv2\nuser: carol\npassword: \"" + secret: "is not YAML",
		"method: psk\npsk: [" + secret + "]":                       "c.yaml:2: psk has no value, or more than one",
		"method: psk\npsk:":                                        "c.yaml:2: psk has no value",
		"method: psk\npsk: a\npsk: " + secret:                      "c.yaml:3: psk is given twice",
		"method: psk\npsk: 0x" + secret:                            "c.yaml:2: psk: what follows 0x is not hexadecimal",
		"method: psk\npsk: 0s!" + secret:                           "c.yaml:2: psk: what follows 0s is not Base64",
		"- " + secret:                                              "c.yaml: is not a list of words with their values",
		"method: psk\npsk: a\n---\npsk: " + secret:                 "more than one YAML document",
		"psk: " + secret:                                           "c.yaml: method is missing: psk, certificate",
		"method: eap-akka":                                         `c.yaml:1: method: "eap-akka" is not a method: psk, certificate`,
		"method: psk\npsk: a\nsecond_method: mschapv2\nuser: carol\npassword: " + secret:      `c.yaml:3: second_method: "eap-mschapv2" does not go with method psk`,
		"method: eap-mschapv2\nuser: carol\npassword: " + secret + "\neap_server: radius.lab": "c.yaml:4: eap_server: goes with the methods of EAP that have TLS: eap-tls, eap-peap, eap-ttls",
		"method: certificate\nsecond_method: eap-foo":                                         `c.yaml:2: second_method: "eap-foo" is not a method: psk, certificate`,
		"method: EAP-MSCHAPv3":                                            `c.yaml:1: method: "EAP-MSCHAPv3" is not a method: psk, certificate`,
		"method: psk":                                                     "c.yaml: psk: is missing, and psk needs it",
		"method: eap-mschapv2\nuser: carol":                               "c.yaml: password: is missing",
		"method: eap-md5\npassword: " + secret:                            "c.yaml: user: is missing",
		"method: certificate":                                             "c.yaml: certificate: is missing",
		"method: certificate\ncertificate: cert.pem":                      "c.yaml: key: is missing",
		"method: certificate\ncertificate: absent.pem":                    "absent.pem: " + absent(t),
		"method: certificate\ncertificate: c.yaml":                        "c.yaml:2: certificate: ",
		"method: certificate\ncertificate: key.pem":                       "key.pem: holds no certificate",
		"method: certificate\ncertificate: cert.pem\nkey: cert.pem":       "cert.pem: holds no private key",
		"method: certificate\ncertificate: cert.pem\nkey: other.pem":      "c.yaml:3: key: is not that of the certificate of \"CN=client.example.com\"",
		"method: certificate\ncertificate: expired.pem":                   "c.yaml:2: certificate: that of \"CN=client.example.com\" expired on 2001-01-01",
		"method: certificate\ncertificate: client.p12\npassword: wrong":   "client.p12: the password is not that of this PKCS #12 file",
		"method: certificate\ncertificate: client.p12":                    "client.p12: is PKCS #12 with a password",
		"method: certificate\ncertificate: encrypted.pem":                 "its private key is encrypted",
		"method: certificate\ncertificate: client.pem\nsignature: md5":    "c.yaml:3: signature: \"md5\" is not a signature: rsa-pkcs1 or rsa-pss",
		"method: certificate\ncertificate: client.pem\nidentity: CN=else": "c.yaml:3: identity: \"CN=else\" is a distinguished name",
		"method: psk\npsk: a\nremote_identity: keyid:x":                   "c.yaml:3: remote_identity: \"keyid:x\" is not a key ID",
	} {
		dir := folder(t, map[string]string{"c.yaml": text, "encrypted.pem": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"})
		_, err := Source{File: filepath.Join(dir, "c.yaml"), Environment: nothing}.Read(time.Now())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	if _, err := (Source{Environment: nothing}).Read(time.Now()); err == nil || !strings.Contains(err.Error(), "no credentials: name a file") {
		t.Error(err)
	}
}

// absent is what the system says of a file that is not there.
func absent(t *testing.T) string {
	_, err := os.Open(filepath.Join(t.TempDir(), "absent"))
	return argfile.Cause(err).Error()
}

// TestPrivate: files with secrets that others may read are not read.
func TestPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := folder(t, map[string]string{
		"c.yaml": "method: psk\npsk: it", "k.yaml": "method: certificate\ncertificate: cert.pem\nkey: key.pem", "b.yaml": "method: certificate\ncertificate: client.pem"})
	for file, open := range map[string]string{"c.yaml": "c.yaml", "k.yaml": "key.pem", "b.yaml": "client.pem"} {
		for mode := range os.FileMode(0o100) {
			if err := os.Chmod(filepath.Join(dir, open), 0o600|mode); err != nil {
				t.Fatal(err)
			}
			_, err := Source{File: filepath.Join(dir, file), Environment: nothing}.Read(time.Now())
			if refused := err != nil && strings.Contains(err.Error(), open+": others may read it") && strings.Contains(err.Error(), "chmod 600 "); refused != (mode != 0) {
				t.Errorf("%s with mode %o: %v", open, 0o600|mode, err)
			}
		}
		if err := os.Chmod(filepath.Join(dir, open), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The certificate alone is not secret.
	if err := os.Chmod(filepath.Join(dir, "cert.pem"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := (Source{File: filepath.Join(dir, "k.yaml"), Environment: nothing}).Read(time.Now()); err != nil {
		t.Error(err)
	}
	if _, err := (Source{File: dir, Environment: nothing}).Read(time.Now()); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "large.yaml"), make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Source{File: filepath.Join(dir, "large.yaml"), Environment: nothing}).Read(time.Now()); err == nil || !strings.Contains(err.Error(), "more than 262144") {
		t.Error(err)
	}
}

// FuzzRead: no file of credentials brings the reader down, and no error holds what
// stands in it behind "password".
func FuzzRead(f *testing.F) {
	f.Add("method: psk\npsk: it")
	f.Add("method: eap-mschapv2\nuser: carol\npassword: &a [x, *a]")
	f.Add("? {a: b}\n: c")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text+"\npassword: Zq7-secret-9xK"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Source{File: path, Environment: nothing}.Read(time.Now())
		if err != nil && (strings.Contains(err.Error(), "Zq7-secret") || strings.Contains(err.Error(), "\n") && !strings.Contains(text, "\n")) {
			t.Fatalf("%v", err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", c, c, c), "Zq7-secret") {
			t.Fatal("it prints")
		}
	})
}

// FuzzPEM: no file of keys brings the reader down.
func FuzzPEM(f *testing.F) {
	data, err := os.ReadFile(filepath.Join("testdata", "client.pem"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := parsePEM(data); err == nil && b.key == nil && len(b.chain) == 0 {
			t.Fatal("neither key nor certificate")
		}
	})
}
