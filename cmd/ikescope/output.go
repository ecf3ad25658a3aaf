package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/pending"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/spelling"
	"github.com/ikescope/ikescope/report/text"
	"github.com/spf13/pflag"
)

// reportFormats are those of reports on targets.
var reportFormats = output.Reports[:len(output.Reports)-1] // gates are those of check

// printOptions say where a document goes, and how it looks.
type printOptions struct {
	to      output.List
	width   int
	color   string
	noColor bool
	ascii   bool
	names   string
	given   *pflag.Flag // --names, where the command has it
	quiet   bool
}

// addFlags adds the flags that every command with something to say has. Its
// formats begin with the one that goes without saying.
func (o *printOptions) addFlags(flags *pflag.FlagSet, what string, formats []string) {
	flags.SortFlags = false
	flags.VarP(output.Flag(&o.to, formats), "output", "o", fmt.Sprintf("write %s as %s, to stdout or to a file; may be repeated (default %s)",
		what, english.List(formats, "or"), formats[0]))
	if slices.Contains(formats, "json") {
		f := flags.VarPF(output.JSON(&o.to), "json", "j", "the same as -o json, or with =FILE as -o json=FILE")
		f.NoOptDefVal, f.Hidden = "-", true
	}
	flags.Var(flagvalue.Folder(&o.to.Dir), "output-dir", "the folder for files whose names are relative; made if it is not there")
	o.addColors(flags)
	addToggle(flags, &o.quiet, "quiet", "q", "nothing on stderr but errors")
}

// addColors adds the flags on colours.
func (o *printOptions) addColors(flags *pflag.FlagSet) {
	flags.Var(flagvalue.Word(&o.color, output.Colors), "color", "colours: auto (on a terminal, unless NO_COLOR is set, or if FORCE_COLOR is), always or never")
	addToggle(flags, &o.noColor, "no-color", "", "the same as --color never")
	addToggle(flags, &o.ascii, "ascii", "", "text in ASCII alone; other characters are written as code points")
}

// addNames adds the flag on how algorithms are named.
func (o *printOptions) addNames(flags *pflag.FlagSet) {
	flags.Var(flagvalue.Word(&o.names, spelling.All), "names", "whose names algorithms have in text: "+english.List(spelling.All, "or")+" (default strongswan)")
	o.given = flags.Lookup("names")
}

// look is how texts on stdout look.
func (o *printOptions) look(stdout io.Writer) text.Options {
	if o.noColor {
		o.color = string(output.ColorNever)
	}
	look := output.Look(stdout, o.width, output.Color(o.color))
	look.ASCII, look.Names = o.ascii, o.names
	return look
}

// checkNames refuses names that nothing that is written has.
func (o *printOptions) checkNames() error {
	if o.given == nil || !o.given.Changed {
		return nil // or they are set for good
	}
	return o.to.CheckNames()
}

// addWidth adds the flag of texts that fit themselves to a terminal.
func (o *printOptions) addWidth(flags *pflag.FlagSet) {
	flags.Var(flagvalue.Number(&o.width, 60, 400), "width", "columns of the text (default: those of the terminal, or 80)")
}

// open creates the files. It returns the paths that are taken.
func (o *printOptions) open() (output.Paths, error) {
	taken, err := o.to.Open()
	if err != nil {
		return nil, usageError{err}
	}
	return taken, nil
}

// print opens and writes what o says, for commands that have all they need.
func (a *app) print(o *printOptions, how output.Writers) error {
	if err := errors.Join(o.to.Check(how), o.checkNames()); err != nil {
		return usageError{err}
	}
	if _, err := o.open(); err != nil {
		return err
	}
	defer o.to.Discard()
	return o.write(a.out, how)
}

// write writes everywhere.
func (o *printOptions) write(stdout io.Writer, how output.Writers) error {
	return o.to.Write(stdout, o.width, o.look(stdout), how)
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
	o.addNames(flags)
	flags.Var(flagvalue.File(&o.pcap), "pcap", "write every datagram to this file, as pcapng; a comment on each says which exchange it is of, and how that ended")
	addToggle(flags, &o.evidence, "evidence", "", "list every exchange in the text report")
	addToggle(flags, &o.verbose, "verbose", "v", "a line on stderr for each exchange, and the text report in full: why findings matter, and what is refused")
}

// open creates the files, so that nothing is sent for a report that cannot be
// written. The pending pcap is nil if none was asked for.
func (o *outputOptions) open() (pcap *pending.File, err error) {
	if o.quiet && o.verbose {
		return nil, usagef("--quiet: cannot be combined with --verbose")
	}
	if err := o.checkNames(); err != nil {
		return nil, usageError{err}
	}
	taken, err := o.printOptions.open()
	if err != nil || o.pcap == "" {
		return nil, err
	}
	if o.pcap, err = o.to.In(o.pcap); err != nil {
		o.to.Discard()
		return nil, usageError{err}
	}
	if pcap, err = pending.Create(o.pcap); err == nil {
		err = taken.Take(pcap)
	}
	if err != nil {
		o.to.Discard()
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
func (o *outputOptions) write(stdout io.Writer, doc report.Source, r *reporting) error {
	how := o.to.ReportWriters(doc, func(w io.Writer, look text.Options) error {
		look.Evidence, look.Details = o.evidence, o.verbose
		return r.asText(w, doc, look)
	})
	if r.part != nil {
		cut := o.to.ReportWriters(r.part(doc), nil)
		how["markdown"], how["html"] = cut["markdown"], cut["html"]
	}
	return o.printOptions.write(stdout, how)
}
