package report

import (
	"fmt"

	"github.com/ikescope/ikescope/report/english"
)

// decideExit returns the exit that the verdicts on targets and the gates ask
// for. An interrupt comes before everything, our own failure before the
// target's, and that before the gates, of which one that failed comes before
// one that is undecided.
func decideExit(d *Document, gates []Gate) Exit {
	count := map[Verdict]int{}
	for _, t := range d.Targets {
		count[t.Verdict]++
	}
	silent := count[VerdictNoAnswer] + count[VerdictUnreachable] + count[VerdictNotIKE]
	switch {
	case d.Interrupted:
		return Exit{ExitInterrupted, "interrupted: the report is partial"}
	case count[VerdictError] > 0:
		return Exit{ExitError, ofTargets(count[VerdictError], len(d.Targets), "could not be scanned")}
	case silent > 0:
		return Exit{ExitNoAnswer, ofTargets(silent, len(d.Targets), "gave no IKEv2 answer")}
	}
	states := map[GateState]int{}
	for _, g := range gates {
		states[g.State]++
	}
	ofGates := func(state GateState) string {
		return fmt.Sprintf("%d of %s %s", states[state], english.Counted(int64(len(gates)), "gate", "gates"), state)
	}
	switch {
	case states[GateFailed] > 0:
		return Exit{ExitFailed, ofGates(GateFailed)}
	case states[GateUndecided] > 0:
		return Exit{ExitUndecided, ofGates(GateUndecided)}
	case len(gates) > 0:
		return Exit{ExitDone, ofGates(GatePassed)}
	}
	if !d.Complete {
		return Exit{ExitDone, "every target answered; the report is partial"}
	}
	return Exit{ExitDone, "every target answered"}
}

func ofTargets(n, total int, what string) string {
	if total == 1 {
		return "the target " + what
	}
	return fmt.Sprintf("%d of %d targets %s", n, total, what)
}
