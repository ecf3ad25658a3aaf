package readers

import "testing"

// The step that the lines show last where they do not show an end, whose log it is by
// lines that only one side has, and advice and notes that the lines bear.
func TestShown(t *testing.T) {
	const begun = "Jan 23 16:27:58 gw charon[9]: 01[IKE] initiating IKE_SA hq[1] to 203.0.113.9\n" +
		"Jan 23 16:27:58 gw charon[9]: 01[ENC] generating IKE_SA_INIT request 0 [ SA KE No ]\n"
	saySo(t, []said{
		{"a request is the last step", begun, "", "initiator", "the last step shown is this side's IKE_SA_INIT request (line 2)", "answer"},
		{"an answer is the last step", begun + "Jan 23 16:27:58 gw charon[9]: 01[ENC] parsed IKE_SA_INIT response 0 [ SA KE No ]", "", "initiator", "the other side's IKE_SA_INIT response, which arrived (line 3)", ""},
		{"nothing is a last step once the IKE SA is up", begun + "Jan 23 16:27:59 gw charon[9]: 01[ENC] parsed IKE_AUTH response 1 [ IDr AUTH ]\n" +
			"Jan 23 16:27:59 gw charon[9]: 01[IKE] IKE_SA hq[1] established between 192.0.2.9[gw]...203.0.113.9[hq]", "", "initiator", "the IKE SA came up", "last step"},
		{"an address by DHCP", "13[IKE] <rw|7> peer requested virtual IP %any\n13[CFG] <rw|7> sending DHCP DISCOVER for 7a:a7:00:00:00:01 to 10.0.0.2\n13[CFG] <rw|7> received DHCP OFFER 10.0.0.9 from 10.0.0.2\n" +
			"13[CFG] <rw|7> sending DHCP REQUEST for 10.0.0.9 to 10.0.0.2\n13[CFG] <rw|7> sending DHCP REQUEST for 10.0.0.9 to 10.0.0.2\n13[CFG] <rw|7> received DHCP ACK for 10.0.0.9", "", "responder", "the DHCP ACK of the client's address, 10.0.0.9", "does not answer"},
		{"the responder answers IKE_AUTH", `"hq" #5: responding to AUTH message (ID 1) from 203.0.113.9:500 with encrypted notification TS_UNACCEPTABLE`, "traffic-selectors", "responder", "the client asks for", ""},
		{"the first message, sent again", "Sending retransmit 2 of request message ID 0, seq 1\nSending packet: from 192.0.2.9[500] to 203.0.113.9[500] (180 bytes)\nSending retransmit 3 of request message ID 0, seq 1", "silence", "initiator", "the gateway", ""},
		{"IKEv1 has no IKE_SA_INIT", `"l2tp"[1] 203.0.113.9 #1: responding to Main Mode from unknown peer 203.0.113.9
"l2tp"[1] 203.0.113.9 #1: sent Main Mode R1
"l2tp"[1] 203.0.113.9 #1: STATE_MAIN_R1: sent MR1, expecting MI2
"l2tp"[1] 203.0.113.9 #1: retransmitting in response to duplicate packet; already STATE_MAIN_R1
"l2tp"[1] 203.0.113.9 #1: retransmitting in response to duplicate packet; already STATE_MAIN_R1`, "answers-lost-init", "responder", "retransmits its first message", "IKE_SA_INIT"},
		// Korean and Ukrainian dates, and Cisco's clock that is not set
		{"times that are not read", " 7월 27 19:08:45 NetworkManager[33]: could not decrypt payloads", "undecryptable", "", "in IKEv1", "lacks times"},
		{"no times", "could not decrypt payloads", "undecryptable", "", "lacks times", ""},
		{"times of a certificate", "[CFG]   crl is valid until Oct 09 10:35:35 2022\ncould not decrypt payloads", "undecryptable", "", "lacks times", ""},
		{"octets in hexadecimal", "received unknown vendor ID: 01:52:8b:bb:c0:06:96:12:18:49:ab:9a\ncould not decrypt payloads", "undecryptable", "", "lacks times", ""},
		{"a line that reads like one of another product", "ike 0:gcp: DPD timeout\nike 0:gcp: connection expiring due to phase1 down\nike 0:gcp: sending delete for IKEv2 SA\niked[500]: gcp goes DOWN", "liveness", "", "", "OpenIKED"},
	})
}
