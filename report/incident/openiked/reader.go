// Package openiked reads the log of OpenBSD's iked and of its portable version.
package openiked

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/report/incident"
)

// Product is OpenIKED.
var Product = incident.Product{Name: "OpenIKED", Word: "openiked", Lines: Lines, New: func() incident.Reader { return reader{} }}

//go:embed lines.csv
var linesCSV string

// Lines are the lines that are known.
var Lines = incident.NewTable("openiked/lines.csv", linesCSV)

type reader struct{}

// functions are the beginnings of those that iked logs the names of.
var functions = []string{"ikev2_", "ca_", "config_", "sa_", "policy_", "proposals_", "ikev2:", "eap_", "dsa_", "pfkey_", "ocsp_", "parent_", "control_", "vroute_", "ikectl", "sa_free:"}

// Read implements [incident.Reader].
func (reader) Read(l *incident.Line) ([]incident.Event, bool) {
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
	if !mine {
		return nil, false
	}
	row, words := Lines.FindOrCommon(text)
	if row == nil {
		return nil, true
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
	e.Set("spi", spi)
	e.Key = spi
	return []incident.Event{e}, true
}
