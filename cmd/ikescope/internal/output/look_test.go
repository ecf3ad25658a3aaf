package output

import (
	"bytes"
	"testing"
)

// TestLook: the flag counts more than NO_COLOR, that more than FORCE_COLOR, and
// without any of them what is not a terminal has no colours.
func TestLook(t *testing.T) {
	for _, test := range []struct {
		flag      Color
		no, force string
		want      bool
	}{
		{"", "", "", false},
		{ColorAuto, "", "", false},
		{ColorAuto, "", "1", true},
		{ColorAuto, "", "0", false},
		{ColorAuto, "1", "1", false},
		{ColorAlways, "1", "", true},
		{ColorNever, "", "1", false},
	} {
		t.Setenv("NO_COLOR", test.no)
		t.Setenv("FORCE_COLOR", test.force)
		if got := Look(new(bytes.Buffer), 70, test.flag); got.Color != test.want || got.Width != 70 {
			t.Errorf("%+v: %+v", test, got)
		}
	}
	if got := Look(new(bytes.Buffer), 0, ""); got.Width != 0 {
		t.Errorf("without a terminal the width is %d", got.Width)
	}
}
