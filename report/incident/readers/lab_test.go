package readers

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident/event"
)

// Logs made in the lab of testdata/lab, each with one fault: strongSwan 6.0.1 and
// libreswan 5.2 at their own level, but for "-debug", and OpenIKED 7.4 with -dvv.
// Start-up and dumps are left out.
func TestLabLogs(t *testing.T) {
	for _, test := range []struct {
		file, cause string
		side        event.Side
		stories     int
		say         string
	}{
		{"strongswan-client-name.log", "id-not-in-cert", event.Responder, 1, "client.lab is not a subjectAltName"},
		{"strongswan-client-name-refused.log", "auth-refused", event.Initiator, 1, "only its log shows why"},
		{"strongswan-eap-nak.log", "eap-method", event.Responder, 1, "no EAP method in common"},
		{"strongswan-eap-refused.log", "eap-refused", event.Initiator, 1, "ended EAP with a failure"},
		{"strongswan-radius.log", "radius-silent", event.Responder, 1, "RADIUS server does not answer"},
		{"strongswan-cookie.log", "", event.Initiator, 1, "came up"},
		{"strongswan-cookie-lost.log", "cookie", event.Initiator, 1, "asks for a cookie, and does not answer"},
		{"strongswan-raw-key.log", "cert-missing", event.Initiator, 1, "no certificate that this client can use"},
		{"libreswan-cookie.log", "", event.Responder, 1, "came up"},
		{"libreswan-cookie-lost.log", "cookie", event.Responder, 1, "does not return the cookie"},
		{"libreswan-ts.log", "traffic-selectors", event.Responder, 1, "no Child SA is configured for the networks"},
		{"libreswan-identity-debug.log", "no-config", event.Responder, 1, "stranger.lab"},
		{"libreswan-identity.log", "auth-failed", event.Responder, 1, "the identity of the client does not match"},
		{"libreswan-peer-id.log", "peer-id", event.Initiator, 1, "identity, @stranger.lab, is not the one"},
		{"libreswan-ikev1.log", "ikev1-peer", event.Responder, 1, "uses IKEv1"},
		{"openiked-psk.log", "psk-mismatch", event.Responder, 1, "pre-shared keys differ"},
		{"openiked-esp.log", "child-proposal", event.Initiator, 1, "(ESP)"},
		{"openiked-kernel.log", "kernel", event.Initiator, 1, "kernel of this client"},
		{"openiked-own-expired.log", "own-cert", "", 2, "/O=Lab/CN=client expired"},
		{"openiked-own-untrusted.log", "", event.Responder, 1, "came up"},
		{"openiked-client-refuses.log", "auth-refused", event.Responder, 1, "the client refuses this gateway"},
	} {
		d, text := read(t, filepath.Join("testdata/lab", test.file))
		if len(d.Stories) != test.stories {
			t.Errorf("%s: %d stories, want %d\n%s", test.file, len(d.Stories), test.stories, text)
			continue
		}
		s := d.Stories[0]
		if s.Cause != test.cause || s.Side != test.side || test.cause == "" && !s.Established {
			t.Errorf("%s: %q of the %q, want %q of the %q\n%s", test.file, s.Cause, s.Side, test.cause, test.side, text)
		}
		if !strings.Contains(text, test.say) {
			t.Errorf("%s: there is no %q in\n%s", test.file, test.say, text)
		}
		if len(d.Notes) > 0 && len(d.Files[0].Products) != 1 {
			t.Errorf("%s: is taken for one of %v", test.file, d.Files[0].Products)
		}
	}
}

// Of two logs that do not say the reason for certain, the one that names
// something counts, not the one that only shows a refusal.
func TestVaguerSide(t *testing.T) {
	for _, names := range [][]string{
		{"strongswan-client-name.log", "strongswan-client-name-refused.log"},
		{"strongswan-client-name-refused.log", "strongswan-client-name.log"},
	} {
		d, text := read(t, filepath.Join("testdata/lab", names[0]), filepath.Join("testdata/lab", names[1]))
		if len(d.Stories) != 1 || d.Stories[0].Cause != "id-not-in-cert" || d.Stories[0].Other == nil {
			t.Errorf("%v:\n%s", names, text)
		}
	}
}
