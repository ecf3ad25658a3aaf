package targets

import "github.com/ikescope/ikescope/probe/path/mapping"

// Others returns what targets are to each other: each is asked how it sees the mappings of
// NAT for another one. Where there are more than so many, none is.
func Others(found []Found, most int) *mapping.Others {
	var all []mapping.Gateway
	for _, f := range found {
		if f.Err == nil && len(found) <= most {
			all = append(all, mapping.Gateway{Address: f.Target.Address, Paths: f.Target.Paths})
		}
	}
	return mapping.NewOthers(all)
}
