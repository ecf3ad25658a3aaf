package gate

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// decideExit returns the exit that the verdicts on targets and the gates ask
// for. An interrupt comes before everything, our own failure before the
// target's, and that before the gates, of which one that failed comes before
// one that is undecided.
func decideExit(d *report.Document, gates []report.Gate) report.Exit {
	count := map[report.Verdict]int{}
	for _, t := range d.Targets {
		count[t.Verdict]++
	}
	silent := count[report.VerdictNoAnswer] + count[report.VerdictUnreachable] + count[report.VerdictNotIKE]
	switch {
	case d.Interrupted:
		return report.Exit{Code: report.ExitInterrupted, Reason: "interrupted: the report is partial"}
	case count[report.VerdictError] > 0:
		return report.Exit{Code: report.ExitError, Reason: ofTargets(count[report.VerdictError], len(d.Targets), "could not be scanned")}
	case silent > 0:
		return report.Exit{Code: report.ExitNoAnswer, Reason: ofTargets(silent, len(d.Targets), "gave no IKEv2 answer")}
	}
	states := map[report.GateState]int{}
	for _, g := range gates {
		states[g.State]++
	}
	ofGates := func(state report.GateState) string {
		return fmt.Sprintf("%d of %s %s", states[state], english.Counted(int64(len(gates)), "gate", "gates"), state)
	}
	switch {
	case states[report.GateFailed] > 0:
		return report.Exit{Code: report.ExitFailed, Reason: ofGates(report.GateFailed)}
	case states[report.GateUndecided] > 0:
		return report.Exit{Code: report.ExitUndecided, Reason: ofGates(report.GateUndecided)}
	case len(gates) > 0:
		return report.Exit{Code: report.ExitDone, Reason: ofGates(report.GatePassed)}
	}
	if !d.Complete {
		return report.Exit{Code: report.ExitDone, Reason: "every target answered; the report is partial"}
	}
	return report.Exit{Code: report.ExitDone, Reason: "every target answered"}
}

func ofTargets(n, total int, what string) string {
	if total == 1 {
		return "the target " + what
	}
	return fmt.Sprintf("%d of %d targets %s", n, total, what)
}
