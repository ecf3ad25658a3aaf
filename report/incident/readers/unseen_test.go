package readers

import (
	"strings"
	"testing"
)

// A line that says in plain words that something failed, and that no table knows, is
// quoted where no other shows a cause, and beside a cause of which another line may be
// the reason. It is not taken for a cause, and what was overcome is not told.
func TestUnseenWords(t *testing.T) {
	const init = `08[IKE] initiating IKE_SA rw[1] to 203.0.113.3
12[ENC] generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
12[NET] sending packet: from 10.9.1.3[500] to 203.0.113.3[500] (296 bytes)
`
	const up = init + `06[IKE] IKE_SA rw[1] established between 10.9.1.3[a]...203.0.113.3[b]
06[IKE] CHILD_SA rw{1} established with SPIs c0ffee01_i c0ffee02_o and TS 10.9.1.3/32 === 10.0.0.0/8
`
	saySo(t, []said{
		{"charon", init + "07[LIB] the resident key agent was unreachable", "", "initiator", "no line that is known shows a failure|line 4, which ikescope does not know: 07[LIB] the resident key agent was unreachable|it reached IKE_SA_INIT", "FIX"},
		{"the last of several", init + "07[LIB] key agent: slot unusable, denied\n07[LIB] key agent: could not open the session", "", "initiator", "is line 5", "is line 4"},
		{"before a refusal", init + "07[ENC] generating IKE_AUTH request 1 [ IDi AUTH SA TSi TSr ]\n07[ENC] parsed IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]\n07[LIB] quota of the tenant violated\n07[ENC] generating INFORMATIONAL request 2 [ N(AUTH_FAILED) ]", "auth-failed", "initiator", "what line 6 says before, which ikescope does not know: 07[LIB] quota", ""},
		{"several after a refusal", init + "07[LIB] quota of the tenant violated\n07[IKE] received AUTHENTICATION_FAILED notify error" + strings.Repeat("\n07[LIB] zone hook: could not free the slot", 5), "auth-refused", "initiator", "what line 4 says before", ""},
		{"overcome", up, "", "initiator", "came up", "does not know"},
		{"before it came up", init + "07[LIB] the resident key agent was unreachable\n" + up[len(init):], "", "initiator", "nothing in the log shows that it failed", "does not know"},
		{"after it came up", up + "07[LIB] zone hook: could not map the tunnel", "", "initiator", "the connection came up; of what follows, the last line that reads like a failure is line 6", "FIX"},
		{"what is done without", init + "07[LIB] unable to load 5 plugin features (5 due to unmet dependencies)", "", "initiator", "no line shows that it failed", "does not know"},
	})
	if _, text := readText(t, "ipsec,debug ===== received 312 bytes from 203.0.113.3[500] to 192.0.2.9[500]\nipsec broker: cannot renew the ticket\n"); !strings.Contains(text, "line 2, which ikescope does not know: ipsec broker") {
		t.Errorf("a log of no attempt:\n%s", text)
	}
}

// What one gateway's lines say of a host is not told of another whose lines are in the
// same file: appliances of Meraki log to one server.
// The first log is one that a user posted, the second is written by hand after it.
func TestMerakiHosts(t *testing.T) {
	d, text := readAny(t, `1578424549.917669303 hub events Site-to-site VPN: IPsec-SA request for 172.24.23.10 queued due to no phase1 found
1578426208.829677788 branch events Site-to-site VPN: failed to get sainfo
1578426208.915091184 branch events Site-to-site VPN: failed to pre-process ph2 packet (side: 1, status: 1)
1578426408.321445408 hub events Site-to-site VPN: phase2 negotiation failed due to time up waiting for phase1. ESP 172.24.23.10[0]->172.24.23.6[0]
`)
	if len(d.Stories) != 2 || d.Stories[0].Cause != "phase1-unanswered" || d.Stories[1].Cause != "traffic-selectors" || d.Stories[1].Product != "racoon" || d.Stories[1].Side != "responder" {
		t.Errorf("the two appliances:\n%s", text)
	}
	for host, of := range map[string]bool{"branch": true, "hub": false} {
		d, text := readAny(t, `1578426207.829677788 spoke events Site-to-site VPN: IPsec-SA request for 172.24.23.10 queued due to no phase1 found
1578426207.929677788 `+host+` events Site-to-site VPN: could not lock the token
1578426208.829677788 branch events Site-to-site VPN: phase1 negotiation failed.
`)
		if len(d.Stories) != 2 || d.Stories[0].Cause != "phase1" || strings.Contains(strings.Join(d.Stories[0].Likely, " "), "line 2") != of {
			t.Errorf("a line of %s before a failure of branch:\n%s", host, text)
		}
	}
}

// What failed inside a tunnel of TLS is not told from the end of that tunnel alone.
func TestInsideTunnel(t *testing.T) {
	saySo(t, []said{
		{"TTLS", "11[ENC] parsed IKE_AUTH request 11 [ EAP/RES/TTLS ]\n11[IKE] EAP method EAP_TTLS failed for peer 192.168.0.3\n11[ENC] generating IKE_AUTH response 11 [ EAP/FAIL ]", "eap-tunnel", "responder", "EAP_TTLS fails for the peer 192.168.0.3|TLS handshake", "a wrong user name"},
	})
}

// What one side of IKEv1 lacks is named where the lines show only how it ended: the answer
// to XAUTH, or a group in the proposal for Quick Mode.
func TestLackingInIKEv1(t *testing.T) {
	saySo(t, []said{
		{"XAUTH that goes unanswered", `parsed TRANSACTION request 3938256919 [ HASH CPRQ(X_TYPE X_USER X_PWD) ]
generating TRANSACTION response 3938256919 [ HASH CP ]
07[IKE] IKE_SA rw[1] established between 10.0.1.58[10.0.1.58]...203.0.113.3[203.0.113.3]
07[IKE] CHILD_SA rw{1} established with SPIs c8170e4f_i 8a306b8f_o and TS 10.0.1.58/32[udp/l2f] === 203.0.113.3/32[udp/l2f]
07[ENC] generating QUICK_MODE request 1430309094 [ HASH ]
07[IKE] received DELETE for IKE_SA rw[1]`, "client-deleted", "", "the gateway asked for a user name and a password (XAUTH)", ""},
		{"a group in Quick Mode", "08[CFG] no acceptable DIFFIE_HELLMAN_GROUP found\n08[CFG] received proposals: ESP:AES_CBC_256/HMAC_SHA1_96/MODP_2048/NO_EXT_SEQ\n08[CFG] configured proposals: ESP:AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ\n08[IKE] no matching proposal found, sending NO_PROPOSAL_CHOSEN\n08[ENC] generating INFORMATIONAL_V1 request 3861985833 [ HASH N(NO_PROP) ]", "child-pfs", "responder", "in its proposal for Quick Mode, so that it is refused", "CREATE_CHILD_SA"},
	})
}

// Some words of a product's message in the line of another do not make it that product's.
// The lines of ZyXEL and DrayTek are written by hand, after the form of logs that users
// posted.
func TestNotThatProduct(t *testing.T) {
	saySo(t, []said{{"ZyXEL", "2019-01-01 10:00:00 info IKE Phase 1 pre-shared key mismatch 203.0.113.9:500 198.51.100.7:500 IKE_LOG", "psk-mismatch", "", "Zyxel:", "Palo Alto"},
		{"DrayTek", "2019-01-01 10:00:00 ## IKEv2 DBG : ikev2_verify_psk : AUTH payload verify fail! Check pre-shared key", "psk-mismatch", "", "do not show of which product", "macOS"},
		{"the end of phase 1 alone", "ipsec,error phase1 negotiation failed due to time up 203.0.113.9[500]<=>198.51.100.7[500] c0ffee", "phase1-unanswered", "", "does not answer a message of phase 1", "the first message"},
	})
}

// A cause that the words of an unknown message alone give is told as read from them; one
// of a message that a table has is not.
func TestCauseFromWords(t *testing.T) {
	const came = "09[IKE] 203.0.113.3 is initiating an IKE_SA\n"
	saySo(t, []said{
		{"unknown", came + "09[CFG] the vault says that the certificate of the client expired\n09[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]", "cert-invalid", "responder", "not valid at this time|read from the words of line 2 alone: ikescope does not know the message|CHECK", "FIX"},
		{"known", came + "09[CFG] no issuer certificate found for \"CN=client\"\n09[ENC] generating IKE_AUTH response 1 [ N(AUTH_FAILED) ]", "cert-untrusted", "responder", "", "read from the words"},
	})
}

// What others log beside an attempt, what is read from words after it was refused, and
// what is said of another connection are not why it failed.
func TestWordsOfOthers(t *testing.T) {
	const sent = "Nov  3 08:00:00 gw charon: 05[IKE] initiating IKE_SA hq[1] to 192.0.2.1\n"
	saySo(t, []said{
		{"a password of Wi-Fi before silence", sent + "Nov  3 08:00:05 gw charon: 05[IKE] retransmit 1 of request with message ID 0\nNov  3 08:00:16 gw NetworkManager[2]: <warn> wifi: authentication failed, wrong password\nNov  3 08:03:15 gw charon: 05[IKE] giving up after 5 retransmits", "silence", "initiator", "", "password"},
		{"words after a refusal", sent + "Nov  3 08:00:00 gw charon: 05[IKE] received AUTHENTICATION_FAILED notify error\nNov  3 08:00:00 gw charon: 09[CFG] the certificate of smtp.example.com expired", "auth-refused", "initiator", "", "not valid"},
		{"a shell", sent + "Nov  3 08:00:05 gw charon: 05[IKE] retransmit 1 of request with message ID 0\nNov  3 08:00:09 gw charon: 05[IKE] retransmit 2 of request with message ID 0\nroot@gw:~# tail: cannot open 'x' for reading", "silence", "initiator", "", "tail"},
	})
	_, text := readAny(t, sent+`Nov  3 08:00:01 gw charon: 06[IKE] IKE_SA hq[1] established between 192.0.2.2[alice]...192.0.2.1[gw]
Nov  3 08:00:02 gw charon: 07[IKE] initiating IKE_SA br[2] to 192.0.2.7
Nov  3 08:00:03 gw charon: 06[IKE] hq{1}: cannot rotate the widget
`)
	if strings.Contains(text, "does not know") {
		t.Errorf("a line of hq is told of br:\n%s", text)
	}
}
