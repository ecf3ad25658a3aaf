package probe

import (
	"errors"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// asksFor are gateways that ask for a key exchange method whatever they are sent.
var asksFor = map[string]iketest.Faults{
	"one": {Instead: iketest.AsksForOne}, "any": {Instead: iketest.AsksForAny},
}

// TestScanUnredeemed: a gateway that asks for methods, and for nothing else, neither
// accepts nor refuses anything, and is not silent either.
func TestScanUnredeemed(t *testing.T) {
	t.Parallel()
	for name, faults := range asksFor {
		for _, only := range []bool{false, true} {
			sc := scene{policy: smallPolicy, profile: iketest.StrongSwan, faults: faults, rude: true, scanner: Scanner{ClientsOnly: only}}
			for _, offer := range []string{"aes256-sha256-prfsha256-modp2048", "aes256gcm16-prfsha384-ecp256-ecp384-modp2048", "aes256gcm16-prfsha384-ecp384"} {
				sc.scanner.Clients = append(sc.scanner.Clients, packet(t, offer))
			}
			o := sc.scan(t)
			for _, x := range o.Exchanges {
				if x.Outcome != initiator.InvalidKEPayload || x.Decides != matrix.NotTested {
					t.Fatalf("asks for %s: exchange %d ended with %v and decides %v", name, x.ID, x.Outcome, x.Decides)
				}
			}
			for _, c := range o.Clients {
				if c.State != matrix.NoAnswer {
					t.Errorf("asks for %s: client %s: %v, want no answer; %v", name, c.Name, c.State, c.Notes)
				}
			}
			if _, intolerant := find(o.Notes, evidence.NoteIntolerances); intolerant {
				t.Errorf("asks for %s: %v", name, o.Notes)
			}
			if only {
				continue
			}
			if m := o.Matrix; m.Accepted != 0 || m.Refused != 0 || m.NoAnswer == 0 || m.Proven || !errors.Is(o.err, ErrDoubt) {
				t.Errorf("asks for %s: accepted %d, refused %d, no answer %d, proven %v; %v", name, m.Accepted, m.Refused, m.NoAnswer, m.Proven, o.err)
			}
		}
	}
}

// TestScanUnredeemedInPart: what such a gateway refuses stays refused, and what it only
// asks for another method for is not known.
func TestScanUnredeemedInPart(t *testing.T) {
	t.Parallel()
	const policy = "aes256-sha256-prfsha256-modp2048"
	o := scene{policy: policy, profile: iketest.StrongSwan, faults: iketest.Faults{InvalidKELoop: true}, rude: true,
		scanner: Scanner{Clients: []initiator.FirstPacket{packet(t, policy), packet(t, "aes128-sha1-prfsha1-modp1024")}}}.scan(t)
	state := func(suite string) matrix.State {
		s, _ := products(t, suite)[0].First()
		state, _ := o.Matrix.State(s)
		return state
	}
	if got := state(policy); got != matrix.NoAnswer {
		t.Errorf("the suite of the policy: %v", got)
	}
	if got := state("aes128-sha1-prfsha1-modp1024"); got != matrix.Refused {
		t.Errorf("another suite: %v", got)
	}
	if a, r := o.Clients[0].State, o.Clients[1].State; a != matrix.NoAnswer || r != matrix.Refused {
		t.Errorf("clients: %v, %v", a, r)
	}
	if !slices.ContainsFunc(o.Doubts, func(d evidence.Doubt) bool { return d.Kind == evidence.DoubtUnredeemed }) {
		t.Errorf("doubts %v", o.Doubts)
	}
	var refused int64
	for _, x := range o.Exchanges {
		if x.Decides == matrix.Refused {
			if x.Outcome != initiator.NoProposalChosen {
				t.Errorf("exchange %d ended with %v and refuses", x.ID, x.Outcome)
			}
			refused++
		}
	}
	if refused == 0 || o.Matrix.Refused == 0 {
		t.Errorf("%d exchanges refuse %d suites", refused, o.Matrix.Refused)
	}
}
