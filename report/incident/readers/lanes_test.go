package readers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
)

// Logs of two hosts in one file are told apart, by host, heading or prompt, and are the
// two sides of one attempt where that shows.
func TestTwoHostsInOneFile(t *testing.T) {
	const client = `05[IKE] initiating IKE_SA site[1] to 198.51.100.2
05[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
06[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]
06[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
07[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]
07[IKE] received AUTHENTICATION_FAILED notify error
`
	const gateway = `05[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
05[IKE] 203.0.113.1 is initiating an IKE_SA
05[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]
06[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
06[IKE] tried 1 shared key for '198.51.100.2' - '203.0.113.1', but MAC mismatched
06[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]
`
	at := func(head, log string) string {
		var out strings.Builder
		for line := range strings.Lines(log) {
			out.WriteString(head + line)
		}
		return out.String()
	}
	const alpha, beta = "Nov 12 10:00:01 alpha charon: ", "Nov 12 10:00:01 beta.example.com charon: "
	var mixed strings.Builder // line by line
	of := strings.SplitAfter(at(beta, gateway), "\n")
	for i, line := range strings.SplitAfter(at(alpha, client), "\n") {
		mixed.WriteString(line + of[i])
	}
	const say = "the pre-shared keys differ|OTHER LOG|the gateway refuses this client's|id = 203.0.113.1"
	saySo(t, []said{
		{"by host", at(alpha, client) + at(beta, gateway), "psk-mismatch", "responder", say, ""},
		{"by host, mixed", mixed.String(), "psk-mismatch", "responder", say, ""},
		{"by heading", "Initiator:\n\n" + client + "\n## Responder log:\n" + gateway, "psk-mismatch", "responder", say, ""},
		{"the heading alone says whose log it is", `Client:
charon: 10[ENC] parsed INFORMATIONAL_V1 request 42 [ HASH N(AUTH_FAILED) ]
charon: 10[IKE] received AUTHENTICATION_FAILED error notify
Server:
charon: 12[CFG] looking for pre-shared key peer configs matching 192.0.2.74...192.0.2.90[lee]
charon: 12[IKE] no peer config found
`, "no-config", "responder", "the client's is lee|OTHER LOG", ""},
	})
	for name, test := range map[string]struct {
		log   string
		kinds int
	}{
		// What tail heads is of different files, but nothing says that the two are one attempt.
		"tail": {"==> /var/log/a.log <==\n" + client + "\n==> /var/log/b.log <==\n" + strings.ReplaceAll(client, "198.51.100.2", "198.51.100.7"), 2},
		// On a server to which many hosts log, those of other times are others.
		"a server of logs": {at(alpha, client) + at("Nov 12 10:04:01 beta charon: ", gateway), 2},
		"prompts":          {"lee@alpha:~$ sudo ipsec up site\n" + client + "lee@alpha:~$\n[root@beta ~]# ipsec up site\n" + strings.ReplaceAll(client, "198.51.100.2", "198.51.100.7"), 2},
		// A facility is no host.
		"OpenWrt": {at("Wed Nov 12 10:00:01 2026 daemon.info charon: ", client[:strings.Index(client, "07[ENC]")]) + at("Wed Nov 12 10:00:01 2026 authpriv.info charon: ", client[strings.Index(client, "07[ENC]"):]), 1},
		// Nor is a name the less one for what follows the first dot.
		"one host": {at(alpha, client[:strings.Index(client, "07[ENC]")]) + at("Nov 12 10:00:01 alpha.example.com charon: ", client[strings.Index(client, "07[ENC]"):]), 1},
		// Two logs without anything that tells them apart are two attempts nevertheless.
		"nothing": {client + strings.NewReplacer("05[", "11[", "06[", "12[").Replace(gateway), 2},
	} {
		d, text := readText(t, test.log)
		if len(d.Stories) != test.kinds {
			t.Errorf("%s: %d stories, want %d:\n%s", name, len(d.Stories), test.kinds, text)
			continue
		}
		if name == "nothing" && d.Stories[1].Peer != "203.0.113.1" {
			t.Errorf("nothing: the gateway's peer is %q:\n%s", d.Stories[1].Peer, text)
		}
	}
}

// Hosts are bounded: what is of further ones is read all the same.
func TestManyHostsInOneFile(t *testing.T) {
	var log strings.Builder
	const hosts = 100
	for i := range hosts {
		fmt.Fprintf(&log, "Nov 12 10:00:%02d gw%d pluto[77]: \"office%d\" #3: authentication failed: no PSK found for '@west'\n", i%60, i, i)
	}
	d, text := readText(t, log.String())
	if d.Attempts != hosts || len(d.Stories) == 0 || d.Stories[0].Cause != "psk-missing" || d.Stories[0].Layer != incident.Authentication {
		t.Errorf("%d attempts:\n%.2000s", d.Attempts, text)
	}
}
