package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/proposals/plaintext"
	"github.com/ikescope/ikescope/report/archive"
	"github.com/ikescope/ikescope/report/text"
)

func (a *app) convertCommand() *cobra.Command {
	var (
		o        printOptions
		evidence bool
		details  bool
	)
	cmd := &cobra.Command{
		Use:   "convert REPORT",
		Short: "Write a saved report in another format",
		Long: `Read the JSON report of a scan, or JSON lines, and write it in other formats:
octet by octet what the scan itself would have written. Nothing is sent, and
nothing is judged anew, so that it ends with 0 whatever the report's exit code.
- stands for a report on standard input.

The JSON of capture, explain LOG, explain --client, login and diff is written in
the other formats of these commands.`,
		Example: `  ikescope convert vpn.json
  ikescope convert vpn.json -o sarif=vpn.sarif -o junit=vpn.xml
  ikescope convert all.jsonl -o csv:findings=f.csv -o csv:clients=c.csv
  ikescope convert vpn.json -o markdown > ticket.md
  ikescope convert vpn.json -o template=mail.tmpl`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("convert: name one report that a scan wrote with -o json or jsonl")
			}
			if args[0] != "-" && !argfile.Exists(args[0]) {
				if ext := filepath.Ext(args[0]); ext == ".json" || ext == ".jsonl" {
					return usagef("convert: %s: no such file; a scan writes one with -o json=%s TARGET", args[0], args[0])
				}
				return usagef("convert: %s: is not a file; for a scan write ikescope -o FORMAT %s", args[0], args[0])
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			saved, other, err := a.savedDocument(args[0])
			switch {
			case err != nil:
				return usagef("convert: %w", err)
			case other != nil && (evidence || details):
				return usagef("convert: --evidence and --verbose are for reports on targets, and %s is not one", args[0])
			case other != nil:
				return a.print(&o, other)
			}
			if err := o.checkNames(); err != nil {
				return usageError{err}
			}
			if _, err := o.open(); err != nil {
				return err
			}
			defer o.to.Discard()
			how := o.to.ReportWriters(saved, func(w io.Writer, look text.Options) error {
				look.Evidence, look.Details = evidence, details
				return text.Document(w, saved, look)
			})
			how.AddLines(saved)
			return o.write(a.out, how)
		},
	}
	flags := cmd.Flags()
	o.addFlags(flags, "the report", output.Reports)
	o.addWidth(flags)
	o.addNames(flags)
	addToggle(flags, &evidence, "evidence", "", "list every exchange in the text report")
	addToggle(flags, &details, "verbose", "v", "the text report in full: why findings matter, and what is refused")
	return cmd
}

// savedDocument reads the report at a path, or of standard input for -, or the writers of
// a document that is none.
func (a *app) savedDocument(path string) (saved *archive.Archive, other output.Writers, err error) {
	var again io.Reader
	in, name := a.in, path
	if path == "-" {
		name = "standard input"
	} else if info, failed := os.Stat(path); failed == nil && info.Mode()&(os.ModeNamedPipe|os.ModeCharDevice) != 0 { // which is read once
		pipe, failed := os.Open(path)
		if failed != nil {
			return nil, nil, failed
		}
		defer pipe.Close()
		in, path = pipe, "-"
	}
	if path != "-" {
		if saved, err = a.openReport(path); err == nil {
			return saved, nil, nil
		}
		file, failed := os.Open(path)
		if failed != nil {
			return nil, nil, err // which says the same
		}
		defer file.Close()
		again = plaintext.NewReader(file)
	} else {
		copied, failed := a.spool.Copy(plaintext.NewReader(in))
		if failed != nil {
			return nil, nil, failed
		}
		if saved, err = archive.Open(copied, copied.Size()); err == nil {
			return saved, nil, nil
		}
		again = io.NewSectionReader(copied, 0, copied.Size())
		err = fmt.Errorf("%s: %w", name, err)
	}
	other, wrong := documents.Read(again)
	switch {
	case wrong != nil:
		return nil, nil, fmt.Errorf("%s: %w", name, wrong)
	case other != nil:
		return nil, other, nil
	}
	return nil, nil, err
}
