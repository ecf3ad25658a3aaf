package general

import (
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// kernelError is an error of the kernel: by which words lines have it, as whole, and
// what it means for an SA or a policy.
type kernelError struct {
	words       []string
	text, cause string
}

// kernelErrors are errors of Linux (net/xfrm, net/key), in the words of strerror, of
// libreswan ("errno 38:") and of charon for what it had done before.
var kernelErrors = []kernelError{
	{[]string{"Function not implemented", "errno 38"}, "Function not implemented (38)", "kernel-algorithm"},
	// In the words of a driver (xdo_dev_state_add).
	{[]string{"offload"}, "", "kernel-offload"},
	// crypto_alloc_aead finds no module.
	{[]string{"No such file", "errno 2:", "errno 2)"}, "No such file or directory (2)", "kernel-module"},
	{[]string{"Protocol not supported", "errno 93"}, "Protocol not supported (93)", "kernel-protocol"},
	{[]string{"Protocol family not supported", "errno 96"}, "Protocol family not supported (96)", "kernel-protocol"},
	{[]string{"Address family not supported", "errno 97"}, "Address family not supported by protocol (97)", "kernel-protocol"},
	{[]string{"Operation not permitted", "errno 1:", "errno 1)"}, "Operation not permitted (1)", "kernel-permission"},
	{[]string{"Permission denied", "errno 13"}, "Permission denied (13)", "kernel-permission"},
	{[]string{"File exists", "errno 17", "ALREADY_DONE"}, "File exists (17)", "kernel-exists"},
	{[]string{"No such process", "errno 3:", "errno 3)"}, "No such process (3)", "kernel-gone"},
	{[]string{"Operation not supported", "errno 95"}, "Operation not supported (95)", "kernel-offload"},
	{[]string{"Invalid argument", "errno 22"}, "Invalid argument (22)", "kernel-invalid"},
	{[]string{"No buffer space", "errno 105"}, "No buffer space available (105)", "kernel-memory"},
	{[]string{"Cannot allocate memory", "errno 12:", "errno 12)"}, "Cannot allocate memory (12)", "kernel-memory"},
}

// numbered is an error in the words of strerror with its number.
var numbered = lazyregexp.New(`^[^()]{3,100} \(\d{1,3}\)$`)

// Kernel returns what an error of the kernel, as a line gives it, means for an SA or a
// policy, and the error as it is called. It is not ok for one that is not known. A line may
// be cut in the error's words.
func Kernel(reason string) (cause, text string, ok bool) {
	for _, known := range kernelErrors {
		for _, words := range known.words {
			if !strings.Contains(reason, words) {
				continue
			}
			if numbered.MatchString(reason) { // which differs between architectures
				return known.cause, reason, true
			}
			return known.cause, known.text, true
		}
	}
	return "", "", false
}
