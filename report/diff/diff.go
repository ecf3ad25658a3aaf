package diff

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// effects are in the order of changes.
var effects = []report.Effect{report.EffectWeaker, report.EffectUnknown, report.EffectStronger, report.EffectNeither}

// Compare tells what changed from old to current, as [Between] does.
func Compare(tool report.Tool, old, current *report.Document) *report.Diff {
	targets := []report.TargetDiff{}
	d, err := Between(tool, old, current, func(t report.TargetDiff) error {
		targets = append(targets, t)
		return nil
	})
	if err != nil {
		panic("diff: internal error: " + err.Error()) // memory holds the targets
	}
	d.Targets = targets
	return &d
}

// Between tells what changed from old to current, reading one target of each at
// a time. They are matched as [Match] does it. What changed of those of both goes
// to keep; the result has all else. The error is of reading, or that of keep.
func Between(tool report.Tool, old, current report.Targets, keep func(report.TargetDiff) error) (report.Diff, error) {
	d := report.Diff{SchemaVersion: report.DiffVersion, Tool: tool, Same: true, OnlyOld: []report.DiffTarget{}, OnlyNew: []report.DiffTarget{}}
	match := Match(Keys(old), Keys(current))
	taken := make([]bool, current.Count())
	for i, n := range match {
		was, err := old.At(i)
		if err != nil {
			return d, err
		}
		if n < 0 {
			d.OnlyOld = append(d.OnlyOld, report.DiffTargetOf(was))
			continue
		}
		taken[n] = true
		is, err := current.At(n)
		if err != nil {
			return d, err
		}
		t := Target(was, is)
		d.Same = d.Same && t.Same
		if err := keep(t); err != nil {
			return d, err
		}
	}
	for n := range taken {
		if taken[n] {
			continue
		}
		is, err := current.At(n)
		if err != nil {
			return d, err
		}
		d.OnlyNew = append(d.OnlyNew, report.DiffTargetOf(is))
	}
	d.Same = d.Same && len(d.OnlyOld) == 0 && len(d.OnlyNew) == 0
	return d, nil
}

// Keys returns what the targets are known by.
func Keys(targets report.Targets) []report.Key {
	keys := make([]report.Key, targets.Count())
	for i := range keys {
		keys[i] = targets.Key(i)
	}
	return keys
}

// Match matches the only targets of two reports, whatever they are called; else
// those of one name and address, then those of one name, the first ones first. It
// returns for each target of old the index of its counterpart, or -1.
func Match(old, current []report.Key) []int {
	match := make([]int, len(old))
	for i := range match {
		match[i] = -1
	}
	if len(old) == 1 && len(current) == 1 {
		match[0] = 0
		return match
	}
	taken := make([]bool, len(current))
	byName := func(k report.Key) report.Key { return report.Key{Name: k.Name} }
	for _, key := range []func(report.Key) report.Key{func(k report.Key) report.Key { return k }, byName} {
		free := make(map[report.Key][]int) // of current
		for n, k := range current {
			if !taken[n] {
				free[key(k)] = append(free[key(k)], n)
			}
		}
		for i, k := range old {
			if list := free[key(k)]; match[i] < 0 && len(list) > 0 {
				match[i], taken[list[0]] = list[0], true
				free[key(k)] = list[1:]
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

// Target says what changed of one target.
func Target(old, now *report.Target) report.TargetDiff {
	if reflect.DeepEqual(old, now) { // as in most of two reports of many
		return report.TargetDiff{Old: report.DiffTargetOf(old), New: report.DiffTargetOf(now), Same: true, Changes: []report.Change{}}
	}
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
