// Package targets reads the targets of a command line and finds their addresses.
package targets

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// Read reads the targets of a command line: hosts, @file and -. Each is
// returned once, in the order of its first mention.
func Read(args []string, stdin io.Reader) ([]target.Endpoint, error) {
	var all []target.Endpoint
	held := make(map[target.Endpoint]bool)
	for _, arg := range args {
		var found []target.Endpoint
		var err error
		switch {
		case arg == "-":
			found, err = readList("standard input", stdin)
			stdin = strings.NewReader("")
		case strings.HasPrefix(arg, "@"):
			found, err = readFile(arg[1:])
		default:
			var e target.Endpoint
			if e, err = target.Parse(arg); err == nil {
				found = append(found, e)
			}
		}
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if !held[e] {
				held[e] = true
				all = append(all, e)
			}
		}
	}
	return all, nil
}

func readFile(path string) ([]target.Endpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("@%s: %w", path, argfile.Cause(err))
	}
	defer f.Close()
	return readList(path, f)
}

// readList reads a target from each line, in UTF-8 or as Windows writes it. What
// follows a # is a comment.
func readList(name string, r io.Reader) ([]target.Endpoint, error) {
	var found []target.Endpoint
	lines := bufio.NewScanner(plaintext.NewReader(r))
	n := 1
	for ; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e, err := target.Parse(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		found = append(found, e)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%s:%d: is too long for a target", name, n)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", name, argfile.Cause(err))
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: holds no target", name)
	}
	return found, nil
}
