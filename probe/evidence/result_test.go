package evidence

import "testing"

func TestString(t *testing.T) {
	for got, want := range map[string]string{
		VerdictNotIKE.String(): "not_ike",
		Verdict(9).String():    "Verdict(9)",
		PurposeClose.String():  "close",
		Purpose(9).String():    "Purpose(9)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
