// Package checkpoint reads log entries of Check Point's VPN blade.
package checkpoint

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is Check Point.
var Product = event.Product{Name: "Check Point", Word: "checkpoint", Lines: Lines, New: func() event.Reader {
	return &event.Plain{Table: Lines, Claim: claim, After: after, Key: func(e *event.Event) string { return e.Args["peer"] }}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("checkpoint/lines.csv", linesCSV)

var (
	begins = lazyregexp.New(`^(?:IKE: )?(?:Main Mode|Quick Mode|Auth exchange:|Initial exchange:|Child SA exchange:|encryption failure:)`)
	// field is a line of a list, as those of Windows' events: "Main Mode Filter ID: 0".
	field = lazyregexp.New(`^(?:Main|Quick) Mode [A-Za-z ]{1,40}:\s*(?:\d+|-)?$`)
	// debug is what iked.elg and vpnd.elg begin with.
	debug   = lazyregexp.New(`^\[(?:iked|vpnd)\d* \d+ \d+\]@\S{1,64}\[[^\]]{1,24}\]\s*(?:\[\w{1,16}\]\s*)?`)
	gateway = lazyregexp.New(`peer[ _]gateway[:=]{1,2} ?"?(\d+\.\d+\.\d+\.\d+)`)
	peer    = lazyregexp.New(`(?:peer gateway|peer_gateway|dst|peer)[:=] ?"?(\d+\.\d+\.\d+\.\d+)`)
)

func claim(l *event.Line) (string, map[string]string, bool) {
	s := l.Text
	mine := strings.Contains(s, "IKE: ") && (strings.Contains(s, "Main Mode") || strings.Contains(s, "Quick Mode") || strings.Contains(s, "exchange:")) ||
		begins.MatchString(s) && !field.MatchString(s) || strings.Contains(s, "vpn_feature_name") || strings.Contains(s, "scheme: IKE") || strings.Contains(s, "scheme:\"IKE")
	words := make(map[string]string)
	if head := debug.FindString(s); head != "" {
		return s[len(head):], words, true
	}
	if mine {
		if m := gateway.FindStringSubmatch(s); m != nil {
			words["peer"] = m[1]
		} else if m := peer.FindStringSubmatch(s); m != nil {
			words["peer"] = m[1]
		}
	}
	return s, words, mine
}

func after(e *event.Event) {
	e.Version = 1
	if strings.Contains(e.Text, "exchange:") || strings.Contains(e.Text, "[ikev2]") || strings.Contains(e.Text, "ikeChildSAExchange") {
		e.Version = 2
	}
	switch {
	case strings.Contains(e.Text, "Received notification from peer"), strings.Contains(e.Text, "Received Notification from Peer"):
		e.Side = event.Initiator
	case strings.Contains(e.Text, "Sending notification to peer"), strings.Contains(e.Text, "Sent Notification to Peer"):
		e.Side = event.Responder
	}
	if axis := e.Args["axis"]; axis != "" {
		e.Set("detail", axis+": received "+e.Args["got"])
	}
}
