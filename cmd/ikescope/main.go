// Command ikescope says what an IPsec gateway accepts, whether the path to it
// works, and why a client fails, with the evidence for each claim.
//
// Run "ikescope --help" for its use, and "ikescope demo" for a look without a
// gateway.

// The keys of EAP-TLS come from TLS 1.2 servers, too, that lack Extended Master Secret
// (RFC 7627), as strongSwan's do.
//go:debug tlsunsafeekm=1

package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
	"github.com/ikescope/ikescope/report"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// bounce is how long further signals count as the first one: timeout(1) sends
// its signal twice.
const bounce = 200 * time.Millisecond

// endings are the signals that end a run: SIGHUP comes when a terminal or an ssh
// session is gone, unless nohup(1) has it ignored.
func endings() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// run runs the command and returns its exit code. The first interrupt ends
// what goes on in good order, a later one the process at once.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	// A closed pipe on stdout shall end as an error of the write, after files
	// are complete, not as the death of the process.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	defer pending.DiscardAll()
	context.AfterFunc(ctx, func() {
		time.Sleep(bounce)
		again := make(chan os.Signal, 1)
		signal.Notify(again, endings()...)
		<-again
		pending.DiscardAll()
		os.Exit(report.ExitInterrupted)
	})
	return runContext(ctx, args, stdin, stdout, stderr)
}
