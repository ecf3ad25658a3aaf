package logtext

import (
	"testing"
	"time"
)

// Times of the products: charon's with the time_format of strongSwan's documentation
// (logger configuration), and those of macOS's Console.
func TestStamp(t *testing.T) {
	for in, want := range map[string]string{
		"Mon, 2026-05-10, 16:19:17 14[NET] x":     "2026-05-10T16:19:17Z 14[NET] x",
		"2026-05-10T16:19:17 14[NET] x":           "2026-05-10T16:19:17Z 14[NET] x",
		"11/3/26 3:08:02.674 PM racoon[36]: x":    "2026-11-03T15:08:02Z racoon[36]: x",
		"11/3/26 12:08:02.674 AM racoon[36]: x":   "2026-11-03T00:08:02Z racoon[36]: x",
		"date=2026-11-03 time=09:00:35 devid=x":   "2026-11-03T09:00:35Z devid=x",
		"11-03 18:10:05.883  2439 21126 E IKE: x": "0004-11-03T18:10:05Z 2439 21126 E IKE: x",
	} {
		at, _, rest, ok := Stamp(in)
		if got := at.Format(time.RFC3339) + " " + rest; !ok || got != want {
			t.Errorf("%q: %q, %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"11/3/26 3:08:02 racoon", "13/3/26 3:08:02 PM racoon", "1/2 of it", "11/3/26 13:08:02 PM x", "date=12:00:00 x time=y"} {
		if at, _, _, ok := Stamp(in); ok {
			t.Errorf("%q: %v", in, at)
		}
	}
}

// Logs in descending order, and what only looks so.
func TestOrder(t *testing.T) {
	at := func(seconds ...int) bool {
		var o Order
		for _, s := range seconds {
			o.Add(time.Date(2026, 11, 30, 0, 0, s, 0, time.UTC))
		}
		return o.Backwards()
	}
	for name, test := range map[string]struct {
		seconds []int
		want    bool
	}{
		"few lines, one step back": {[]int{36, 36, 36, 36, 6, 6, 6, 6}, true},
		"fewer":                    {[]int{36, 36, 6, 6}, false},
		"a step back, and on":      {[]int{36, 36, 37, 37, 6, 6, 6, 6}, false},
		"midnight":                 {[]int{86399, 86399, 86399, 86399, 0, 0, 0, 0}, false},
		"many":                     {[]int{9, 8, 7, 6, 5}, true},
		"one time":                 {[]int{9, 9, 9, 9, 9, 9, 9, 9, 9}, false},
	} {
		if got := at(test.seconds...); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
