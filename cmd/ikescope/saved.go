package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/scan"
)

// readReport reads a JSON report; the error begins with path.
func readReport(path string) (*report.Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	defer f.Close()
	in := bufio.NewReader(f)
	if begin, _ := in.Peek(4); capture.Is(begin) {
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

// savedReports returns the reports among args, of the command of that name, and
// the targets that are left to scan.
func savedReports(command string, args []string, flags *pflag.FlagSet) (saved []*report.Document, targets []string, err error) {
	names := make(map[[2]string]string) // of the reports that hold a target and address
	for _, arg := range args {
		if !exists(arg) || !isJSON(arg) {
			targets = append(targets, arg)
			continue
		}
		doc, err := readReport(arg)
		if err != nil {
			return nil, nil, usagef("%s: %w", command, err)
		}
		if len(doc.Targets) == 0 {
			return nil, nil, usagef("%s: %s: the report holds no target", command, arg)
		}
		for _, t := range doc.Targets {
			held := [2]string{t.Name, t.Address}
			if other, ok := names[held]; ok {
				return nil, nil, usagef("%s: %q at %q is in %s and in %s: give one of them", command, t.Name, t.Address, other, arg)
			}
			names[held] = arg
		}
		saved = append(saved, doc)
	}
	if len(saved) > 0 && len(targets) == 0 {
		flags.Visit(func(f *pflag.Flag) {
			if err == nil && !slices.Contains(savedFlags, f.Name) {
				err = usagef("--%s: is for scans, and %s is a saved report", f.Name, args[0])
			}
		})
	}
	return saved, targets, err
}

// scannedTwice fails if a target of jobs is in a saved report, too.
func scannedTwice(saved []*report.Document, jobs []job) error {
	for _, doc := range saved {
		for _, t := range doc.Targets {
			for _, j := range jobs {
				if t.Name == j.target.Name && t.Address == j.target.Address.String() {
					return usagef("%q at %q is in a saved report, too: give the report or the target", t.Name, t.Address)
				}
			}
		}
	}
	return nil
}

// gather scans targets, or without any makes do with saved reports. What is to be
// written is open when it returns.
func (a *app) gather(ctx context.Context, opts *scanOptions, targets []string, saved []*report.Document) (*report.Document, error) {
	if len(targets) > 0 || len(saved) == 0 {
		return a.scanTargets(ctx, opts, targets, saved)
	}
	if _, err := opts.open(); err != nil {
		return nil, err
	}
	return scan.Document(scan.Run{Tool: tool()}, nil), nil
}

// isJSON reports whether the file at path begins as a JSON object does.
func isJSON(path string) bool {
	return bytes.HasPrefix(bytes.TrimSpace(prefix(path)), []byte("{"))
}

// prefix returns the first octets of a file, as far as they can be read.
func prefix(path string) []byte {
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
	case capture.Is(prefix(name)):
		return fmt.Errorf("%w; it is a packet capture, which ikescope capture reads", err)
	}
	return fmt.Errorf("%w; it is a file: write @%s for the targets in it", err, name)
}

// withoutPath returns what is behind an error of package os, for messages that
// name the path themselves.
func withoutPath(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
