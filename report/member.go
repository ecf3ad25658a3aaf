package report

// Member is one of several gateways at an address, as far as its answers can be
// distinguished from those of the others: by the responder SPIs of their errors, or where
// these are alike by the vendor IDs of accepted answers.
type Member struct {
	Number int `json:"member"` // from 1
	// ErrorSPI is "zero" or "drawn" where the members are told apart by it.
	ErrorSPI  string     `json:"error_spi,omitempty"`
	VendorIDs []VendorID `json:"vendor_ids"`
	// Counts and Products are of its own answers alone. All that these do not
	// decide is unknown.
	Counts
	Products  []AcceptedSuites  `json:"products"`
	Undecided []UndecidedSuites `json:"undecided,omitempty"`
	Evidence  []int             `json:"evidence"`
}
