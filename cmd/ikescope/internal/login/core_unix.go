//go:build unix

package login

import "syscall"

// NoCore has no core dump written of this process, which holds secrets.
func NoCore() {
	// It only lowers a limit; if that fails, the limit stays.
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
