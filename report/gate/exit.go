package gate

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Count is what decides the exit of a run, taken from one target after the other.
// Its zero value is ready.
type Count struct {
	targets  int
	verdicts map[report.Verdict]int
	gates    int
	states   map[report.GateState]int
}

// Add counts t and its gates.
func (c *Count) Add(t *report.Target, gates []report.Gate) {
	if c.verdicts == nil {
		c.verdicts, c.states = make(map[report.Verdict]int), make(map[report.GateState]int)
	}
	c.targets++
	c.verdicts[t.Verdict]++
	c.gates += len(gates)
	for _, g := range gates {
		c.states[g.State]++
	}
}

// Failed returns how many targets could not be scanned.
func (c *Count) Failed() int { return c.verdicts[report.VerdictError] }

// Exit returns the exit that the verdicts and the gates ask for, and it alone
// decides that. An interrupt comes before everything, then what we failed at
// ourselves; a gate that failed before a target that gave no answer, and that
// before a gate that is undecided.
func (c *Count) Exit(interrupted, complete bool) report.Exit {
	silent := c.verdicts[report.VerdictNoAnswer] + c.verdicts[report.VerdictUnreachable] + c.verdicts[report.VerdictNotIKE]
	noAnswer := c.ofTargets(silent, "did not answer in IKEv2")
	left := c.verdicts[report.VerdictNotScanned]
	exit := func(code int, reason string) report.Exit { return report.Exit{Code: code, Reason: reason} }
	switch {
	case interrupted:
		return exit(report.ExitInterrupted, "interrupted: the report is partial")
	case c.Failed() > 0:
		return exit(report.ExitError, c.ofTargets(c.Failed(), "could not be scanned"))
	case c.states[report.GateFailed] > 0:
		reason := c.ofGates(report.GateFailed)
		if silent > 0 {
			reason += "; " + noAnswer
		}
		return exit(report.ExitFailed, reason)
	case silent > 0:
		return exit(report.ExitNoAnswer, noAnswer)
	case c.states[report.GateUndecided] > 0:
		return exit(report.ExitUndecided, c.ofGates(report.GateUndecided))
	case c.gates > 0:
		return exit(report.ExitDone, c.ofGates(report.GatePassed))
	case left > 0:
		return exit(report.ExitDone, fmt.Sprintf("not scanned: %d of %s; the report is partial",
			left, english.Counted(int64(c.targets), "target", "targets")))
	case !complete:
		return exit(report.ExitDone, "every target answered; the report is partial")
	}
	return exit(report.ExitDone, "every target answered")
}

func (c *Count) ofGates(state report.GateState) string {
	return fmt.Sprintf("%d of %s %s", c.states[state], english.Counted(int64(c.gates), "gate", "gates"), state)
}

func (c *Count) ofTargets(n int, what string) string {
	if c.targets == 1 {
		return "the target " + what
	}
	return fmt.Sprintf("%d of %d targets %s", n, c.targets, what)
}
