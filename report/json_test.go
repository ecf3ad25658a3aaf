package report_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

var jsonRun = scan.Run{Tool: report.Tool{Name: "ikescope", Version: "0.1.0"}}

// A saved document is valid, and reads back equal.
func TestJSON(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		t.Run(name, func(t *testing.T) {
			doc := scan.Document(jsonRun, results)
			var b bytes.Buffer
			if err := report.WriteJSON(&b, doc); err != nil {
				t.Fatal(err)
			}
			// What is written one target at a time is what is written at once.
			var whole bytes.Buffer
			type plain report.Document // which is not a Source
			if err := report.WriteJSON(&whole, (*plain)(doc)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole.String(), b.String()); diff != "" {
				t.Errorf("one target at a time (-want +got):\n%s", diff)
			}
			reporttest.Validate(t, report.Schema(), b.Bytes())
			if !bytes.HasSuffix(b.Bytes(), []byte("}\n")) {
				t.Error("the JSON does not end in a newline")
			}
			if bytes.Contains(b.Bytes(), []byte(": null")) {
				t.Error("the JSON has a null")
			}
			back, err := report.ReadJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			if name == "hostile" {
				// Octets that are no UTF-8 do not survive, and need not.
				return
			}
			if diff := cmp.Diff(doc, back); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSONGolden(t *testing.T) {
	var b bytes.Buffer
	doc := scan.Document(jsonRun, reporttest.Cases(t)["weak-behind-nat"])
	doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{})
	if err := report.WriteJSON(&b, doc); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/weak-behind-nat.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("weak-behind-nat.json (-want +got):\n%s", diff)
	}
}

// JSON lines are valid, and read back as the document that they are, in whatever
// order they come. Each strict prefix of theirs is a report that was cut off.
func TestJSONLines(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		t.Run(name, func(t *testing.T) {
			doc := scan.Document(jsonRun, results)
			doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{FailOn: report.SeverityHigh})
			var lines [][]byte
			write := func(v any) {
				var b bytes.Buffer
				if err := report.WriteLine(&b, v); err != nil {
					t.Fatal(err)
				}
				reporttest.Validate(t, report.LinesSchema(), b.Bytes())
				if bytes.IndexByte(b.Bytes(), '\n') != b.Len()-1 {
					t.Errorf("not one line: %s", b.Bytes())
				}
				lines = append(lines, b.Bytes())
			}
			write(report.NewFirstLine(doc.Tool, len(doc.Targets)))
			for i := range slices.Backward(doc.Targets) {
				write(report.NewTargetLine(i, &doc.Targets[i], doc.Gates[i:i+1]))
			}
			write(report.NewLastLine(doc.Complete, doc.Exit))
			whole := bytes.Join(lines, nil)
			back, err := report.ReadJSON(bytes.NewReader(whole))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(doc, back); diff != "" && name != "hostile" { // as in TestJSON
				t.Errorf("read back (-want +got):\n%s", diff)
			}
			for n := len(lines[0]); n < len(whole)-1; n += 1 + len(whole)/50 {
				back, err := report.ReadJSON(bytes.NewReader(whole[:n]))
				if err != nil || back.Complete || back.Exit.Code != report.ExitInterrupted {
					t.Errorf("%d of %d octets: %+v, %v", n, len(whole), back, err)
				}
			}
		})
	}
}

func TestReadLinesFaults(t *testing.T) {
	const first, target, last = `{"record":"report","schema_version":"1.0","count":2}` + "\n", `{"record":"target","index":0,"target":"a"}` + "\n", `{"record":"end","complete":true}` + "\n"
	for _, tt := range []struct{ in, want string }{
		{target, "line 1: its record is"},
		{last, "line 1: its record is"},
		{strings.Replace(first, "1.0", "2.0", 1), `"2.0" is not supported`},
		{`{"record":"report"}`, "no schema_version"},
		{`{"record":"report","schema_version":"1.0","count":"2"}` + target, "line 1: count: a string is not"},
		{first + "{}", `line 2: record "" is neither`},
		{first + target + "[]", "line 3: an array is not"},
		{first + `{"record":"target","index":0}`, "line 2: target: is missing"},
		{first + `{"record":"target"}`, "line 2: index -1 is not one of 2 targets"},
		{first + `{"record":"target","index":2}`, "line 2: index 2 is not one of 2 targets"},
		{first + `{"record":"target","index":1e99}`, "line 2: index: a number 1e99 is not what stands here"},
		{first + `{"record":"target","index":0,"verdict":4}`, "line 2: verdict: a number is not what stands here"},
		{first + last + target, "line 3: stands after the end"},
		{first + "nonsense", "line 2: not a JSON document"},
	} {
		if _, err := report.ReadJSON(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ReadJSON(%s) = %v, want %q", tt.in, err, tt.want)
		}
	}
	// The end does not say that all is there.
	doc, err := report.ReadJSON(strings.NewReader(first + target + last))
	if err != nil || doc.Complete || len(doc.Targets) != 1 {
		t.Errorf("one target of two: %+v, %v", doc, err)
	}
}

func TestReadJSONFaults(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{``, "not a JSON document"},
		{`{"schema_version": "1.0"`, "not a JSON document"},
		{`{"schema_version": "1.0"} {}`, "not a JSON document"},
		{`[]`, "not the report of a scan: it is JSON, but not an object"},
		{`{"schema_version": "1.0", "targets": [], "more": ` + strings.Repeat("[", 2000), "nested more than 1000 deep"},
		{`{"schema_version": "1.0", "targets": [{"target": 7}, {]}`, "not a JSON document"},
		{`{}`, "no schema_version"},
		{`{"schema_version": null}`, "no schema_version"},
		{`{"schema_version": "2.0"}`, `"2.0" is not supported`},
		{`{"schema_version": "1"}`, "is not supported"},
		{`{"schema_version": "1.x"}`, "is not supported"},
		{`{"schema_version": "1.0", "sas": []}`, "not the report of a scan"},                   // a capture
		{`{"schema_version": "1.0", "same": true, "targets": []}`, "not the report of a scan"}, // a difference
		{`{"schema_version": "1.0", "targets": 3}`, "targets: is not a list"},
		{`{"schema_version": "1.0", "targets": [{"matrix": {"products": [{"encr": [{"id": 70000}]}]}}]}`, "is not what stands here"},
		// Of a few octets each, and of hundreds in memory.
		{`{"schema_version": "1.0", "targets": [{"target": "a"}, {}]}`, "targets.1.target: is missing"},
		{`{"schema_version": "1.0", "targets": [{"target": "a", "exchanges": [{}` + strings.Repeat(",{}", 1<<20) + "]}]}", "holds more than"},
		{`{"schema_version": "1.0", "targets": [{"target": "a", "notes": [""` + strings.Repeat(`,""`, 1<<23) + "]}]}", "holds more than"},
		{`{"schema_version": "1.0", "tool": [""` + strings.Repeat(`,""`, 1<<23) + "]}", "holds more than"},
	} {
		if _, err := report.ReadJSON(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ReadJSON(%.200s) = %v, want %q", tt.in, err, tt.want)
		}
	}
	// What stands in a text is no list.
	if _, err := report.ReadJSON(strings.NewReader(`{"schema_version": "1.0", "targets": [{"target": "\"` + strings.Repeat(",{", 1<<23) + `"}]}`)); err != nil {
		t.Errorf("ReadJSON of a long text = %v", err)
	}
	if _, err := report.ReadJSON(strings.NewReader(strings.Repeat(" ", 64<<20+1))); err == nil || !strings.Contains(err.Error(), "exceeds") {
		t.Errorf("ReadJSON of more than 64 MiB = %v", err)
	}
	if doc, err := report.ReadJSON(strings.NewReader(`{"schema_version": "1.7", "targets": [], "news": 1}`)); err != nil || doc.SchemaVersion != "1.7" {
		t.Errorf("ReadJSON of a later minor version = %v, %v", doc, err)
	}
}
