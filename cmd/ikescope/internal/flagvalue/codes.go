package flagvalue

import (
	"slices"
	"strconv"
)

// WithCodes returns the arguments of a command line so that a negative error
// code to explain, which an HRESULT is in decimal, is no flag: behind a space,
// which explain passes over.
func WithCodes(args []string) []string {
	if len(args) == 0 || args[0] != "explain" {
		return args
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if n, err := strconv.ParseInt(arg, 10, 32); err == nil && n < 0 {
			out[i] = " " + arg
		}
	}
	return out
}
