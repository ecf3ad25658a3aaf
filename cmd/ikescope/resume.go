package main

import (
	"github.com/ikescope/ikescope/report/scan"
)

// resume reads the report at path, and gives each job the scan of the same
// target and address in it. Targets that the report does not hold are scanned
// from the start; it has to hold one of them.
func resume(path string, jobs []job) error {
	doc, err := readReport(path)
	if err != nil {
		return usagef("--resume: %w", err)
	}
	found := false
	for i := range jobs {
		t := &jobs[i].target
		for n := range doc.Targets {
			earlier := &doc.Targets[n]
			if earlier.Name != t.Name || earlier.Address != t.Address.String() {
				continue
			}
			if t.Prior, err = scan.Asked(earlier); err != nil {
				return usagef("--resume: %s: %s: %w", path, earlier.Name, err)
			}
			t.FirstExchange = earlier.LastExchange() + 1
			jobs[i].earlier = earlier
			found = true
		}
	}
	if !found {
		return usagef("--resume: %s holds no scan of these targets: name them as they were named then", path)
	}
	return nil
}
