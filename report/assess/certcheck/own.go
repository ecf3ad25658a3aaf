package certcheck

import (
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/report"
)

// IsAboutName reports whether a rule compares the certificate with the name that users
// dial, which is not what each client compares it with.
func IsAboutName(rule string) bool {
	return slices.ContainsFunc([]string{"name-", "address-", "host-name-"}, func(s string) bool { return strings.HasPrefix(rule, s) })
}

// NameReasons returns the reasons about the name of a client that compares the
// certificate of a connection with name.
func NameReasons(c *report.Connection, f report.Family, name string, at time.Time) []report.Reason {
	a := answer{Introduction: answerTo(c, f), of: c, name: name, basis: Basis{At: at}}
	result := a.judge()
	own := result.Client(f)
	out := slices.DeleteFunc(slices.Clone(own.Reasons), func(r report.Reason) bool {
		return !IsAboutName(r.Rule) || strings.HasPrefix(r.Rule, "host-name-")
	})
	for i := range out {
		out[i].Evidence = a.evidence(out[i].Rule)
	}
	return out
}

// Weighed returns what a family of clients makes of a certificate for these reasons.
func Weighed(f report.Family, reasons []report.Reason) report.JudgedClient {
	return clientResult(f, slices.Clone(reasons))
}

// FixesOf returns the fixes of these ids, or groups of ids, with the name that users
// dial in their lines.
func FixesOf(ids []string, name string) []report.IdentityFix { return fixesOf(ids, name) }
