package report

// Plan is with what a scan begins. What follows depends on the answers.
type Plan struct {
	Targets []string       `json:"targets"` // as named; names are not resolved
	Suites  int64          `json:"suites"`  // to decide
	Offers  []PlannedOffer `json:"offers"`
}

// PlannedOffer is one IKE_SA_INIT request of a plan.
type PlannedOffer struct {
	Octets    int      `json:"octets"` // of its proposals
	Suites    int64    `json:"suites"`
	Proposals []string `json:"proposals"` // as keywords
}
