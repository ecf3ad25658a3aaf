package path

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
)

// Several says why the answers are of more than one gateway.
type Several struct {
	// ErrorSPIs: errors of one kind have a responder SPI, and others have none.
	ErrorSPIs bool
	// Answers: the same suites were refused and accepted, or another key exchange
	// method was asked for.
	Answers bool
	// Evidence are the numbers of two exchanges for each difference.
	Evidence []int
}

// look is what an answer to a greeting shows of who gave it.
type look struct {
	exchange int
	kind     initiator.Outcome
	group    ike.KeyExchangeMethod
	drawn    bool // the responder SPI of an error
}

// look keeps what an answer shows. x.mu is held.
func (x *examination) look(a initiator.Answer) {
	if a.Message == nil || a.Type != ike.IKE_SA_INIT || a.KE != stateless.ke || a.Conflict != initiator.NotTried {
		return // only the greeting that opens nothing is asked so often
	}
	switch a.Outcome {
	case initiator.NoProposalChosen, initiator.InvalidKEPayload:
		x.looks = append(x.looks, look{a.ID, a.Outcome, a.Group, a.Message.SPIr != (ike.SPI{})})
	}
}

// severalOf compares the answers to one greeting: a gateway gives each the same way.
func severalOf(looks []look) *Several {
	s := &Several{}
	for i, a := range looks {
		for _, b := range looks[:i] {
			switch {
			case a.kind == b.kind && a.drawn != b.drawn && !s.ErrorSPIs:
				s.ErrorSPIs = true
			case (a.kind != b.kind || a.group != b.group) && !s.Answers:
				s.Answers = true
			default:
				continue
			}
			s.Evidence = append(s.Evidence, b.exchange, a.exchange)
		}
	}
	if len(s.Evidence) == 0 {
		return nil
	}
	slices.Sort(s.Evidence)
	s.Evidence = slices.Compact(s.Evidence)
	return s
}
