//go:build linux

package login

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminals stay open, since who was interrupted may still read of one.
var terminals []*os.File

// terminal returns both ends of one: that of who types, and that of the program.
func terminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skip(err)
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skip(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	terminals = append(terminals, program)
	return user, program
}

func echoes(t *testing.T, f *os.File) bool {
	t.Helper()
	modes, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return modes.Lflag&unix.ECHO != 0
}

// TestTerminal: what is typed is read without echo; who interrupts gets the terminal back
// as it was.
func TestTerminal(t *testing.T) {
	for _, interrupts := range []bool{false, true} {
		user, program := terminal(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		type answer struct {
			text string
			err  error
		}
		answered := make(chan answer)
		go func() {
			text, err := Terminal(ctx, program, io.Discard)("Password: ")
			answered <- answer{string(text), err}
		}()
		for echoes(t, program) {
			runtime.Gosched()
		}
		want := "secret, <nil>"
		if interrupts {
			cancel()
			want = ", interrupted"
		} else {
			fmt.Fprintln(user, "secret")
		}
		a := <-answered
		if got := fmt.Sprintf("%s, %v", a.text, a.err); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if !echoes(t, program) {
			t.Errorf("interrupted: %v, and the terminal does not echo any more", interrupts)
		}
		if interrupts {
			fmt.Fprintln(user) // for the reader to end
		}
	}
}

// TestReadPipe: nothing waits for whoever writes to a pipe.
func TestReadPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	refused := make(chan error, 1)
	go func() {
		_, err := Source{File: pipe, Environment: nothing}.Read(time.Now())
		refused <- err
	}()
	for {
		select {
		case err := <-refused:
			if err == nil || !strings.Contains(err.Error(), "is not a regular file") {
				t.Error(err)
			}
			return
		default:
		}
		// Opening it succeeds once somebody waits to read.
		if fd, err := unix.Open(pipe, unix.O_WRONLY|unix.O_NONBLOCK, 0); err == nil {
			unix.Close(fd)
			t.Fatal("it waits at the pipe")
		}
		runtime.Gosched()
	}
}
