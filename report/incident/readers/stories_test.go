package readers

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/text"
)

// event4652 is an event of Windows as the Event Viewer shows it.
const event4652 = `Log Name:      Security
Source:        Microsoft-Windows-Security-Auditing
Date:          11/3/2026 10:02:11 AM
Event ID:      4652
Task Category: IPsec Main Mode
Keywords:      Audit Failure
Computer:      client1
Description:
An IPsec main mode negotiation failed.

Local Endpoint:
	Local Principal Name:	-
	Network Address:	192.168.1.23
	Keying Module Port:	500

Remote Endpoint:
	Principal Name:		-
	Network Address:	198.51.100.7
	Keying Module Port:	500

Additional Information:
	Keying Module Name:	IKEv2
	Authentication Method:	Unknown authentication
	Role:			Initiator
	Impersonation State:	Not enabled
	Main Mode Filter ID:	0

Failure Information:
	Failure Point:		Local computer
	Failure Reason:		Policy match error

	State:			No state
	Initiator Cookie:	b3c1a2f9e1d0c4b5
	Responder Cookie:	0000000000000000`

// Windows calls the IKE SA of IKEv2 main mode, too: an event is one attempt, of the
// version that its keying module has.
func TestWindowsMainMode(t *testing.T) {
	for log, version := range map[string]int{
		event4652: 2,
		strings.Replace(event4652, "Policy match error", "No policy configured", 1): 2,
		strings.Replace(event4652, "IKEv2", "IKEv1", 1):                             1,
	} {
		d, text := readText(t, log)
		if len(d.Stories) != 1 || d.Attempts != 1 || d.Stories[0].IKE != version || d.Stories[0].Cause != "windows" || len(d.Notes) != 0 || strings.Contains(text, "Check Point") {
			t.Errorf("want one attempt of IKEv%d:\n%s", version, text)
		}
	}
	if d, text := readText(t, event4652+"\n"+event4652); d.Attempts != 2 || len(d.Stories) != 1 {
		t.Errorf("two events are two attempts:\n%s", text)
	}
	saySo(t, []said{
		{"the first line alone", "An IPsec main mode negotiation failed.", "phase1", "", "negotiation:|Failure Reason|Windows: ", "phase 2|IKEv1"},
		{"a quick mode", "An IPsec quick mode negotiation failed.", "phase2", "", "child:", "IKEv1"},
	})
	if d, text := readText(t, "Main Mode Filter ID: 0\nQuick Mode Filter ID:\t-"); len(d.Files[0].Products) > 0 {
		t.Errorf("fields of an event are of %q:\n%s", d.Files[0].Products, text)
	}
}

const refusedCert = `05[IKE] received end entity cert "CN=vpn.example.com"
05[CFG]   using certificate "CN=vpn.example.com"
05[CFG] constraint check failed: identity '198.51.100.7' required
05[CFG] selected peer config 'home' unacceptable: constraint checking failed
05[CFG] no alternative config found`

// Who checks the other's certificate may be either; only the initiator tells the
// other of it in an exchange of its own (RFC 7296, Section 2.21.2).
func TestWhoRefused(t *testing.T) {
	saySo(t, []said{
		{"an INFORMATIONAL request", refusedCert + "\n05[ENC] generating INFORMATIONAL request 2 [ N(AUTH_FAILED) ]", "id-not-in-cert", "initiator", "the gateway's certificate is valid", "client's certificate"},
		{"an IKE_AUTH response", refusedCert + "\n05[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]", "id-not-in-cert", "responder", "the client's certificate", "gateway's certificate"},
		{"nothing", refusedCert, "id-not-in-cert", "", "do not show whose log it is", "client's certificate"},
	})
}

// The first Child SA is set up by IKE_AUTH.
func TestChildOfAuth(t *testing.T) {
	saySo(t, []said{
		{"no address", `08[ENC] parsed IKE_AUTH request 5 [ AUTH ]
08[IKE] IKE_SA staff[3] established between 192.0.2.9[vpn.example.com]...203.0.113.9[lee]
08[CFG] no available address found in pool 'rwpool'
08[IKE] no virtual IP found, sending INTERNAL_ADDRESS_FAILURE
08[IKE] failed to establish CHILD_SA, keeping IKE_SA
08[ENC] generating IKE_AUTH response 5 [ AUTH N(MOBIKE_SUP) N(INT_ADDR_FAIL) ]`, "no-address", "responder", "it reached IKE_AUTH|rwpool {", "CREATE_CHILD_SA|staff {"},
		{"networks", `"west" #1: processed IKE_SA_INIT response from 192.1.2.23:UDP/500 {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=MODP2048}, initiating IKE_AUTH
"west" #1: established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"west" #2: IKE_AUTH response rejected Child SA with TS_UNACCEPTABLE`, "traffic-selectors", "initiator", "it reached IKE_AUTH", "CREATE_CHILD_SA"},
		{"a further one", `"west" #1: processed IKE_SA_INIT response from 192.1.2.23:UDP/500 {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=MODP2048}, initiating IKE_AUTH
"west" #1: established IKE SA; authenticated peer using authby=secret and FQDN '@east'
"west" #3: CREATE_CHILD_SA failed with error notification TS_UNACCEPTABLE`, "traffic-selectors", "initiator", "it reached CREATE_CHILD_SA", ""},
	})
}

// A Child SA that cannot be rekeyed worked until then.
func TestRekeyingRefused(t *testing.T) {
	const log = `08[ENC] parsed IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr ]
08[IKE] IKE_SA net[1] established between 192.0.2.9[vpn.example.com]...203.0.113.9[lee]
08[IKE] CHILD_SA net{1} established with SPIs c1000001_i c2000002_o and TS 10.0.0.0/24 === 10.9.0.2/32
09[ENC] parsed CREATE_CHILD_SA request 2 [ N(REKEY_SA) SA No KE TSi TSr ]
09[CFG] received proposals: ESP:AES_GCM_16_256/MODP_2048/NO_EXT_SEQ
09[CFG] configured proposals: ESP:AES_GCM_16_256/MODP_4096/NO_EXT_SEQ
09[IKE] no acceptable proposal found
09[ENC] generating CREATE_CHILD_SA response 2 [ N(NO_PROP) ]`
	saySo(t, []said{
		{"PFS groups", log, "child-proposal", "responder", "worked until its first rekeying|the PFS groups of the two sides differ|MODP_4096", "IKE and authentication succeeded"},
		{"ciphers", strings.Replace(log, "AES_GCM_16_256/MODP_2048", "AES_GCM_16_128/MODP_4096", 1), "child-proposal", "responder", "worked until its first rekeying|no proposal", "PFS groups"},
		{"a further Child SA", strings.Replace(log, "N(REKEY_SA) ", "", 1), "child-proposal", "responder", "no proposal for the Child SA", "rekeying"},
	})
}

// The line by which charon tries anew is no retransmission.
func TestTriesAnew(t *testing.T) {
	d, text := readText(t, `10[IKE] initiating IKE_SA home[1] to 198.51.100.7
10[IKE] retransmit 1 of request with message ID 0
10[IKE] retransmit 2 of request with message ID 0
10[IKE] giving up after 2 retransmits
10[IKE] peer not responding, trying again (2/3)`)
	if len(d.Stories) != 1 || d.Stories[0].Retries != 2 || d.Stories[0].Cause != "silence" {
		t.Errorf("want 2 retransmissions:\n%s", text)
	}
}

// Two logs are of one attempt by time alone only where nothing in them contradicts
// that, and within minutes.
func TestUnrelated(t *testing.T) {
	const client = `Nov  3 08:00:10 pc charon: 10[IKE] initiating IKE_SA home[1] to 198.51.100.7
Nov  3 08:00:10 pc charon: 10[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]
Nov  3 08:00:11 pc charon: 11[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
Nov  3 08:00:11 pc charon: 12[ENC] parsed IKE_AUTH response 1 [ N(AUTH_FAILED) ]`
	const gateway = `Nov  3 08:00:10 gw charon: 05[ENC] parsed IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]
Nov  3 08:00:10 gw charon: 05[IKE] tried 1 shared key for '%any' - 'lee', but MAC mismatched
Nov  3 08:00:10 gw charon: 05[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]`
	const at = "Nov  3 08:00:10 gw charon: 05[NET] received packet: from 203.0.113.9[4500] to 192.0.2.9[4500] (300 bytes)\n"
	const suites = `Nov  3 08:00:10 gw charon: 14[ENC] parsed IKE_SA_INIT request 0 [ SA KE No ]
Nov  3 08:00:10 gw charon: 14[IKE] received proposals unacceptable
Nov  3 08:00:10 gw charon: 14[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]`
	for _, test := range []struct {
		name, gateway string
		stories       int
	}{
		{"at one time", gateway, 1},
		{"minutes apart", strings.ReplaceAll(gateway, "08:00:10", "08:08:10"), 2},
		{"of another gateway", at + gateway, 2},
		{"without a suite", suites, 2},
	} {
		d, text := story(t, []string{"client", "gateway"}, [][]byte{[]byte(client + "\n"), []byte(test.gateway + "\n")})
		if len(d.Stories) != test.stories || test.stories == 1 && (d.Stories[0].Other == nil || d.Stories[0].Other.PairedBy != incident.ByTime) {
			t.Errorf("%s: %d stories, want %d:\n%s", test.name, len(d.Stories), test.stories, text)
		}
	}
}

// The table of several attempts calls what is to be checked as a story alone does, and
// is no wider than a page.
func TestTableOfAttempts(t *testing.T) {
	d, _ := readText(t, event4652+"\n"+strings.NewReplacer("198.51.100.7", "198.51.100.8", "Policy match error", "No policy configured").Replace(event4652))
	var out strings.Builder
	if err := text.Incident(&out, d, text.Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	if !strings.Contains(page, "2 attempts") || !strings.Contains(page, " CHECK which suites the gateway accepts") || strings.Contains(page, " FIX ") {
		t.Errorf("the causes of error codes are things to check:\n%s", page)
	}
	for line := range strings.Lines(page) {
		if len(line) > 81 {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
}
