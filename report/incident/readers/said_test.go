package readers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
)

// said are logs of few lines, after the forms that the products print, and what
// is to be said of them: no more than they show.
type said struct {
	name, log   string
	cause, side string
	say, notSay string // words of the text, with | between
}

// readAny reads a log as the command does: messages that were copied without what
// stands before them too, and those of products that are not known.
func readAny(t *testing.T, log string) (*incident.Document, string) {
	t.Helper()
	d, text := readText(t, log+"\n")
	for _, scan := range []func(string, []string, *incident.Groups) incident.File{bare, inGeneral} {
		if len(d.Stories) > 0 || len(d.Files[0].Products) > 0 {
			break
		}
		var g incident.Groups
		d, text = written(t, []incident.File{scan("log", strings.Split(log, "\n"), &g)}, &g)
	}
	return d, text
}

func bare(name string, lines []string, g *incident.Groups) incident.File {
	return incident.ScanBare(name, lines, All(), func(a *incident.Attempt) { g.Add(a) })
}

func inGeneral(name string, lines []string, g *incident.Groups) incident.File {
	return incident.ScanGeneral(name, lines, func(a *incident.Attempt) { g.Add(a) })
}

func saySo(t *testing.T, tests []said) {
	t.Helper()
	for _, test := range tests {
		d, text := readAny(t, test.log)
		if len(d.Stories) != 1 {
			t.Errorf("%s: %d stories:\n%s", test.name, len(d.Stories), text)
			continue
		}
		if s := d.Stories[0]; s.Cause != test.cause || string(s.Side) != test.side {
			t.Errorf("%s: %q, %q, want %q, %q\n%s", test.name, s.Cause, s.Side, test.cause, test.side, text)
		}
		for word := range strings.SplitSeq(test.say, "|") {
			if !strings.Contains(text, word) {
				t.Errorf("%s: there is no %q in\n%s", test.name, word, text)
			}
		}
		for word := range strings.SplitSeq(test.notSay, "|") {
			if word != "" && strings.Contains(text, word) {
				t.Errorf("%s: there is %q in\n%s", test.name, word, text)
			}
		}
	}
}

// Which exchange is not answered is said only where the lines show it.
func TestUnanswered(t *testing.T) {
	saySo(t, []said{
		{"IKEv1, first message", "07[IKE] sending retransmit 1 of request message ID 0, seq 1\n07[IKE] sending retransmit 2 of request message ID 0, seq 1",
			"silence", "initiator", "IKEv1|first message", "IKE_SA_INIT"},
		{"IKEv1, one retransmission", "[IKE] sending retransmit 1 of request message ID 0, seq 1", "silence", "initiator", "IKEv1|first message", "IKE_SA_INIT"},
		{"IKEv1, third message", "07[NET] sending packet: from 10.0.0.2[4500] to 203.0.113.9[4500] (108 bytes)\n07[IKE] sending retransmit 1 of request message ID 0, seq 3\n" +
			"07[IKE] sending retransmit 2 of request message ID 0, seq 3\n07[IKE] giving up after 2 retransmits\n07[IKE] establishing IKE_SA failed, peer not responding",
			"silence-phase1", "initiator", "what follows it", "IKE_SA_INIT|IKE_AUTH"},
		{"a request of an established SA, by its port", "06[IKE] sending keep alive to 203.0.113.9[4500]\n07[IKE] retransmit 4 of request with message ID 0\n" +
			"07[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.9[4500] (80 bytes)", "liveness", "", "no longer answers|4 retransmissions", "IKE_SA_INIT"},
		{"a request of an established SA, by its size", "07[NET] sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (76 bytes)\n" +
			"08[IKE] retransmit 1 of request with message ID 0\n09[IKE] retransmit 2 of request with message ID 0", "liveness", "", "no longer answers", "IKE_SA_INIT"},
		{"a Message ID of 0 alone", "08[IKE] retransmit 1 of request with message ID 0\n09[IKE] retransmit 2 of request with message ID 0\n09[IKE] giving up after 2 retransmits",
			"unanswered", "", "of which exchange", "IKE_SA_INIT|first message"},
		{"a Message ID of 1 alone", "08[IKE] retransmit 1 of request with message ID 1\n09[IKE] retransmit 2 of request with message ID 1\n09[IKE] giving up after 2 retransmits",
			"unanswered", "", "of which exchange", "IKE_AUTH"},
		{"it was to be established", "08[IKE] retransmit 2 of request with message ID 0\n09[IKE] giving up after 2 retransmits\n09[IKE] establishing IKE_SA failed, peer not responding",
			"silence", "initiator", "first message", "IKE_AUTH"},
		{"our answer to IKE_AUTH, then nothing", "16[ENC] generating IKE_AUTH response 1 [ EF(1/2) ]\n16[ENC] generating IKE_AUTH response 1 [ EF(2/2) ]\n" +
			"05[JOB] deleting half open IKE_SA with 203.0.113.9 after timeout", "silent-after-auth", "responder", "certificate|fragments|203.0.113.9", "never arrived"},
		{"half open, no more is known", "05[JOB] deleting half open IKE_SA with 203.0.113.9 after timeout", "unfinished", "responder", "did not go on", "IKE_AUTH|IKE_SA_INIT"},
		{"half open after IKE_SA_INIT", "05[ENC] generating IKE_SA_INIT response 0 [ SA KE No ]\n05[JOB] deleting half open IKE_SA with 203.0.113.9 after timeout",
			"half-open", "responder", "IKE_AUTH never arrived", ""},
		{"FortiGate, phase 1", "ike 0:branch:9: sent IKE msg (P1_RETRANSMIT): 192.0.2.9:500->203.0.113.9:500, len=240", "phase1-unanswered", "", "IKEv1|a message of phase 1", "IKE_SA_INIT|first message"},
		{"a new IKE SA in place of a dead one", "07[IKE] <hq|1> initiating IKE_SA hq[2] to 203.0.113.9\n" +
			"07[ENC] <hq|1> generating IKE_SA_INIT request 0 [ SA KE No ]\n07[NET] <hq|1> sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (464 bytes)\n" +
			"08[IKE] <hq|2> retransmit 1 of request with message ID 0\n09[IKE] <hq|2> retransmit 2 of request with message ID 0", "silence", "initiator", "IKE_SA_INIT|203.0.113.9", ""},
	})
}

// Where a log ends in the middle of an attempt, what was still to come is no failure.
func TestLogThatEnds(t *testing.T) {
	saySo(t, []said{
		{"between two fragments", "15[ENC] <2> parsed IKE_SA_INIT request 0 [ SA KE No N(FRAG_SUP) ]\n15[IKE] <2> 10.88.1.2 is initiating an IKE_SA\n" +
			"12[ENC] <2> parsed IKE_AUTH request 1 [ EF(1/3) ]\n12[ENC] <2> received fragment #1 of 3, waiting for complete IKE message\n" +
			"01[ENC] <2> parsed IKE_AUTH request 1 [ EF(2/3) ]\n01[ENC] <2> received fragment #2 of 3, waiting for complete IKE message",
			"", "responder", "does not show how the attempt ended|it reached IKE_AUTH", "never arrives"},
		{"and what shows that the fragment does not come", "15[IKE] <2> 10.88.1.2 is initiating an IKE_SA\n" +
			"12[ENC] <2> received fragment #1 of 3, waiting for complete IKE message\n01[ENC] <2> received fragment #2 of 3, waiting for complete IKE message\n" +
			"05[JOB] <2> deleting half open IKE_SA with 10.88.1.2 after timeout", "fragment-missing", "responder", "never arrives", ""},
		{"after a certificate that is known another way", "spi=0x1d94fbce4d4f6806: recv IKE_AUTH req 1 peer 10.88.1.2:4500 local 10.88.2.2:4500, 1360 bytes, policy 'lab'\n" +
			"ca_validate_pubkey: could not open public key pubkeys/fqdn/client.lab\nca_validate_cert: /O=Lab/CN=client ok", "", "responder", "does not show how the attempt ended", "trust"},
	})
}

// What a client did not take of an answer to its IKE_AUTH is of an attempt whose
// IKE_AUTH the gateway has, not of the next one, which it has only begun.
func TestPairsByWhatCame(t *testing.T) {
	gateway := "Nov 30 02:58:13 gw charon: 12[IKE] <1> 10.88.1.2 is initiating an IKE_SA\n" +
		"Nov 30 02:58:13 gw charon: 16[ENC] <1> parsed IKE_AUTH request 1 [ IDi CERT IDr AUTH SA TSi TSr ]\n" +
		"Nov 30 02:58:13 gw charon: 16[IKE] <lab|1> IKE_SA lab[1] established between 10.88.2.2[gateway.lab]...10.88.1.2[client.lab]\n" +
		"Nov 30 02:58:13 gw charon: 16[IKE] <lab|1> CHILD_SA net{1} established with SPIs 90829b03_i 2cca6dc9_o and TS 10.2.0.0/16 === 10.1.0.0/16\n" +
		"Nov 30 02:58:13 gw charon: 02[IKE] <lab|1> received DELETE for IKE_SA lab[1]\n" +
		"Nov 30 02:58:13 gw charon: 13[ENC] <2> parsed IKE_SA_INIT request 0 [ SA KE No ]\n" +
		"Nov 30 02:58:13 gw charon: 13[IKE] <2> 10.88.1.2 is initiating an IKE_SA\n"
	client := "Nov 30 02:58:13.110445: \"lab\" #1: initiating IKEv2 connection to 10.88.2.2 using UDP\n" +
		"Nov 30 02:58:13.137416: \"lab\" #1: processed IKE_SA_INIT response from 10.88.2.2:UDP/4500 {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}, initiating IKE_AUTH\n" +
		"Nov 30 02:58:13.154178: \"lab\" #1: sent IKE_AUTH request to 10.88.2.2:UDP/4500\n" +
		"Nov 30 02:58:13.161698: \"lab\" #1: X509: authentication failed; peer certificate subjectAltName extension does not match ID_FQDN 'gateway.lab'\n" +
		"Nov 30 02:58:13.161742: \"lab\" #1: deleting IKE SA (IKE_AUTH_I) aged 0.051357s and sending notification\n" +
		"Nov 30 02:58:13.163129: \"lab\" #3: initiating IKEv2 connection to 10.88.2.2 using UDP\n"
	dir := t.TempDir()
	for name, log := range map[string]string{"gateway.log": gateway, "client.log": client} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, text := read(t, filepath.Join(dir, "gateway.log"), filepath.Join(dir, "client.log"))
	for _, s := range d.Stories {
		if s.Cause != "" && s.Cause != "id-not-in-cert" || s.Other == nil {
			t.Errorf("%q beside %+v:\n%s", s.Cause, s.Other, text)
		}
	}
	if len(d.Stories) != 2 {
		t.Errorf("%d stories:\n%s", len(d.Stories), text)
	}
}

// A line that says why counts more than one beside it that says what failed,
// whichever comes first.
func TestWhyBeforeWhat(t *testing.T) {
	for _, test := range []struct {
		why, what, cause, side, say string
	}{
		{"13[KNL] can't install route for 192.0.2.9/32 === 203.0.113.9/32 out, conflicts with IKE traffic", "13[IKE] unable to install IPsec policies (SPD) in kernel", "route-conflict", "", "192.0.2.9/32 === 203.0.113.9/32"},
		{"13[CFG] DHCP DISCOVER timed out", "13[IKE] no virtual IP found, sending INTERNAL_ADDRESS_FAILURE", "dhcp-silent", "responder", "DISCOVER"},
		{"09[IKE] no EAP key found for 0999990000000007@wlan.example to authenticate with AKA", "09[IKE] EAP method EAP_AKA failed for peer lee", "sim-key", "responder", "0999990000000007@wlan.example"},
		{"IKEv2-PROTO-1: (7): Unsupported cert encoding found or Peer requested HTTP URL but never sent HTTP_LOOKUP_SUPPORTED Notification", "IKEv2-PROTO-1: (7): Auth exchange failed", "cert-encoding", "", "HTTP URL"},
		{"[PERR]: { 1: }: received ID_I (type ipaddr [10.0.0.7]) does not match peers id", "IKEv2 IKE SA negotiation is failed as responder, non-rekey. Failed SA: 192.0.2.9[4500]-203.0.113.9[4500] SPI:07f21c0fd2236540:ac9d9ee491cd49d9.", "peer-id", "responder", "10.0.0.7"},
	} {
		for _, log := range []string{test.why + "\n" + test.what, test.what + "\n" + test.why} {
			saySo(t, []said{{test.why, log, test.cause, test.side, test.say, ""}})
		}
	}
	saySo(t, []said{
		{"an answer of IKEv1 beside one of IKEv2", "07[ENC] parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]\n07[IKE] received NO_PROPOSAL_CHOSEN notify error\n08[IKE] received AUTHENTICATION_FAILED error notify",
			"ike-proposal", "initiator", "IKE proposal", "ESP"},
		{"the type of an identity", "12[CFG] <2> looking for peer configs matching 192.0.2.9[%any]...203.0.113.9[lee]\n14[CFG] <2>   remote id match: 0 (ID_KEY_ID: 6c:65:65)\n12[CFG] <2> no matching peer config found",
			"no-config", "responder", "ID_KEY_ID", ""},
	})
}

// What failed at this side is its own fault.
func TestWhoseFault(t *testing.T) {
	saySo(t, []said{
		{"own signature", "11[IKE] authentication of 'vpn.example.com' (myself) with RSA signature failed", "own-signature", "", "this side could not sign|vpn.example.com", "other side does not"},
		{"own method", "12[IKE] loading EAP_RADIUS method failed", "own-eap", "responder", "this gateway cannot use EAP_RADIUS", "in common"},
		{"own CA", "00[CFG]   ca certificate \"CN=Example CA\" lacks ca basic constraint, discarded", "own-ca", "", "CN=Example CA: lacks ca basic constraint", "other side does"},
		{"own certificate", "\"office\": failed to add connection: left certificate 'gw' is expired or not yet valid", "own-cert", "", "certificate gw cannot be used: it is expired or not yet valid", "renewed"},
		{"alert that came", "14[TLS] received fatal TLS alert 'unknown CA'", "own-cert-refused", "", "the other side does not accept this side's certificate", ""},
		{"alert that was sent", "14[TLS] sending fatal TLS alert 'certificate unknown'", "eap-tls", "", "certificate unknown", "this side's certificate"},
		{"an instance of a template", "\"phones\"[3] 203.0.113.9 #5: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 0.5 seconds for response\n" +
			"\"phones\"[3] 203.0.113.9 #5: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 1 seconds for response", "liveness", "responder", "203.0.113.9 no longer answers", "the gateway 203.0.113.9"},
	})
}

// One attempt is one, however its lines were copied.
func TestOneAttempt(t *testing.T) {
	saySo(t, []said{
		{"each line twice, of two facilities", "Wed Nov  4 17:35:58 2026 daemon.info : 11[IKE] initiating Main Mode IKE_SA hq[3] to 203.0.113.9\n" +
			"Wed Nov  4 17:35:58 2026 authpriv.info : 11[IKE] initiating Main Mode IKE_SA hq[3] to 203.0.113.9\n" +
			"Wed Nov  4 17:35:58 2026 daemon.info : 11[ENC] generating ID_PROT request 0 [ SA V V ]\n" +
			"Wed Nov  4 17:35:58 2026 daemon.info : 10[ENC] parsed INFORMATIONAL_V1 request 4711 [ N(NO_PROP) ]\n" +
			"Wed Nov  4 17:35:58 2026 daemon.info : 10[IKE] received NO_PROPOSAL_CHOSEN error notify", "ike-proposal", "initiator", "203.0.113.9", ""},
		{"another thread goes on", "13[ENC] generating IKE_AUTH response 2 [ EAP/REQ/AKA ]\n13[NET] sending packet: from 192.0.2.9[500] to 203.0.113.9[500] (92 bytes)\n" +
			"09[NET] received packet: from 203.0.113.9[500] to 192.0.2.9[500] (140 bytes)\n09[ENC] parsed IKE_AUTH request 3 [ EAP/RES/AKA ]\n" +
			"09[IKE] no EAP key found for 0999990000000007@wlan.example to authenticate with AKA\n09[IKE] EAP method EAP_AKA failed for peer lee\n09[ENC] generating IKE_AUTH response 3 [ EAP/FAIL ]",
			"sim-key", "responder", "0999990000000007@wlan.example", ""},
		{"no threads, in fragments", "[ENC] generating IKE_AUTH request 1 [ EF(1/2) ]\n[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.9[4500] (1248 bytes)\n" +
			"[NET] received packet: from 203.0.113.9[4500] to 192.0.2.9[4500] (1048 bytes)\n[ENC] parsed IKE_AUTH response 1 [ EF(1/2) ]\n[ENC] parsed IKE_AUTH response 1 [ IDr CERT AUTH SA TSi TSr ]\n" +
			"[IKE] IKE_SA hq[1] established between 192.0.2.9[lee]...203.0.113.9[vpn.example.com]", "", "initiator", "the IKE SA came up", ""},
		{"a deletion of the same", "13[IKE] CHILD_SA staff{1} established with SPIs c1000001_i c2000002_o and TS 10.0.0.0/24 === 10.9.0.2/32\n" +
			"13[ENC] generating IKE_AUTH response 4 [ AUTH CPRP(ADDR) SA TSi TSr ]\n13[NET] sending packet: from 192.0.2.9[4500] to 203.0.113.9[62694] (272 bytes)\n" +
			"14[NET] received packet: from 203.0.113.9[62694] to 192.0.2.9[4500] (80 bytes)\n14[ENC] parsed INFORMATIONAL request 5 [ D ]\n14[IKE] received DELETE for IKE_SA staff[2]",
			"client-deleted", "responder", "the client ended it at once", ""},
		{"message repeated", "Nov  3 08:00:00 gw pluto[15]: \"rw\"[7] 203.0.113.9 #11: IKE_AUTH request fragment 1 of 5 has duplicate Message ID 1; retransmitting response\n" +
			"Nov  3 08:00:06 gw pluto[15]: message repeated 2 times: [ \"rw\"[7] 203.0.113.9 #11: IKE_AUTH request fragment 1 of 5 has duplicate Message ID 1; retransmitting response]",
			"answers-lost", "responder", "203.0.113.9", ""},
		{"columns of a viewer", "2026-11-03T21:54:00 | charon[5612] | 09[IKE] <con1|19> no EAP key found for hosts 'vpn.example.com' - 'lee'", "eap-user", "", "lee", ""},
		{"columns of a viewer, without times", "charon[5612] | 09[IKE] <con1|19> no EAP key found for hosts 'vpn.example.com' - 'lee'", "eap-user", "", "lee", ""},
	})
}

// The end of a connection that was up is no failure.
func TestEndOfAConnection(t *testing.T) {
	saySo(t, []said{
		{"the other side deletes it", "Nov 14 08:24:47 gw charon[501]: 07[ENC] parsed INFORMATIONAL request 6 [ D ]\nNov 14 08:24:47 gw charon[501]: 07[IKE] received DELETE for IKE_SA staff[1]\n" +
			"Nov 14 08:24:47 gw charon[501]: 07[IKE] IKE_SA deleted", "", "", "the connection was up, and the other side ended it|see its log", "failed:"},
		{"long after it came up", "Nov 14 06:24:47 gw charon[501]: 07[IKE] <staff|1> CHILD_SA staff{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 10.9.0.2/32\n" +
			"Nov 14 08:24:47 gw charon[501]: 07[IKE] <staff|1> received DELETE for IKE_SA staff[1]", "", "", "the connection was up, and the other side ended it", ""},
		{"idle", "%ASA-4-113019: Group = staff, Username = lee, IP = 203.0.113.9, Session disconnected. Session Type: IKEv2, Duration: 0h:31m:07s, Bytes xmt: 4711, Bytes rcv: 815, Reason: Idle Timeout",
			"", "", "ended after it had been idle", ""},
	})
}

// Words of single products.
func TestWordings(t *testing.T) {
	saySo(t, []said{
		{"an error code at the end", "The user CORP\\anna dialed a connection named Office which has failed. The error code is 853.", "windows", "initiator", "853", "wrong user name"},
		{"an error in words", "A Demand Dial connection to the remote interface Azure on port VPN2-4 was successfully initiated but failed to complete successfully because of the following error: IKE authentication credentials are unacceptable.",
			"windows", "initiator", "13801", ""},
		{"no CP payload", "\"rw\"[1] 198.51.100.31 #1: IKE_AUTH request does not include a CP payload required by rightmodecfgserver=true; Child SA ignored", "address-wanted", "responder", "address", ""},
		{"no MSK", "13[IKE] RADIUS authentication of 'lee' successful\n13[IKE] EAP method EAP_MSCHAPV2 succeeded, no MSK established", "eap-no-key", "responder", "MS-MPPE", ""},
		{"no MSK, and it worked", "13[IKE] EAP method EAP_MD5 succeeded, no MSK established\n13[IKE] IKE_SA rw[1] established between 192.0.2.9[gw]...203.0.113.9[lee]", "", "responder", "came up", ""},
		{"port unreachable", "\"hq\" #1: ERROR: asynchronous network error report on eth0 (192.0.2.9:500) for message to 203.0.113.9 port 500, complainant 203.0.113.9: Connection refused [errno 111, origin ICMP type 3 code 3 (not authenticated)]",
			"port-refused", "", "203.0.113.9 refuses the port", "no route"},
		{"FortiGate, phase 2", `date=2026-11-03 time=09:00:00 devname="fw" logid="0101037130" type="event" subtype="vpn" level="error" vd="root" logdesc="Progress IPsec phase 2" msg="progress IPsec phase 2" action="negotiate" remip=203.0.113.9 locip=192.0.2.9 vpntunnel="hq" status="failure" exch="CREATE_CHILD" role="initiator" result="ERROR" version="IKEv2"`,
			"phase2", "initiator", "phase 2", "phase 1"},
		{"no sockets", "03[IKE] initiating Main Mode IKE_SA hq[1] to 203.0.113.9\n04[NET] no socket implementation registered, sending failed", "own-config", "initiator", "no socket implementation", ""},
	})
}

// A version that is not one is none.
func TestNoVersion(t *testing.T) {
	d, text := readText(t, "IPSec negotiation failed with error: Peer proposed traffic-selectors are not in configured range. "+
		"IKE Version: ., VPN: hq-branch Gateway: gw-branch, Local: 192.0.2.9/500, Remote: 203.0.113.9/500, Local IKE-ID: 192.0.2.9, Remote IKE-ID: 203.0.113.9, VR-ID: 0\n")
	if len(d.Stories) != 1 || d.Stories[0].Cause != "traffic-selectors" {
		t.Errorf("%d stories:\n%s", len(d.Stories), text)
	}
}
