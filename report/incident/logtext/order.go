package logtext

import "time"

// Order follows the times of lines, to tell whether later lines are older.
type Order struct {
	before time.Time
	lines  int
	later  int // lines whose time is later than that before, less those earlier
	rises  bool
	falls  bool
}

const (
	// halfDay is longer than the time of a line goes back without its being midnight.
	halfDay = 12 * time.Hour
	// leastReversed is how many lines tell a log in descending order from a clock that
	// was set back.
	leastReversed = 8
)

// Add takes the time of the next line.
func (o *Order) Add(t time.Time) {
	o.lines++
	o.later += t.Compare(o.before)
	if !o.before.IsZero() {
		o.falls = o.falls || t.Before(o.before)
		o.rises = o.rises || t.After(o.before) || o.before.Sub(t) > halfDay
	}
	o.before = t
}

// Backwards reports whether later lines are older: several are, or some and none is not.
func (o *Order) Backwards() bool {
	return o.later < -2 || o.falls && !o.rises && o.lines >= leastReversed
}

// Between returns by how much y is after x, if that can be told: both have a
// date, or neither, or the time of day is all that one has.
func Between(x, y time.Time) (time.Duration, bool) {
	if x.IsZero() || y.IsZero() {
		return 0, false
	}
	if x.Year() > 4 && y.Year() > 4 {
		return y.Sub(x), true
	}
	if x.Year() == y.Year() {
		return y.Sub(x), true
	}
	if x.Year() == 0 || y.Year() == 0 { // times of day
		day := func(t time.Time) time.Duration {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
		}
		return day(y) - day(x), true
	}
	// One lacks the year.
	return y.AddDate(x.Year()-y.Year(), 0, 0).Sub(x), true
}
