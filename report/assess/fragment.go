package assess

import (
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
)

// fragmentNote says in a sentence what becomes of the IKE_AUTH of a client where answers
// in IP fragments do not arrive, as those with certificates; "" where they do, or that is
// not known.
func fragmentNote(t *report.Target, p client.Policy) string {
	f := t.Fragmentation
	switch {
	case f == nil || f.LargeAnswer != report.AnswerNo:
	case !f.Supported:
		return "Answers in IP fragments do not arrive here, and the gateway does not split them in IKE (RFC 7383): an IKE_AUTH with certificates gets no answer."
	case p.Family == client.FamilyWindows:
		return "Answers in IP fragments do not arrive here: Windows before 10 1803, which has no IKE fragmentation, shows error 809 where the gateway sends certificates."
	}
	return ""
}
