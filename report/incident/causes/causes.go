// Package causes has the causes that an attempt of a log can end for, and what to do about
// each.
package causes

import (
	_ "embed"
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

// Fixes returns the rows of fixes.csv: cause, product of the log, side ("r", "i", "u" or
// "" for any), paste ("y" for a line to paste), where, and line.
var Fixes = sync.OnceValue(func() []table.Row {
	return table.MustRead("fixes.csv", fixesCSV, "cause", "product", "side", "paste", "where", "line")
})
