package incident

import (
	"regexp"
	"slices"
	"strconv"
)

// number is a transform whose name its product does not know, which charon prints as
// "KE1_(1051)" or "UNKNOWN_65001".
var number = regexp.MustCompile(`(?:\(|UNKNOWN_)(\d{4,5})\)?$`)

// firstPrivate is the first number for private use of most transforms (RFC 7296,
// Section 3.3.2).
const firstPrivate = 1024

// alike reports whether the two sides list the same proposals, which then do not
// differ.
func (a *Attempt) alike() bool {
	var theirs, ours []Proposal
	for i := range a.Events {
		switch e := &a.Events[i]; e.Kind {
		case Theirs:
			theirs = e.Proposals
		case Ours:
			ours = e.Proposals
		}
	}
	if len(theirs) == 0 || len(ours) == 0 {
		return false
	}
	for _, p := range theirs {
		if slices.ContainsFunc(ours, func(q Proposal) bool { return p.String() == q.String() }) {
			if private := p.private(); private != "" {
				a.setWord("private", private)
			}
			return true
		}
	}
	return false
}

// private returns a transform of the proposal that has a number for private use, ""
// for none.
func (p Proposal) private() string {
	for _, names := range p.Names {
		for _, name := range names {
			if m := number.FindStringSubmatch(name); m != nil {
				if n, err := strconv.Atoi(m[1]); err == nil && n >= firstPrivate {
					return name
				}
			}
		}
	}
	return ""
}
