package incident

import "github.com/ikescope/ikescope/report/incident/offered"

// Proposals, as lines list them.
type (
	Proposal = offered.Proposal
	Axis     = offered.Axis
	Gap      = offered.Gap
)

// The kinds of algorithms.
const (
	Cipher    = offered.Cipher
	Integrity = offered.Integrity
	PRF       = offered.PRF
	Exchange  = offered.Exchange
	Further   = offered.Further
	Sequence  = offered.Sequence
)
