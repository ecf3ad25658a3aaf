package assess

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Offer returns what p offers.
func Offer(p client.Policy) report.ClientOffer {
	out := report.ClientOffer{
		Name: p.Name, Aliases: append([]string{}, p.Aliases...), Product: p.Product, Scope: p.Scope,
		Syntax: string(p.Syntax), Responder: p.Responder, Proposals: lists.Convert(p.Offer, proposals.Product.String),
		Suites: suitesOffered(p), KE: report.MethodOf(p.KE).Keyword, SAOctets: saOctets(p),
		Source: p.Source, SourceDate: p.SourceDate, Confidence: p.Confidence,
		Doubt: p.Doubt, Notes: append([]string{}, p.Notes...),
	}
	out.KEOctets, _, _ = keyexchange.Sizes(p.KE)
	out.Child = childOffer(p.Child)
	return out
}

// childOffer returns what a client offers for Child SAs; nil for nothing.
func childOffer(c *client.Child) *report.ClientChild {
	if c == nil {
		return nil
	}
	out := &report.ClientChild{Proposals: []report.ClientChildProposal{}, SequenceNumbers: []string{}, Source: c.Source, Doubt: c.Doubt}
	if c.Short {
		out.SequenceNumbers = append(out.SequenceNumbers, "short")
	}
	if c.Extended {
		out.SequenceNumbers = append(out.SequenceNumbers, "extended")
	}
	for _, p := range c.Offer {
		one := report.ClientChildProposal{OfIKE: p.OfIKE, Rekeying: lists.Convert(p.KE, proposals.Algorithm.Keyword)}
		if len(p.Optional) > 0 {
			one.Optional = lists.Convert(p.Optional, proposals.Algorithm.Keyword)
		}
		if p.Plain {
			one.Rekeying = append(one.Rekeying, "none")
		}
		p.KE = nil
		one.Suites = p.String()
		out.Proposals = append(out.Proposals, one)
	}
	return out
}

// suitesOffered counts the suites of p's proposals, together.
func suitesOffered(p client.Policy) int64 {
	u, err := matrix.NewUniverse(p.Offer...)
	if err != nil {
		// More than a universe holds: the same suite may then count twice.
		return matrix.Count(p.Offer)
	}
	return u.Size()
}

// saOctets returns the size of p's SA payload: what stands in its place is
// known, if not the rest of the packet.
func saOctets(p client.Policy) int {
	with := &ike.Message{Payloads: []ike.Payload{&ike.SA{Proposals: p.Proposals()}}}
	octets, err := with.AppendBinary(nil)
	header, _ := (&ike.Message{}).AppendBinary(nil)
	if err != nil {
		return 0
	}
	return len(octets) - len(header)
}
