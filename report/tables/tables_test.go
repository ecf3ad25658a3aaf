package tables

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// read returns the rows of a table of a document, by the names of their columns.
func read(t *testing.T, doc report.Source, name string) (rows []map[string]string) {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, doc, name); err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(&b).ReadAll() // which wants rows of one length
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range cells[1:] {
		row := map[string]string{}
		for i, heading := range cells[0] {
			row[heading] = cell[i]
		}
		if len(row) != len(cells[0]) {
			t.Errorf("%s: two columns have one name: %v", name, cells[0])
		}
		rows = append(rows, row)
	}
	return rows
}

func document(t *testing.T, names ...string) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{}, nil)
	for _, name := range names {
		for _, target := range scan.Document(scan.Run{}, reporttest.Cases(t)[name]).Targets {
			target.Clients = assess.Clients(&target, client.Policies())
			doc.Targets = append(doc.Targets, target)
		}
	}
	return doc
}

// TestTables: each table has a row for each of what it is about.
func TestTables(t *testing.T) {
	doc := document(t, "weak-behind-nat", "mlkem", "dead", "error")
	rows := read(t, doc, "targets")
	if len(rows) != 4 {
		t.Fatalf("%d targets", len(rows))
	}
	weak, dead := rows[0], rows[2]
	for column, want := range map[string]string{"target": "old-gw.example", "address": "203.0.113.80", "started": "2026-08-01T09:30:00Z",
		"verdict": "ikev2", "complete": "true", "udp500": "answers", "udp4500": "silent", "tcp4500": "", "nat_before_us": "true",
		"unknown": "0", "critical": "2", "post_quantum": "none", "exchanges": "75", "policies_violated": "0"} {
		if weak[column] != want {
			t.Errorf("%s is %q, want %q", column, weak[column], want)
		}
	}
	if dead["accepted"] != "" || dead["nat_before_us"] != "" || dead["verdict"] != "no_answer" {
		t.Errorf("what is not known of a dead gateway: %v", dead)
	}
	found, clients, products := 0, 0, 0
	for _, target := range doc.Targets {
		found += len(target.Findings)
		clients += len(target.Clients)
		if target.Matrix != nil {
			products += len(target.Matrix.Products)
		}
	}
	for name, want := range map[string]int{"findings": found, "clients": clients, "products": products} {
		rows := read(t, doc, name)
		if len(rows) != want || want == 0 {
			t.Errorf("%d %s, want %d", len(rows), name, want)
		}
		if rows[0]["target"] != "old-gw.example" {
			t.Errorf("%s: the first is of %q", name, rows[0]["target"])
		}
	}
	f := read(t, doc, "findings")[0]
	if f["id"] != "IKE-ENCR-DES" || f["severity"] != "critical" || !strings.HasPrefix(f["fix"], "remove des from") || f["exchanges"] != "8" {
		t.Errorf("the first finding is %v", f)
	}
	for _, p := range read(t, doc, "products") {
		if p["target"] == "mlkem.example" && !strings.Contains(p["addke"], "mlkem1024") {
			t.Errorf("the additional key exchanges are %q", p["addke"])
		}
	}
	verdicts := map[string]int{}
	for _, c := range read(t, doc, "clients") {
		if c["target"] == "old-gw.example" {
			verdicts[c["verdict"]]++
		}
	}
	if strconv.Itoa(verdicts["connects"]) != weak["clients_connect"] || strconv.Itoa(verdicts["fails"]) != weak["clients_fail"] {
		t.Errorf("the clients say %v, and the target %v", verdicts, weak)
	}
	if err := Write(new(bytes.Buffer), doc, "nothing"); err == nil {
		t.Error("a table that does not exist is written")
	}
}

// TestSafe: a spreadsheet finds no formula, and a terminal no control.
func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0", "+1+1": "'+1+1", "@SUM(1)": "'@SUM(1)", "-2+3": "'-2+3", "\t=1": `\u{9}=1`,
		"-2.5": "-2.5", "a=b": "a=b", "a\nb\x1b[2J": "a\nb\\u{1b}[2J", "\r=1": `\u{d}=1`, "": "",
		" =1+1": "' =1+1", "＝1+1": "'＝1+1", "－1": "'－1", "＠x": "'＠x", " a": " a", " -2": "' -2",
	} {
		if got := safe([]string{in})[0]; got != want {
			t.Errorf("%q is written as %q, want %q", in, got, want)
		}
	}
	doc := document(t, "hostile")
	doc.Targets[0].Findings = []report.Finding{{ID: "X", Title: "=HYPERLINK(\"http://x\")", Detail: "a,\"b\"\nc", Fix: []string{"+one", "two"}}}
	row := read(t, doc, "findings")[0]
	if row["title"] != `'=HYPERLINK("http://x")` || row["detail"] != "a,\"b\"\nc" || row["fix"] != "'+one\ntwo" || strings.ContainsAny(row["target"], "\x1b\x07") {
		t.Errorf("got %v", row)
	}
}
