package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report/reporttest"
)

var update = flag.Bool("update", false, "write the golden files")

var testRun = Run{Tool: Tool{Name: "ikescope", Version: "0.1.0"}}

func text(t *testing.T, doc *Document, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteText(&b, doc, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestText(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		t.Run(name, func(t *testing.T) {
			doc := New(testRun, results)
			golden(t, name+".txt", text(t, doc, TextOptions{}))
			for _, width := range []int{60, 80} {
				narrow(t, text(t, doc, TextOptions{Width: width, Evidence: true}), width)
			}
		})
	}
}

// narrow holds each line of text to width columns.
func narrow(t *testing.T, text string, width int) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if utf8.RuneCountInString(line) > width {
			t.Errorf("line %d is wider than %d columns: %q", i+1, width, line)
		}
	}
}

func TestTextOptions(t *testing.T) {
	results := reporttest.Cases(t)
	golden(t, "evidence.txt", text(t, New(testRun, results["weak-behind-nat"]), TextOptions{Evidence: true}))
	golden(t, "wide.txt", text(t, New(testRun, results["strongswan-default"]), TextOptions{Width: 132}))
	golden(t, "color.txt", text(t, New(testRun, results["weak-behind-nat"]), TextOptions{Color: true}))
}

// TestTextClients is about reports with clients: all that are well known, and
// few.
func TestTextClients(t *testing.T) {
	few := []client.Policy{policy(t, "aes256-aes128-sha256-prfsha256-modp2048-ecp256")}
	for _, name := range []string{"windows-11", "windows-dh2048", "android-12", "macos"} {
		p, ok := client.Named(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		few = append(few, p)
	}
	for _, name := range []string{"openiked", "undecided", "dead", "weak-behind-nat"} {
		doc := New(testRun, reporttest.Cases(t)[name])
		doc.Targets[0].Clients = Clients(&doc.Targets[0], slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Responder }))
		golden(t, "clients-"+name+".txt", text(t, doc, TextOptions{}))
		golden(t, "compare-"+name+".txt", comparisonText(t, doc, TextOptions{}))
		doc.Targets[0].Clients = Clients(&doc.Targets[0], few)
		golden(t, "compare-"+name+"-few.txt", comparisonText(t, doc, TextOptions{}))
	}
}

func comparisonText(t *testing.T, doc *Document, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteComparison(&b, doc, o); err != nil {
		t.Fatal(err)
	}
	narrow(t, b.String(), 80)
	return b.String()
}

// Colours add terminal sequences and nothing else.
func TestColorOnlyPaints(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		doc := New(testRun, results)
		colored := text(t, doc, TextOptions{Color: true, Evidence: true})
		for _, style := range []string{"0", bold, red, green, yellow, dim} {
			colored = strings.ReplaceAll(colored, "\x1b["+style+"m", "")
		}
		if diff := cmp.Diff(text(t, doc, TextOptions{Evidence: true}), trimLines(colored)); diff != "" {
			t.Errorf("%s (-plain +colored):\n%s", name, diff)
		}
	}
}

// A saved document is valid, reads back equal, and prints as the scan did.
func TestJSON(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		t.Run(name, func(t *testing.T) {
			doc := New(testRun, results)
			var b bytes.Buffer
			if err := WriteJSON(&b, doc); err != nil {
				t.Fatal(err)
			}
			reporttest.Validate(t, Schema(), b.Bytes())
			if !bytes.HasSuffix(b.Bytes(), []byte("}\n")) {
				t.Error("the JSON does not end in a newline")
			}
			if bytes.Contains(b.Bytes(), []byte(": null")) {
				t.Error("the JSON has a null")
			}
			back, err := ReadJSON(&b)
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
			if diff := cmp.Diff(text(t, doc, TextOptions{}), text(t, back, TextOptions{})); diff != "" {
				t.Errorf("text of the saved document (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSONGolden(t *testing.T) {
	var b bytes.Buffer
	doc := New(testRun, reporttest.Cases(t)["weak-behind-nat"])
	doc.Gates, doc.Exit = Check(doc, Gates{})
	if err := WriteJSON(&b, doc); err != nil {
		t.Fatal(err)
	}
	golden(t, "weak-behind-nat.json", b.String())
}

// Nothing that came from the wire reaches a terminal as it is.
func TestHostileText(t *testing.T) {
	doc := New(testRun, reporttest.Cases(t)["hostile"])
	var b bytes.Buffer
	if err := WriteJSON(&b, doc); err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{"JSON": b.String(), "text": text(t, doc, TextOptions{Evidence: true})}
	for name, out := range outputs {
		if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s holds %q", name, out[i:min(i+20, len(out))])
		}
	}
	for _, want := range []string{`evil\u{1b}]0;owned\u{7}.example`, `a\u{9b}m \u{202e}gnp.exe\u{202c} \xff`, "1b5b33316d7265641b5b306d (unknown)"} {
		if !strings.Contains(outputs["text"], want) {
			t.Errorf("the text does not hold %s", want)
		}
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
		if _, err := ReadJSON(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ReadJSON(%s) = %v, want %q", tt.in, err, tt.want)
		}
	}
	if _, err := ReadJSON(strings.NewReader(strings.Repeat(" ", maxDocument+1))); err == nil || !strings.Contains(err.Error(), "exceeds") {
		t.Errorf("ReadJSON of more than 64 MiB = %v", err)
	}
	if doc, err := ReadJSON(strings.NewReader(`{"schema_version": "1.7", "targets": [], "news": 1}`)); err != nil || doc.SchemaVersion != "1.7" {
		t.Errorf("ReadJSON of a later minor version = %v, %v", doc, err)
	}
}

// FuzzReadJSON reads what a stranger saved: it must print, and print nothing
// that moves a terminal.
func FuzzReadJSON(f *testing.F) {
	all := reporttest.Cases(f)
	for _, name := range []string{"openiked", "undecided", "icmp"} {
		var b bytes.Buffer
		if err := WriteJSON(&b, New(testRun, all[name])); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"schema_version": "1.0", "targets": [{"matrix": {"classical": {"universe": 2, "accepted": 1}, "asked": ["?"], "products": [{"basis": "observed", "encr": [{}], "addke": [[],[],[],[],[],[],[],[],[]]}]}, "nat": {}, "gateway": {}}]}`))
	compared := client.Policies()[:4]
	f.Fuzz(func(t *testing.T, in []byte) {
		doc, err := ReadJSON(bytes.NewReader(in))
		if err != nil {
			return
		}
		for i := range doc.Targets {
			doc.Targets[i].Clients = Clients(&doc.Targets[i], compared)
		}
		out := text(t, doc, TextOptions{Evidence: true}) + comparisonText(t, doc, TextOptions{})
		if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("text holds %q", out[i:])
		}
	})
}

// A gateway that fell silent halfway is not called sound.
func TestHeadingUndecided(t *testing.T) {
	doc := New(testRun, reporttest.Cases(t)["interrupted"])
	doc.Targets[0].Complete = true
	if heading, _, _ := strings.Cut(text(t, doc, TextOptions{}), "\n"); !strings.HasSuffix(heading, "IKEv2 gateway, no problem seen so far") {
		t.Errorf("heading %q", heading)
	}
}

func TestExit(t *testing.T) {
	all := reporttest.Cases(t)
	gather := func(names ...string) []string { return names }
	for _, tt := range []struct {
		targets     []string
		interrupted bool
		want        Exit
	}{
		{nil, false, Exit{0, "every target answered"}},
		{gather("openiked"), false, Exit{0, "every target answered"}},
		{gather("weak-behind-nat"), false, Exit{0, "every target answered"}}, // findings are no gate
		{gather("dead"), false, Exit{4, "the target gave no IKEv2 answer"}},
		{gather("icmp", "openiked", "echo"), false, Exit{4, "2 of 3 targets gave no IKEv2 answer"}},
		{gather("dead", "error"), false, Exit{1, "1 of 2 targets could not be scanned"}},
		{gather("error", "undecided"), true, Exit{130, "interrupted: the report is partial"}},
	} {
		var doc *Document
		run := Run{Tool: testRun.Tool, Interrupted: tt.interrupted}
		results := all["none"]
		for _, name := range tt.targets {
			results = append(results, all[name]...)
		}
		doc = New(run, results)
		_, exit := Check(doc, Gates{})
		if exit != tt.want {
			t.Errorf("exit of %v, interrupted %t = %+v, want %+v", tt.targets, tt.interrupted, exit, tt.want)
		}
		wantComplete := !tt.interrupted && !slices.Contains(tt.targets, "undecided") && !slices.Contains(tt.targets, "error")
		if doc.Complete != wantComplete {
			t.Errorf("complete of %v, interrupted %t = %t", tt.targets, tt.interrupted, doc.Complete)
		}
	}
}
