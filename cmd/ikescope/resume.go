package main

import (
	"fmt"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
	"github.com/ikescope/ikescope/report/scan"
)

// earlierScan is a scan of a saved report, which one goes on from.
type earlierScan struct {
	saved *archive.Archive
	index int
}

// read returns the scan, or nil if nothing was sent then.
func (e *earlierScan) read() (*report.Target, error) {
	t, err := e.saved.At(e.index)
	if err != nil || t.Verdict == report.VerdictNotScanned {
		return nil, err
	}
	return t, nil
}

// resume reads the report at path, and gives each job the scan of the same
// target and address in it. Targets that the report does not hold are scanned
// from the start; it has to hold one of them.
func (a *app) resume(path string, jobs []job) error {
	saved, err := a.openReport(path)
	if err != nil {
		return usagef("--resume: %w", err)
	}
	held := make(map[report.Key]int, saved.Count())
	for i := range saved.Count() {
		held[saved.Key(i)] = i
	}
	found := false
	for i := range jobs {
		t := &jobs[i].Target
		at, ok := held[report.Key{Name: t.Name, Address: report.AddressText(t.Address)}]
		if !ok {
			continue
		}
		found = true
		earlier := &earlierScan{saved, at}
		old, err := earlier.read()
		if err == nil && old != nil {
			_, err = scan.Asked(old)
		}
		if err != nil {
			return usagef("--resume: %s: %s: %w", path, t.Name, err)
		}
		jobs[i].earlier = earlier
	}
	if !found {
		return usagef("--resume: %s holds no scan of these targets: name them as they were named then", path)
	}
	return nil
}

// prepare lets the target of j go on from its earlier scan, which it returns; nil
// if there is none.
func (j *job) prepare() (*report.Target, error) {
	if j.earlier == nil {
		return nil, nil
	}
	old, err := j.earlier.read()
	if err != nil || old == nil {
		return nil, err
	}
	if j.Target.Prior, err = scan.Asked(old); err != nil {
		return nil, fmt.Errorf("--resume: %w", err)
	}
	j.Target.FirstExchange = old.LastExchange() + 1
	return old, nil
}
