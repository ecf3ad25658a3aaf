package report

import (
	"cmp"
	"fmt"
	"slices"
)

// effects are in the order of changes.
var effects = []Effect{EffectWeaker, EffectUnknown, EffectStronger, EffectNeither}

// CompareReports tells what changed from old to current. Targets are matched by
// name and address, then by name; the only ones of both are matched, whatever
// they are called.
func CompareReports(tool Tool, old, current *Document) *Diff {
	d := &Diff{SchemaVersion: DiffVersion, Tool: tool, Same: true, Targets: []TargetDiff{}, OnlyOld: []DiffTarget{}, OnlyNew: []DiffTarget{}}
	match := matchTargets(old.Targets, current.Targets)
	taken := make([]bool, len(current.Targets))
	for i := range old.Targets {
		n := match[i]
		if n < 0 {
			d.OnlyOld = append(d.OnlyOld, diffTarget(&old.Targets[i]))
			continue
		}
		taken[n] = true
		t := compareTargets(&old.Targets[i], &current.Targets[n])
		d.Same = d.Same && t.Same
		d.Targets = append(d.Targets, t)
	}
	for n := range current.Targets {
		if !taken[n] {
			d.OnlyNew = append(d.OnlyNew, diffTarget(&current.Targets[n]))
		}
	}
	d.Same = d.Same && len(d.OnlyOld) == 0 && len(d.OnlyNew) == 0
	return d
}

func diffTarget(t *Target) DiffTarget { return DiffTarget{t.Name, t.Address, t.Started.UTC()} }

// matchTargets matches the only targets of both reports, whatever they are
// called; else by name. It returns for each target of old the index of its counterpart, or
// -1.
func matchTargets(old, current []Target) []int {
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
	old, now *Target
	was, is  Facts
	changes  []Change
	// lessKnown and moreKnown: suites are not decided now that were then, and
	// the other way.
	lessKnown, moreKnown bool
}

func compareTargets(old, now *Target) TargetDiff {
	c := &contrast{old: old, now: now}
	if old.Matrix != nil {
		c.was = FactsOf(old)
	}
	if now.Matrix != nil {
		c.is = FactsOf(now)
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
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Compare(slices.Index(effects, a.Effect), slices.Index(effects, b.Effect))
	})
	return TargetDiff{Old: diffTarget(old), New: diffTarget(now), Same: len(c.changes) == 0, Changes: append([]Change{}, c.changes...)}
}

func (c *contrast) add(area Area, effect Effect, reason, format string, args ...any) {
	c.changes = append(c.changes, Change{Area: area, Effect: effect, Text: fmt.Sprintf(format, args...), Reason: reason, Suites: []string{}})
}
