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

	"golang.org/x/net/html"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
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

// evil is what a gateway might send to take over the page that shows it.
const evil = `"'><script>document.title='owned'</script><img src=x onerror="document.title='owned'"><a href="javascript:alert(1)">x</a>{{.}}</style></title>`

// evilDocument has evil in every string of a document, and every part that a document
// can have.
func evilDocument() *report.Document {
	doc := new(report.Document)
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
	if err := Write(&b, doc); err != nil {
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
	}
}

// TestNothingIsLoaded: a page has our style and our script alone, whose hashes its
// policy allows; no other script or style, in whatever attribute; and no link out of
// it.
func TestNothingIsLoaded(t *testing.T) {
	known := strings.Fields("html head meta title style body a main header h1 h2 h3 p strong section div table thead tbody tr th td span time article ol li " +
		"details summary code pre ul abbr svg line text tspan rect g title dl dt dd q footer script ")
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
		if name == "evil" {
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
	if !strings.Contains(page, "<title>3DES with MODP_1024, integrity SHA1_96! MD5_96!!, PRF SHA1! MD5!!: accepted, and seen so</title>") {
		t.Error("the cell of 3DES with MODP_1024 says nothing")
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
