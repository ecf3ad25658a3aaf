package incident

import "strings"

// kernelErrors are errors of Linux and what they mean for an SA: ENOSYS, of an
// algorithm that xfrm does not find, EPROTONOSUPPORT, of AH or ESP itself, and
// EPERM.
var kernelErrors = []struct{ word, cause string }{
	{"Function not implemented", "kernel-algorithm"}, {"errno 38", "kernel-algorithm"},
	{"Protocol not supported", "kernel-protocol"}, {"errno 93", "kernel-protocol"}, {"Protocol family not supported", "kernel-protocol"},
	{"Operation not permitted", "kernel-permission"}, {"errno 1:", "kernel-permission"}, {"Permission denied", "kernel-permission"},
}

// kernel returns what the kernel did not accept, by the error that it gave, and that
// error, "" if no line has one.
func (a *Attempt) kernel() (cause, errno string) {
	for i := range a.Events {
		e := &a.Events[i]
		if e.Cause != "kernel" || e.arg("reason") == "" {
			continue
		}
		for _, known := range kernelErrors {
			if strings.Contains(e.arg("reason"), known.word) {
				return known.cause, e.arg("reason")
			}
		}
		if errno == "" {
			errno = e.arg("reason")
		}
	}
	return "kernel", errno
}
