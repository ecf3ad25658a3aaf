package report

// Exit codes that a document can ask for.
const (
	ExitDone        = 0
	ExitError       = 1   // a scan could not be done
	ExitFailed      = 3   // a gate failed
	ExitNoAnswer    = 4   // a target gave no IKEv2 answer
	ExitUndecided   = 5   // a gate could not be decided
	ExitInterrupted = 130 // the user stopped the run: the document is partial
)
