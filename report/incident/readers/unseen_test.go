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
		{"overcome", up, "", "initiator", "came up", "does not know"},
		{"before it came up", init + "07[LIB] the resident key agent was unreachable\n" + up[len(init):], "", "initiator", "nothing in the log shows that it failed", "does not know"},
		{"after it came up", up + "07[LIB] zone hook: could not map the tunnel", "", "initiator", "the connection came up; of what follows, the last line that reads like a failure is line 6", "FIX"},
		{"what is done without", init + "07[LIB] unable to load 5 plugin features (5 due to unmet dependencies)", "", "initiator", "no line shows that it failed", "does not know"},
	})
	if _, text := readText(t, "ipsec,debug ===== received 312 bytes from 203.0.113.3[500] to 192.0.2.9[500]\nipsec broker: cannot renew the ticket\n"); !strings.Contains(text, "line 2, which ikescope does not know: ipsec broker") {
		t.Errorf("a log of no attempt:\n%s", text)
	}
}
