package scan

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Every kind of note has words of its own.
func TestSentences(t *testing.T) {
	said := make(map[string]evidence.NoteKind)
	for _, k := range evidence.NoteKinds() {
		s := sentence(evidence.Note{Kind: k, Exchanges: []int{7}})
		if !strings.HasSuffix(s, ".") || s == k.String() {
			t.Errorf("%v: %q", k, s)
		}
		if other, ok := said[s]; ok {
			t.Errorf("%v and %v both say %q", k, other, s)
		}
		said[s] = k
	}
}

func TestSentence(t *testing.T) {
	var algorithms []proposals.Algorithm
	for _, m := range []ike.KeyExchangeMethod{ike.KE_MODP_8192, ike.KE_CURVE25519, ike.KE_CURVE448, ike.KE_ML_KEM_512, ike.KE_ML_KEM_768, ike.KE_ML_KEM_1024, ike.KE_MODP_768} {
		algorithms = append(algorithms, proposals.Algorithm{Axis: proposals.KE, ID: uint16(m)})
	}
	hybrid := proposals.Algorithm{Axis: proposals.ADDKE1, ID: uint16(ike.KE_ML_KEM_768)}
	for _, tt := range []struct {
		note evidence.Note
		want string
	}{
		{evidence.Note{Kind: evidence.NoteChanged, Again: true},
			"The gateway answered an offer differently than before: its policy changed. The matrix was asked again from the start."},
		{evidence.Note{Kind: evidence.NoteChanged},
			"The gateway answered an offer differently than before: its policy changed. The scan ended there."},
		{evidence.Note{Kind: evidence.NoteLimit, Count: 576, Of: 780},
			"The gateway answers requests of 576 octets, but not of 780 or more: the gateway or the path drops long requests. The scan used shorter ones."},
		{evidence.Note{Kind: evidence.NoteIntolerances, Algorithms: append(algorithms[3:5:5], hybrid)},
			"The gateway stops answering when these are offered; they were left out, and whether it accepts suites with them is not known: KE_ML_KEM_512, KE_ML_KEM_768."},
		{evidence.Note{Kind: evidence.NoteIntolerances, Algorithms: algorithms},
			"The gateway stops answering when these are offered; they were left out, and whether it accepts suites with them is not known: " +
				"KE_CURVE25519, KE_CURVE448, KE_ML_KEM_1024, KE_ML_KEM_512, KE_ML_KEM_768, KE_MODP_768, 1 more."},
		{evidence.Note{Kind: evidence.NoteIntolerances, Outcome: initiator.OtherError, Algorithms: algorithms[3:5]},
			"The gateway answers with an error when these are offered; they were left out, and whether it accepts suites with them is not known: KE_ML_KEM_512, KE_ML_KEM_768."},
		{evidence.Note{Kind: evidence.NoteBudget, Of: 3}, "The budget of 3 exchanges ran out; what it did not cover is not tested."},
		{evidence.Note{Kind: evidence.NoteBudget, Of: 90, Count: 12},
			"The budget of 90 exchanges ran out; what it did not cover is not tested. Up to 12 of them were reserved for NAT detection and the gateway's preferences."},
		{evidence.Note{Kind: evidence.NoteDetailFailed, Outcome: initiator.NoProposalChosen, Transport: initiator.UDP4500, Exchanges: []int{81}},
			"An offer of suites that were found acceptable ended with no proposal chosen over udp4500 (exchange 81)."},
		{evidence.Note{Kind: evidence.NoteClosedUnseen, Exchanges: []int{70, 72}},
			"The requests to close the IKE SAs of these exchanges got no answer, while others did: 70, 72. A gateway answers them only once, so the answers were lost; the IKE SAs count as closed."},
		{evidence.Note{Kind: evidence.NoteSlowed, Rate: 12.5, Count: 4, Of: 8},
			"Requests were lost on the way or dropped by the gateway, so the scan slowed down, to 13 datagrams a second at the lowest; 4 of 8 datagrams were retransmissions."},
		{evidence.Note{Kind: evidence.NoteSlowed, Rate: 1000, Count: 400, Of: 800},
			"Requests were lost on the way or dropped by the gateway, so the scan slowed down, to 1,000 datagrams a second at the lowest; 400 of 800 datagrams were retransmissions."},
		{evidence.Note{Kind: evidence.NoteRefusesByError, Notify: ike.INVALID_SYNTAX}, "The gateway refuses offers with INVALID_SYNTAX instead of NO_PROPOSAL_CHOSEN."},
		{evidence.Note{Kind: evidence.ClientStandIn, KE: ike.KE_GOST3410_2012_256, Other: ike.KE_ECP_256},
			"This scanner cannot compute KE_GOST3410_2012_256, the method of the client's KE payload. Given one of KE_ECP_256 instead, the gateway asked for KE_GOST3410_2012_256: the offer is acceptable."},
		{evidence.Note{Kind: evidence.ClientOtherAnswer, Outcome: initiator.Malformed}, "The gateway's answer: malformed."},
	} {
		if got := sentence(tt.note); got != tt.want {
			t.Errorf("%v:\n got %q\nwant %q", tt.note.Kind, got, tt.want)
		}
	}
}
