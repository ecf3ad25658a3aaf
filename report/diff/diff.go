package diff

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// effects are in the order of changes.
var effects = []report.Effect{report.EffectWeaker, report.EffectUnknown, report.EffectStronger, report.EffectNeither}

// Compare tells what changed from old to current. Targets are matched by
// name and address, then by name; the only ones of both are matched, whatever
// they are called.
func Compare(tool report.Tool, old, current *report.Document) *report.Diff {
	d := &report.Diff{SchemaVersion: report.DiffVersion, Tool: tool, Same: true, Targets: []report.TargetDiff{}, OnlyOld: []report.DiffTarget{}, OnlyNew: []report.DiffTarget{}}
	match := matchTargets(old.Targets, current.Targets)
	taken := make([]bool, len(current.Targets))
	for i := range old.Targets {
		n := match[i]
		if n < 0 {
			d.OnlyOld = append(d.OnlyOld, report.DiffTargetOf(&old.Targets[i]))
			continue
		}
		taken[n] = true
		t := compareTargets(&old.Targets[i], &current.Targets[n])
		d.Same = d.Same && t.Same
		d.Targets = append(d.Targets, t)
	}
	for n := range current.Targets {
		if !taken[n] {
			d.OnlyNew = append(d.OnlyNew, report.DiffTargetOf(&current.Targets[n]))
		}
	}
	d.Same = d.Same && len(d.OnlyOld) == 0 && len(d.OnlyNew) == 0
	return d
}

// matchTargets matches the only targets of both reports, whatever they are
// called; else by name. It returns for each target of old the index of its counterpart, or
// -1.
func matchTargets(old, current []report.Target) []int {
	match := make([]int, len(old))
	for i := range match {
		match[i] = -1
	}
	if len(old) == 1 && len(current) == 1 {
		match[0] = 0
	}
	taken := map[int]bool{}
	for _, sameAddress := range []bool{true, false} {
		for i := range old {
			if match[i] >= 0 {
				continue
			}
			n := -1
			for k := range current {
				if !taken[k] && current[k].Name == old[i].Name && (!sameAddress || current[k].Address == old[i].Address) {
					n = k
					break
				}
			}
			if n >= 0 {
				match[i], taken[n] = n, true
			}
		}
	}
	return match
}

// contrast is of one target, then and now.
type contrast struct {
	old, now *report.Target
	was, is  assess.Facts
	changes  []report.Change
	gets     []gets // what clients get that connected, and connect
	// lessKnown and moreKnown: suites are not decided now that were then, and
	// the other way.
	lessKnown, moreKnown bool
}

func compareTargets(old, now *report.Target) report.TargetDiff {
	c := &contrast{old: old, now: now}
	if old.Matrix != nil {
		c.was = assess.FactsOf(old)
	}
	if now.Matrix != nil {
		c.is = assess.FactsOf(now)
	}
	c.target()
	c.paths()
	c.nat()
	c.gateway()
	c.suites()
	c.algorithms()
	c.preference()
	c.postQuantum()
	c.findings()
	c.clients()
	c.policies()
	slices.SortStableFunc(c.changes, func(a, b report.Change) int {
		return cmp.Compare(slices.Index(effects, a.Effect), slices.Index(effects, b.Effect))
	})
	return report.TargetDiff{Old: report.DiffTargetOf(old), New: report.DiffTargetOf(now), Same: len(c.changes) == 0, Changes: append([]report.Change{}, c.changes...)}
}

func (c *contrast) add(area report.Area, effect report.Effect, reason, format string, args ...any) {
	c.changes = append(c.changes, report.Change{Area: area, Effect: effect, Text: fmt.Sprintf(format, args...), Reason: reason, Suites: []string{}})
}
