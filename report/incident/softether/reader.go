// Package softether reads the server log of SoftEther VPN: its IPsec module, which
// speaks IKEv1 and is always the responder, and the PPP sessions of L2TP inside it.
package softether

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is SoftEther VPN.
var Product = event.Product{Name: "SoftEther", Word: "softether", Lines: Lines, Complete: true, New: func() event.Reader {
	return &reader{clients: make(map[string]*client)}
}}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("softether/lines.csv", linesCSV)

// prefix is what stands before a message: the client's number, or its address in
// lines of PPP.
var prefix = lazyregexp.New(`^(?:LOG: )?(?:IPsec (?:Client (\d{1,9})|(?:IKE|ESP) Session \((?:IKE|IPsec) SA\) \d{1,9} \(Client: (\d{1,9})\)) \(([\w.:*-]{1,60}):\d{1,5} -> [^)]{1,60}\)|(?:\w{1,12} )?PPP Session \[([\w.:*-]{1,60}):\d{1,5}\]): ?`)

// maxClients bounds those that are remembered.
const maxClients = 4096

// client is how far one has come.
type client struct{ negotiated, floated, up, phase2 bool }

// reader remembers the clients by their numbers, and the numbers by their addresses.
type reader struct {
	clients map[string]*client
	byHost  map[string]string
}

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	if !strings.Contains(l.Text, "IPsec ") && !strings.Contains(l.Text, "PPP Session [") {
		return nil, false
	}
	m := prefix.FindStringSubmatch(l.Text)
	if m == nil {
		return nil, strings.HasPrefix(l.Text, "IPsec Module: ")
	}
	number, host, text := m[1]+m[2], m[3]+m[4], strings.TrimSpace(l.Text[len(m[0]):])
	if number == "" {
		number = r.byHost[host]
	} else {
		if len(r.byHost) >= maxClients || r.byHost == nil {
			r.byHost = make(map[string]string)
		}
		r.byHost[host] = number
	}
	c := r.clients[number]
	if c == nil {
		if len(r.clients) >= maxClients {
			clear(r.clients)
		}
		c = &client{}
		r.clients[number] = c
	}
	row, words := Lines.Find(text)
	if row == nil {
		return nil, true
	}
	e := row.Event(l, words)
	e.Side, e.Version, e.Key = event.Responder, 1, number
	e.Set("peer", host)
	switch {
	case strings.HasPrefix(text, "A new IKE SA ("):
		c.negotiated = true
	case e.Phase == event.PhaseChild:
		c.phase2 = true
	case strings.HasPrefix(text, "The port number information"):
		c.floated = true
	case e.Kind == event.IKEUp || e.Kind == event.Up:
		c.up = true
	case strings.HasPrefix(text, "This IPsec Client is deleted"):
		delete(r.clients, number)
		switch {
		case c.up && !c.phase2: // it was silent
			e.Kind, e.Cause = event.Root, "v1-peer-quiet"
		case c.up: // at its request, or because it was silent
		case c.negotiated && c.floated: // its last message of phase 1 came, and was not taken
			e.Kind, e.Cause, e.Phase = event.Sign, "phase1-keyed", event.PhaseAuth
		case c.negotiated:
			e.Kind, e.Cause, e.Phase = event.Sign, "phase1-unanswered", event.PhaseInit
		}
	}
	return []event.Event{e}, true
}
