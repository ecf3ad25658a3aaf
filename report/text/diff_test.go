package text

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/diff"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

func TestDiffText(t *testing.T) {
	all := reporttest.Cases(t)
	rename := func(name string) *report.Document {
		doc := scan.Document(testRun, all[name])
		doc.Targets[0].Name, doc.Targets[0].Address = "vpn.example", "192.0.2.1"
		return doc
	}
	d := diff.Compare(testRun.Tool, rename("openiked"), rename("weak-behind-nat"))
	var b bytes.Buffer
	if err := Diff(&b, d, Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.txt", b.String())
	b.Reset()
	if err := report.WriteJSON(&b, d); err != nil {
		t.Fatal(err)
	}
	reporttest.Validate(t, report.DiffSchema(), b.Bytes())
	back := new(report.Diff)
	if err := json.Unmarshal(b.Bytes(), back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if strings.Contains(b.String(), ": null") {
		t.Error("the JSON has a null")
	}
}

// FuzzDiff compares what strangers saved.
func FuzzDiff(f *testing.F) {
	all := reporttest.Cases(f)
	for _, name := range []string{"openiked", "undecided", "icmp"} {
		var b bytes.Buffer
		if err := report.WriteJSON(&b, scan.Document(testRun, all[name])); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes(), b.Bytes())
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		old, err1 := report.ReadJSON(bytes.NewReader(a))
		now, err2 := report.ReadJSON(bytes.NewReader(b))
		if err1 != nil || err2 != nil {
			return
		}
		var out bytes.Buffer
		if err := Diff(&out, diff.Compare(testRun.Tool, old, now), Options{}); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(out.String(), unprintable); i >= 0 {
			t.Fatalf("text holds %q", out.String()[i:])
		}
	})
}

func unprintable(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
