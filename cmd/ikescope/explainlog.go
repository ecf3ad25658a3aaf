package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/documents"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/logread"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/report/findings"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/readers"
	"github.com/ikescope/ikescope/report/text"
)

// logSource is a log to explain: a file, standard input, or lines of the
// command line.
type logSource struct {
	name string
	open func() (io.ReadCloser, error)
	live bool // may be followed
	// given: its lines are an argument of the command line.
	given bool
}

// logSource returns the log that an argument stands for; ok is false for a code
// or a name.
func (a *app) logSource(arg string) (s logSource, ok bool) {
	path, isFile := strings.CutPrefix(arg, "@")
	switch {
	case arg == "-":
		in := func() (io.ReadCloser, error) { return io.NopCloser(a.in), nil }
		return logSource{name: "standard input", open: in, live: true}, true
	case argfile.IsReport(path):
		return logSource{name: path, open: func() (io.ReadCloser, error) {
			return nil, errors.New("is a report, not a log: name the client that fails, for example --client windows-11")
		}}, true
	case isFile || !findings.Known(arg) && argfile.IsThere(arg):
		return logSource{name: path, open: func() (io.ReadCloser, error) { return argfile.Open(path) }}, true
	case strings.ContainsAny(strings.TrimSpace(arg), " \n"):
		in := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(arg)), nil }
		return logSource{name: "the argument", open: in, given: true}, true
	}
	return s, false
}

// explainLogs writes what logs say.
func (a *app) explainLogs(ctx context.Context, o *explainOptions, sources []logSource) error {
	var (
		groups incident.Groups
		files  []incident.File
		failed error
		head   []byte
	)
	for _, s := range sources {
		in, err := s.open()
		if err != nil {
			return usagef("explain: %s: %w", s.name, argfile.Cause(err))
		}
		h := logread.New(ctx, in)
		if !o.quiet && output.TerminalWidth(a.err) > 0 {
			h.Shown = a.err
		}
		tell := a.teller(o, s)
		file, err := logread.Follow(ctx, s.name, h, readers.All(), func(attempt *incident.Attempt) { groups.Add(attempt) }, tell.paused(&groups))
		h.Done()
		in.Close()
		if file.Lines == 0 && err != nil {
			return usagef("explain: %s: %w", s.name, err)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", s.name, argfile.Cause(err)))
		}
		if tell.told > 0 {
			return failed
		}
		files = append(files, file)
		head = h.Head
	}
	doc := incident.NewDocument(files, &groups)
	if len(doc.Stories) == 0 && !slices.ContainsFunc(files, func(f incident.File) bool { return len(f.Products) > 0 }) {
		if len(sources) == 1 {
			return a.explainText(o, sources[0], head)
		}
		return usagef("explain: no line of %s shows why a connection failed%s", names(sources), because(doc))
	}
	if o.attempt > len(doc.Stories) {
		return usagef("--attempt: there is no %d: the logs hold %d kinds of attempts", o.attempt, len(doc.Stories))
	}
	if failed != nil {
		doc.Complete, doc.Error = false, failed.Error()
	}
	return errors.Join(a.writeStories(o, doc), failed)
}

func (a *app) writeStories(o *explainOptions, doc *incident.Document) error {
	return a.print(&o.printOptions, documents.Stories(doc, o.attempt))
}

// explainText explains a text that is not a log of a product that is known.
func (a *app) explainText(o *explainOptions, s logSource, head []byte) error {
	doc, found, err := logread.Bare(s.name, head, s.given)
	switch {
	case err != nil:
		return usagef("explain: %w", err)
	case doc != nil:
		return a.writeStories(o, doc)
	}
	return a.print(&o.printOptions, documents.Writers(found, func(w io.Writer, look text.Options) error {
		return text.Explanations(w, found, look)
	}))
}

func names(sources []logSource) string {
	var all []string
	for _, s := range sources {
		all = append(all, s.name)
	}
	return strings.Join(all, ", ")
}

// because returns the notes of a document as the end of a line.
func because(doc *incident.Document) string {
	if len(doc.Notes) == 0 {
		return ""
	}
	return ": " + strings.Join(doc.Notes, "; ")
}

// teller reports the attempts of a log that is followed, each as it ends.
type teller struct {
	a    *app
	o    *explainOptions
	live bool
	told int
}

func (a *app) teller(o *explainOptions, s logSource) *teller {
	to := o.to.Outputs
	text := len(to) == 0 || len(to) == 1 && to[0].Format == "text" && to[0].Path == ""
	return &teller{a: a, o: o, live: s.live && text && o.attempt == 0}
}

// paused returns what is called when a log has been quiet for a while, or when
// an attempt ended in one that was: nil if the log is not followed.
func (t *teller) paused(groups *incident.Groups) func(incident.File) {
	if !t.live {
		return nil
	}
	return func(incident.File) {
		look := t.o.look(t.a.out)
		for _, g := range groups.All {
			one := incident.Groups{}
			one.Add(g.Attempt)
			doc := incident.NewDocument(nil, &one)
			var out bytes.Buffer
			if t.told > 0 {
				out.WriteByte('\n')
			}
			t.told++
			text.Incident(&out, doc, look)
			t.a.out.Write(out.Bytes())
		}
		*groups = incident.Groups{}
	}
}
