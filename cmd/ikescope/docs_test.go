package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestJSONExamples holds the examples of docs/json.md to a report on the demo:
// its suites and counts, and the fields of an exchange in their order. Numbers
// of exchanges and times are those of one run, and not compared.
func TestJSONExamples(t *testing.T) {
	text, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := runContext(t.Context(), []string{"demo", "-q", "-o", "json"}, nil, &out, io.Discard); code != report.ExitDone {
		t.Fatalf("the demo ended with %d", code)
	}
	doc, err := report.ReadJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	target := doc.Targets[0]
	want := []string{fmt.Sprintf(`{"target":"demo","verdict":"ikev2","accepted":%d,"refused":%d,"unknown":%d,"proven":%t}`,
		target.Matrix.Accepted, target.Matrix.Refused, target.Matrix.Unknown, target.Matrix.Proven)}
	for _, p := range target.Matrix.Products {
		var words []string
		for _, list := range append([][]report.Algorithm{p.ENCR, p.PRF, p.INTEG, p.KE}, p.ADDKE...) {
			for _, a := range list {
				words = append(words, a.Keyword)
			}
		}
		want = append(want, strings.Join(words, "-"))
	}
	for _, line := range want {
		if !strings.Contains(string(text), "    "+line+"\n") {
			t.Errorf("docs/json.md has no line %s", line)
		}
	}

	_, rest, ok := strings.Cut(string(text), "One exchange, whole:")
	_, rest, ok2 := strings.Cut(rest, "    {\n")
	example, _, ok3 := strings.Cut(rest, "    }\n")
	if !ok || !ok2 || !ok3 {
		t.Fatal("docs/json.md shows no exchange")
	}
	example = strings.ReplaceAll("{\n"+example+"}\n", "\n    ", "\n")
	var x report.Exchange
	d := json.NewDecoder(strings.NewReader(example))
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil {
		t.Fatal(err)
	}
	var written strings.Builder
	if err := report.WriteJSON(&written, x); err != nil {
		t.Fatal(err)
	}
	if written.String() != example {
		t.Errorf("docs/json.md shows an exchange as\n%sand it is written as\n%s", example, written.String())
	}
	for _, y := range target.Exchanges {
		if y.Purpose == x.Purpose && y.Outcome == x.Outcome && y.Offer == x.Offer && y.KE == x.KE && y.Suite == x.Suite {
			return
		}
	}
	t.Errorf("the demo has no exchange like %+v", x)
}

// TestREADMEExamples holds what the README shows of a saved report to a report
// on the mock gateway that it starts: all but the gateway's name and the
// numbers of exchanges.
func TestREADMEExamples(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, _ := strings.Cut(string(readme), "\n    ikescope mock --accept")
	recipe, _, _ = strings.Cut(recipe, "\n")
	mock, err := startMock(strings.Fields("--accept" + recipe)...)
	if err != nil {
		t.Fatal(err)
	}
	defer mock.stop()
	at := "127.0.0.1:" + mock.port + "+" + mock.natt
	saved := filepath.Join(t.TempDir(), "vpn.json")
	if code := runContext(t.Context(), []string{"-q", "--rate", "1000", "-o", "json=" + saved, at}, nil, io.Discard, io.Discard); code != report.ExitDone {
		t.Fatalf("the scan ended with %d", code)
	}
	ofOneRun := regexp.MustCompile(`vpn\.example\.com 198\.51\.100\.7|` + regexp.QuoteMeta(at) + `|\(exchanges? [^)]*\)`)
	plain := func(s string) string { return strings.Join(strings.Fields(ofOneRun.ReplaceAllString(s, "")), " ") }
	examples := 0
	_, rest, _ := strings.Cut(string(readme), "    $ ikescope ")
	for rest != "" {
		var example string
		example, rest, _ = strings.Cut(rest, "    $ ikescope ")
		command, shown, _ := strings.Cut(example, "\n")
		var block strings.Builder
		for line := range strings.Lines(shown) {
			if line != "\n" && !strings.HasPrefix(line, "    ") {
				break
			}
			block.WriteString(line)
		}
		args := strings.Fields(strings.Replace(command, "vpn.json", saved, 1))
		var out bytes.Buffer
		runContext(t.Context(), args, nil, &out, io.Discard)
		if got, want := plain(out.String()), plain(block.String()); got != want {
			t.Errorf("the README shows of %s\n%s\nand it prints\n%s", command, want, got)
		}
		examples++
	}
	if examples < 2 {
		t.Errorf("%d examples with their output in the README, want at least 2", examples)
	}
}
