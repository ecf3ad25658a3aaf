package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
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
		return nil, fmt.Errorf("%s: %w", path, argfile.Cause(err))
	}
	saved, keep, err := a.readReport(file)
	if keep {
		a.open = append(a.open, file)
	} else {
		_ = file.Close() // it was only read
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, argfile.Cause(err))
	}
	return saved, nil
}

// readReport reads a report. The file has to be kept open if keep is true.
func (a *app) readReport(file *os.File) (saved *archive.Archive, keep bool, err error) {
	info, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	if info.IsDir() {
		return nil, false, errors.New("is a folder")
	}
	in := bufio.NewReader(file)
	begin, _ := in.Peek(1024)
	if capture.Is(begin) {
		return nil, false, errors.New("is a packet capture, not a JSON report: ikescope capture reads it")
	}
	if other := capture.Foreign(begin); other != "" {
		return nil, false, errors.New("is " + other)
	}
	isUTF8 := bytes.Equal(plaintext.Bytes(begin), begin)
	// Windows replaces no file that is open, as that of --resume may have to be.
	if info.Mode().IsRegular() && isUTF8 && len(a.open) < maxOpenReports && runtime.GOOS != "windows" {
		saved, err = archive.Open(file, info.Size())
		return saved, err == nil, err
	}
	// A pipe, or in an encoding of Windows, or on it.
	copied, err := a.spool.Copy(plaintext.NewReader(in))
	if err != nil {
		return nil, false, err
	}
	saved, err = archive.Open(copied, copied.Size())
	return saved, false, err
}

// savedFlags are those of scans that mean something for a saved report.
var savedFlags = []string{"policy", "client", "syntax", "attempt", "baseline", "fail-on", "name", "trust", "warn-days", "revocation", "output", "json", "output-dir", "names", "width", "color", "no-color", "ascii", "evidence", "quiet", "verbose"}

// savedReports returns the reports among args, of the command of that name, and
// the targets that are left to scan.
func (a *app) savedReports(command string, args []string, flags *pflag.FlagSet) (saved []*archive.Archive, targets []string, err error) {
	names := make(map[report.Key]string) // of the reports that hold a target
	for _, arg := range args {
		if !argfile.Exists(arg) || !argfile.IsJSON(arg) {
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
				hint := ""
				if other != arg {
					hint = fmt.Sprintf("; ikescope diff %s %s shows what changed", other, arg)
				}
				return nil, nil, usagef("%s: %q at %q is in %s and in %s: give one of them%s", command, held.Name, held.Address, other, arg, hint)
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
		asked[report.Key{Name: j.Target.Name, Address: report.AddressText(j.Target.Address)}] = true
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
