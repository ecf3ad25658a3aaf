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
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// Listed is a target as a command line has it, or a list that it names.
type Listed struct {
	target.Endpoint
	// File and Line are where a list names it; "" and 0 where the command line does,
	// or standard input.
	File string
	Line int
}

// maxTargets bounds the targets of a list, which may name many ranges.
const maxTargets = 1_000_000

// Read reads the targets of a command line: hosts, ranges, @file and -. Each is
// returned once, in the order of its first mention.
func Read(args []string, stdin io.Reader) ([]Listed, error) {
	var all []Listed
	held := make(map[target.Endpoint]bool)
	for _, arg := range args {
		var found []Listed
		var err error
		switch {
		case arg == "-":
			found, err = readList("standard input", stdin)
			for i := range found {
				found[i] = Listed{Endpoint: found[i].Endpoint} // which nobody can look at again
			}
			stdin = strings.NewReader("")
		case strings.HasPrefix(arg, "@"):
			found, err = readFile(arg[1:])
		default:
			var named []target.Endpoint
			if err = argfile.Refuse(arg); err == nil {
				named, err = target.ParseAll(arg)
			}
			found = listed(named, "", 0)
		}
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if !held[e.Endpoint] {
				held[e.Endpoint] = true
				all = append(all, e)
			}
		}
		if len(all) > maxTargets {
			return nil, fmt.Errorf("%s: the targets up to here are more than %s", arg, english.Grouped(maxTargets))
		}
	}
	return all, nil
}

// listed returns endpoints as a line of a file has them.
func listed(endpoints []target.Endpoint, file string, line int) []Listed {
	out := make([]Listed, len(endpoints))
	for i, e := range endpoints {
		out[i] = Listed{e, file, line}
	}
	return out
}

func readFile(path string) ([]Listed, error) {
	if argfile.IsReport(path) {
		return nil, fmt.Errorf("@%s: is a report, not a list of targets: write %s where a report is taken", path, path)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("@%s: is a folder", path)
	}
	if other := argfile.Foreign(path); other != "" {
		return nil, fmt.Errorf("@%s: is %s", path, other)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("@%s: %w", path, argfile.Cause(err))
	}
	defer f.Close()
	return readList(path, f)
}

// readList reads a target or a range from each line, in UTF-8 or as Windows writes it. What
// follows a # is a comment.
func readList(name string, r io.Reader) ([]Listed, error) {
	var found []Listed
	lines := bufio.NewScanner(plaintext.NewReader(r))
	n := 1
	for ; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		these, err := target.ParseAll(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if found = append(found, listed(these, name, n)...); len(found) > maxTargets {
			return nil, fmt.Errorf("%s:%d: the targets up to here are more than %s", name, n, english.Grouped(maxTargets))
		}
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
