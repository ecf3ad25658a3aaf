package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
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

// usageOf returns the errors joined in err as usage errors about what is named.
func usageOf(what string, err error) error {
	var all []error
	for _, e := range joined(err) {
		all = append(all, fmt.Errorf("%s: %w", what, e))
	}
	return usageError{errors.Join(all...)}
}

// app is one run of the command.
type app struct {
	in       io.Reader
	out, err io.Writer
	// help is where cobra writes help, the version and completions.
	help output.Sink
	// exit is the exit code of a command that did its work.
	exit int
	// config is the value of --config.
	config string
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
	a := &app{in: stdin, out: stdout, err: stderr, help: output.Sink{W: stdout}, spool: archive.Spool{Create: createSpool}}
	defer a.close()
	started := false
	root := a.rootCommand(&started)
	root.SetArgs(flagvalue.WithCodes(args))
	err := root.ExecuteContext(ctx)
	if err == nil && a.help.Err() != nil {
		err, started = a.help.Err(), true // it is no fault of the command line
	}
	switch {
	case err == nil:
		return a.exit
	case errors.Is(err, syscall.EPIPE):
		return report.ExitError // who reads no further wants no message either
	case errors.Is(err, targets.ErrInterrupted):
		fmt.Fprintf(stderr, "ikescope: %v\n", err)
		return report.ExitInterrupted
	}
	for _, e := range joined(err) {
		fmt.Fprintf(stderr, "ikescope: %s\n", printable.Text(e.Error()))
	}
	var usage usageError
	if errors.As(err, &usage) || !started {
		return exitUsage
	}
	return report.ExitError
}

// joined returns the errors that [errors.Join] put together in err, each of which
// is one line, whatever line breaks a file name in it holds.
func joined(err error) []error {
	if usage, ok := err.(usageError); ok {
		err = usage.error
	}
	several, ok := err.(interface{ Unwrap() []error })
	if !ok || errors.Join(several.Unwrap()...).Error() != err.Error() {
		return []error{err} // a message of its own, which may wrap several
	}
	var all []error
	for _, e := range several.Unwrap() {
		all = append(all, joined(e)...)
	}
	return all
}
