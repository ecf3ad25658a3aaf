package windows

import (
	"cmp"
	_ "embed"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
	"github.com/ikescope/ikescope/report/incident/event"
)

//go:embed nps.csv
var npsCSV string

// npsReasons are the reason codes of NPS, by number.
var npsReasons = sync.OnceValue(func() map[string]table.Row {
	out := make(map[string]table.Row)
	for _, f := range table.MustRead("windows/nps.csv", npsCSV, "code", "cause", "words", "source") {
		out[f["code"]] = f
	}
	return out
})

// account returns the name of one, "" if it stands for none.
func account(value string) string { return strings.Trim(value, "-") }

// nps reads the reason code of an event 6273 of the Network Policy Server.
func (r *reader) nps(l *event.Line, code string) ([]event.Event, bool) {
	reason, ok := npsReasons()[code]
	if !ok && (r.details == nil || code == "" || code == "0") {
		return nil, r.details != nil
	}
	e := l.Event(event.Root)
	e.Stamp = cmp.Or(e.Stamp, r.stamp)
	e.Side, e.Phase, e.Cause = event.Responder, event.PhaseEAP, "radius-refused"
	e.Set("code", code)
	if ok {
		e.Cause = reason["cause"]
		e.Set("reason", reason["words"])
	}
	user := cmp.Or(account(r.details["account name"]), account(r.details["fully qualified account name"]))
	e.Set("user", user)
	e.Set("peer", r.details["client ip address"])
	e.Key = "nps " + user
	r.details = nil
	return []event.Event{e}, true
}
