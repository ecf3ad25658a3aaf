// Package causes has the causes that a login can fail for, beside those of logs.
package causes

import (
	_ "embed"
	"sync"

	"github.com/ikescope/ikescope/proposals/table"
)

//go:embed causes.csv
var causesCSV string

// All returns the rows of causes.csv: cause; for those that no log has, also layer, sentence
// and elsewhere, which is what only the gateway can tell; fix, which is what to do; and
// windows, the error that a client of Windows shows. Of those that logs have too, sentence,
// elsewhere and fix stand in place of what is said there.
var All = sync.OnceValue(func() []table.Row {
	return table.MustRead("causes.csv", causesCSV, "cause", "layer", "sentence", "elsewhere", "fix", "windows")
})
