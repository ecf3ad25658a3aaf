package html

import (
	"bytes"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// document is a report of some of the cases, held to gates.
func document(t testing.TB, names ...string) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "1"}}, nil)
	policy, _ := baseline.PolicyNamed("modern")
	cases := reporttest.Cases(t)
	for _, name := range names {
		for _, target := range scan.Document(scan.Run{}, cases[name]).Targets {
			if target.Matrix != nil {
				target.Clients = assess.Clients(&target, client.Policies())
			}
			target.Policies = assess.Policies(&target, []baseline.Policy{policy})
			doc.Targets = append(doc.Targets, target)
		}
	}
	doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{Policies: true, FailOn: report.SeverityHigh})
	return doc
}

// says fails where a page lacks any of the words.
func says(t *testing.T, page string, want ...string) {
	t.Helper()
	for _, words := range want {
		if !strings.Contains(page, words) {
			t.Errorf("a page lacks %q:\n%s", words, page[strings.Index(page, "<main"):])
		}
	}
}

// evil is what a gateway might send to take over the page that shows it.
const evil = `"'><script>document.title='owned'</script><img src=x onerror="document.title='owned'"><a href="javascript:alert(1)">x</a>{{.}}</style></title>`

// evilDocument has evil in every string of a document, and every part that a document
// can have.
func evilDocument() *report.Document { return evilOf[report.Document]() }

func evilOf[T any]() *T {
	doc := new(T)
	fill(reflect.ValueOf(doc).Elem())
	return doc
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(evil)
	case reflect.Int:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	}
}

func written(t testing.TB, doc report.Source) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, doc, ""); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// elements returns those of a page, each after the ones that it is in.
func elements(t testing.TB, page string) (all []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// pages are documents of each kind.
func examplePages(t testing.TB) map[string]string {
	return map[string]string{
		"one":     written(t, document(t, "weak-behind-nat")),
		"many":    written(t, document(t, "weak-behind-nat", "strongswan-default", "mlkem", "undecided", "dead", "hostile", "error")),
		"evil":    written(t, evilDocument()),
		"nothing": written(t, &report.Document{}),

		"capture":      captureOf(t, exampleCapture()),
		"evil capture": captureOf(t, evilOf[report.Capture]()),
		"stories":      storiesOf(t, exampleStories()),
		"one story":    storiesOf(t, &incident.Document{Complete: true, Files: exampleStories().Files, Stories: exampleStories().Stories[:1]}),
		"evil stories": storiesOf(t, evilOf[incident.Document]()),
		"login":        loginOf(t, exampleLogin(), ""),
		"evil login":   loginOf(t, evilOf[login.Document](), ""),
		"diff":         diffOf(t, exampleDiff(), ""),
		"evil diff":    diffOf(t, evilOf[report.Diff](), ""),
		"advice":       adviceOf(t, exampleAdvice(), ""),
		"evil advice":  adviceOf(t, []report.Advice{*evilOf[report.Advice]()}, ""),
	}
}

func captureOf(t testing.TB, c *report.Capture) string {
	t.Helper()
	var b bytes.Buffer
	if err := Capture(&b, c, CaptureOptions{All: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func storiesOf(t testing.TB, d *incident.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Stories(&b, d, 0); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// exampleCapture has an IKE SA that fails and one that works, of two files.
func exampleCapture() *report.Capture {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a, b := report.Endpoint{Address: "192.0.2.1", Port: 500}, report.Endpoint{Address: "192.0.2.2", Port: 500}
	ways := []report.CapturedPath{{Initiator: a, Responder: b, Sent: 2, Received: 1}}
	return &report.Capture{
		Tool: report.Tool{Name: "ikescope", Version: "1"}, File: "a.pcap, " + evil, Complete: true, Counts: report.CaptureCounts{Packets: 3, IKE: 3},
		Files: []report.CaptureFile{{Name: "a.pcap", Complete: true}, {Name: evil, Error: "cut off"}},
		SAs: []report.CapturedSA{
			{Number: 1, Version: 2, File: "a.pcap", SPIi: "0102030405060708", Initiator: a, Responder: b, First: began, Last: began.Add(time.Second), Paths: ways,
				Exchanges: []report.CapturedExchange{{Type: "IKE_SA_INIT", By: report.SideInitiator,
					Request: &report.CapturedMessage{Packet: 1, Time: began, Octets: 300, Sent: 1, KE: "modp2048", Proposals: []report.CapturedProposal{{Number: 1, Keywords: "aes256-sha256-prfsha256-modp2048"}},
						VendorIDs: []report.VendorID{{Hex: "00", Text: evil}}},
					Responses: []report.CapturedMessage{{Packet: 2, Octets: 36, Sent: 1, Notifies: []report.CapturedNotify{{ID: 14, Name: "NO_PROPOSAL_CHOSEN", Error: true, Meaning: "none of them"}}}}}},
				Errors:  []report.CapturedError{{Packet: 3, Time: began, Reporter: "192.0.2.9", Text: "port unreachable", From: a, To: b, Times: 2}},
				Verdict: report.CapturedVerdict{Result: report.ResultFails, Layer: report.LayerNegotiation, ID: "REFUSED", Title: "the responder accepts none of modp2048", Fix: []string{"offer ecp256"}}},
			{Number: 2, Version: 2, File: evil, Initiator: a, Responder: b, Paths: ways, Suite: "aes256-sha256-prfsha256-modp2048",
				Verdict: report.CapturedVerdict{Result: report.ResultWorks, ID: "WORKS", Title: "an IKE SA and a Child SA"}},
		},
	}
}

// exampleStories are two attempts of two logs, one of them that of the other side, too.
func exampleStories() *incident.Document {
	lines := []incident.Moment{{File: "gw.log", Line: 7, Stamp: "Jan  2 03:04:05", Text: "07[IKE]\tpeer " + evil, Cause: true}, {File: "gw.log", Line: 9, Text: "gone", Count: 3}}
	return &incident.Document{Complete: true, Attempts: 3, Kinds: 2, Notes: []string{"the log lacks times"},
		Files: []incident.LogFile{{Name: "gw.log", Lines: 10, Understood: 2, Products: []string{"strongSwan"}}, {Name: evil}},
		Stories: []incident.Story{
			{Layer: "authentication", Cause: "psk", Heading: "the pre-shared keys differ", Product: "strongSwan", Count: 2, Timeline: lines, LinesFirst: 7,
				Fix:   []incident.Fix{{Where: "swanctl.conf", Line: "secrets {\n  ike { }\n}", Paste: true}, {Line: "look at both"}},
				Other: &incident.Partner{File: "client.log", Product: "Windows", Heading: "error 13801", Timeline: lines}},
			{Heading: "established", Established: true, Count: 1, Timeline: lines[1:], LinesFirst: 9},
		}}
}

// TestNames: a capture has the names of algorithms that were asked for, and what came
// from the wire stays as it is.
func TestNames(t *testing.T) {
	var b bytes.Buffer
	if err := Capture(&b, exampleCapture(), CaptureOptions{All: true, Names: "iana"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"proposal 1: ENCR_AES_CBC_256/", "KE payload of KE_MODP_2048 (group 14)", "accepts none of KE_MODP_2048 (group 14)", "offer KE_ECP_256 (group 19)", "Chosen: <code class=\"long\">ENCR_AES_CBC_256/"} {
		if !strings.Contains(html.UnescapeString(b.String()), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestNamesOfReport: findings, clients, suites and the picture of a report have the names
// that were asked for, and the picture holds the same.
func TestNamesOfReport(t *testing.T) {
	doc := document(t, "weak-behind-nat")
	var b bytes.Buffer
	if err := Write(&b, doc, "ios"); err != nil {
		t.Fatal(err)
	}
	plain, page := written(t, doc), b.String()
	for _, part := range []string{"<rect class=\"observed\"", "<rect class=\"refused\"", "<tr"} {
		if got, want := strings.Count(page, part), strings.Count(plain, part); got != want {
			t.Errorf("%d %s, want %d", got, part, want)
		}
	}
	for _, want := range []string{"group 2 is accepted", "<title>3des with group 2, ", "remove group 2 from"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if doc.Targets[0].Findings[0].Title != document(t, "weak-behind-nat").Targets[0].Findings[0].Title {
		t.Error("the document was changed")
	}
}

// TestPaste: lines to paste are lines, and tabs of a log are spaces.
func TestPaste(t *testing.T) {
	page := storiesOf(t, exampleStories())
	for _, want := range []string{"secrets {\n  ike { }\n}\n</pre>", "07[IKE] peer "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestNothingIsLoaded: a page has our style and our script alone, whose hashes its
// policy allows; no other script or style, in whatever attribute; and no link out of
// it.
func TestNothingIsLoaded(t *testing.T) {
	known := strings.Fields("html head meta title style body a main header h1 h2 h3 p strong section div table thead tbody tr th td span time article ol li " +
		"details summary code pre ul abbr svg line text tspan rect g title dl dt dd q br footer script ")
	for name, page := range examplePages(t) {
		styles, scripts := 0, 0
		for _, n := range elements(t, page) {
			switch n.Data {
			case "style":
				styles++
				if textOf(n) != style {
					t.Errorf("%s: another style: %.80q", name, textOf(n))
				}
			case "script":
				scripts++
				if textOf(n) != script {
					t.Errorf("%s: another script: %.80q", name, textOf(n))
				}
			case "meta":
				if kind, _ := attribute(n, "http-equiv"); kind == "Content-Security-Policy" {
					if got, _ := attribute(n, "content"); got != policy() || !strings.HasPrefix(got, "default-src 'none'; ") {
						t.Errorf("%s: the policy is %s", name, got)
					}
				}
			}
			if !slices.Contains(known, n.Data) {
				t.Errorf("%s: there is an element %s", name, n.Data)
			}
			for _, a := range n.Attr {
				local := a.Key == "href" && strings.HasPrefix(a.Val, "#")
				if slices.Contains([]string{"src", "href", "srcset", "style", "action", "data", "poster", "background"}, a.Key) && !local || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s=%.80q>", name, n.Data, a.Key, a.Val)
				}
			}
		}
		if styles != 1 || scripts != 1 || strings.Count(page, "Content-Security-Policy") != 1 {
			t.Errorf("%s: %d styles, %d scripts", name, styles, scripts)
		}
	}
}

// TestEscapes: what a gateway sends is shown as it is, and nothing that would act on
// a reader's screen is left in it.
func TestEscapes(t *testing.T) {
	pages := examplePages(t)
	if strings.ContainsAny(pages["many"], "\x1b\x07\u009b\u202e") {
		t.Error("what does not print is not escaped")
	}
	shown := 0
	for _, n := range elements(t, pages["evil"]) {
		if n.Data == "td" && strings.Contains(textOf(n), evil) {
			shown++
		}
	}
	if shown < 20 {
		t.Errorf("%d cells show what was sent as it is", shown)
	}
}

// TestAccessible: headers have a scope, pictures a text, what has a name has it once,
// links lead somewhere, and headings leave no level out.
func TestAccessible(t *testing.T) {
	for name, page := range examplePages(t) {
		if strings.HasPrefix(name, "evil") {
			continue // whose exchanges all have one number
		}
		ids, links, level, h1 := map[string]bool{}, []string{}, 0, 0
		for _, n := range elements(t, page) {
			if id, ok := attribute(n, "id"); ok {
				if ids[id] {
					t.Errorf("%s: id %s is there twice", name, id)
				}
				ids[id] = true
			}
			switch n.Data {
			case "a":
				href, _ := attribute(n, "href")
				links = append(links, strings.TrimPrefix(href, "#"))
			case "th":
				if scope, _ := attribute(n, "scope"); scope == "" {
					t.Errorf("%s: a header without a scope: %q", name, textOf(n))
				}
			case "svg":
				role, _ := attribute(n, "role")
				if label, _ := attribute(n, "aria-label"); role != "img" || label == "" {
					t.Errorf("%s: a picture without words", name)
				}
			case "h1", "h2", "h3":
				next := int(n.Data[1] - '0')
				if next == 1 {
					h1++
				}
				if next > level+1 && !(level == 1 && next == 3) {
					t.Errorf("%s: %q is of level %d after %d", name, textOf(n), next, level)
				}
				level = next
			case "table":
				if !strings.Contains(textOf(n), "") || n.FirstChild == nil {
					t.Errorf("%s: an empty table", name)
				}
			}
			if lang, _ := attribute(n, "lang"); n.Data == "html" && lang != "en" {
				t.Errorf("%s: its language is %q", name, lang)
			}
		}
		for _, to := range links {
			// The cases name exchanges that they do not list.
			if !ids[to] && !strings.Contains(to, "-x") {
				t.Errorf("%s: a link leads to %q, which is not there", name, to)
			}
		}
		if h1 != 1 && name != "nothing" {
			t.Errorf("%s: %d headings of level 1", name, h1)
		}
	}
}

// TestHeatMap: the picture of suites and its table hold the same.
func TestHeatMap(t *testing.T) {
	page := written(t, document(t, "weak-behind-nat"))
	var drawn, listed []string
	for _, n := range elements(t, page) {
		class, _ := attribute(n, "class")
		if n.Data == "rect" && stateNames[class] {
			drawn = append(drawn, class)
		}
		if n.Data == "td" && stateNames[textOf(n)] {
			listed = append(listed, textOf(n))
		}
	}
	if !slices.Equal(drawn, listed) || len(drawn) != 12 || !slices.Contains(drawn, "observed") || !slices.Contains(drawn, "refused") {
		t.Errorf("drawn %v, listed %v", drawn, listed)
	}
	if !strings.Contains(page, "<title>3des with modp1024 (2), integrity sha1! md5!!, prfsha1! prfmd5!!: accepted, and seen so</title>") {
		t.Error("the cell of 3des with modp1024 says nothing")
	}
}

var stateNames = func() map[string]bool {
	out := map[string]bool{}
	for _, s := range states {
		out[s.State] = true
	}
	return out
}()

// TestContrast holds the colours of text to WCAG 2.2, level AA: a contrast of 4.5
// with what is behind it, light and dark.
func TestContrast(t *testing.T) {
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(style, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d sets of colours, want those of light, dark and print", len(blocks))
	}
	for i, scheme := range []string{"light", "dark", "print"} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+): #([0-9a-f]{3,6});`).FindAllStringSubmatch(blocks[i][1], -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, pair := range strings.Fields("text/page text/card text/nonebg dim/page dim/card dim/nonebg link/page link/card " +
			"good/page good/goodbg good/card warn/page warn/warnbg warn/card bad/page bad/badbg bad/card none/page none/nonebg text/refused text/inferred text/warnbg white/observed") {
			fore, back, _ := strings.Cut(pair, "/")
			colours["white"] = 1
			a, okA := colours[fore]
			b, okB := colours[back]
			if !okA || !okB {
				t.Fatalf("%s has no %s", scheme, pair)
			}
			if pair == "white/observed" {
				// Marks, which are large and bold.
				if c := contrast(a, b); c < 3 {
					t.Errorf("%s: %s has a contrast of %.2f", scheme, pair, c)
				}
			} else if c := contrast(a, b); c < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f", scheme, pair, c)
			}
		}
	}
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// luminance is that of WCAG.
func luminance(t *testing.T, hex string) float64 {
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
