package probe

import (
	"context"
	"sync"

	"github.com/ikescope/ikescope/proposals"
)

// controlOffer holds what gateways commonly take, so that nearly each one
// answers it one way or another. ECP_256 is left for the KE payload.
const controlOffer = "aes256gcm16-aes128gcm16-prfsha256-prfsha384-prfsha512-prfsha1-" + controlMethods + "," +
	"aes256-aes128-3des-sha256-sha384-sha512-sha1-prfsha256-prfsha384-prfsha512-prfsha1-" + controlMethods

const controlMethods = "modp2048-modp3072-modp4096-ecp384-ecp521-x25519-modp1024-modp1536"

// reach asks over each transport whether an IKEv2 responder is there.
func (s *scan) reach(ctx context.Context) {
	control, err := proposals.ParseProducts(controlOffer)
	if err != nil {
		panic("probe: internal error: " + err.Error())
	}
	s.control = control
	method, _ := foreign(control)
	answers := make([]answer, len(s.Transports))
	var wg sync.WaitGroup
	for i, t := range s.Transports {
		wg.Go(func() { answers[i] = s.init(ctx, t, "reach", control, method) })
	}
	wg.Wait()
	found := false
	for i, a := range answers {
		s.result.Paths = append(s.result.Paths, pathOf(s.Transports[i], a))
		if !found && isIKEv2(a.Outcome) {
			found = true
			s.main = s.Transports[i]
			// A gateway that takes an offer whose key exchange method it
			// could not choose does not answer as RFC 7296, Section 1.2,
			// says: ask it in the other way.
			s.byAcceptance = a.Outcome == Accepted
			s.silence.refuses = a.Outcome == NoProposalChosen
		}
	}
	s.result.Verdict = verdictOf(s.result.Paths)
}

// isIKEv2 reports whether only an IKEv2 responder answers so.
func isIKEv2(o Outcome) bool {
	switch o {
	case Accepted, InvalidKEPayload, NoProposalChosen, CookieLoop, OtherError, Malformed:
		return true
	}
	return false
}

func pathOf(t Transport, a answer) Path {
	p := Path{Transport: t, Detail: a.Detail}
	if a.ID != 0 {
		p.Evidence = []int{a.ID}
	}
	if a.blocked != nil {
		p.Reporter = a.blocked.reporter
	}
	switch {
	case isIKEv2(a.Outcome):
		p.State = PathAnswers
	case a.Outcome == Echo || a.Outcome == NotIKE:
		p.State = PathNotIKE
	case a.Outcome == Unreachable && a.blocked != nil:
		p.State = a.blocked.state
		p.Detail = a.blocked.detail
	case a.Outcome == Unreachable:
		p.State = PathError
	default:
		p.State = PathSilent
	}
	return p
}

// verdictOf sums up the paths: one that answers decides, then one on which
// something else speaks, then what ICMP says.
func verdictOf(paths []Path) Verdict {
	v := VerdictNoAnswer
	for _, p := range paths {
		switch p.State {
		case PathAnswers:
			return VerdictIKEv2
		case PathNotIKE:
			v = VerdictNotIKE
		case PathPortUnreachable, PathAdminProhibited, PathError:
			if v == VerdictNoAnswer {
				v = VerdictUnreachable
			}
		}
	}
	return v
}
