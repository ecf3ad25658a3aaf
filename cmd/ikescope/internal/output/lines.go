package output

import (
	"errors"
	"io"
	"slices"

	"github.com/ikescope/ikescope/report"
)

// Lines are the outputs that are written as JSON lines, while the report grows. They
// are not to be used by several goroutines at once.
type Lines []*lineOutput

// lineOutput is one of them.
type lineOutput struct {
	io.Writer
	output *Output
	events bool // are among the lines
	broken bool
}

// Lines returns those of l. whole reports whether it has others, too, which are written
// at the end.
func (l *List) Lines(stdout io.Writer) (lines Lines, whole bool) {
	for i := range l.Outputs {
		out := &l.Outputs[i]
		to := &lineOutput{Writer: stdout, output: out, events: out.Part == Events}
		if out.Format != JSONLines {
			whole = true
			continue
		}
		if out.File != nil {
			to.Writer = out.File
		}
		lines = append(lines, to)
	}
	return lines, whole
}

// Appear lets the files be seen as they grow.
func (l Lines) Appear() {
	for _, out := range l {
		if out.output.File != nil {
			out.output.File.Appear()
		}
	}
}

// WantEvents reports whether events are written anywhere.
func (l Lines) WantEvents() bool {
	return slices.ContainsFunc(l, func(out *lineOutput) bool { return out.events })
}

// Work reports whether anything can be written anywhere.
func (l Lines) Work() bool {
	return slices.ContainsFunc(l, func(out *lineOutput) bool { return !out.broken })
}

// Write writes v everywhere, and Event where events are wanted. An output that failed
// is left out from then on.
func (l Lines) Write(v any) error { return l.write(v, false) }

// Event writes an event.
func (l Lines) Event(v any) error { return l.write(v, true) }

func (l Lines) write(v any, event bool) error {
	var failed error
	for _, out := range l {
		if out.broken || event && !out.events {
			continue
		}
		err := report.WriteLine(out, v)
		if err == nil && out.output.File != nil {
			err = out.output.File.Flush()
		}
		if err != nil {
			out.broken = true
			failed = errors.Join(failed, out.output.Failed(err))
		}
	}
	return failed
}

// Commit ends the files that could be written.
func (l Lines) Commit() error {
	var failed error
	for _, out := range l {
		if out.output.File != nil && !out.broken {
			failed = errors.Join(failed, out.output.File.Commit())
		}
	}
	return failed
}
