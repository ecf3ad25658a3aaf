package login

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/spelling"
)

// TestClientsByIKE: a client whose IKE suites the connection refuses does not connect,
// whatever of ESP is in common, and where they were not asked about that is said.
func TestClientsByIKE(t *testing.T) {
	windows := known(t, "windows-11")
	first, _ := windows.Offer[0].First()
	esp := &login.ESP{NoESN: true, PFS: espMatrix(t, true, "aes256-sha1-prfsha256-modp2048"), Plain: espMatrix(t, false, "")}
	for _, tt := range []struct {
		name, suite string
		common      IKECommon
		rekeying    Rekeying
		want        ClientVerdict
		begins      string
	}{
		{"refused", "aes256-sha256-prfsha256-modp2048", IKECommonNone, RekeyingAccepted, ClientUnknown, "unknown: no IKE suite in common with this connection; a scan shows "},
		{"of another connection", first.String(), IKECommonNone, RekeyingRefused, ClientDrops, "drops when the IKE SA is rekeyed: "},
		{"in common", "aes256-sha256-prfsha256-modp2048", IKECommonSome, RekeyingAccepted, ClientDrops, "connects with "},
		{"not asked", "aes256-sha256-prfsha256-modp2048", "", "", ClientDrops, "connects with "},
	} {
		d := &Document{Suite: tt.suite}
		if tt.common != "" {
			d.IKE = &IKE{Rekeying: tt.rekeying, Clients: []IKEClient{{Name: windows.Name, Common: tt.common}}}
		}
		d.Judge(esp, []client.Policy{windows})
		c := d.Clients[0]
		if c.Verdict != tt.want || c.IKE != tt.common || !strings.HasPrefix(c.Text, tt.begins) || !strings.Contains(c.Text, "connects with aes256-sha1, and drops at the first rekeying") {
			t.Errorf("%s: %+v", tt.name, c)
		}
		if note := d.ClientNote(); strings.Contains(note, "cover ESP only") != (tt.common == "") {
			t.Errorf("%s: %q", tt.name, note)
		}
	}
}

// TestFailsByESP: who has no ESP suite in common fails, wherever it gets in.
func TestFailsByESP(t *testing.T) {
	windows := known(t, "windows-11")
	d := &Document{Suite: "aes256-sha256-prfsha256-modp2048", IKE: &IKE{Rekeying: RekeyingAccepted, Clients: []IKEClient{{Name: windows.Name, Common: IKECommonNone}}}}
	d.Judge(&login.ESP{NoESN: true, PFS: espMatrix(t, true, "chacha20poly1305-prfsha256-x25519"), Plain: espMatrix(t, false, "")}, []client.Policy{windows})
	if c := d.Clients[0]; c.Verdict != ClientFails || strings.Contains(c.Text, "IKE suite") {
		t.Errorf("%+v", c)
	}
}

// TestKeptIKEIsAccepted: a suite that the connection refuses does not stay in the lines for
// a client.
func TestKeptIKEIsAccepted(t *testing.T) {
	all, err := client.Import("", []byte("Set-VpnConnectionIPsecConfiguration -ConnectionName A -CipherTransformConstants AES256 -AuthenticationTransformConstants SHA196 -PfsGroup None -EncryptionMethod AES128 -IntegrityCheckMethod SHA256 -DHGroup ECP256\n"), client.SyntaxWindows)
	if err != nil {
		t.Fatal(err)
	}
	esp := &login.ESP{NoESN: true, PFS: espMatrix(t, true, "aes256-sha1-prfsha256-ecp384"), Plain: espMatrix(t, false, "")}
	for common, kept := range map[IKECommon]bool{IKECommonNone: false, IKECommonSome: true} {
		d := &Document{Suite: "aes256-sha256-prfsha256-modp2048", IKE: &IKE{Clients: []IKEClient{{Name: all[0].Name, Common: common}}}}
		d.Judge(esp, all)
		if line := d.Clients[0].Fix[0].Line; strings.Contains(line, "-DHGroup ECP256") != kept {
			t.Errorf("%s: %s", common, line)
		}
	}
}

// TestGatewayLines: what is to be configured at strongSwan has its words, whatever names
// are asked for; the rest of the sentence has these.
func TestGatewayLines(t *testing.T) {
	d := &Document{Suite: "aes256-sha256-prfsha256-modp2048"}
	d.Judge(&login.ESP{NoESN: true, PFS: espMatrix(t, true, "aes256gcm16-prfsha256-ecp384"), Plain: espMatrix(t, false, "")}, []client.Policy{swanctlClient(t, "aes256-sha256-modp2048")})
	for _, name := range spelling.All {
		n := spelling.Names(name)
		fixes := d.Named(n).Clients[0].Fix
		line := fixes[len(fixes)-1].Line
		if !strings.Contains(line, "esp_proposals = aes256-sha256-modp2048)") || !strings.HasPrefix(line, "accept "+n.Text("aes256-sha256-modp2048")+" for Child SAs, too") {
			t.Errorf("%s: %s", name, line)
		}
	}
}

// TestShownOnce: an error that the reason names is not said again.
func TestShownOnce(t *testing.T) {
	for text, want := range map[string]int{"the gateway answers NO_PROPOSAL_CHOSEN: it accepts no proposal": 0, "it accepts no proposal": 1} {
		if got := (&Reason{Text: text, Notify: "NO_PROPOSAL_CHOSEN"}).Shown(); len(got) != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}
