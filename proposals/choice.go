package proposals

import "slices"

// Choice is what is known of how a responder chooses a suite from an offer.
type Choice struct {
	// Accepted is what the responder accepts.
	Accepted []Product
}

// maxCandidates bounds how many suites [Choice.Of] names.
const maxCandidates = 64

// Of returns the suites that the responder may choose from offer: none if it
// refuses it, one if that is certain, and several, the initiator's order first,
// if it cannot be told which; at most maxCandidates.
func (c Choice) Of(offer []Product) []Suite {
	var out []Suite
	for _, o := range offer {
		for _, p := range c.Accepted {
			both, ok := o.Intersect(p)
			if !ok {
				continue
			}
			for s := range both.Suites() {
				if len(out) == maxCandidates {
					return out
				}
				if !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}
