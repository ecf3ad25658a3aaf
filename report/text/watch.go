package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Watch writes the table of a watch, a line for each path and one above them, and
// returns how many lines these are.
func Watch(w io.Writer, paths []report.WatchPath, o Options) (lines int, err error) {
	p := newPage(o)
	names := layout.Columns("PATH")
	for i := range paths {
		names = max(names, layout.Columns(watchName(&paths[i])))
	}
	names = min(names, max(p.Width-54, 20))
	row := func(name string, cells ...string) string {
		if n := layout.Columns(name); n > names {
			name = string([]rune(name)[:names-1]) + "…"
		}
		line := layout.Pad(name, names)
		for _, c := range cells {
			line += fmt.Sprintf("%9s", c)
		}
		return line
	}
	write := func(style, line string) {
		p.Title(p.Paint(style, line))
		lines++
	}
	write(layout.Bold, row("PATH", "LOSS", "SENT", "LAST", "MIN", "MEAN", "MAX"))
	for i := range paths {
		path := &paths[i]
		style := layout.Green
		if path.State != report.PathAnswers {
			style = layout.Red
		}
		rtt := func(ms float64) string {
			if ms == 0 {
				return "-"
			}
			return layout.Duration(ms)
		}
		write(style, row(watchName(path), fmt.Sprintf("%.1f %%", 100*path.Loss()), fmt.Sprint(path.Sent),
			rtt(path.LastMs), rtt(path.RTTms), rtt(path.MeanMs), rtt(path.MaxMs)))
		if path.State != "" && path.State != report.PathAnswers {
			words := report.Path{Transport: path.Transport, State: path.State}.StateWords()
			if path.Detail != "" {
				words += ": " + path.Detail
			}
			if words = printable.Text(words); layout.Columns(words) > p.Width-2 {
				words = string([]rune(words)[:p.Width-3]) + "…"
			}
			write(layout.Red, "  "+words)
		}
	}
	return lines, p.Print(w)
}

// watchName is the address, and the port of the gateway there.
func watchName(p *report.WatchPath) string {
	return printable.Text(p.Address + "  " + strings.Replace(p.Name(), "UDP ", "udp/", 1))
}
