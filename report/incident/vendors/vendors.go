// Package vendors reads the logs of gateways of which few messages are known: by what
// marks their lines, by tables of what their references list, and else by what a line says
// in general of IKE.
package vendors

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

//go:embed sonicwall.csv
var sonicwallCSV string

//go:embed huawei.csv
var huaweiCSV string

// sonicwall and huawei are the lines that are known; none are of the others.
var (
	sonicwall = event.NewTable("vendors/sonicwall.csv", sonicwallCSV)
	huawei    = event.NewTable("vendors/huawei.csv", huaweiCSV)
	none      = event.NewTable("vendors", "line,kind,side,phase,cause,sample,source\n")
)

// Products are the gateways.
func Products() []event.Product {
	return []event.Product{
		product("SonicWall", "sonicwall", sonicwall, func(l *event.Line) bool {
			return strings.Contains(l.Text, "id=firewall ") && strings.Contains(l.Text, " msg=")
		}),
		product("Huawei", "huawei", huawei, func(l *event.Line) bool {
			return strings.Contains(l.Text, "%%01IKE/") || strings.Contains(l.Text, "%%01IPSEC/") || strings.Contains(l.Text, "/IPSECNEGOFAIL") || strings.Contains(l.Text, "hwIPSec")
		}),
		product("WatchGuard", "watchguard", nil, func(l *event.Line) bool {
			return strings.Contains(l.Text, "<->") && between.MatchString(l.Text)
		}),
		product("Zyxel", "zyxel", nil, func(l *event.Line) bool { return strings.Contains(l.Text, " IKE_LOG") }),
		product("DrayTek", "draytek", nil, func(l *event.Line) bool {
			return strings.HasPrefix(l.Text, "Vigor: ") || l.Program == "Vigor" || strings.Contains(l.Text, "[IPsec][@")
		}),
		product("Aruba", "aruba", nil, func(l *event.Line) bool { return strings.Contains(l.Text, " |ike| ") }),
	}
}

func product(name, word string, lines *event.Table, mine func(l *event.Line) bool) event.Product {
	table := lines
	if table == nil {
		table = none
	}
	return event.Product{Name: name, Word: word, Lines: lines, New: func() event.Reader {
		return &event.Plain{Table: table, After: after, Claim: func(l *event.Line) (string, map[string]string, bool) {
			return l.Text, nil, mine(l)
		}}
	}}
}

var (
	// between are the two ends before a message of WatchGuard.
	between = lazyregexp.New(`^(?:iked(?:\[\d+\])?:? ?)?\(\d+\.\d+\.\d+\.\d+<->(\d+\.\d+\.\d+\.\d+)\)`)
	address = lazyregexp.New(`(?:PeerAddress=|<->|\bpeer )(\d+\.\d+\.\d+\.\d+)`)
	began   = lazyregexp.New(`(?i)IKE(?:v2)? Initiator: |as initiator|Send Main Mode request to|Send Aggressive Mode request to|Initiating IKE`)
	asked   = lazyregexp.New(`(?i)IKE(?:v2)? Responder: |as responder|Recv Main Mode request from|Recv Aggressive Mode request from`)
	first   = lazyregexp.New(`(?i)IKEv1|main mode|aggressive mode|quick mode`)
)

// after completes an event by what lines of all of them say alike.
func after(e *event.Event) {
	if m := address.FindStringSubmatch(e.Text); m != nil {
		e.Set("peer", m[1])
	}
	switch {
	case e.Side != "":
	case began.MatchString(e.Text):
		e.Side = event.Initiator
	case asked.MatchString(e.Text):
		e.Side = event.Responder
	}
	switch {
	case strings.Contains(e.Text, "IKEv2"), strings.Contains(e.Text, "ikev2"):
		e.Version = 2
	case first.MatchString(e.Text):
		e.Version = 1
	}
}
