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
	last := "" // the peer of the line before
	return &event.Plain{Table: Lines, Claim: claim, After: after, Key: func(e *event.Event) string {
		if at := e.Args["peer"]; at != "" {
			last = at
		}
		return last
	}}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("juniper/lines.csv", linesCSV)

var pairs = lazyregexp.New(`(IKE Version|VPN|Local|Remote|Local IKE-ID|Remote IKE-ID|Role): ([^,\s]+)`)

var (
	// traced is what stands before a message of iked's traceoptions.
	traced = lazyregexp.New(`^\[([0-9A-Fa-f.:]{2,45}) <-> ([0-9A-Fa-f.:]{2,45})\] +`)
	ends   = lazyregexp.New(`(?i)\blocal(?: gateway)? ?[:=]? ?([0-9.]{7,15}).{0,40}\bremote(?: peer| gateway)? ?[:=]? ?([0-9.]{7,15})`)
	remote = lazyregexp.New(`\bremote peer: ?([0-9.]{7,15})`)
)

func claim(l *event.Line) (string, map[string]string, bool) {
	s := l.Text
	if m := traced.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(s[len(m[0]):]), map[string]string{"local": m[1], "peer": m[2]}, true
	}
	mine := l.Program == "kmd" || strings.HasPrefix(s, "ikev2_packet_") || strings.HasPrefix(s, "ikev2_udp_") || strings.HasPrefix(s, "iked_pm_") || strings.Contains(s, "KMD_") || strings.HasPrefix(s, "IKE negotiation failed with error") ||
		strings.HasPrefix(s, "IKE Phase-1: ") || strings.HasPrefix(s, "IKE Phase-2: ") ||
		strings.Contains(s, "IKE Version: ") && strings.Contains(s, "VR-ID")
	return s, nil, mine
}

func after(e *event.Event) {
	if m := ends.FindStringSubmatch(e.Text); m != nil && e.Args["peer"] == "" {
		e.Set("local", m[1])
		e.Set("peer", m[2])
	} else if m := remote.FindStringSubmatch(e.Text); m != nil && e.Args["peer"] == "" {
		e.Set("peer", m[1])
	}
	switch {
	case strings.HasPrefix(e.Text, "IKE Phase-1: (Initiator)"):
		e.Side = event.Initiator
	case strings.HasPrefix(e.Text, "IKE Phase-1: (Responder)"):
		e.Side = event.Responder
	}
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
