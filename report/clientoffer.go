package report

import (
	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// ClientOffer is what a client offers in its first packet, and how that is
// known: what the commands on clients write.
type ClientOffer struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
	// Product and Scope say whose it is, and of which versions and settings.
	Product string `json:"product"`
	Scope   string `json:"scope"`
	// Syntax is in which the client is configured.
	Syntax string `json:"syntax,omitempty"`
	// Responder: Proposals are what is accepted, not what is offered.
	Responder bool     `json:"responder"`
	Proposals []string `json:"proposals"` // as keywords, the most preferred first
	Suites    int64    `json:"suites"`    // in all of Proposals
	KE        string   `json:"ke"`        // the method of the first KE payload, as keyword
	KEOctets  int      `json:"ke_octets,omitempty"`
	SAOctets  int      `json:"sa_octets"` // of the SA payload
	// Source says where this is from, SourceDate of when that is, and
	// Confidence how far it was checked.
	Source     string `json:"source"`
	SourceDate string `json:"source_date"`
	Confidence string `json:"confidence"`
	// Doubt says why it may be wrong.
	Doubt string   `json:"doubt,omitempty"`
	Notes []string `json:"notes"`
}

// NewClientOffer returns what p offers.
func NewClientOffer(p client.Policy) ClientOffer {
	out := ClientOffer{
		Name: p.Name, Aliases: append([]string{}, p.Aliases...), Product: p.Product, Scope: p.Scope,
		Syntax: string(p.Syntax), Responder: p.Responder, Proposals: lists.Convert(p.Offer, proposals.Product.String),
		Suites: suitesOffered(p), KE: method(p.KE).Keyword, SAOctets: saOctets(p),
		Source: p.Source, SourceDate: p.SourceDate, Confidence: p.Confidence,
		Doubt: p.Doubt, Notes: append([]string{}, p.Notes...),
	}
	out.KEOctets, _, _ = keyexchange.Sizes(p.KE)
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
