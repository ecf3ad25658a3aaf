package report

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
	// Child is what it offers for Child SAs, nil where that is not known.
	Child *ClientChild `json:"child,omitempty"`
}

// ClientChild is what a client offers for Child SAs (ESP).
type ClientChild struct {
	Proposals []ClientChildProposal `json:"proposals"` // the most preferred first
	// SequenceNumbers are "short", "extended" or both, none where that is not known.
	SequenceNumbers []string `json:"sequence_numbers"`
	Source          string   `json:"source,omitempty"` // where this is from, if not from where the rest is
	Doubt           string   `json:"doubt,omitempty"`
}

// ClientChildProposal is one proposal for a Child SA. In IKE_AUTH it has no key exchange.
type ClientChildProposal struct {
	Suites string `json:"suites"` // as keywords, without key exchange methods
	// Rekeying are the methods that it offers when it rekeys, "none" to do without;
	// empty where that is not known.
	Rekeying []string `json:"rekeying"`
	// OfIKE: of the methods it offers the one of its IKE SA.
	OfIKE bool `json:"of_ike,omitempty"`
	// Optional are the algorithms that only some clients of the kind offer.
	Optional []string `json:"optional,omitempty"`
}
