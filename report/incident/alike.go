package incident

import "slices"

// alike reports whether the two sides list the same proposals, which then do not
// differ.
func (a *Attempt) alike() bool {
	theirs, ours := a.lists.theirs, a.lists.ours
	if len(theirs) == 0 || len(ours) == 0 {
		return false
	}
	for _, p := range theirs {
		if slices.ContainsFunc(ours, func(q Proposal) bool { return p.String() == q.String() }) {
			if private := p.Private(); private != "" {
				a.setWord("private", private)
			}
			return true
		}
	}
	return false
}
