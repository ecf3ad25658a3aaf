package readers

import (
	"strings"
	"testing"
)

// said are logs of few lines, after the forms that the products print, and what
// is to be said of them: no more than they show.
type said struct {
	name, log   string
	cause, side string
	say, notSay string // words of the text, with | between
}

func saySo(t *testing.T, tests []said) {
	t.Helper()
	for _, test := range tests {
		d, text := readText(t, test.log+"\n")
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
			"silence", "", "IKEv1|first message", "IKE_SA_INIT"},
		{"IKEv1, one retransmission", "[IKE] sending retransmit 1 of request message ID 0, seq 1", "silence", "", "IKEv1|first message", "IKE_SA_INIT"},
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
