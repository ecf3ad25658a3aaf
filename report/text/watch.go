package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// Watch writes the table of a watch, a line for each path and one above them, and
// returns how many lines these are.
func Watch(w io.Writer, paths []report.WatchPath, o Options) (lines int, err error) {
	p := newPage(o)
	names := columns("PATH")
	for i := range paths {
		names = max(names, columns(watchName(&paths[i])))
	}
	names = min(names, max(p.width-54, 20))
	row := func(name string, cells ...string) string {
		if n := columns(name); n > names {
			name = string([]rune(name)[:names-1]) + "…"
		}
		line := pad(name, names)
		for _, c := range cells {
			line += fmt.Sprintf("%9s", c)
		}
		return line
	}
	write := func(style, line string) {
		p.out.WriteString(p.paint(style, line) + "\n")
		lines++
	}
	write(bold, row("PATH", "LOSS", "SENT", "LAST", "MIN", "MEAN", "MAX"))
	for i := range paths {
		path := &paths[i]
		style := green
		if path.State != report.PathAnswers {
			style = red
		}
		rtt := func(ms float64) string {
			if ms == 0 {
				return "-"
			}
			return duration(ms)
		}
		write(style, row(watchName(path), fmt.Sprintf("%.1f %%", 100*path.Loss()), fmt.Sprint(path.Sent),
			rtt(path.LastMs), rtt(path.RTTms), rtt(path.MeanMs), rtt(path.MaxMs)))
		if path.State != "" && path.State != report.PathAnswers {
			words := english.Plain(string(path.State))
			if path.Detail != "" {
				words += ": " + path.Detail
			}
			if words = printable.Text(words); columns(words) > p.width-2 {
				words = string([]rune(words)[:p.width-3]) + "…"
			}
			write(red, "  "+words)
		}
	}
	return lines, p.writeTo(w)
}

// watchName is the address, and the port of the gateway there.
func watchName(p *report.WatchPath) string {
	return printable.Text(p.Address + "  " + strings.Replace(p.Name(), "UDP ", "udp/", 1))
}
