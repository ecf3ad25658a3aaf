package logtext

import (
	"strings"
	"time"
)

// Stamp takes a time from the beginning of s. A time without a date has the
// year 0, one without a year the year 4, which has a 29 February.
func Stamp(s string) (at time.Time, text, rest string, ok bool) {
	in := s
	s = strings.TrimLeft(s, "*.[") // Cisco's clock that is not set; brackets
	// FortiOS: "date=2026-11-03 time=09:00:00".
	if date, after, found := strings.Cut(strings.TrimPrefix(s, "date="), " time="); found && len(date) == len("2026-11-03") && strings.HasPrefix(s, "date=") {
		at, _, rest, ok = Stamp(date + " " + after)
		if !ok || len(rest) > len(after) { // a clock where the date should be
			return at, "", in, false
		}
		return at, date + " " + after[:len(after)-len(rest)], strings.TrimLeft(rest, " "), true
	}
	if day, after, found := strings.Cut(s, " "); found && isWeekday(strings.TrimSuffix(day, ",")) {
		s = strings.TrimLeft(after, " ")
	}
	p := parser{s: s}
	var date, clock, halves bool
	year, month, day := 0, 1, 1
	switch {
	case p.month(&month): // "Nov  3", "nov/03/2026"
		date = (p.skip(" /") && p.number(&day, 1, 2))
		year = 4
		if p.try('/') {
			if !p.number(&year, 4, 4) {
				year = 4
			}
		} else if mark := p; p.skip(" ") && p.number(&year, 4, 4) && (p.at(' ') || p.at(',')) {
			p.skip(",")
		} else {
			p, year = mark, 4
		}
	case p.number(&year, 4, 4) && (p.try('-') || p.try('/')): // 2026-11-03
		date = p.number(&month, 2, 2) && (p.try('-') || p.try('/')) && p.number(&day, 2, 2)
		if !date {
			return at, "", in, false
		}
	default:
		p = parser{s: s}
		year = 0
		if mark := p; p.number(&month, 2, 2) && p.try('-') && p.number(&day, 2, 2) && p.at(' ') { // logcat
			date, year = true, 4
		} else {
			p, month, day = mark, 1, 1
		}
		if mark := p; !date {
			if p.number(&month, 1, 2) && p.try('/') && p.number(&day, 1, 2) && p.try('/') && p.number(&year, 2, 4) && p.at(' ') { // of macOS's Console: "11/3/26 3:08:02 PM"
				date, halves = true, true
				if year < 100 {
					year += 2000
				}
			} else {
				p, month, day, year = mark, 1, 1, 0
			}
		}
	}
	if date && !p.try('T') && !p.skip(" ,") {
		return at, "", in, false
	}
	hour, minute, second, nanos := 0, 0, 0, 0
	clock = p.number(&hour, 1, 2) && p.try(':') && p.number(&minute, 2, 2) && p.try(':') && p.number(&second, 2, 2)
	if !clock || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return at, "", in, false
	}
	if p.at('.') || p.at(',') {
		mark := p
		p.i++
		digits := p.i
		for scale := 100_000_000; p.i < len(s) && '0' <= s[p.i] && s[p.i] <= '9'; p.i++ {
			nanos += int(s[p.i]-'0') * scale
			scale /= 10
		}
		if p.i == digits {
			p, nanos = mark, 0
		}
	}
	if halves {
		switch rest := s[p.i:]; {
		case hour < 1 || hour > 12:
			return at, "", in, false
		case strings.HasPrefix(rest, " PM"):
			hour = hour%12 + 12
		case strings.HasPrefix(rest, " AM"):
			hour %= 12
		default:
			return at, "", in, false
		}
		p.i += len(" PM")
	}
	zone := time.UTC
	p.zone(&zone)
	if year == 4 { // Cisco: "Nov  3 2026" is above; ctime has its year here
		if mark := p; !p.skip(" ") || !p.number(&year, 4, 4) || year < 1990 || year > 2100 {
			p, year = mark, 4
		}
	}
	if p.i < len(s) && !strings.ContainsRune(" :]\t,|;", rune(s[p.i])) {
		return at, "", in, false
	}
	at = time.Date(year, time.Month(month), day, hour, minute, second, nanos, zone).UTC()
	text = s[:p.i]
	rest = strings.TrimLeft(s[p.i:], " :]\t,;")
	return at, text, rest, true
}

func isWeekday(s string) bool {
	switch s {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

// parser reads the parts of a time.
type parser struct {
	s string
	i int
}

func (p *parser) at(c byte) bool { return p.i < len(p.s) && p.s[p.i] == c }

func (p *parser) try(c byte) bool {
	if p.at(c) {
		p.i++
		return true
	}
	return false
}

// skip passes over characters of set, of which there has to be one.
func (p *parser) skip(set string) bool {
	from := p.i
	for p.i < len(p.s) && strings.IndexByte(set, p.s[p.i]) >= 0 {
		p.i++
	}
	return p.i > from
}

func (p *parser) number(out *int, least, most int) bool {
	n, i := 0, p.i
	for i < len(p.s) && i-p.i < most && '0' <= p.s[i] && p.s[i] <= '9' {
		n = n*10 + int(p.s[i]-'0')
		i++
	}
	if i-p.i < least {
		return false
	}
	*out, p.i = n, i
	return true
}

func (p *parser) month(out *int) bool {
	if len(p.s)-p.i < 4 {
		return false
	}
	const months = "janfebmaraprmayjunjulaugsepoctnovdec"
	name := strings.ToLower(p.s[p.i : p.i+3])
	for i := 0; i < len(months); i += 3 {
		if name == months[i:i+3] && (p.s[p.i+3] == ' ' || p.s[p.i+3] == '/') {
			*out, p.i = i/3+1, p.i+3
			return true
		}
	}
	return false
}

// zone reads "Z", "+01:00", "-0800" or " UTC".
func (p *parser) zone(out **time.Location) {
	if p.try('Z') {
		return
	}
	if strings.HasPrefix(p.s[p.i:], " UTC") || strings.HasPrefix(p.s[p.i:], " GMT") {
		p.i += 4
		return
	}
	q := *p
	if q.i+1 < len(q.s) && q.s[q.i] == ' ' && (q.s[q.i+1] == '+' || q.s[q.i+1] == '-') {
		q.i++
	}
	sign := 1
	if q.at('-') {
		sign = -1
	}
	if !q.try('+') && !q.try('-') {
		return
	}
	var hours, minutes int
	if !q.number(&hours, 2, 2) {
		return
	}
	q.try(':')
	if !q.number(&minutes, 2, 2) || hours > 14 || minutes > 59 {
		return
	}
	*out = time.FixedZone("", sign*(hours*3600+minutes*60))
	*p = q
}

// Zoned reports whether a time stamp ends with a time zone.
func Zoned(stamp string) bool {
	n := len(stamp)
	return n > 6 && (stamp[n-1] == 'Z' || stamp[n-1] == 'C' || stamp[n-3] == ':' && (stamp[n-6] == '+' || stamp[n-6] == '-') || stamp[n-5] == '+' || stamp[n-5] == '-' && n > 19)
}
