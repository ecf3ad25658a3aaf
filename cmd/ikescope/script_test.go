package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
)

func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); name != "ikescope" && name != "ikescope.exe" { // not the program in a script
		os.Setenv("IKESCOPE_CONFIG", "none")
	}
	testscript.Main(m, map[string]func(){"ikescope": main})
}

// silentSocket is the key of the socket of $SILENT.
type silentSocket struct{}

// TestScript runs testdata/script, where these commands exist beside those of
// testscript:
//
//	exits CODE ARGS...     run ikescope, which ends with CODE
//	rejects REGEXP ARGS... run ikescope, which ends with 2, and one line
//	mock ARGS...           run ikescope mock in the background, on $PORT and $NATT
//	asked                  wait until something is sent to $SILENT
//	unasked                nothing was sent to $SILENT
//
// $SILENT is the port of a socket that never answers; nothing listens on
// $CLOSED and $CLOSED2. All are on 127.0.0.1. $CAPTURES is the folder of
// captures.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "")
			// What the system says of a file, and of a folder, that is not there.
			e.Setenv("ABSENT", systemSays(t, "absent"))
			e.Setenv("NOFOLDER", systemSays(t, filepath.Join("absent", "file")))
			captures, err := filepath.Abs("../../testdata/captures")
			if err != nil {
				return err
			}
			e.Setenv("CAPTURES", captures)
			// The race detector waits a second before each process ends.
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			silent, err := net.ListenPacket("udp4", "127.0.0.1:0")
			if err != nil {
				return err
			}
			e.Values[silentSocket{}] = silent
			e.Defer(func() { silent.Close() })
			e.Setenv("SILENT", fmt.Sprint(silent.LocalAddr().(*net.UDPAddr).Port))
			for _, name := range []string{"CLOSED", "CLOSED2"} {
				// A socket that is connected to another one keeps the port from
				// all who let the system choose theirs, and takes nothing else.
				closed, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}, silent.LocalAddr().(*net.UDPAddr))
				if err != nil {
					return err
				}
				e.Defer(func() { closed.Close() })
				e.Setenv(name, fmt.Sprint(closed.LocalAddr().(*net.UDPAddr).Port))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				exits(ts, args[0], args[1:])
			},
			"rejects": rejects,
			"mock":    mockInBackground,
			"asked":   asked,
			"unasked": unasked,
		},
	})
}

// systemSays returns why a file cannot be opened, in the words of the system.
func systemSays(t *testing.T, path string) string {
	t.Helper()
	_, err := os.Open(filepath.Join(t.TempDir(), path))
	if err == nil {
		t.Fatalf("%s can be opened", path)
	}
	return argfile.Cause(err).Error()
}

func exits(ts *testscript.TestScript, code string, args []string) {
	got := 0
	if err := ts.Exec("ikescope", args...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run ikescope: %v", err)
		}
		got = exit.ExitCode()
	}
	if want, err := strconv.Atoi(code); err != nil || got != want {
		ts.Fatalf("ikescope ended with %d, want %s", got, code)
	}
}

func rejects(ts *testscript.TestScript, _ bool, args []string) {
	exits(ts, strconv.Itoa(exitUsage), args[1:])
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("something was written to stdout: %q", out)
	}
	line := ts.ReadFile("stderr")
	if !regexp.MustCompile("^ikescope: .*("+args[0]+").*\n$").MatchString(line) || strings.Count(line, "\n") != 1 {
		ts.Fatalf("want one line with %q, got\n%s", args[0], line)
	}
}

func mockInBackground(ts *testscript.TestScript, _ bool, args []string) {
	m, err := startMock(args...)
	if err != nil {
		ts.Fatalf("%v", err)
	}
	ts.Defer(func() {
		if code := m.stop(); code != 0 {
			ts.Fatalf("mock ended with %d", code)
		}
	})
	ts.Setenv("PORT", m.port)
	ts.Setenv("NATT", m.natt)
}

// backgroundMock is an ikescope mock that runs until it is stopped, on two
// free ports.
type backgroundMock struct {
	port, natt string
	stop       func() (exitCode int)
}

func startMock(args ...string) (backgroundMock, error) {
	ctx, cancel := context.WithCancel(context.Background())
	lines, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- runContext(ctx, append([]string{"mock", "--port", "0", "--natt-port", "0"}, args...), nil, out, io.Discard)
		out.Close()
	}()
	stop := func() int {
		cancel()
		return <-ended
	}
	scanner := bufio.NewScanner(lines)
	for scanner.Scan() {
		if m := regexp.MustCompile(`^scan it: ikescope 127\.0\.0\.1:(\d+)\+(\d+)$`).FindStringSubmatch(scanner.Text()); m != nil {
			return backgroundMock{port: m[1], natt: m[2], stop: stop}, nil
		}
	}
	stop()
	return backgroundMock{}, errors.New("mock did not say what it listens on")
}

func asked(ts *testscript.TestScript, _ bool, _ []string) {
	c := ts.Value(silentSocket{}).(net.PacketConn)
	ts.Check(c.SetReadDeadline(time.Now().Add(5 * time.Minute))) // if it hangs
	_, _, err := c.ReadFrom(make([]byte, 1<<16))
	ts.Check(err)
}

func unasked(ts *testscript.TestScript, _ bool, _ []string) {
	c := ts.Value(silentSocket{}).(net.PacketConn)
	ts.Check(c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)))
	if n, _, err := c.ReadFrom(make([]byte, 1<<16)); err == nil {
		ts.Fatalf("a datagram of %d octets was sent", n)
	}
}
