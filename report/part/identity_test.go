package part

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// TestPartAsked: that only a part of the suites was asked about is said where it is so, and
// not where a scan of all was interrupted.
func TestPartAsked(t *testing.T) {
	named := []string{"aes256gcm16-prfsha384-ecp384"}
	asked := func(u *matrix.Universe) []string { return lists.Convert(u.Products(), proposals.Product.String) }
	for name, tt := range map[string]struct {
		asked     []string
		undecided string
		want      string
	}{
		"quick":                       {asked(matrix.Quick()), "", "algorithms in use"},
		"quick, interrupted":          {asked(matrix.Quick()), named[0], "algorithms in use"},
		"standard":                    {asked(matrix.Standard()), "", ""},
		"standard, interrupted":       {asked(matrix.Standard()), named[0], ""},
		"deep":                        {asked(matrix.Deep()), "", ""},
		"some named":                  {named, "", "a part of the suites"},
		"all of one axis, else quick": {asked(matrix.Quick(0)), "", "a part of the suites"},
	} {
		target := report.Target{Identity: &report.Identity{}, Matrix: &report.Matrix{Asked: tt.asked, Undecided: []report.UndecidedSuites{{Suites: tt.undecided}}}}
		who, err := Identity(&report.Document{Targets: []report.Target{target}}).At(0)
		if err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(who.Notes, " "); (notes != "") != (tt.want != "") || !strings.Contains(notes, tt.want) {
			t.Errorf("%s: %q", name, notes)
		}
	}
}
