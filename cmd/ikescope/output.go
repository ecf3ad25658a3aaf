package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/ikescope/ikescope/report"
)

// format is a way to write a report.
type format struct {
	name  string
	write func(io.Writer, *report.Document, report.TextOptions) error
}

var formats = []format{
	{"text", report.WriteText},
	{"json", func(w io.Writer, doc *report.Document, _ report.TextOptions) error { return report.WriteJSON(w, doc) }},
}

func formatNames() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// output is a report to write, to the path or, without one, to stdout.
type output struct {
	format format
	path   string
	file   *pendingFile
}

// outputs is the value of --output.
type outputs struct{ p *[]output }

func (o outputs) Set(s string) error {
	name, path, hasPath := strings.Cut(s, "=")
	if path == "-" {
		path, hasPath = "", false
	}
	if hasPath && path == "" {
		return fmt.Errorf("%q names no file after the =", s)
	}
	for _, f := range formats {
		if f.name == name {
			*o.p = append(*o.p, output{format: f, path: path})
			return nil
		}
	}
	return fmt.Errorf("%q is not a format: %s", name, strings.Join(formatNames(), " or "))
}

func (outputs) Type() string   { return "format[=path]" }
func (outputs) String() string { return "" }

func (outputs) choices() []string { return formatNames() }

// fileName is the value of a flag that names a file.
type fileName struct{ p *string }

func (f fileName) Set(s string) error {
	if s == "" || s == "-" {
		return fmt.Errorf("%q names no file", s)
	}
	*f.p = s
	return nil
}

func (fileName) Type() string   { return "file" }
func (fileName) String() string { return "" }

// outputOptions say where a report goes, and how it looks.
type outputOptions struct {
	outputs        []output
	pcap           string
	width          int
	noColor        bool
	evidence       bool
	verbose, quiet bool
	// text writes what the text format stands for; nil for the whole report.
	text func(io.Writer, *report.Document, report.TextOptions) error
}

func (o *outputOptions) addFlags(flags *pflag.FlagSet) {
	flags.VarP(outputs{&o.outputs}, "output", "o", "write the report as "+strings.Join(formatNames(), " or ")+
		", to stdout or to a file; may be repeated (default text)")
	flags.Var(fileName{&o.pcap}, "pcap", "write every datagram to this file; the IPv4 identification or IPv6 flow label holds the number of its exchange")
	addToggle(flags, &o.evidence, "evidence", "", "list every exchange in the text report")
	flags.Var(wholeNumber(&o.width, 60, 400), "width", "columns of the text report (default: those of the terminal, or 80)")
	addToggle(flags, &o.noColor, "no-color", "", "no colours, as with NO_COLOR in the environment")
	addToggle(flags, &o.verbose, "verbose", "v", "a line on stderr for each exchange")
	addToggle(flags, &o.quiet, "quiet", "q", "nothing on stderr but errors")
}

// open creates the files, so that nothing is sent for a report that cannot be
// written. The pending pcap is nil if none was asked for.
func (o *outputOptions) open() (pcap *pendingFile, err error) {
	if o.quiet && o.verbose {
		return nil, usagef("--quiet: does not go with --verbose")
	}
	if len(o.outputs) == 0 {
		o.outputs = []output{{format: formats[0]}}
	}
	onStdout := ""
	taken := map[string]bool{}
	take := func(path string) error {
		whole, err := filepath.Abs(path)
		if err == nil && taken[whole] {
			err = errors.New("is asked for twice")
		}
		taken[whole] = true
		return err
	}
	for _, out := range o.outputs {
		if out.path == "" {
			if onStdout != "" {
				return nil, usagef("--output: both %s and %s go to stdout; give one of them a file: -o %s=FILE",
					onStdout, out.format.name, out.format.name)
			}
			onStdout = out.format.name
		} else if err := take(out.path); err != nil {
			return nil, usagef("--output: %s: %w", out.path, err)
		}
	}
	if o.pcap != "" {
		if err := take(o.pcap); err != nil {
			return nil, usagef("--pcap: %s: %w", o.pcap, err)
		}
	}
	for i := range o.outputs {
		out := &o.outputs[i]
		if out.path == "" {
			continue
		}
		if out.file, err = createPending(out.path); err != nil {
			o.discard()
			return nil, usagef("--output: %s: %w", out.path, err)
		}
	}
	if o.pcap != "" {
		if pcap, err = createPending(o.pcap); err != nil {
			o.discard()
			return nil, usagef("--pcap: %s: %w", o.pcap, err)
		}
	}
	return pcap, nil
}

// discard takes away the files that were not written.
func (o *outputOptions) discard() {
	for _, out := range o.outputs {
		if out.file != nil {
			out.file.discard()
		}
	}
}

// write writes doc everywhere, the files first: stdout may be closed. That is
// an error only if there is no other, for run is silent about it.
func (o *outputOptions) write(doc *report.Document, stdout io.Writer) error {
	var failed error
	for _, out := range o.outputs {
		if out.file == nil {
			continue
		}
		if err := o.writer(out.format)(out.file, doc, report.TextOptions{Width: o.width, Evidence: o.evidence}); err != nil {
			failed = errors.Join(failed, fmt.Errorf("write %s: %w", out.path, withoutPath(err)))
			continue
		}
		failed = errors.Join(failed, out.file.commit())
	}
	for _, out := range o.outputs {
		if out.file != nil {
			continue
		}
		text := textOptions(stdout, o.width, o.noColor)
		text.Evidence = o.evidence
		if err := o.writer(out.format)(stdout, doc, text); err != nil && (failed == nil || !errors.Is(err, syscall.EPIPE)) {
			failed = errors.Join(failed, fmt.Errorf("write to stdout: %w", withoutPath(err)))
		}
	}
	return failed
}

// textOptions returns how text for stdout looks: 0 is the width of the
// terminal.
func textOptions(stdout io.Writer, width int, noColor bool) report.TextOptions {
	text := report.TextOptions{Width: width}
	if columns := terminalWidth(stdout); columns > 0 {
		text.Color = !noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		if text.Width == 0 {
			text.Width = columns
		}
	}
	return text
}

// writer returns how f is written.
func (o *outputOptions) writer(f format) func(io.Writer, *report.Document, report.TextOptions) error {
	if f.name == "text" && o.text != nil {
		return o.text
	}
	return f.write
}

// terminalWidth returns the columns of the terminal that w is, or 0 if it is
// none.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 {
		return 80
	}
	return columns
}
