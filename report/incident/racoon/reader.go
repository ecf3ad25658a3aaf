// Package racoon reads the log of racoon, of ipsec-tools and in products, which
// speaks IKEv1 alone.
package racoon

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Product is racoon.
var Product = event.Product{Name: "racoon", Word: "racoon", Program: "racoon", Lines: Lines, Folds: true, New: func() event.Reader {
	queued := "" // the peer of a request that waits for phase 1, which then begins
	return &event.Plain{Table: Lines, Claim: claim, After: func(e *event.Event) {
		after(e)
		switch {
		case strings.Contains(e.Text, "queued due to no phase1 found"):
			queued = e.Args["peer"]
		case e.Kind == event.Start && e.Args["peer"] == queued && strings.Contains(e.Text, "initiate new phase 1 negotiation"):
			e.Kind, queued = event.Step, ""
		}
	}}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("racoon/lines.csv", linesCSV)

// placed is what racoon puts before a message: "ERROR: isakmp.c:1433:function(): ".
var placed = lazyregexp.New(`^(?:\[?(?:PROTO_)?(?:ERROR|ERR|WARN|NOTIFY|INFO|DEBUG|WARNING)\]?: )(?:[a-z_0-9]+\.c:\d+:)?`)

func claim(l *event.Line) (string, map[string]string, bool) {
	text := l.Text
	mine := l.Program == "racoon"
	if !mine {
		text, mine = strings.CutPrefix(text, "racoon: ")
	}
	if !mine && placed.MatchString(text) {
		// What racoon prints itself: its level, and where in its source.
		row, _ := Lines.Find(text)
		mine = row != nil || strings.Contains(text, "isakmp") || strings.Contains(text, "ipsec_doi") || strings.Contains(text, "IPsec-SA")
	}
	return text, nil, mine
}

// axes are how lines name what does not meet.
var axes = []struct {
	word string
	axis offered.Axis
}{
	{"enctype", offered.Cipher}, {"trns_id", offered.Cipher}, {"hashtype", offered.Integrity}, {"authtype", offered.Integrity},
	{"dh_group", offered.Exchange}, {"pfs group", offered.Exchange},
}

func after(e *event.Event) {
	e.Version = 1
	if strings.Contains(e.Text, ":0000000000000000") && (e.Kind == event.Again || e.Kind == event.Gone) {
		e.Side = event.Initiator // who answers has a cookie of its own
	}
	for _, name := range []string{"peer", "local"} {
		if at := e.Args[name]; at != "" {
			at, _, _ = strings.Cut(at, "[")
			e.Set(name, at)
		}
	}
	switch {
	case strings.Contains(e.Text, "Identity Protection"):
		e.Set("exchange", "Main Mode")
	case strings.Contains(e.Text, "Aggressive"):
		e.Set("exchange", "Aggressive Mode")
	}
	for _, a := range axes {
		if got := e.Args["got"]; got != "" && strings.Contains(e.Text, a.word) {
			e.Set("axis", string(a.axis))
			e.Set("detail", offered.Gap{Axis: a.axis, Got: []string{got}, Want: []string{e.Args["want"]}}.String())
		}
	}
}
