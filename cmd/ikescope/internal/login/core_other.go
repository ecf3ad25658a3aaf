//go:build !unix

package login

// NoCore does nothing, where there are no core dumps.
func NoCore() {}
