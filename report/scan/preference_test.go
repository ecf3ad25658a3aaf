package scan

import (
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/choice"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
)

// TestFollowsKE: what is known of the KE payload's method is read back from the
// two fields of the document.
func TestFollowsKE(t *testing.T) {
	chosen := reporttest.Suite(t, "aes256-sha256-prfsha256-modp2048")
	for _, known := range []choice.Known{choice.Unknown, choice.Yes, choice.No} {
		pref := newPreference(evidence.Preference{FollowsKE: known, Suite: chosen})
		if pref.FollowsKE && pref.MayFollowKE {
			t.Errorf("%v is written as both", known)
		}
		if got := assess.ChoiceOf(&report.Target{Matrix: &report.Matrix{}, Preference: pref}).FollowsKE; got != known {
			t.Errorf("%v is read back as %v", known, got)
		}
	}
	if pref := newPreference(evidence.Preference{}); pref.FollowsKE || pref.MayFollowKE {
		t.Errorf("where nothing was chosen it is %+v", pref)
	}
}
