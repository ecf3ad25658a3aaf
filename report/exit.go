package report

import "fmt"

// Exit codes that a document can ask for.
const (
	ExitDone        = 0
	ExitError       = 1   // a scan could not be done
	ExitFailed      = 3   // a gate failed
	ExitNoAnswer    = 4   // a target gave no IKEv2 answer
	ExitInterrupted = 130 // the user stopped the run: the document is partial
)

// decideExit returns the exit that the verdicts of targets ask for. An
// interrupt comes before everything, and our own failure before the target's.
func decideExit(targets []Target, interrupted bool) Exit {
	count := map[string]int{}
	for _, t := range targets {
		count[t.Verdict]++
	}
	silent := count["no_answer"] + count["unreachable"] + count["not_ike"]
	switch {
	case interrupted:
		return Exit{ExitInterrupted, "interrupted: the report is partial"}
	case count["error"] > 0:
		return Exit{ExitError, ofTargets(count["error"], len(targets), "could not be scanned")}
	case silent > 0:
		return Exit{ExitNoAnswer, ofTargets(silent, len(targets), "gave no IKEv2 answer")}
	}
	return Exit{ExitDone, "every target answered"}
}

func ofTargets(n, total int, what string) string {
	if total == 1 {
		return "the target " + what
	}
	return fmt.Sprintf("%d of %d targets %s", n, total, what)
}
