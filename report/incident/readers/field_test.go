package readers

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/text"
)

// read returns what logs say, and the text of it.
func read(t testing.TB, names ...string) (*incident.Document, string) {
	t.Helper()
	var logs [][]byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, data)
	}
	return story(t, names, logs)
}

func readText(t testing.TB, log string) (*incident.Document, string) {
	t.Helper()
	return story(t, []string{"log"}, [][]byte{[]byte(log)})
}

func story(t testing.TB, names []string, logs [][]byte) (*incident.Document, string) {
	t.Helper()
	var g incident.Groups
	var files []incident.File
	for i, name := range names {
		file, err := incident.Scan(filepath.Base(name), bytes.NewReader(logs[i]), All(), func(a *incident.Attempt) { g.Add(a) })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files = append(files, file)
	}
	return written(t, files, &g)
}

func written(t testing.TB, files []incident.File, g *incident.Groups) (*incident.Document, string) {
	t.Helper()
	d := incident.NewDocument(files, g)
	var out bytes.Buffer
	if err := text.Incident(&out, d, text.Options{Width: 400}); err != nil {
		t.Fatal(err)
	}
	return d, out.String()
}

// Logs of the field: each tells one story, of one cause.
func TestField(t *testing.T) {
	for _, test := range []struct {
		file, product, cause string
		layer                incident.Layer
		side                 event.Side
		say                  string // words of the text, with | between
	}{
		{"b1-selected-then-eap.log", "strongSwan", "eap-wanted", incident.Authentication, event.Responder, `connection "staff"`},
		{"b2-retransmits.log", "strongSwan", "silence", incident.Network, event.Initiator, "IKE_SA_INIT|3 retransmissions|UDP 500"},
		{"c1-gateway-log-client-cert.log", "strongSwan", "cert-untrusted", incident.Authentication, event.Responder, "client's certificate CN=laptop7|is not loaded on the gateway"},
		{"d1-esp-lists.log", "strongSwan", "child-proposal", incident.Child, "", "received AES_CBC_256, configured AES_GCM_16_256|esp_proposals = aes256gcm16, aes256-sha256"},
		{"d2-esp-pfs-only.log", "strongSwan", "child-pfs", incident.Child, "", "received none, configured ECP_384|rekeying"},
		{"d3-established-timeout.log", "libreswan", "liveness", incident.Network, event.Responder, "it is asleep, its address changed, or a NAT mapping expired"},
		{"e1-cert-failed.log", "libreswan", "cert-untrusted", incident.Authentication, event.Responder, "CN=branch1|certutil -A -d sql:/var/lib/ipsec/nss -n ca -t CT,,"},
		{"e2-no-psk.log", "libreswan", "psk-missing", incident.Authentication, "", "/etc/ipsec.secrets"},
		{"e3-ikev1-psk.log", "libreswan", "psk-mismatch", incident.Authentication, event.Responder, "IKEv1 (Main Mode): the pre-shared keys differ|it reached the authentication of phase 1"},
		{"e4-san.log", "libreswan", "id-not-in-cert", incident.Identity, event.Responder, "198.51.100.62 is not a subjectAltName of the client's certificate|set its local ID"},
		{"e5-missing-auth.log", "libreswan", "eap-wanted", incident.Authentication, event.Responder, "asks for EAP"},
		{"f1-fragment-missing.log", "strongSwan", "fragment-missing", incident.Network, event.Responder, "fragment 2 of 2|MTU|fragment_size"},
		{"f2-dpd.log", "strongSwan", "liveness", incident.Network, "", "no longer answers"},
		{"f3-eap-tls-alert.log", "strongSwan", "eap-server-cert", incident.Authentication, event.Initiator, "CN=radius.example.com, which is not the gateway's"},
		{"f4-client-deletes.log", "strongSwan", "client-deleted", incident.Client, event.Responder, "the client ended it at once"},
		{"f5-libreswan-duplicates.log", "libreswan", "answers-lost", incident.Network, event.Responder, "answers do not reach the client|(2 times)"},
		{"h1-ikev1-probe.log", "strongSwan", "ikev1-peer", incident.Negotiation, event.Responder, "203.0.113.90 uses IKEv1 (Main Mode)|scanner"},
		{"p1-plain-notify.log", "strongSwan", "plain-notify", incident.Negotiation, "", "did not process IKE_AUTH|see its log|wrong pre-shared key is not the reason"},
		{"q1-constraint.log", "strongSwan", "id-not-in-cert", incident.Identity, "", "the remote ID or the dialed name is not a subjectAltName"},
		{"q2-radius-timeout.log", "strongSwan", "radius-silent", incident.Authentication, event.Responder, "1812|shared secret|NPS|FreeRADIUS"},
		{"a1-fortigate-proposals.log", "FortiGate", "ike-proposal", incident.Negotiation, "", "key exchange method: received MODP1536, configured MODP3072|better, on the other side|let it offer aes256-sha256-prfsha256-modp3072|edit \"hq-branch\"|dhgrp"},
		{"a2-fortigate-psk.log", "FortiGate", "psk-mismatch", incident.Authentication, "", "the pre-shared keys differ|set psksecret"},
		{"a3-cisco-policies.log", "Cisco", "ike-proposal", incident.Negotiation, "", "received DH_GROUP_2048_MODP/Group 14, configured DH_GROUP_521_ECP/Group 21|let it offer aes256-sha256-prfsha256-ecp521|crypto ikev2 proposal|group 14"},
		{"a4-cisco-auth.log", "Cisco", "auth-failed", incident.Authentication, "", "the pre-shared key, the certificate or the identity|crypto ikev2 profile"},
		{"a5-mikrotik-identity.log", "MikroTik", "no-config", incident.Identity, event.Responder, "own FQDN:vpn.example.com, peer FQDN:branch.example.com|/ip ipsec identity"},
		{"a6-mikrotik-ph1.log", "MikroTik", "ike-proposal", incident.Negotiation, event.Responder, "IKEv1|/ip ipsec profile"},
		{"a7-paloalto-enc.log", "Palo Alto", "ike-proposal", incident.Negotiation, event.Responder, "cipher: AES128-CBC is configured here and is not in the offer|ike-crypto-profiles"},
		{"a8-macos-dialog.txt", "macOS", "silence", incident.Network, event.Initiator, "UDP 500 and UDP 4500|its name"},
		{"a9-macos-dns.log", "macOS", "name-unresolved", incident.Name, event.Initiator, "did not resolve"},
		{"a10-aws-json.log", "AWS", "psk-mismatch", incident.Authentication, "", "the pre-shared keys differ|203.0.113.5"},
		{"g1-event-zh.log", "Windows", "windows", incident.Negotiation, event.Initiator, "Windows error 13868 (ERROR_IPSEC_IKE_POLICY_MATCH)"},
		{"g2-eap-hresult.log", "Windows", "windows", incident.Authentication, event.Initiator, "EAP_E_USER_NAME_PASSWORD_REJECTED|a wrong user name or password"},
		{"g3-wrapped.log", "Windows", "windows", incident.Negotiation, event.Initiator, `Windows error 13868|connection "Office"`},
		{"g4-azure-3602.log", "Azure", "psk-mismatch", incident.Authentication, "", "the pre-shared keys differ"},
		{"s1-fortigate-nopolicy.log", "FortiGate", "ignored-no-policy", incident.Network, event.Responder, "no firewall policy uses this tunnel|proposals are not the cause|config firewall policy"},
	} {
		d, text := read(t, filepath.Join("testdata", "field", test.file))
		if len(d.Stories) != 1 {
			t.Errorf("%s: %d stories:\n%s", test.file, len(d.Stories), text)
			continue
		}
		s := d.Stories[0]
		if s.Product != test.product || s.Cause != test.cause || s.Layer != test.layer || s.Side != test.side || s.Count != 1 {
			t.Errorf("%s: %s, %s, %s, %q, %d times\n%s", test.file, s.Product, s.Cause, s.Layer, s.Side, s.Count, text)
		}
		for word := range strings.SplitSeq(test.say, "|") {
			if !strings.Contains(text, word) {
				t.Errorf("%s: there is no %q in\n%s", test.file, word, text)
			}
		}
		if lines := strings.Count(text, "\n"); lines > 36 {
			t.Errorf("%s: %d lines are more than a screen", test.file, lines)
		}
		causes := 0
		for _, m := range s.Timeline {
			if m.Cause {
				causes++
			}
		}
		if causes != 1 {
			t.Errorf("%s: %d lines are marked as the cause", test.file, causes)
		}
	}
}

// Two logs of one attempt are one story.
func TestPair(t *testing.T) {
	d, text := read(t, filepath.Join("testdata", "pairs", "psk-client.log"), filepath.Join("testdata", "pairs", "psk-gateway.log"))
	if len(d.Stories) != 1 {
		t.Fatalf("%d stories:\n%s", len(d.Stories), text)
	}
	s := d.Stories[0]
	if s.Cause != "psk-mismatch" || s.Side != event.Responder || s.Other == nil || s.Other.Side != event.Initiator {
		t.Errorf("%s\n%+v", text, s)
	}
	if s.Other.PairedBy != "address" || s.Other.ClockAhead != -127_000 || !s.Other.ClockKnown || !strings.Contains(text, "2m7s behind") {
		t.Errorf("%s\n%+v", text, s.Other)
	}
	// Logs of different gateways, eight minutes apart, are two.
	d, text = read(t, filepath.Join("testdata", "pairs", "psk-client.log"), filepath.Join("testdata", "field", "c1-gateway-log-client-cert.log"))
	if len(d.Stories) != 2 || d.Stories[0].Other != nil || d.Stories[1].Other != nil {
		t.Errorf("%d stories:\n%s", len(d.Stories), text)
	}
}

// Messages without what stands before them are known, if nearly word by word.
func TestBare(t *testing.T) {
	for text, want := range map[string]string{
		"received proposals unacceptable":                              "strongSwan ike-proposal",
		"no trusted RSA public key found for 'vpn.example.com'":        "strongSwan cert-untrusted",
		"authentication failed: no PSK found for '@west'":              "libreswan psk-missing",
		"PSK auth failed: probable pre-shared key mismatch":            "FortiGate psk-mismatch",
		"the weather is fine":                                          "",
		"timeout":                                                      "",
		"Negotiation timed out":                                        "",
		"Nov  3 08:00:00 gw sshd[1]: pam_unix: authentication failure": "",
	} {
		got := ""
		incident.ScanBare("log", []string{text}, All(), func(a *incident.Attempt) { got = a.Product + " " + a.Cause.ID })
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// A client that was sent the certificate and stops, without sending its request
// again, has had the answer: the network is not to blame.
func TestClientStops(t *testing.T) {
	const log = `Nov 29 10:05:01 gw charon: 11[CFG] selected peer config 'rw-eap'
Nov 29 10:05:01 gw charon: 11[IKE] initiating EAP_IDENTITY method (id 0x00)
Nov 29 10:05:01 gw charon: 11[IKE] authentication of 'vpn.example.com' (myself) with RSA signature successful
Nov 29 10:05:01 gw charon: 11[ENC] generating IKE_AUTH response 1 [ IDr CERT AUTH EAP/REQ/ID ]
`
	const repeated = `Nov 29 10:05:05 gw charon: 12[IKE] received retransmit of request with ID 1, retransmitting response
Nov 29 10:05:09 gw charon: 12[IKE] received retransmit of request with ID 1, retransmitting response
`
	const end = "Nov 29 10:05:31 gw charon: 13[JOB] deleting half open IKE_SA with 203.0.113.7 after timeout\n"
	for text, cause := range map[string]string{log + end: "client-stops", log + repeated + end: "answers-lost"} {
		d, out := readText(t, text)
		if len(d.Stories) != 1 || d.Stories[0].Cause != cause {
			t.Errorf("want %s:\n%s", cause, out)
		}
	}
}

// A time that stands in a field, or in a line of its own, is one that the log has.
func TestTimesInFields(t *testing.T) {
	for _, log := range []string{
		"Log Name:      Application\nSource:        RasClient\nDate:          11/29/2026 9:12:44 AM\nEvent ID:      20227\nDescription:\n" +
			"CoId={5A0C1F5B-3C53-4E3C-93C6-2D8AE0C2A001}: The user CORP\\anna dialed a connection named Corp VPN which has failed. The error code returned on failure is 13801.\n",
		`date=2026-11-29 time=09:31:12 devname="gw" logid="0101037124" type="event" subtype="vpn" level="error" logdesc="IPsec phase 1 error" ` +
			`msg="IPsec phase 1 error" action="negotiate" remip=203.0.113.9 locip=198.51.100.5 remport=500 locport=500 ` +
			`status="negotiate_error" reason="peer SA proposal not match local policy"` + "\n",
	} {
		path := filepath.Join(t.TempDir(), "field.log")
		if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
		d, text := read(t, path)
		if len(d.Stories) != 1 || strings.Contains(text, "lacks times") || strings.Contains(text, "lacks dates") {
			t.Errorf("%d stories:\n%s", len(d.Stories), text)
		}
	}
}
