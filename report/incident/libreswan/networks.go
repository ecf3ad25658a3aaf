package libreswan

import (
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// pairs are networks as pluto prints them at the end of a request:
// "{ESP <0x12345678} [192.0.2.0/24===198.51.100.0/24]".
var pairs = lazyregexp.New(`^sent (?:CREATE_CHILD_SA|IKE_AUTH) request .{0,400}\[([0-9A-Fa-f.:/]{3,90}===[0-9A-Fa-f.:/]{3,90})\]$`)

// note remembers which networks an SA was asked for.
func (r *reader) note(sa, text string) {
	m := pairs.FindStringSubmatch(text)
	if m == nil {
		return
	}
	if len(r.wanted) >= maxQuick || r.wanted == nil {
		r.wanted = make(map[string]string)
	}
	r.wanted[sa] = m[1]
}

// networks names those that were asked for where they are refused.
func (r *reader) networks(e *event.Event, sa string) {
	if e.Cause == "traffic-selectors" && e.Args["ts"] == "" || e.Cause == "child-refused" && e.Args["notify"] == "TS_UNACCEPTABLE" {
		e.Set("ts", r.wanted[sa])
	}
}
