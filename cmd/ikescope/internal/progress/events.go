package progress

import (
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/report"
)

// Events returns what hands over each exchange of scans with its target's place among
// keys. One that a gateway redirected elsewhere has the place of the first address of
// its name.
func Events(keys []report.Key, each func(int, report.Key, probe.Progress)) func(probe.Progress) {
	index := make(map[report.Key]int, len(keys))
	for i, k := range keys {
		index[k] = i
		if _, ok := index[report.Key{Name: k.Name}]; !ok {
			index[report.Key{Name: k.Name}] = i
		}
	}
	return func(p probe.Progress) {
		of := report.Key{Name: p.Target.Name, Address: report.AddressText(p.Target.Address)}
		i, ok := index[of]
		if !ok {
			i = index[report.Key{Name: of.Name}]
		}
		each(i, of, p)
	}
}
