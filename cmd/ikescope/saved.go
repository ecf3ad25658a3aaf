package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/report"
)

// readReport reads a JSON report; the error begins with path.
func readReport(path string) (*report.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	defer f.Close()
	in := bufio.NewReader(f)
	if begin, _ := in.Peek(4); isCapture(begin) {
		return nil, fmt.Errorf("%s: is a packet capture, not a JSON report: ikescope capture reads it", path)
	}
	doc, err := report.ReadJSON(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	return doc, nil
}

// savedFlags are those of scans that mean something for a saved report.
var savedFlags = []string{"policy", "client", "baseline", "fail-on", "output", "width", "no-color", "evidence", "quiet", "verbose"}

// savedReport returns the report that args, of the command of that name, stand
// for. It is nil if they are targets to scan.
func savedReport(command string, args []string, flags *pflag.FlagSet) (*report.Document, error) {
	for _, arg := range args {
		if !exists(arg) || !isJSON(arg) {
			continue
		}
		if len(args) > 1 {
			return nil, usagef("%s: %s is a report, which goes with no other report or target", command, arg)
		}
		doc, err := readReport(arg)
		if err != nil {
			return nil, usagef("%s: %w", command, err)
		}
		var wrong error
		flags.Visit(func(f *pflag.Flag) {
			if wrong == nil && !slices.Contains(savedFlags, f.Name) {
				wrong = usagef("--%s: is for scans, and %s is a saved report", f.Name, arg)
			}
		})
		if wrong == nil && len(doc.Targets) == 0 {
			wrong = usagef("%s: %s: the report holds no target", command, arg)
		}
		return doc, wrong
	}
	return nil, nil
}

// isJSON reports whether the file at path begins as a JSON object does.
func isJSON(path string) bool {
	return bytes.HasPrefix(bytes.TrimSpace(beginning(path)), []byte("{"))
}

// beginning returns the first octets of a file, as far as they can be read.
func beginning(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	in := bufio.NewReader(f)
	begin, _ := in.Peek(512) // of a short file, all
	return begin
}

// fileHint adds to err, why name is no target, what the file of that name is.
func fileHint(name string, err error) error {
	info, missing := os.Stat(name)
	switch {
	case missing != nil && strings.HasSuffix(name, ".json"):
		return fmt.Errorf("%w; nor is it a file", err)
	case missing != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%w; it is a folder", err)
	case isJSON(name):
		return fmt.Errorf("%w; it is a JSON file: ikescope check, compare, diff and explain read reports", err)
	case isCapture(beginning(name)):
		return fmt.Errorf("%w; it is a packet capture, which ikescope capture reads", err)
	}
	return fmt.Errorf("%w; it is a file: write @%s for the targets in it", err, name)
}
