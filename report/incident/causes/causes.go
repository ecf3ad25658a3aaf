// Package causes has the causes that an attempt of a log can end for, and what to do about
// each.
package causes

import (
	"cmp"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed causes.csv
var causesCSV string

//go:embed fixes.csv
var fixesCSV string

// All returns the rows of causes.csv: cause, layer ("responder/initiator" where they
// differ), a sentence for the log of the responder, of the initiator and of one whose side
// is unknown, and what only the other side can tell elsewhere. Words in braces are those
// of a line; what stands in brackets is left out where a word in it is not known.
var All = sync.OnceValue(func() []table.Row {
	return table.MustRead("causes.csv", causesCSV, "cause", "layer", "responder", "initiator", "unknown", "elsewhere")
})

// Fix is what can be done about a cause.
type Fix struct {
	Cause string
	// Product is that of the log, and System the one of its systems that the fix is for,
	// "ASA" or "IOS" of Cisco; "" for any.
	Product, System string
	// Version is the version of IKE that it is for, 0 for any.
	Version int
	// Side is whose log it is: "r" or "i", "u" where lines do not show it, "" for any.
	Side string
	// Where is where it is done, and Line what is said or, with Paste, to be pasted.
	// Words in braces are those of lines.
	Where, Line string
	Paste       bool
}

// Fixes returns the rows of fixes.csv.
var Fixes = sync.OnceValue(func() []Fix {
	var out []Fix
	for _, row := range table.MustRead("fixes.csv", fixesCSV, "cause", "product", "side", "paste", "where", "line") {
		paste, known := map[string]bool{"y": true, "": false}[row["paste"]]
		product, rest, _ := strings.Cut(row["product"], "/")
		system, ike, _ := strings.Cut(rest, "/")
		version, err := strconv.Atoi(cmp.Or(ike, "0"))
		if err != nil || !known {
			panic(fmt.Sprintf("causes: internal error: fixes.csv: %q", row))
		}
		out = append(out, Fix{row["cause"], product, system, version, row["side"], row["where"], row["line"], paste})
	}
	return out
})

// Known reports whether causes.csv has a cause.
func Known(cause string) bool { return known()[cause] }

var known = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	for _, row := range All() {
		out[row["cause"]] = true
	}
	return out
})
