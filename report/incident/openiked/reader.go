// Package openiked reads the log of OpenBSD's iked and of its portable version.
package openiked

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// Product is OpenIKED.
var Product = event.Product{Name: "OpenIKED", Word: "openiked", Program: "iked", Lines: Lines, Complete: true, New: func() event.Reader { return &reader{} }}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = event.NewTable("openiked/lines.csv", linesCSV)

// reader remembers what lines leave out: a line without an SPI is of the IKE SA
// of the line before, and the first one of an attempt to come is of the next.
type reader struct {
	spi     string
	waiting []event.Event
	// shared: the AUTH that is verified is that of a pre-shared key.
	shared bool
	// loading: certificates of this side are being loaded.
	loading bool
}

// functions are the beginnings of those that iked logs the names of.
var functions = []string{"ikev2_", "ca_", "config_", "sa_", "policy_", "proposals_", "ikev2:", "eap_", "dsa_", "pfkey_", "ocsp_", "parent_", "control_", "vroute_", "ikectl", "sa_free:"}

// Read implements [event.Reader].
func (r *reader) Read(l *event.Line) ([]event.Event, bool) {
	text := l.Text
	spi := ""
	mine := l.Program == "iked"
	if rest, found := strings.CutPrefix(text, "spi="); found {
		if word, after, found := strings.Cut(rest, ": "); found && strings.HasPrefix(word, "0x") {
			spi, text, mine = word, after, true
		}
	}
	for i := 0; i < len(functions) && !mine; i++ {
		mine = strings.HasPrefix(text, functions[i])
	}
	if !mine || l.Program == "xl2tpd" || strings.HasPrefix(text, "(") && strings.Contains(text, "<->") { // the latter are of Fireware's iked
		return nil, false
	}
	out := r.of(spi)
	if method, found := strings.CutPrefix(text, "ikev2_msg_authverify: method "); found {
		r.shared = strings.HasPrefix(method, "SHARED_KEY_MIC ")
		return out, true
	}
	if strings.HasPrefix(text, "ca_reload: ") {
		r.loading = strings.HasPrefix(text, "ca_reload: loaded cert file ")
	}
	row, words := Lines.FindOrNotify(text)
	if row == nil {
		return out, true
	}
	e := row.Event(l, words)
	e.Version = 2
	for _, name := range []string{"peer", "local"} {
		if at := e.Args[name]; at != "" {
			at, _, _ = strings.Cut(at, "[")
			if host, _, found := strings.Cut(at, ":"); found && strings.Count(at, ":") == 1 {
				at = host
			}
			e.Set(name, strings.Trim(at, "[]"))
		}
	}
	for _, name := range []string{"peer-id", "local-id"} {
		if at := e.Args[name]; at != "" { // "FQDN/lee"
			e.Set(name, strings.TrimSuffix(at, "]"))
		}
	}
	if e.Cause == "auth-failed" && r.shared {
		e.Kind, e.Cause = event.Root, "psk-mismatch"
	}
	if rest, found := strings.CutPrefix(text, "ca_validate_cert: "); found {
		name, _, _ := strings.Cut(rest, row.Template)
		e.Set("cert", strings.TrimSpace(name))
		if r.loading && e.Cause != "cert-invalid" && e.Cause != "cert-revoked" {
			return out, true // that it is not trusted here does not matter
		}
		if r.loading {
			e.Cause, e.Key = "own-cert", "own"
			e.Set("reason", row.Template)
			return append(out, e), true
		}
	}
	if e.Kind == event.Start && spi == "" {
		r.waiting = append(out, e)
		return nil, true
	}
	if spi == "" {
		spi = r.spi
	}
	if spi == "" { // of a release whose lines name none
		out, r.waiting = append(out, r.waiting...), nil
	}
	e.Set("spi", spi)
	e.Key = spi
	return append(out, e), true
}

// of notes that a line is of an IKE SA, and returns the events that waited for
// one.
func (r *reader) of(spi string) []event.Event {
	if spi == "" {
		return nil
	}
	if spi != r.spi {
		r.spi, r.shared = spi, false
	}
	out := r.waiting
	r.waiting = nil
	for i := range out {
		out[i].Key = spi
		out[i].Set("spi", spi)
	}
	return out
}

// End implements [event.Ender].
func (r *reader) End() []event.Event {
	out := r.waiting
	r.waiting = nil
	return out
}
