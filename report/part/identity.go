// Package part cuts reports down to what a command asks about, for people to read.
package part

import (
	"slices"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// Identity returns of doc who the gateways are, and what bears on that: findings,
// clients that would fail for it, policies, and paths where nothing else is known.
func Identity(doc report.Source) report.Source { return identity{doc} }

type identity struct{ report.Source }

func (d identity) Head() report.Head {
	head := d.Source.Head()
	head.About = report.AboutIdentity
	return head
}

func (d identity) At(i int) (*report.Target, error) {
	t, err := d.Source.At(i)
	if err != nil {
		return nil, err
	}
	who := *t
	who.Findings = slices.DeleteFunc(slices.Clone(t.Findings), func(f report.Finding) bool { return f.About() != report.AboutIdentity })
	who.Clients = slices.DeleteFunc(slices.Clone(t.Clients), func(c report.Client) bool { return !c.FailsInAuth() })
	who.Gateway, who.Preference, who.PostQuantum, who.Notes = nil, nil, nil, nil
	if t.Identity != nil {
		who.Paths, who.NAT, who.Routes = nil, nil, nil
		switch part, inUse := assess.PartAsked(t); {
		case inUse:
			who.Notes = []string{"Asked with suites of the algorithms in use only; --profile standard asks about all, as a scan does."}
		case part:
			who.Notes = []string{"Asked with a part of the suites only; a scan asks about all."}
		}
	}
	who.PathSize, who.Fragmentation, who.HopLimits, who.IKEv1, who.HigherVersion, who.Members = nil, nil, nil, nil, "", nil
	who.Matrix = nil
	return &who, nil
}

// IdentityWords is the verdict on t, and what is known of who it is.
func IdentityWords(t *report.Target) string {
	verdict := t.Verdict.Words()
	n := 0
	for _, f := range t.Findings {
		if f.IsProblem() {
			n++
		}
	}
	switch {
	case t.Verdict != report.VerdictIKEv2:
	case t.Identity == nil:
		verdict += ", accepts no suite to ask with"
	case t.Identity.State != report.IdentitySeen:
		verdict += ", who it is was not seen"
	case n > 0:
		verdict += ", " + english.Counted(int64(n), "problem", "problems") + " of its identity"
	default:
		verdict += ", no problem of its identity found"
	}
	return verdict
}
