package introduction

import (
	"slices"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestRevokedWords: of a revoked certificate each family has a word, that of one which
// accepts it all the same, too.
func TestRevokedWords(t *testing.T) {
	why := report.Reason{Rule: report.RuleRevoked, Sentence: "CN=a is revoked, which this client does not ask about"}
	accepts := report.JudgedClient{Client: report.FamilyAndroid, Verdict: report.CertificateAccepted, Reasons: []report.Reason{why}}
	if got, want := judgedWords(accepts), "accepts: CN=a is revoked, which this client does not ask about"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	why.Effect, why.Sentence = report.CertificateUnknown, "CN=a is revoked: it may ask"
	unknown := report.JudgedClient{Client: report.FamilyStrongSwan, Verdict: report.CertificateUnknown, Shows: []string{"certificate was revoked"}, Reasons: []report.Reason{why}}
	if got, want := judgedWords(unknown), "unknown: CN=a is revoked: it may ask"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSome: of what a certificate has too many of, it is said how many.
func TestSome(t *testing.T) {
	all := slices.Repeat([]string{"x"}, maxNames)
	if got := some(all); len(got) != maxNames {
		t.Errorf("%q", got)
	}
	if got := some(append(all, "y", "z")); len(got) != maxNames+1 || got[maxNames] != "2 more in the JSON report" || all[0] != "x" {
		t.Errorf("%q", got)
	}
}
