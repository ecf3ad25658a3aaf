package libreswan

import (
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident"
)

// pairs are networks as pluto prints them at the end of a request:
// "{ESP <0x12345678} [192.0.2.0/24===198.51.100.0/24]".
var pairs = lazyregexp.New(`^sent (?:CREATE_CHILD_SA|IKE_AUTH) request .{0,400}\[([0-9A-Fa-f.:/]{3,90}===[0-9A-Fa-f.:/]{3,90})\]$`)

// networks notes which networks were asked for, and names them where they are refused.
func (r *reader) networks(e *incident.Event, sa, text string) {
	if m := pairs.FindStringSubmatch(text); m != nil {
		if len(r.wanted) >= maxQuick || r.wanted == nil {
			r.wanted = make(map[string]string)
		}
		r.wanted[sa] = m[1]
	}
	if e.Cause == "traffic-selectors" && e.Args["ts"] == "" || e.Cause == "child-refused" && e.Args["notify"] == "TS_UNACCEPTABLE" {
		e.Set("ts", r.wanted[sa])
	}
}
