package readers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/incident/event"
)

// frames are what people and their tools put around a line.
var frames = []struct {
	name string
	put  func(n int, line string) string
}{
	{"quoted", func(_ int, s string) string { return "> " + s }},
	{"quoted twice", func(_ int, s string) string { return ">> > " + s }},
	{"in backticks", func(_ int, s string) string { return "`" + s + "`" }},
	{"indented", func(_ int, s string) string { return "\t    " + s }},
	{"coloured", func(_ int, s string) string { return "\x1b[1;31m" + s + "\x1b[0m" }},
	{"in BBCode", func(_ int, s string) string { return "[COLOR=#000000]" + s + "[/COLOR]" }},
	{"in HTML", func(_ int, s string) string { return `<code class="log">` + s + "</code><br>" }},
	{"with entities", func(_ int, s string) string {
		return strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;").Replace(s)
	}},
	{"with typographic quotes", func(_ int, s string) string { return strings.ReplaceAll(s, `"`, "\u201c") }},
	{"with hard blanks", func(_ int, s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }},
	{"with a return", func(_ int, s string) string { return s + "\r" }},
}

// hosts are what stands before lines that name their product: a host, a prompt,
// a time that was cut.
var hosts = []struct{ name, before string }{
	{"a host", "gw-01.example.com "}, {"a time that was cut", ":17.204 gw "}, {"a prompt", "root@gw:~# "}, {"a viewer's columns", "2 days ago  daemon.info  "},
	{"a host that was taken out", "<redacted> "}, {"a time of its own form", "Tue 03/11/26 8h00 gw "},
}

// Each line of a table says the same in whatever frame it is passed on.
func TestFrames(t *testing.T) {
	for _, product := range All() {
		if product.Lines == nil {
			continue
		}
		for i := range product.Lines.Rows() {
			row := &product.Lines.Rows()[i]
			if row.Kind != event.Root && row.Kind != event.Sign && row.Kind != event.Gone || testing.Short() && i%5 > 0 {
				continue
			}
			plain := firstCause(row.Sample)
			for _, frame := range frames {
				if strings.HasPrefix(row.Sample, "{") || strings.HasPrefix(row.Sample, "<") || strings.ContainsAny(row.Sample, "&`") || strings.HasPrefix(frame.name, "with typo") && strings.Contains(row.Sample, `'`) {
					continue
				}
				if got := firstCause(frame.put(i, row.Sample)); got != plain {
					t.Errorf("%s, %s: %q is read as %s, want %s", product.Name, frame.name, row.Sample, got, plain)
				}
			}
			if product.Program == "" {
				continue
			}
			for _, host := range hosts {
				line := row.Sample
				if l := event.Unwrap("log", 1, line); len(l) != 1 || l[0].Program != "" || l[0].Stamp != "" {
					continue
				}
				if !strings.HasPrefix(line, product.Program) {
					line = product.Program + "[123]: " + line
				}
				if got, want := firstCause(host.before+line), firstCause(line); got != want {
					t.Errorf("%s, %s: %q is read as %s, want %s", product.Name, host.name, host.before+line, got, want)
				}
			}
		}
	}
}

// firstCause returns product and cause of the first story of a line.
func firstCause(line string) string {
	var out string
	_, err := incident.Scan("log", strings.NewReader(line+"\n"), All(), func(a *incident.Attempt) {
		if out == "" && a.Cause != nil {
			out = fmt.Sprintf("%s: %s", a.Product, a.Cause.ID)
		}
	})
	if err != nil {
		return err.Error()
	}
	return out
}
