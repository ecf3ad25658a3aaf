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
	"github.com/ikescope/ikescope/proposals/plaintext"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
)

// maxOpenReports is how many saved reports stay open to be read again. The others
// are copied into one file.
const maxOpenReports = 64

// openReport reads a report, as JSON or as JSON lines, whose targets are then read
// from the file at path. The error begins with path.
func (a *app) openReport(path string) (*archive.Archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	saved, keep, err := a.readReport(file)
	if keep {
		a.open = append(a.open, file)
	} else {
		_ = file.Close() // it was only read
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, withoutPath(err))
	}
	return saved, nil
}

// readReport reads a report. The file has to be kept open if keep is true.
func (a *app) readReport(file *os.File) (saved *archive.Archive, keep bool, err error) {
	info, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	in := bufio.NewReader(file)
	begin, _ := in.Peek(1024)
	if capture.Is(begin) {
		return nil, false, errors.New("is a packet capture, not a JSON report: ikescope capture reads it")
	}
	isUTF8 := bytes.Equal(plaintext.Bytes(begin), begin)
	if info.Mode().IsRegular() && isUTF8 && len(a.open) < maxOpenReports {
		saved, err = archive.Open(file, info.Size())
		return saved, err == nil, err
	}
	// A pipe, or in an encoding of Windows.
	copied, err := a.spool.Copy(plaintext.NewReader(in))
	if err != nil {
		return nil, false, err
	}
	saved, err = archive.Open(copied, copied.Size())
	return saved, false, err
}

// savedFlags are those of scans that mean something for a saved report.
var savedFlags = []string{"policy", "client", "syntax", "attempt", "baseline", "fail-on", "output", "width", "no-color", "evidence", "quiet", "verbose"}

// savedReports returns the reports among args, of the command of that name, and
// the targets that are left to scan.
func (a *app) savedReports(command string, args []string, flags *pflag.FlagSet) (saved []*archive.Archive, targets []string, err error) {
	names := make(map[report.Key]string) // of the reports that hold a target
	for _, arg := range args {
		if !exists(arg) || !isJSON(arg) {
			targets = append(targets, arg)
			continue
		}
		one, err := a.openReport(arg)
		if err != nil {
			return nil, nil, usagef("%s: %w", command, err)
		}
		if one.Count() == 0 {
			return nil, nil, usagef("%s: %s: the report holds no target", command, arg)
		}
		for i := range one.Count() {
			held := one.Key(i)
			if other, ok := names[held]; ok {
				return nil, nil, usagef("%s: %q at %q is in %s and in %s: give one of them", command, held.Name, held.Address, other, arg)
			}
			names[held] = arg
		}
		saved = append(saved, one)
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
func scannedTwice(saved []*archive.Archive, jobs []job) error {
	if len(saved) == 0 {
		return nil
	}
	asked := make(map[report.Key]bool, len(jobs))
	for _, j := range jobs {
		asked[report.Key{Name: j.target.Name, Address: report.AddressText(j.target.Address)}] = true
	}
	for _, s := range saved {
		for i := range s.Count() {
			if t := s.Key(i); asked[t] {
				return usagef("%q at %q is in a saved report, too: give the report or the target", t.Name, t.Address)
			}
		}
	}
	return nil
}

// gather reports on targets to scan, after those of the saved reports of r, or
// without any on these alone.
func (a *app) gather(ctx context.Context, opts *scanOptions, targets []string, r *reporting) error {
	r.opts, r.judged = &opts.outputOptions, opts.judgeOptions
	if len(targets) > 0 || len(r.saved) == 0 {
		var err error
		if r.scans, err = a.toScan(ctx, opts, targets, r.saved); err != nil {
			return err
		}
	}
	return a.report(ctx, r)
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
	return plaintext.Bytes(begin)
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

// isFile reports whether an argument that names no target is that of a file, or of
// a folder.
func isFile(name string) bool {
	_, err := os.Stat(name)
	return err == nil || strings.HasSuffix(name, ".json")
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
