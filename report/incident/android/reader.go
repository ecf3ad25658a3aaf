// Package android reads what Android's own IKEv2 client logs, as adb logcat shows
// it. The app of strongSwan has charon's lines.
package android

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is Android.
var Product = event.Product{Name: "Android", Word: "android", Lines: Lines, New: func() event.Reader {
	return &event.Plain{Table: Lines, Claim: claim, After: after}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("android/lines.csv", linesCSV)

// tags are those of Android's VPN and of its IKE library.
var tags = []string{"IkeSession", "IkeSessionStateMachine", "ChildSessionStateMachine", "IkeV2VpnRunner", "Vpn", "IKE"}

func claim(l *event.Line) (string, map[string]string, bool) {
	for _, tag := range tags {
		if l.Program == tag {
			return l.Text, nil, true
		}
		if rest, ok := strings.CutPrefix(l.Text, tag+": "); ok && tag != "IKE" && tag != "Vpn" {
			return rest, nil, true
		}
	}
	return l.Text, nil, strings.Contains(l.Text, "android.net.ipsec.ike.") || strings.Contains(l.Text, "Exception: Required parameter was not provided: ")
}

func after(e *event.Event) { e.Side, e.Version = event.Initiator, 2 }
