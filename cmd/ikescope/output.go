package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/text"
)

// jsonLines is the format of reports that are written as they grow.
const jsonLines = "jsonl"

// textOrJSON are the ways to write what a command has to say, and reportFormats
// those of reports on targets.
var (
	textOrJSON    = []string{"text", "json"}
	reportFormats = []string{"text", "json", jsonLines}
)

// output is one place to write to: the path or, without one, stdout.
type output struct {
	format, path string
	file         *pending.File
}

// failed says that writing there failed.
func (o *output) failed(err error) error {
	if o.path == "" {
		return fmt.Errorf("write to stdout: %w", argfile.Cause(err))
	}
	return fmt.Errorf("write %s: %w", o.path, argfile.Cause(err))
}

// outputs is the value of --output.
type outputs struct {
	p       *[]output
	formats []string
}

func (o outputs) Set(s string) error {
	name, path, hasPath := strings.Cut(s, "=")
	if lower := strings.ToLower(name); slices.Contains(o.formats, lower) {
		name = lower
	}
	if path == "-" {
		path, hasPath = "", false
	}
	if hasPath && path == "" {
		return fmt.Errorf("%q names no file after the =", s)
	}
	if !slices.Contains(o.formats, name) {
		hint := ""
		if !hasPath && strings.ContainsAny(name, `./\`) {
			format := strings.TrimPrefix(filepath.Ext(name), ".")
			if !slices.Contains(o.formats, format) {
				format = "json"
			}
			hint = fmt.Sprintf("; a file goes behind one: %s=%s", format, name)
		}
		return fmt.Errorf("%q is not a format: %s%s", name, english.List(o.formats, "or"), hint)
	}
	*o.p = append(*o.p, output{format: name, path: path})
	return nil
}

func (outputs) Type() string   { return "format[=path]" }
func (outputs) String() string { return "" }

func (o outputs) Choices() []string { return o.formats }

// printOptions say where a document goes, and how it looks.
type printOptions struct {
	outputs []output
	formats []string // that there are, the default first
	width   int
	noColor bool
	quiet   bool
}

// addFlags adds the flags that every command with something to say has. Its
// formats begin with the one that goes without saying.
func (o *printOptions) addFlags(flags *pflag.FlagSet, what string, formats []string) {
	flags.SortFlags = false
	o.formats = formats
	flags.VarP(outputs{&o.outputs, formats}, "output", "o", fmt.Sprintf("write %s as %s, to stdout or to a file; may be repeated (default %s)",
		what, english.List(formats, "or"), formats[0]))
	addToggle(flags, &o.noColor, "no-color", "", "no colours, as with NO_COLOR in the environment")
	addToggle(flags, &o.quiet, "quiet", "q", "nothing on stderr but errors")
}

// addWidth adds the flag of texts that fit themselves to a terminal.
func (o *printOptions) addWidth(flags *pflag.FlagSet) {
	flags.Var(flagvalue.Number(&o.width, 60, 400), "width", "columns of the text (default: those of the terminal, or 80)")
}

// open creates the files. It returns the paths that are taken.
func (o *printOptions) open() (taken paths, err error) {
	if len(o.outputs) == 0 {
		o.outputs = []output{{format: o.formats[0]}}
	}
	taken = make(paths)
	onStdout := ""
	for _, out := range o.outputs {
		if out.path == "" {
			if onStdout != "" {
				return nil, usagef("--output: both %s and %s go to stdout; give one of them a file: -o %s=FILE",
					onStdout, out.format, out.format)
			}
			onStdout = out.format
		}
	}
	for i := range o.outputs {
		out := &o.outputs[i]
		if out.path == "" {
			continue
		}
		if out.file, err = pending.Create(out.path); err == nil {
			err = taken.take(out.file)
		}
		if err != nil {
			o.discard()
			return nil, usagef("--output: %s: %w", out.path, err)
		}
	}
	return taken, nil
}

// paths are those of files that will be written.
type paths map[string]bool

// take fails if a file is given twice, by whatever names.
func (p paths) take(file *pending.File) error {
	if p[file.Path()] {
		return errors.New("is given twice")
	}
	p[file.Path()] = true
	return nil
}

// discard takes away the files that were not written.
func (o *printOptions) discard() {
	for _, out := range o.outputs {
		if out.file != nil {
			out.file.Discard()
		}
	}
}

// writers write a document, by format.
type writers map[string]func(io.Writer, text.Options) error

// documentWriters are those of v, which asText writes to be read.
func documentWriters(v any, asText func(io.Writer, text.Options) error) writers {
	return writers{
		"text": asText,
		"json": func(w io.Writer, _ text.Options) error { return report.WriteJSON(w, v) },
	}
}

// print opens and writes what o says, for commands that have all they need.
func (a *app) print(o *printOptions, how writers) error {
	if _, err := o.open(); err != nil {
		return err
	}
	defer o.discard()
	return o.write(a.out, how)
}

// write writes everywhere, the files first: stdout may be closed. That is an
// error only if there is no other, for run is silent about it.
func (o *printOptions) write(stdout io.Writer, how writers) error {
	var failed error
	for _, out := range o.outputs {
		if out.file == nil || out.format == jsonLines {
			continue
		}
		if err := how[out.format](out.file, text.Options{Width: o.width}); err != nil {
			failed = errors.Join(failed, out.failed(err))
			continue
		}
		failed = errors.Join(failed, out.file.Commit())
	}
	for _, out := range o.outputs {
		if out.file != nil || out.format == jsonLines {
			continue
		}
		b := bufio.NewWriter(stdout)
		err := how[out.format](b, textOptions(stdout, o.width, o.noColor))
		if err == nil {
			err = b.Flush()
		}
		if err != nil && (failed == nil || !errors.Is(err, syscall.EPIPE)) {
			failed = errors.Join(failed, out.failed(err))
		}
	}
	return failed
}

// outputOptions say where the report of a scan goes, and what else is written.
type outputOptions struct {
	printOptions
	pcap     string
	evidence bool
	verbose  bool
}

func (o *outputOptions) addFlags(flags *pflag.FlagSet, formats []string) {
	o.printOptions.addFlags(flags, "the report", formats)
	o.addWidth(flags)
	flags.Var(flagvalue.File(&o.pcap), "pcap", "write every datagram to this file; the IPv4 identification or IPv6 flow label holds the number of its exchange")
	addToggle(flags, &o.evidence, "evidence", "", "list every exchange in the text report")
	addToggle(flags, &o.verbose, "verbose", "v", "a line on stderr for each exchange")
}

// open creates the files, so that nothing is sent for a report that cannot be
// written. The pending pcap is nil if none was asked for.
func (o *outputOptions) open() (pcap *pending.File, err error) {
	if o.quiet && o.verbose {
		return nil, usagef("--quiet: cannot be combined with --verbose")
	}
	taken, err := o.printOptions.open()
	if err != nil || o.pcap == "" {
		return nil, err
	}
	if pcap, err = pending.Create(o.pcap); err == nil {
		err = taken.take(pcap)
	}
	if err != nil {
		o.discard()
		if pcap != nil {
			pcap.Discard()
		}
		return nil, usagef("--pcap: %s: %w", o.pcap, err)
	}
	return pcap, nil
}

// documentText writes a report to be read.
type documentText func(io.Writer, report.Source, text.Options) error

// wholeText writes all that a document says. Its headings name clients that fail
// if the user asked for them.
func wholeText(asked []client.Policy) documentText {
	return func(w io.Writer, doc report.Source, look text.Options) error {
		look.ClientsAsked = len(asked) > 0
		return text.Document(w, doc, look)
	}
}

// write writes doc wherever it was not written as it grew.
func (o *outputOptions) write(stdout io.Writer, doc report.Source, asText documentText) error {
	how := documentWriters(doc, func(w io.Writer, look text.Options) error {
		look.Evidence = o.evidence
		return asText(w, doc, look)
	})
	how["gates"] = func(w io.Writer, look text.Options) error { return text.Gates(w, doc, look) }
	return o.printOptions.write(stdout, how)
}

// textOptions returns how text for stdout looks: 0 is the width of the
// terminal.
func textOptions(stdout io.Writer, width int, noColor bool) text.Options {
	look := text.Options{Width: width}
	if columns := terminalWidth(stdout); columns > 0 {
		look.Color = !noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		if look.Width == 0 {
			look.Width = columns
		}
	}
	return look
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
