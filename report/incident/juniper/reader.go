// Package juniper reads what kmd and iked of Junos log.
package juniper

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is Juniper's Junos.
var Product = event.Product{Name: "Juniper", Word: "juniper", Lines: Lines, New: func() event.Reader {
	return &event.Plain{Table: Lines, Claim: claim, After: after, Key: func(e *event.Event) string { return e.Args["peer"] }}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("juniper/lines.csv", linesCSV)

var pairs = lazyregexp.New(`(IKE Version|VPN|Local|Remote|Local IKE-ID|Remote IKE-ID|Role): ([^,\s]+)`)

func claim(l *event.Line) (string, map[string]string, bool) {
	s := l.Text
	mine := l.Program == "kmd" || strings.Contains(s, "KMD_") || strings.HasPrefix(s, "IKE negotiation failed with error") ||
		strings.HasPrefix(s, "IKE Phase-1: ") || strings.HasPrefix(s, "IKE Phase-2: ") ||
		strings.Contains(s, "IKE Version: ") && strings.Contains(s, "VR-ID")
	return s, nil, mine
}

func after(e *event.Event) {
	for _, m := range pairs.FindAllStringSubmatch(e.Text, 16) {
		value := strings.TrimRight(m[2], ".")
		if value == "Not-Available" {
			continue
		}
		switch m[1] {
		case "IKE Version":
			switch value {
			case "1", "1.0", "v1":
				e.Version = 1
			case "2", "2.0", "v2":
				e.Version = 2
			}
		case "VPN":
			e.Set("conn", value)
		case "Local":
			at, _, _ := strings.Cut(value, "/")
			e.Set("local", at)
		case "Remote":
			at, _, _ := strings.Cut(value, "/")
			e.Set("peer", at)
		case "Local IKE-ID":
			e.Set("local-id", value)
		case "Remote IKE-ID":
			e.Set("peer-id", value)
		case "Role":
			if strings.HasPrefix(value, "Initiator") {
				e.Side = event.Initiator
			} else if strings.HasPrefix(value, "Responder") {
				e.Side = event.Responder
			}
		}
	}
}
