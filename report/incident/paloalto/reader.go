// Package paloalto reads the system log of PAN-OS about VPNs, and ikemgr.log.
package paloalto

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Product is Palo Alto's PAN-OS.
var Product = event.Product{Name: "Palo Alto", Word: "paloalto", Lines: Lines, New: func() event.Reader {
	return &reader{plain: event.Plain{Table: Lines, Claim: claim, After: after, Key: key}}
}}

// reader puts a message of ikemgr.log together with the line below it, which names the SA
// and why it failed.
type reader struct {
	plain event.Plain
	head  *event.Line // a message whose second line may follow
}

// headed is a message that has a second line.
var headed = lazyregexp.New(`====> (?:PHASE-[12]|IKEv2 (?:IKE|CHILD) SA) NEGOTIATION FAILED AS `)

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	if r.head != nil && l.Stamp == "" && strings.HasPrefix(l.Text, "====> Failed SA: ") {
		whole := *r.head
		r.head = nil
		whole.Text += " " + l.Text
		return r.plain.Read(&whole)
	}
	out := r.End()
	if _, _, mine := claim(l); mine && headed.MatchString(clip(l.Text, 200)) {
		head := *l
		r.head = &head
		return out, true
	}
	events, mine := r.plain.Read(l)
	return append(out, events...), mine || len(out) > 0
}

// End implements [event.Ender]: a message that nothing follows.
func (r *reader) End() []event.Event {
	if r.head == nil {
		return nil
	}
	events, _ := r.plain.Read(r.head)
	r.head = nil
	return events
}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("paloalto/lines.csv", linesCSV)

var (
	// name is that of an event of the system log.
	name = lazyregexp.New(`\b(ike(?:v2)?-(?:nego|send|recv|config|generic|dpd|err|gateway|ike|child)[a-z0-9-]*|ipsec-key-(?:install|expire|delete)|ikev2-[a-z0-9-]+)\b`)
	// manager is what stands before a message of ikemgr.log: "[PERR]: { 1: }: ".
	manager = lazyregexp.New(`^(?:[+-]\d{4} +)?\[(PNTF|PERR|PWRN|PROTO_ERR|PROTO_NOTIFY|PROTO_WARN|INFO|DEBG|DEBUG|ERR|WARN|DUMP)\]: *(?:\{ *\d* *: *\d* *\}: *)?`)
	// columns are those of the CLI, "info vpn gw1 ike-recv-notify 0 ".
	columns = lazyregexp.New(`(?:^|\s)(?:ike|ikev2|ipsec)-[a-z0-9-]+ 0 (?:IKE|ike|\S+ ?negotiation|recei|sen)`)
	gateway = lazyregexp.New(`\[([\w.-]{1,64})\]: `)
	within  = lazyregexp.New(`IKE(?:v2 (?:IKE|child)| phase-[12]) (?:SA )?negotiation is (?:started|failed|succeeded) as (?:initiator|responder)`)
	pair    = lazyregexp.New(`(\d+\.\d+\.\d+\.\d+)\[\d+\]-(\d+\.\d+\.\d+\.\d+)\[\d+\]`)
)

func claim(l *event.Line) (string, map[string]string, bool) {
	s := l.Text
	words := make(map[string]string)
	mine := false
	if strings.Contains(clip(s, 16), "[") {
		if m := manager.FindString(s); m != "" {
			s, mine = s[len(m):], true
		}
	}
	if mine {
	} else if !strings.Contains(s, "ike") && !strings.Contains(s, "IKE") && !strings.Contains(s, "ipsec-key-") && l.Program != "ikemgr" {
		return "", nil, false
	} else if m := name.FindString(clip(s, 400)); m != "" && (strings.HasPrefix(s, m) || strings.Contains(s, ",SYSTEM,vpn,") || strings.Contains(s, ",vpn,") || strings.HasPrefix(s, "Event: ") || columns.MatchString(clip(s, 200))) {
		mine = true
	} else if strings.HasPrefix(s, "IKEv2 ") || strings.HasPrefix(s, "IKE phase-") {
		mine = strings.Contains(s, "negotiation") || strings.Contains(s, "SA is")
	} else if l.Program == "ikemgr" || within.MatchString(clip(s, 200)) {
		mine = true
	}
	if !mine {
		return "", nil, false
	}
	if m := gateway.FindStringSubmatch(s); m != nil {
		words["conn"] = m[1]
	}
	if m := pair.FindStringSubmatch(s); m != nil {
		words["local"], words["peer"] = m[1], m[2]
	}
	return s, words, mine
}

func clip(s string, n int) string { return s[:min(n, len(s))] }

func key(e *event.Event) string { return e.Args["conn"] }

func after(e *event.Event) {
	switch {
	case strings.Contains(e.Text, "IKEv2"), strings.Contains(e.Text, "ikev2"):
		e.Version = 2
	case strings.Contains(e.Text, "phase-1"), strings.Contains(e.Text, "PHASE-1"), strings.Contains(e.Text, "PHASE-2"), strings.Contains(e.Text, "phase-2"), strings.Contains(e.Text, "ike-nego-p"):
		e.Version = 1
	}
	switch {
	case strings.Contains(e.Text, "as responder"), strings.Contains(e.Text, " AS RESPONDER"):
		e.Side = event.Responder
	case strings.Contains(e.Text, "as initiator"), strings.Contains(e.Text, " AS INITIATOR"):
		e.Side = event.Initiator
	}
	if e.Kind == event.Gone && e.Phase == "" && strings.Contains(e.Text, ":0000000000000000") { // no SPI of the responder
		e.Phase = event.PhaseInit
	}
	if want, got := e.Args["want"], e.Args["got"]; e.Kind == event.Try && got != "" {
		axis := map[string]offered.Axis{"enctype": offered.Cipher, "hashtype": offered.Integrity, "dh_group": offered.Exchange}[e.Args["axis"]]
		e.Set("detail", offered.Gap{Axis: axis, Got: []string{got}, Want: []string{want}}.String())
		if axis == "" {
			delete(e.Args, "detail")
		}
	} else if want != "" && e.Cause == "ike-proposal" {
		e.Set("detail", axisOf(e)+": "+want+" is configured here and is not in the offer")
	}
}

// axisOf names the axis of an event ikev2-nego-...-mismatch, which tells what
// is configured and not what came.
func axisOf(e *event.Event) string {
	switch {
	case strings.Contains(e.Text, "encryption"):
		return string(offered.Cipher)
	case strings.Contains(e.Text, "DH group"):
		return string(offered.Exchange)
	}
	return string(offered.Integrity)
}
