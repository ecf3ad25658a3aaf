package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/ikescope/ikescope/report"
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
}

// bounce is how long further signals count as the first one: timeout(1) sends
// its signal twice.
const bounce = 200 * time.Millisecond

// run runs the command and returns its exit code. The first interrupt ends
// what goes on in good order, a later one the process at once.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// A closed pipe on stdout shall end as an error of the write, after files
	// are complete, not as the death of the process.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() {
		time.Sleep(bounce)
		again := make(chan os.Signal, 1)
		signal.Notify(again, os.Interrupt, syscall.SIGTERM)
		<-again
		discardPending()
		os.Exit(report.ExitInterrupted)
	})
	return runContext(ctx, args, stdin, stdout, stderr)
}

// runContext is run with the end of ctx for the interrupt.
func runContext(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{in: stdin, out: stdout, err: stderr}
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
		fmt.Fprintf(stderr, "ikescope: %s\n", strings.TrimSuffix(line, "\n"))
	}
	var usage usageError
	if errors.As(err, &usage) || !started {
		return exitUsage
	}
	return report.ExitError
}
