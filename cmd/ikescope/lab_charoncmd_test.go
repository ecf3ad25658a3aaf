//go:build linux

package main

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/report/incident/event"
)

// charonCmd are the methods that charon-cmd has, by its profiles.
var charonCmd = map[string]string{
	"certificate": "ikev2-pub", "eap-mschapv2": "ikev2-eap", "eap-md5": "ikev2-eap", "eap-gtc": "ikev2-eap", "eap-tls": "ikev2-eap", "eap-ttls": "ikev2-eap",
}

// charonRefused is what charon-cmd says where one of the two does not accept the other.
var charonRefused = regexp.MustCompile(`received (AUTHENTICATION_FAILED|EAP_FAILURE)|INFORMATIONAL request \d+ \[ N\(AUTH_FAILED\) \]|no private key found|giving up after`)

// TestLabCharonCmd: charon-cmd is let in where the table of logins says that ikescope is,
// and nowhere else, so that no failure there is one of ikescope's own.
func TestLabCharonCmd(t *testing.T) {
	if testing.Short() {
		t.Skip("a second client for all of TestLabLogin")
	}
	l := findLab(t)
	l.do(t, "install")
	t.Parallel()
	w := newWorld(t)
	for _, g := range loginGateways() {
		if strings.Contains(g.tries[0].credentials, "method: psk") {
			continue // charon-cmd has it in IKEv1 alone
		}
		t.Run(g.name+" "+g.product, func(t *testing.T) {
			t.Parallel()
			s := openGatewayFor(t, l, "charon-cmd", "", g.product, w, g.set)
			w.writeClients(t, filepath.Join(s.dir, string(event.Initiator)))
			for _, try := range g.tries {
				s.charonCmd(t, try)
			}
		})
	}
}

// charonCmd does a try of a login with charon-cmd.
func (s gatewayScene) charonCmd(t *testing.T, try loginTry) {
	t.Helper()
	var c map[string]string
	if err := yaml.Unmarshal([]byte(try.credentials), &c); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(s.dir, string(event.Initiator))
	pss := "no"
	if c["signature"] == "rsa-pss" {
		pss = "yes"
	}
	settings := fmt.Sprintf(`charon-cmd {
	load_modular = yes
	rsa_pss = %s
	retransmit_timeout = 0.5
	retransmit_tries = 3
	retransmit_base = 1.5
	plugins {
		include /etc/strongswan.d/charon/*.conf
		kernel-libipsec {
			load = yes
		}
		bypass-lan {
			load = no
		}
	}
	filelog {
		stdout {
			default = 1
			flush_line = yes
		}
	}
}
`, pss)
	if err := os.WriteFile(filepath.Join(folder, "strongswan.conf"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	trust := "ca"
	if try.trust != "" {
		trust = try.trust
	}
	profile := charonCmd[c["method"]]
	if c["second_method"] != "" {
		profile = "ikev2-pub-eap"
	}
	args := []string{c["password"], "--host", addressOf(event.Responder), "--remote-identity", c["remote_identity"], "--profile", profile, "--cert", "/run/lab/" + trust + ".pem"}
	identity := "client.lab" // of the certificate
	if file := c["certificate"]; file != "" {
		// It reads the first thing of a file alone.
		for rest := readFile(t, filepath.Join(folder, file)); ; {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			name, option := "own.crt", "--cert"
			if block.Type != "CERTIFICATE" {
				name, option = "own.key", "--priv"
			}
			writeFile(t, filepath.Join(folder, name), pem.EncodeToMemory(block))
			args = append(args, option, "/run/lab/"+name)
		}
		if file == "client other.pem" {
			identity = "other.lab"
		}
	}
	switch {
	case c["second_method"] != "":
		args = append(args, "--eap-identity", c["user"])
	case c["identity"] != "":
		identity = c["identity"]
	case c["user"] != "":
		identity = c["user"]
	}
	var quoted []string
	for _, a := range append(args, "--identity", identity) {
		quoted = append(quoted, "'"+a+"'")
	}
	failed := s.do("charon_cmd " + strings.Join(quoted, " "))
	if failed != nil && try.exit == 0 && strings.Contains(s.tail(), "verification of AUTH payload with EAP MSK failed") {
		// Once in a while strongSwan's two ends make different keys of one handshake of TLS.
		failed = s.do("charon_cmd " + strings.Join(quoted, " "))
	}
	if in := failed == nil; in != (try.exit == 0) {
		t.Errorf("%s: charon-cmd is let in: %v, where ikescope says %s\n%v\n%s", try.name, in, try.told, failed, s.tail())
	}
	// Where it is not, that is because one does not accept the other.
	said := readFile(t, filepath.Join(folder, "output"))
	if try.exit != 0 && !charonRefused.Match(said) {
		t.Errorf("%s: charon-cmd does not fail at authentication\n%s", try.name, said)
	}
}
