package archive

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/diff"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
	"github.com/ikescope/ikescope/report/text"
)

// manyTargets is a document with more targets than a store holds in memory.
func manyTargets(t *testing.T) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "1"}}, nil)
	all := reporttest.Cases(t)
	for i := range 3 * inMemory {
		for _, name := range []string{"weak-behind-nat", "dead", "undecided"} {
			part := scan.Document(scan.Run{}, all[name])
			part.Targets[0].Name = fmt.Sprintf("%d.%s", i, name)
			doc.Targets = append(doc.Targets, part.Targets...)
		}
	}
	doc.Complete = false
	doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{FailOn: report.SeverityHigh})
	return doc
}

// gatesOf returns the gates of the target at i, of which each has one.
func gatesOf(doc *report.Document, i int) []report.Gate { return doc.Gates[i : i+1] }

func spool(t *testing.T) *Spool {
	dir := t.TempDir() // which is removed after the spool is closed, as Windows demands
	s := &Spool{Create: func() (File, error) { return os.Create(filepath.Join(dir, "spool")) }}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestStore: what is written of a store that holds most targets in a file is what
// is written of a document that memory holds, in whatever order scans end.
func TestStore(t *testing.T) {
	doc := manyTargets(t)
	s := NewStore(spool(t))
	n := len(doc.Targets)
	for k := range n {
		i := k * 7 % n // each once, in another order
		if err := s.Add(i, &doc.Targets[i], gatesOf(doc, i)); err != nil {
			t.Fatal(err)
		}
	}
	s.SetHead(doc.Head())
	for name, write := range map[string]func(*bytes.Buffer, report.Source) error{
		"json": func(b *bytes.Buffer, src report.Source) error { return report.WriteJSON(b, src) },
		"text": func(b *bytes.Buffer, src report.Source) error {
			return text.Document(b, src, text.Options{Evidence: true})
		},
		"comparison": func(b *bytes.Buffer, src report.Source) error { return text.Comparison(b, src, text.Options{}) },
		"gates":      func(b *bytes.Buffer, src report.Source) error { return text.Gates(b, src, text.Options{}) },
	} {
		var got, want bytes.Buffer
		if err := errors.Join(write(&got, s), write(&want, doc)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%s (-document +store):\n%s", name, diff)
		}
	}
	if err := s.spool.Close(); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(new(bytes.Buffer), s); err == nil {
		t.Error("a store whose spool is closed is written without an error")
	}
}

// TestDifferences: what is written of differences in a file is what is written of a
// difference that memory holds.
func TestDifferences(t *testing.T) {
	old, current := manyTargets(t), manyTargets(t)
	for i := range current.Targets {
		switch i % 5 {
		case 0:
			current.Targets[i].Matrix = nil
		case 1:
			current.Targets[i].Name += ".elsewhere"
		}
	}
	want := diff.Compare(old.Tool, old, current)
	got := NewDifferences(spool(t))
	head, err := diff.Between(old.Tool, old, current, got.Add)
	if err != nil {
		t.Fatal(err)
	}
	got.SetHead(head)
	for name, write := range map[string]func(*bytes.Buffer, report.Differences) error{
		"json": func(b *bytes.Buffer, d report.Differences) error { return report.WriteJSON(b, d) },
		"text": func(b *bytes.Buffer, d report.Differences) error { return text.Diff(b, d, text.Options{}) },
	} {
		var a, b bytes.Buffer
		if err := errors.Join(write(&a, want), write(&b, got)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(a.String(), b.String()); d != "" {
			t.Errorf("%s (-memory +file):\n%s", name, d)
		}
		if !strings.Contains(a.String(), "elsewhere") || !strings.Contains(a.String(), "no suite is known now") {
			t.Errorf("%s: a change is missing:\n%.2000s", name, &a)
		}
	}
	if err := got.spool.Close(); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(new(bytes.Buffer), got); err == nil {
		t.Error("differences whose spool is closed are written without an error")
	}
}

// TestArchive: both forms of a report are read again, target by target.
func TestArchive(t *testing.T) {
	doc := manyTargets(t)
	var document, lines bytes.Buffer
	if err := report.WriteJSON(&document, doc); err != nil {
		t.Fatal(err)
	}
	write := func(v any) {
		if err := report.WriteLine(&lines, v); err != nil {
			t.Fatal(err)
		}
	}
	write(report.NewFirstLine(doc.Tool, len(doc.Targets)))
	for i := len(doc.Targets) - 1; i >= 0; i-- {
		write(report.NewTargetLine(i, &doc.Targets[i], gatesOf(doc, i)))
	}
	write(report.NewLastLine(doc.Complete, doc.Exit))
	for name, written := range map[string]*bytes.Buffer{"document": &document, "lines": &lines} {
		in, err := spool(t).Copy(written)
		if err != nil {
			t.Fatal(err)
		}
		a, err := Open(in, in.Size())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(doc.Head(), a.Head()); diff != "" || a.Count() != len(doc.Targets) {
			t.Errorf("%s: %d targets\n%s", name, a.Count(), diff)
		}
		for i := range doc.Targets {
			got, err := a.At(i)
			if err != nil || a.Key(i) != doc.Targets[i].Key() {
				t.Fatalf("%s: %v, %v", name, a.Key(i), err)
			}
			if diff := cmp.Diff(&doc.Targets[i], got); diff != "" {
				t.Errorf("%s: target %d:\n%s", name, i, diff)
			}
		}
	}
}

func TestArchiveFaults(t *testing.T) {
	const first, target = `{"record":"report","schema_version":"1.0","count":2}` + "\n", `{"record":"target","index":1,"target":"a"}` + "\n"
	open := func(s string) (*Archive, error) { return Open(strings.NewReader(s), int64(len(s))) }
	if _, err := open(first + target + target); err == nil || err.Error() != "index 1 stands twice" {
		t.Errorf("a place that is taken twice: %v", err)
	}
	if _, err := open("{"); err == nil {
		t.Error("no report, and no error")
	}
	// What changes meanwhile is not taken for what it was.
	for _, later := range []string{strings.Replace(target, `"a"`, `"b"`, 1), strings.Replace(target, `{`, `[`, 1)} {
		a, err := open(first + target)
		if err != nil {
			t.Fatal(err)
		}
		a.file = strings.NewReader(first + later)
		if _, err := a.At(0); err != errChanged {
			t.Errorf("%s: %v", later, err)
		}
	}
}
