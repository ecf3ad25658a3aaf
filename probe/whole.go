package probe

import (
	"context"

	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// mostWhole bounds the exchanges that well-known clients' own first packets take.
const mostWhole = 12

// takesWhole sends the first packets of well-known clients, as these do, to a
// gateway that takes nothing else, and reports whether it takes one: it may want
// offers as they are, so that it is not known what it accepts.
func (s *scan) takesWhole(ctx context.Context) bool {
	asked := 0
	for _, packet := range s.Known {
		offer, _ := packet.Products()
		if beyond, err := matrix.Difference(offer, s.universe().Products()); err != nil || len(beyond) > 0 {
			continue // it says nothing of what is asked about
		}
		for method := packet.KE; keyexchange.Supported(method) && asked < mostWhole; {
			a := s.sound(ctx, func() initiator.Answer {
				asked++
				return s.initiate(ctx, evidence.PurposeControl, initiator.Offer{Transport: s.main, Products: offer, KE: method, Packet: &packet})
			})
			switch {
			case a.Outcome == initiator.NotTried:
				return false
			case a.Outcome == initiator.Accepted && a.Taken():
				s.findings.Doubt(evidence.DoubtWhole, a.Suite, a.ID)
				return true
			}
			if a.Outcome != initiator.InvalidKEPayload || !a.Taken() {
				break
			}
			method = a.Group // as the client would
		}
	}
	return false
}
