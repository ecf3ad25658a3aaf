package report_test

import (
	"bytes"
	"os"
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

func TestReadJSONFaults(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{``, "not a JSON document"},
		{`{"schema_version": "1.0"`, "not a JSON document"},
		{`{"schema_version": "1.0"} {}`, "not a JSON document"},
		{`{}`, "no schema_version"},
		{`{"schema_version": null}`, "no schema_version"},
		{`{"schema_version": "2.0"}`, `"2.0" is not supported`},
		{`{"schema_version": "1"}`, "is not supported"},
		{`{"schema_version": "1.x"}`, "is not supported"},
		{`{"schema_version": "1.0", "sas": []}`, "not the report of a scan"},                   // a capture
		{`{"schema_version": "1.0", "same": true, "targets": []}`, "not the report of a scan"}, // a difference
		{`{"schema_version": "1.0", "targets": 3}`, "is not what stands here"},
		{`{"schema_version": "1.0", "targets": [{"matrix": {"products": [{"encr": [{"id": 70000}]}]}}]}`, "is not what stands here"},
	} {
		if _, err := report.ReadJSON(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ReadJSON(%s) = %v, want %q", tt.in, err, tt.want)
		}
	}
	if _, err := report.ReadJSON(strings.NewReader(strings.Repeat(" ", 64<<20+1))); err == nil || !strings.Contains(err.Error(), "exceeds") {
		t.Errorf("ReadJSON of more than 64 MiB = %v", err)
	}
	if doc, err := report.ReadJSON(strings.NewReader(`{"schema_version": "1.7", "targets": [], "news": 1}`)); err != nil || doc.SchemaVersion != "1.7" {
		t.Errorf("ReadJSON of a later minor version = %v, %v", doc, err)
	}
}
