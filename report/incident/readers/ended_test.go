package readers

import (
	"strings"
	"testing"
)

// How an SA ended that was up or under way, which counts more than that it came up.
// After libreswan's state.c, timer.c, ikev2_redirect.c, ikev2.c and
// security_selinux.c of releases 3.32 to 5.3.
func TestHowAnSAEnded(t *testing.T) {
	const up = `"office"[1] 198.51.100.7 #2: responder established Child SA using #1; IPsec tunnel [192.0.2.0/24===198.51.100.7/32] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256-NONE DPD=passive}
`
	saySo(t, []said{
		{"liveness, then a deletion", `"office"[1] 198.51.100.7 #1: STATE_V2_ESTABLISHED_IKE_SA: 60 second timeout exceeded after 7 retransmits.  No response (or no acceptable response) to our IKEv2 message
"office"[1] 198.51.100.7 #2: ESP traffic information: in=84B out=84B
"office"[1] 198.51.100.7 #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged 82.4s and sending notification`,
			"liveness", "responder", "no longer answers|it was established", "whether a Child SA did"},
		{"a lifetime of nothing", `"l2tp"[2] 198.51.100.7 #7: STATE_MAIN_R3: sent MR3, ISAKMP SA established {auth=PRESHARED_KEY cipher=AES_CBC_128 integ=HMAC_SHA1 group=MODP2048}
"l2tp"[2] 198.51.100.7 #7: IKE SA expired (--dontrekey)
"l2tp"[2] 198.51.100.7 #7: deleting state (STATE_MAIN_R3) aged 0.408s and sending notification`,
			"expired-early", "responder", "0.408 s|ikelifetime", "whether a Child SA did|switched off"},
		{"a lifetime that was lived", `"l2tp"[2] 198.51.100.7 #7: IKE SA expired (--dontrekey)
"l2tp"[2] 198.51.100.7 #7: deleting state (STATE_MAIN_R3) aged 28800.4s and sending notification`,
			"sa-not-renewed", "responder", "is not renewed", "almost at once"},
		{"a lifetime, and rekeying on", up + `"office"[1] 198.51.100.7 #1: IKE SA expired (LATEST!)
"office"[1] 198.51.100.7 #1: deleting IKE SA (ESTABLISHED_IKE_SA) aged 3600.1s and sending notification`,
			"", "responder", "the connection came up; this side's IKE SA|end of its lifetime", "itself deletes"},
		{"an IKE SA that was rekeyed", `"office" #1: initiating IKEv2 connection to 203.0.113.9 using UDP
"office" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@gw'
"office" #2: initiator established Child SA using #1; IPsec tunnel [192.0.2.0/24===198.51.100.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256-NONE DPD=passive}
"office" #3: initiator established IKE SA
"office" #1: deleting IKE SA (ESTABLISHED_IKE_SA) aged 3600.1s and sending notification`,
			"", "initiator", "the connection came up, and nothing", "deletes"},
		{"by a command", `"office": terminating SAs using this connection
"office" #1: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification`, "", "", "by a command (for office)", "why"},
		{"the other side, after traffic", up + `"office"[1] 198.51.100.7 #2: ESP traffic information: in=84B out=84B
"office"[1] 198.51.100.7 #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged 0.5s and NOT sending notification`,
			"", "responder", "the client ended it: nothing failed", "certificate|at once"},
		{"before it was complete", `"office"[1] 203.0.113.9 #1: deleting state (STATE_V2_PARENT_I2) aged 8.506s and NOT sending notification
"office"[1] 203.0.113.9 #1: deleting IKE SA but connection is supposed to remain up; schedule EVENT_REVIVE_CONNS`,
			"", "initiator", "dropped before it was complete, after 8.506 s|IKE_AUTH was not completed", ""},
		{"a state that only refused", `"office"[1] 198.51.100.7 #3: initiator guessed wrong keying material group (DH31); responding with INVALID_KE_PAYLOAD requesting DH14
"office"[1] 198.51.100.7 #3: deleting state (STATE_PARENT_R0) aged 0.000064s and NOT sending notification`,
			"", "responder", "a normal step", "dropped"},
		{"Main Mode, half done", `"l2tp"[1] 198.51.100.7 #4: responding to Main Mode from unknown peer 198.51.100.7
"l2tp"[1] 198.51.100.7 #4: STATE_MAIN_R1: sent MR1, expecting MI2`, "", "responder", "IKEv1|MR1|MI2 did not arrive", "IKE_SA_INIT|IKE_AUTH|4500"},
		{"Main Mode, half done, of libreswan 5", `"l2tp"[1] 198.51.100.7 #4: responding to Main Mode from unknown peer 198.51.100.7:500
"l2tp"[1] 198.51.100.7 #4: sent Main Mode R1
"l2tp"[1] 198.51.100.7 #4: sent Main Mode R2`, "", "responder", "MR2|MI3 did not arrive", "MI2"},
		{"a redirect to a gateway that is silent", `"office" #1: initiating IKEv2 connection
"office" #1: sent IKE_SA_INIT request to 203.0.113.9:500
"office" #1: initiating IKE_SA_INIT redirect to new gateway (address: 203.0.113.33)
"office" #2: initiating IKEv2 connection
"office" #1: deleting IKE SA (PARENT_I1) and NOT sending notification
"office" #2: sent IKE_SA_INIT request to 203.0.113.33:500
"office" #2: STATE_V2_PARENT_I1: 60 second timeout exceeded after 7 retransmits.  No response (or no acceptable response) to our first IKEv2 message`,
			"silence", "initiator", "the gateway 203.0.113.33, to which 203.0.113.9 redirected this client, does not answer", "2 attempts|dropped"},
		{"redirects in a loop", `"office" #1: initiating IKEv2 connection
"office" #1: sent IKE_SA_INIT request to 203.0.113.9:500
"office" #1: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN '@gw'
"office" #1: initiating IKE_AUTH redirect to new gateway (address: 203.0.113.33)
"office" #3: initiating IKEv2 connection
"office" #1: IKE SA expired (LATEST!)
"office" #3: sent IKE_SA_INIT request to 203.0.113.33:500
"office" #3: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN '@gw'
"office" #3: initiating IKE_AUTH redirect to new gateway (address: 203.0.113.9)`,
			"redirect-back", "initiator", "the gateway 203.0.113.33 redirects this client back|203.0.113.9", "lifetime|the IKE SA came up"},
		{"the same redirect, a second time", `"office" #1: initiating IKEv2 connection
"office" #1: sent IKE_SA_INIT request to 203.0.113.9:500
"office" #1: initiating IKE_SA_INIT redirect to new gateway (address: 203.0.113.33)
"office" #2: initiating IKEv2 connection
"office" #2: sent IKE_SA_INIT request to 203.0.113.33:500
"office" #2: STATE_V2_PARENT_I1: 60 second timeout exceeded after 7 retransmits.
"office" #3: initiating IKEv2 connection
"office" #3: sent IKE_SA_INIT request to 203.0.113.9:500
"office" #3: initiating IKE_SA_INIT redirect to new gateway (address: 203.0.113.33)
"office" #4: initiating IKEv2 connection
"office" #4: sent IKE_SA_INIT request to 203.0.113.33:500
"office" #4: STATE_V2_PARENT_I1: 60 second timeout exceeded after 7 retransmits.`,
			"silence", "initiator", "203.0.113.33, to which 203.0.113.9 redirected", "in a loop"},
		{"an answer that fits no request", up + `"office"[1] 198.51.100.7 #3: sent CREATE_CHILD_SA request for new IPsec SA
EXPECTATION FAILED: ike->sa.st_v2_msgid_windows.responder.recv == ike->sa.st_v2_msgid_windows.responder.sent (is_duplicate_response() +1665 /programs/pluto/ikev2.c)
"office"[1] 198.51.100.7 #1: ISAKMP_v2_CREATE_CHILD_SA message response with Message ID 2 has no matching SA
"office"[1] 198.51.100.7 #1: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 0.5 seconds for response`,
			"response-unmatched", "responder", "Message ID 2|stays open", "does not have (any more)"},
		{"an answer that came twice", up + `"office"[1] 198.51.100.7 #1: ISAKMP_v2_CREATE_CHILD_SA message response with Message ID 2 has no matching SA`,
			"", "responder", "nothing in the log shows that it failed", "matches"},
		{"another Child SA", `"office" #1: responder established Child SA using #1; IPsec tunnel [192.0.2.0/24===198.51.100.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256-NONE DPD=passive}
"office" #4: initiating Child SA using IKE SA #1
"office" #4: CREATE_CHILD_SA failed with error notification NO_PROPOSAL_CHOSEN`, "child-again", "responder", "another of the same IKE SA is refused", "rekeying"},
		{"selectors that this side does not take", `"office" #3: initiator established IKE SA; authenticated peer using authby=secret and ID_FQDN '@gw'
"office" #4: received INTERNAL_IP4_ADDRESS 192.0.2.102; discarded
"office" #4: CHILD SA failed: TS_UNACCEPTABLE`, "ts-answer", "initiator", "traffic selectors|192.0.2.102", "kernel"},
		{"a label", `"labeled" #7: selinux polmatch within_range: sl (system_u:object_r:a_t:s0) - range (system_u:object_r:b_t:s0): Permission denied (errno 13)`,
			"sec-label", "", "system_u:object_r:a_t:s0|SELinux", "kernel|modprobe"},
		{"an address that is gone", up + `May 5 12:47:29.627277: | XFRM RTM_DELADDR 192.0.2.9 IFA_LOCAL
May 5 12:47:29.627622: | kernel: spd routing: "office"[1] 198.51.100.7 erouted->unrouted (migration_down() +1344 programs/pluto/kernel.c)`,
			"path-lost", "responder", "192.0.2.9 was removed|MOBIKE", "nothing in the log"},
		{"a loop that it gave up", `"office" #5: IKE_AUTH redirect exceeds limit; assuming redirect loop`, "redirect-loop", "initiator", "gave up, in IKE_AUTH", ""},
		{"no Child SA asked for", `"office" #1: initiating IKEv2 connection to 203.0.113.9 using UDP
"office" #1: omitting CHILD SA payloads
"office" #1: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@gw'`, "", "initiator", "asked for none in IKE_AUTH", "failed"},
		{"Quick Mode, begun", `"office" #1: ISAKMP SA established {auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA2_256 group=MODP2048}
"office" #2: initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL+PFS+UP`, "", "initiator", "Quick Mode was begun; whether an IPsec SA came up", "failed"},
		{"a group that is not supported", `"office" #1: responding to Aggressive Mode, state #1, connection "office" from 198.51.100.7
"office" #1: OAKLEY_GROUP 2 not supported.  Attribute OAKLEY_GROUP_DESCRIPTION
"office" #1: no acceptable Oakley Transform`, "ike-proposal", "responder", "DH group 2 (MODP1024)", ""},
		{"a group of RFC 3526", `"office" #1: responding to Aggressive Mode, state #1, connection "office" from 198.51.100.7
"office" #1: OAKLEY_GROUP 17 not supported.  Attribute OAKLEY_GROUP_DESCRIPTION`, "ike-proposal", "responder", "DH group 17 (MODP6144)", ""},
		{"a group without an IANA number", `"office" #1: responding to Aggressive Mode, state #1, connection "office" from 198.51.100.7
"office" #1: OAKLEY_GROUP 99 not supported.  Attribute OAKLEY_GROUP_DESCRIPTION`, "ike-proposal", "responder", "DH group 99, which", "99 ("},
	})
}

// A command ends the SAs that are there when it is given, and none that came up later.
func TestEndedByACommandBefore(t *testing.T) {
	d, text := readAny(t, `"office": terminating SAs using this connection
"office" #1: deleting IKE SA (ESTABLISHED_IKE_SA) and sending notification
"office" #5: initiating IKEv2 connection to 203.0.113.9 using UDP
"office" #5: initiator established IKE SA; authenticated peer using authby=secret and FQDN '@gw'
"office" #6: initiator established Child SA using #5; IPsec tunnel [192.0.2.0/24===198.51.100.0/24] {ESP/ESN=>0x1 <0x2 xfrm=AES_GCM_16_256-NONE DPD=passive}
"office" #5: deleting IKE SA (ESTABLISHED_IKE_SA) aged 600.1s and sending notification
`)
	if n := strings.Count(text, "by a command (for office)"); len(d.Stories) != 2 || n != 1 || !strings.Contains(text, "this side ended") && !strings.Contains(text, "itself") {
		t.Errorf("%d stories, %d ended by a command:\n%s", len(d.Stories), n, text)
	}
}
