package readers

import "testing"

// What went before a rekeying or a new beginning was up, and what ended so failed then.
func TestUpBefore(t *testing.T) {
	d, text := readText(t, `"road"[1] 203.0.113.9 #1: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 2 seconds for response
"road"[1] 203.0.113.9 #1: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 4 seconds for response
"road"[1] 203.0.113.9 #4: initiating IKEv2 connection to replace established IKE SA #1
"road"[1] 203.0.113.9 #4: sent IKE_SA_INIT request
`)
	if len(d.Stories) != 2 || d.Stories[0].Cause != "liveness" || d.Stories[1].Cause != "" {
		t.Errorf("a connection that was up, and another one in its place:\n%s", text)
	}
	d, text = readText(t, `Nov  3 09:00:42 gw charon: 07[IKE] <con1|2> giving up after 5 retransmits
Nov  3 09:00:12 gw charon: 07[IKE] <con1|2> retransmit 2 of request with message ID 0
Nov  3 09:00:04 gw charon: 07[IKE] <con1|2> retransmit 1 of request with message ID 0
Nov  3 09:00:00 gw charon: 10[ENC] <con1|1> generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) ]
Nov  3 09:00:00 gw charon: 10[IKE] <con1|1> initiating IKE_SA con1[2] to 203.0.113.9
Nov  3 09:00:00 gw charon: 10[IKE] <con1|1> restarting CHILD_SA con1
Nov  3 09:00:00 gw charon: 10[IKE] <con1|1> giving up after 5 retransmits
Nov  3 08:59:42 gw charon: 10[IKE] <con1|1> retransmit 5 of request with message ID 2
`)
	if len(d.Stories) != 2 || d.Stories[0].Cause != "liveness" || d.Stories[1].Cause != "silence" {
		t.Errorf("a log in descending order, the oldest first:\n%s", text)
	}
}
