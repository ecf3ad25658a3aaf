package text

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

var update = flag.Bool("update", false, "write the golden files")

var testRun = scan.Run{Tool: report.Tool{Name: "ikescope", Version: "0.1.0"}}

func text(t *testing.T, doc *report.Document, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Document(&b, doc, o); err != nil {
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
			doc := scan.Document(testRun, results)
			golden(t, name+".txt", text(t, doc, Options{}))
			for _, width := range []int{60, 80, 200} {
				narrow(t, text(t, doc, Options{Width: width, Evidence: true}), width)
			}
		})
	}
}

// narrow holds each line of text to width columns, but for lines to paste.
func narrow(t *testing.T, text string, width int) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if slices.ContainsFunc([]string{"Set-Vpn", "nft ", "New-NetFirewallRule", "New-ItemProperty", "/ip firewall"}, func(p string) bool { return strings.HasPrefix(line, p) }) {
			continue
		}
		if layout.Columns(line) > width {
			t.Errorf("line %d is wider than %d columns: %q", i+1, width, line)
		}
	}
}

func TestTextOptions(t *testing.T) {
	results := reporttest.Cases(t)
	golden(t, "evidence.txt", text(t, scan.Document(testRun, results["weak-behind-nat"]), Options{Evidence: true}))
	golden(t, "details.txt", text(t, scan.Document(testRun, results["weak-behind-nat"]), Options{Details: true}))
	golden(t, "wide.txt", text(t, scan.Document(testRun, results["strongswan-default"]), Options{Width: 132}))
	golden(t, "color.txt", text(t, scan.Document(testRun, results["weak-behind-nat"]), Options{Color: true}))
}

// TestShort: what is longer than the terminal ends with its verdict, layer by layer.
func TestShort(t *testing.T) {
	doc := scan.Document(testRun, reporttest.Cases(t)["weak-behind-nat"])
	whole := text(t, doc, Options{})
	lines := strings.Count(whole, "\n")
	if got := text(t, doc, Options{Height: lines + 1}); got != whole {
		t.Errorf("the verdict is there twice although all fits:\n%s", got)
	}
	got := text(t, doc, Options{Height: 24})
	_, screen := got[:len(whole)], got[len(whole):]
	head, _, _ := strings.Cut(whole, "\nFINDINGS")
	if screen != "\n"+head {
		t.Errorf("the end is\n%s\nwant\n%s", screen, head)
	}
}

// TestASCII: what is not ASCII is its code point, counted as that, and lines fit.
func TestASCII(t *testing.T) {
	results := reporttest.Cases(t)["openiked"]
	for _, name := range []string{"東京本社-東京本社-東京本社-東京本社.example", "zürich.example"} {
		doc := scan.Document(testRun, results)
		doc.Targets[0].Name = name
		got := text(t, doc, Options{ASCII: true, Evidence: true})
		if i := strings.IndexFunc(got, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
			t.Errorf("%s: %q", name, got[i:min(i+20, len(got))])
		}
		narrow(t, got, 80)
		if whole := text(t, doc, Options{}); strings.Contains(whole, `\u{`) {
			t.Errorf("%s is escaped without --ascii", name)
		}
		narrow(t, text(t, doc, Options{}), 80)
	}
}

// TestOneSpelling: a report in the names of one product has none of another.
func TestOneSpelling(t *testing.T) {
	doc := scan.Document(testRun, reporttest.Cases(t)["weak-behind-nat"])
	doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], client.Policies()[:4])
	for names, foreign := range map[string]*regexp.Regexp{
		"iana":       regexp.MustCompile(`\b(modp\d+|prfsha\d+|aes256|3des|sha1)\b`),
		"strongswan": regexp.MustCompile(`\b(MODP_\d+|SHA2_256|AES_CBC|3DES)\b`),
		"windows":    regexp.MustCompile(`\b(modp\d+|prfsha\d+|aes256|3des|sha1|(KE_)?MODP_\d+)\b`),
		"ios":        regexp.MustCompile(`\b(modp\d+|prfsha\d+|aes256|(KE_)?MODP_(768|1024|2048)\b)`),
	} {
		got := regexp.MustCompile(`IKE-[A-Z0-9-]+`).ReplaceAllString(text(t, doc, Options{Names: names, Evidence: true}), "ID")
		if found := foreign.FindAllString(got, -1); len(found) > 0 {
			t.Errorf("%s: %q in\n%s", names, found, got)
		}
	}
}

// TestTextClients is about reports with clients: all that are well known, and
// few.
func TestTextClients(t *testing.T) {
	few := []client.Policy{offering(t, "aes256-aes128-sha256-prfsha256-modp2048-ecp256")}
	for _, name := range []string{"windows-11", "windows-dh2048", "android-12", "macos"} {
		p, ok := client.Named(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		few = append(few, p)
	}
	for _, name := range []string{"openiked", "undecided", "dead", "weak-behind-nat"} {
		doc := scan.Document(testRun, reporttest.Cases(t)[name])
		doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], slices.DeleteFunc(client.Policies(), func(p client.Policy) bool { return p.Responder }))
		golden(t, "clients-"+name+".txt", text(t, doc, Options{}))
		golden(t, "compare-"+name+".txt", comparisonText(t, doc, Options{}))
		doc.Targets[0].Clients = assess.Clients(&doc.Targets[0], few)
		golden(t, "compare-"+name+"-few.txt", comparisonText(t, doc, Options{}))
	}
}

// offering is a client that offers keywords, with a KE payload of their first
// method.
func offering(t testing.TB, keywords string) client.Policy {
	t.Helper()
	offer := reporttest.Products(t, keywords)
	return client.Policy{Name: "it", Offer: offer, KE: ike.KeyExchangeMethod(offer[0][proposals.KE][0].ID), Doubt: "Perhaps."}
}

func comparisonText(t *testing.T, doc *report.Document, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Comparison(&b, doc, o); err != nil {
		t.Fatal(err)
	}
	narrow(t, b.String(), 80)
	return b.String()
}

// Colours add terminal sequences and nothing else.
func TestColorOnlyPaints(t *testing.T) {
	for name, results := range reporttest.Cases(t) {
		doc := scan.Document(testRun, results)
		colored := text(t, doc, Options{Color: true, Evidence: true})
		for _, style := range []string{"0", layout.Bold, layout.Red, layout.Green, layout.Yellow, layout.Dim} {
			colored = strings.ReplaceAll(colored, "\x1b["+style+"m", "")
		}
		if diff := cmp.Diff(text(t, doc, Options{Evidence: true}), layout.TrimLines(colored)); diff != "" {
			t.Errorf("%s (-plain +colored):\n%s", name, diff)
		}
	}
}

// Nothing that came from the wire reaches a terminal as it is.
func TestHostileText(t *testing.T) {
	doc := scan.Document(testRun, reporttest.Cases(t)["hostile"])
	var b bytes.Buffer
	if err := report.WriteJSON(&b, doc); err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{"JSON": b.String(), "text": text(t, doc, Options{Evidence: true})}
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

// FuzzReadJSON reads what a stranger saved: it must print, and print nothing
// that moves a terminal.
func FuzzReadJSON(f *testing.F) {
	all := reporttest.Cases(f)
	for _, name := range []string{"openiked", "undecided", "icmp"} {
		var b bytes.Buffer
		if err := report.WriteJSON(&b, scan.Document(testRun, all[name])); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"schema_version": "1.0", "targets": [{"matrix": {"classical": {"universe": 2, "accepted": 1}, "asked": ["?"], "products": [{"basis": "observed", "encr": [{}], "addke": [[],[],[],[],[],[],[],[],[]]}]}, "nat": {}, "gateway": {}}]}`))
	compared := client.Policies()[:4]
	f.Fuzz(func(t *testing.T, in []byte) {
		doc, err := report.ReadJSON(bytes.NewReader(in))
		if err != nil {
			return
		}
		for i := range doc.Targets {
			doc.Targets[i].Clients = assess.Clients(&doc.Targets[i], compared)
		}
		out := text(t, doc, Options{Evidence: true}) + comparisonText(t, doc, Options{})
		if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Fatalf("text holds %q", out[i:])
		}
	})
}

// A scan that asked nothing but as clients has no matrix to show.
func TestLiveClientsAlone(t *testing.T) {
	r := reporttest.Base("vpn.example.com", "198.51.100.7")
	r.Clients = []evidence.ClientAnswer{{Name: "one", State: matrix.Accepted, Suite: reporttest.Suite(t, "aes256-sha256-prfsha256-modp2048")}}
	got := text(t, scan.Document(testRun, []evidence.Result{r}), Options{})
	if !strings.Contains(got, "+ connects  one  aes256-sha256-prfsha256-modp2048") || strings.Contains(got, "\nSUITES") {
		t.Errorf("the text is\n%s", got)
	}
}

// A gateway that fell silent halfway is not called sound.
func TestHeadingUndecided(t *testing.T) {
	doc := scan.Document(testRun, reporttest.Cases(t)["interrupted"])
	doc.Targets[0].Complete = true
	if heading, _, _ := strings.Cut(text(t, doc, Options{}), "\n"); !strings.HasSuffix(heading, "IKEv2 gateway, no problem seen so far") {
		t.Errorf("heading %q", heading)
	}
}

// TestTooLargeToDraw: the text says so of a matrix that is not drawn.
func TestTooLargeToDraw(t *testing.T) {
	many := make([]report.Algorithm, 1000)
	for i := range many {
		many[i].ID = uint16(i + 1)
	}
	one := []report.Algorithm{{ID: 1}}
	huge := report.Target{Matrix: &report.Matrix{
		Counts:    report.Counts{Universe: 1, Accepted: 1},
		Classical: report.Counts{Universe: 1, Accepted: 1},
		Products:  []report.AcceptedSuites{{Suites: report.Suites{ENCR: many, PRF: one, KE: one}, Basis: report.BasisObserved}},
	}}
	if got := text(t, &report.Document{Targets: []report.Target{huge}}, Options{}); !strings.Contains(got, "too large to draw") {
		t.Errorf("the text does not say that the matrix is too large:\n%s", got)
	}
}

// What nobody asked about may be weak, or all that a client has.
func TestHeadingNarrow(t *testing.T) {
	const accepted = "aes256gcm16-prfsha384-ecp384"
	for want, asked := range map[string][]proposals.Product{
		"no problem found":                        nil,
		"no problem among the suites asked about": reporttest.Products(t, accepted),
	} {
		r := reporttest.Matrix{Asked: asked, Observed: accepted}.Scan(t, "vpn.example.com")
		doc := scan.Document(testRun, []evidence.Result{r})
		doc.Targets[0].Findings = nil // such as that algorithms of RFC 8247 are missing
		if heading, _, _ := strings.Cut(text(t, doc, Options{}), "\n"); !strings.HasSuffix(heading, "IKEv2 gateway, "+want) {
			t.Errorf("heading %q, want %q", heading, want)
		}
	}
}

// TestManyVendorIDs: a gateway with hundreds of them does not bury what matters.
func TestManyVendorIDs(t *testing.T) {
	gateway := &report.Gateway{}
	for i := range 300 {
		gateway.VendorIDs = append(gateway.VendorIDs, report.VendorID{Hex: fmt.Sprintf("%04x", i)})
	}
	doc := &report.Document{Targets: []report.Target{{Verdict: report.VerdictIKEv2, Gateway: gateway}}}
	for _, verbose := range []bool{false, true} {
		got := text(t, doc, Options{Evidence: verbose})
		if n := strings.Count(got, "vendor ID"); n < 2 || n > 12 || !strings.Contains(got, "292 more vendor IDs, in the JSON report") {
			t.Errorf("%d lines of vendor IDs:\n%.1500s", n, got)
		}
	}
}
