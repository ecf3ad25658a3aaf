package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
)

// exitUsage is the exit code for input that is wrong; the others are those of
// package report.
const exitUsage = 2

// A usageError is the user's to mend: nothing was sent.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// app is one run of the command.
type app struct {
	in       io.Reader
	out, err io.Writer
	// exit is the exit code of a command that did its work.
	exit int
	// open are saved reports that are read again, and spool is what memory
	// should not hold.
	open  []*os.File
	spool archive.Spool
}

// close closes what was read, and takes away what was kept meanwhile.
func (a *app) close() {
	for _, file := range a.open {
		_ = file.Close() // it was only read
	}
	_ = a.spool.Close() // nobody needs it any more
}

func createSpool() (archive.File, error) { return pending.CreateTemporary() }

// runContext runs the command and returns its exit code. The end of ctx is an
// interrupt: what goes on ends in good order.
func runContext(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{in: stdin, out: stdout, err: stderr, spool: archive.Spool{Create: createSpool}}
	defer a.close()
	started := false
	root := a.rootCommand(&started)
	root.SetArgs(withCodes(args))
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return a.exit
	case errors.Is(err, syscall.EPIPE):
		return report.ExitError // who reads no further wants no message either
	case errors.Is(err, errInterrupted):
		fmt.Fprintf(stderr, "ikescope: %v\n", err)
		return report.ExitInterrupted
	}
	for line := range strings.Lines(err.Error()) { // errors that were joined
		fmt.Fprintf(stderr, "ikescope: %s\n", printable.Text(strings.TrimSuffix(line, "\n")))
	}
	var usage usageError
	if errors.As(err, &usage) || !started {
		return exitUsage
	}
	return report.ExitError
}
