package incident

import (
	"strings"

	"github.com/ikescope/ikescope/report/incident/general"
)

// kernel returns what the kernel did not accept, by the error that it gave, and that
// error, "" if no line has one.
func (a *Attempt) kernel() (cause, errno string) {
	for i := range a.Events {
		e := &a.Events[i]
		reason := e.Arg("reason")
		if e.Cause != "kernel" || reason == "" {
			continue
		}
		if cause, text, ok := general.Kernel(reason); ok {
			if cause == "kernel-algorithm" && strings.Contains(strings.ToLower(e.Text), "pfkey") {
				cause = "kernel-pfkey"
			}
			return cause, text
		}
		if errno == "" {
			errno = reason
		}
	}
	return "kernel", errno
}
