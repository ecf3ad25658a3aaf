// Package output has documents written in the formats that --output names, to stdout
// and to files that appear whole or not at all.
package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
	"github.com/ikescope/ikescope/report/template"
	"github.com/ikescope/ikescope/report/text"
)

// Output is one place to write to: the path or, without one, stdout.
type Output struct {
	Format string
	// Part is which table of CSV, or the file of a template; "" with other formats.
	Part string
	Path string
	// File is that of Path, once it is open.
	File *pending.File

	template *template.Template
}

// Failed says that writing there failed.
func (o *Output) Failed(err error) error {
	if o.Path == "" {
		return fmt.Errorf("write to stdout: %w", argfile.Cause(err))
	}
	return fmt.Errorf("write %s: %w", o.Path, argfile.Cause(err))
}

// Writer writes a document.
type Writer func(io.Writer, text.Options) error

// Writers write a document, by format and, behind a colon, part. A format that is not among them was written
// as the document grew.
type Writers map[string]Writer

// List is where a document goes.
type List struct {
	Outputs []Output
	// Dir is the folder of files whose paths are relative; "" for the working folder.
	Dir     string
	formats []string // that there are, the default first
}

// Open creates the files, and reads templates. It returns the paths that are taken.
// All errors are the user's to mend, and begin with the flag.
func (l *List) Open() (taken Paths, err error) {
	if len(l.Outputs) == 0 {
		l.Outputs = []Output{{Format: l.formats[0]}}
	}
	onStdout := ""
	for i := range l.Outputs {
		out := &l.Outputs[i]
		if out.Path == "" {
			if onStdout != "" {
				return nil, fmt.Errorf("--output: both %s and %s go to stdout; give one of them a file: -o %s",
					onStdout, out.Format, out.key()+"=FILE")
			}
			onStdout = out.Format
		}
		if out.Format == Template {
			if out.template, err = readTemplate(out.Part); err != nil {
				return nil, fmt.Errorf("--output: %w", err)
			}
		}
	}
	taken = make(Paths)
	for i := range l.Outputs {
		out := &l.Outputs[i]
		if out.Path == "" {
			continue
		}
		if out.Path, err = l.In(out.Path); err != nil {
			l.Discard()
			return nil, err
		}
		if out.File, err = pending.Create(out.Path); err == nil {
			err = taken.Take(out.File)
		}
		if err != nil {
			l.Discard()
			return nil, fmt.Errorf("--output: %s: %w", out.Path, err)
		}
	}
	return taken, nil
}

// In returns the path of a file of that name, whose folder it makes.
func (l *List) In(path string) (string, error) {
	if l.Dir == "" || filepath.IsAbs(path) {
		return path, nil
	}
	if err := os.MkdirAll(l.Dir, 0o777); err != nil {
		return "", fmt.Errorf("--output-dir: %s: %w", l.Dir, argfile.Cause(err))
	}
	return filepath.Join(l.Dir, path), nil
}

// key names the writer of o.
func (o *Output) key() string {
	if o.Part != "" {
		return o.Format + ":" + o.Part
	}
	return o.Format
}

// Paths are those of files that will be written.
type Paths map[string]bool

// Take fails if a file is given twice, by whatever names.
func (p Paths) Take(file *pending.File) error {
	if p[file.Path()] {
		return errors.New("is given twice")
	}
	p[file.Path()] = true
	return nil
}

// Discard takes away the files that were not written.
func (l *List) Discard() {
	for _, out := range l.Outputs {
		if out.File != nil {
			out.File.Discard()
		}
	}
}

// Write writes everywhere, the files first: stdout may be closed. That is an
// error only if there is no other, for run is silent about it. Files are as wide as
// width and without colours, and what goes to stdout looks as stdoutLook says.
func (l *List) Write(stdout io.Writer, width int, stdoutLook text.Options, how Writers) error {
	var failed error
	for i := range l.Outputs {
		out := &l.Outputs[i]
		write := how[out.key()]
		if out.File == nil || write == nil {
			continue
		}
		look := stdoutLook
		look.Color, look.Width, look.Height = false, width, 0
		if err := write(out.File, look); err != nil {
			failed = errors.Join(failed, out.Failed(err))
			continue
		}
		failed = errors.Join(failed, out.File.Commit())
	}
	for i := range l.Outputs {
		out := &l.Outputs[i]
		write := how[out.key()]
		if out.File != nil || write == nil {
			continue
		}
		b := bufio.NewWriter(stdout)
		err := write(b, stdoutLook)
		if err == nil {
			err = b.Flush()
		}
		if err != nil && (failed == nil || !errors.Is(err, syscall.EPIPE)) {
			failed = errors.Join(failed, out.Failed(err))
		}
	}
	return failed
}
