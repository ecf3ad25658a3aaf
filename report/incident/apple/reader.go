// Package apple reads what macOS and iOS log of IKEv2 (NEIKEv2Provider, neagent
// and the NetworkExtension framework), and the texts of their dialogues.
package apple

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is macOS and iOS.
var Product = event.Product{Name: "macOS", Word: "macos", Lines: Lines, New: func() event.Reader {
	return &event.Plain{Table: Lines, Claim: claim, After: after, Key: func(*event.Event) string { return "" }}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("apple/lines.csv", linesCSV)

// ofApple are words of lines of macOS and iOS that are about IKEv2.
var ofApple = []string{"NEIKEv2", "IKEv2 Plugin", "NEVPN", "IKEv2IKESA", "IKEv2Session", "ikev2_", "neagent", "nesessionmanager", "NESMIKEv2", "[Extension com.apple.NetworkExtension.IKEv2", "com.apple.networkextension"}

// dialogues are the beginnings of the texts that are shown.
var dialogues = lazyregexp.New(`^(?:VPN Connection\W+)?(?:The VPN server|The L2TP-VPN server|The VPN Shared Secret|User Authentication failed|Negotiation with the VPN server|The server certificate|Could not validate the server certificate|The server could not be found|The VPN connection|An unexpected error occurred|Authentication failed|A network change was detected|The certificate|Could not start VPN)`)

func claim(l *event.Line) (string, map[string]string, bool) {
	s := l.Text
	if l.Program == "neagent" || l.Program == "nesessionmanager" || l.Program == "NEIKEv2Provider" {
		return withDomain(s), nil, true
	}
	if strings.Contains(s, "iked[") || elsewhere.MatchString(s) { // whose functions have such names too
		return "", nil, false
	}
	for _, word := range ofApple {
		if strings.Contains(s, word) {
			return withDomain(s), nil, true
		}
	}
	if l.Program == "" && dialogues.MatchString(s) {
		return s, nil, true
	}
	return "", nil, false
}

// elsewhere is what VPP puts before a message, its function and the line in it, or
// DrayTek's `## IKEv2 DBG`.
var elsewhere = lazyregexp.New(`\bikev2_[a-z_]+:\d+: |## IKEv2 DBG`)

// domain is an error of the framework as dialogues and logs write it.
var domain = lazyregexp.New(`(NEVPN(?:Connection)?ErrorDomain|NEIKEv2ErrorDomain)\W+(?:[Cc]ode[= ]|error )(-?\d+)`)

// withDomain writes the errors in a line in one form.
func withDomain(s string) string {
	if !strings.Contains(s, "ErrorDomain") {
		return s
	}
	return domain.ReplaceAllString(s, "$1 Code=$2 ")
}

func after(e *event.Event) {
	e.Side, e.Version = event.Initiator, 2
	if strings.Contains(e.Text, "L2TP") {
		e.Version = 1
	} else if strings.Contains(e.Text, "Shared Secret") || !strings.Contains(e.Text, "IKEv2") && e.Args["dialogue"] != "" {
		e.Version = 0
	}
	if at := e.Args["peer"]; at != "" {
		if i := strings.LastIndexByte(at, ':'); i > 0 && strings.Count(at, ":") == 1 {
			e.Set("peer", at[:i])
		}
	}
}
