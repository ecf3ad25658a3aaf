package probe

import (
	"context"
	"math"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
)

// findLimit looks for the longest request that the gateway answers, if that is
// shorter than octets, by repeating the proposals of the control offer. It
// reports whether there is such a limit.
func (s *scan) findLimit(ctx context.Context, octets int) bool {
	known := s.gateway.Now()
	if known.Limit > 0 {
		return octets > known.Limit
	}
	longest := known.Longest
	silent := math.MaxInt // octets of the shortest request without an answer
	for try := octets; ; try = (longest + silent) / 2 {
		offer := known.Padded(try)
		n := known.OctetsAs(offer)
		if n <= longest || n >= silent {
			break // no proposal fits between
		}
		switch a := s.sound(ctx, s.offering(ctx, offer)); a.Outcome {
		case initiator.NotTried:
			return false
		case initiator.NoAnswer:
			silent = n
			s.gateway.Learn(func(k *gateway.Known) { k.LimitShown = a.ID })
		}
		if longest = s.gateway.Now().Longest; longest >= octets {
			return false
		}
	}
	if silent == math.MaxInt {
		return false // the control offer cannot be made as long
	}
	s.gateway.Learn(func(k *gateway.Known) { k.Limit = longest })
	s.journal.Note(evidence.Note{Kind: evidence.NoteLimit, Count: longest, Of: min(silent, octets)})
	return true
}
