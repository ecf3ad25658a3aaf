package client

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/plaintext"
)

// samples returns the files of testdata, by the syntax that their directory is
// named for.
func samples(t testing.TB) map[Syntax][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[Syntax][]string)
	for _, file := range files {
		syntax := Syntax(filepath.Base(filepath.Dir(file)))
		if filepath.Ext(file) != ".want" && slices.ContainsFunc(formats, func(f format) bool { return f.syntax == syntax }) {
			found[syntax] = append(found[syntax], file)
		}
	}
	return found
}

func readSample(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var updateSamples = flag.Bool("update", false, "write the .want files of testdata")

// TestSamples holds what the importers make of real files.
func TestSamples(t *testing.T) {
	for syntax, files := range samples(t) {
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				policies, err := Import(filepath.Base(file), readSample(t, file), syntax)
				got := told(policies, err)
				if *updateSamples {
					if err := os.WriteFile(file+".want", []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if want := string(readSample(t, file+".want")); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

// told writes policies as a person reads them.
func told(policies []Policy, err error) string {
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, p := range policies {
		fmt.Fprintf(&b, "%s (%s, %s): %v\n", p.Name, p.Product, p.Scope, p.KE)
		for _, product := range p.Offer {
			fmt.Fprintf(&b, "\t%v\n", product)
		}
		for _, note := range p.Notes {
			fmt.Fprintf(&b, "\tnote: %s\n", note)
		}
		if p.Doubt != "" {
			fmt.Fprintf(&b, "\tdoubt: %s\n", p.Doubt)
		}
	}
	return b.String()
}

// TestDetect: each sample is of the syntax whose importer takes it, under its
// own name and without one.
func TestDetect(t *testing.T) {
	all := samples(t)
	for _, f := range formats {
		if len(all[f.syntax]) == 0 {
			t.Errorf("%s has no sample", f.syntax)
		}
	}
	for syntax, files := range all {
		for _, file := range files {
			data := plaintext.Bytes(readSample(t, file))
			var took []Syntax
			for _, f := range formats {
				if f.detect("", data) {
					took = append(took, f.syntax)
				}
			}
			if ipsecConfDaemon(data) == ambiguous && len(took) == 0 {
				continue // two daemons have files like this
			}
			if len(took) != 1 || took[0] != syntax {
				t.Errorf("%s is read as %v", file, took)
			}
		}
	}
}

// Connections that have one name are told apart: here those of several VDOMs.
func TestNamesApart(t *testing.T) {
	const phase1 = "config vdom\nedit vd%d\nconfig vpn ipsec phase1-interface\nedit %q\nset ike-version 2\nset proposal %s-sha256\nnext\nend\nend\n"
	var in string
	for i, name := range []string{"hq", "hq", "hq/2", "hq", "branch"} {
		in += fmt.Sprintf(phase1, i, name, []string{"aes128", "aes256"}[i%2])
	}
	policies, err := Import("file", []byte(in), SyntaxFortiGate)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range policies {
		got = append(got, strings.Join(append([]string{p.Name}, p.Aliases...), " = "))
	}
	if want := "hq, hq/3 = hq, hq/2, hq/4 = hq, branch"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}

// testImportErrors imports files that are wrong, each with one message.
func testImportErrors(t *testing.T, syntax Syntax, tests []struct{ in, want string }) {
	t.Helper()
	for _, tt := range tests {
		policies, err := Import("file", []byte(tt.in), syntax)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s\n got %v %s\nwant %s", tt.in, err, told(policies, nil), tt.want)
		}
	}
}

// offers returns what the connections of a file offer, by their names.
func offers(t *testing.T, syntax Syntax, text string) map[string]string {
	t.Helper()
	policies, err := Import("file", []byte(text), syntax)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	all := make(map[string]string)
	for _, p := range policies {
		var list []string
		for _, product := range p.Offer {
			list = append(list, product.String())
		}
		all[p.Name] = strings.Join(list, ",")
	}
	return all
}

// offerText returns what p offers in strongSwan's notation; of a policy that is
// known by a name, that name.
func offerText(p Policy) string {
	for _, known := range Policies() {
		if reflect.DeepEqual(p.Offer, known.Offer) && strings.Contains(strings.Join(p.Notes, " "), known.Name) {
			return known.Name
		}
	}
	var texts []string
	for _, product := range p.Offer {
		texts = append(texts, product.String())
	}
	return strings.Join(texts, ",")
}

// suitesOf returns the suites that p offers, in its order.
func suitesOf(p Policy) string {
	var suites []string
	for _, product := range p.Offer {
		for s := range product.Suites() {
			suites = append(suites, s.String())
		}
	}
	return strings.Join(suites, " ")
}

// fuzzImport holds that an importer does not fail but with an error of one
// line, and that each offer that it returns is one.
func fuzzImport(f *testing.F, syntax Syntax) {
	for _, file := range samples(f)[syntax] {
		f.Add(readSample(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		policies, err := Import("file", data, syntax)
		if err != nil {
			if bytes.ContainsAny([]byte(err.Error()), "\n\r") {
				t.Fatalf("more than one line: %q", err)
			}
			return
		}
		for _, p := range policies {
			if len(p.Offer) == 0 || p.KE == 0 {
				t.Fatalf("no offer: %+v", p)
			}
			for i, product := range p.Offer {
				back, err := proposals.ParseProduct(product.String())
				if err != nil || !reflect.DeepEqual(back, product) {
					t.Fatalf("%q reads as %v, %v", product, back, err)
				}
				wire, err := proposals.ProductOf(p.Proposals()[i])
				if err != nil || !reflect.DeepEqual(wire, product) {
					t.Fatalf("%v on the wire is %v, %v", product, wire, err)
				}
			}
		}
	})
}

// TestWorkIsBounded: what one part of a file says of many others is not done
// for each without end. A file that is twice as long, in the part that is repeated
// and in the one that all refer to, may take twice the work, and not four times.
func TestWorkIsBounded(t *testing.T) {
	// filled returns a file of at most that many octets, whose parts are numbered.
	// A @ in its head is half of it.
	filled := func(size int, head, part, tail string) []byte {
		if before, after, ok := strings.Cut(head, "@"); ok {
			repeated, after, _ := strings.Cut(after, "@")
			head = before + strings.Repeat(repeated, size/2/len(repeated)) + after
		}
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < size-len(tail)-len(part)-10; i++ {
			b.WriteString(strings.ReplaceAll(part, "#", fmt.Sprint(i)))
		}
		return []byte(b.String() + tail)
	}
	const item = "<item><encryption-algorithm><name>des</name></encryption-algorithm>" +
		"<hash-algorithm>md5</hash-algorithm><dhgroup>1</dhgroup></item>"
	const table = "$p = @{ Name = 'a'; ServerAddress = 'b'; TunnelType = 'Ikev2'; DnsSuffix = 'c'; Force = $true }\n"
	for name, tt := range map[string]struct {
		syntax           Syntax
		head, part, tail string
	}{
		"a profile of many peers":   {SyntaxMikroTik, "/ip ipsec profile\nadd name=p enc-algorithm=@3des,@3des\n/ip ipsec peer\n", "add exchange-mode=ike2 name=a# profile=p\n", ""},
		"items of a phase 1":        {SyntaxPfSense, "<pfsense><ipsec><phase1><iketype>ikev2</iketype><encryption>", item, "</encryption></phase1></ipsec></pfsense>"},
		"a long variable":           {SyntaxWindows, "$a='@x@'\n", "Add-VpnConnection $a 1 Ikev2\n", ""},
		"a variable that doubles":   {SyntaxWindows, "$a='x'\n", "$a=\"$a$a\"\nAdd-VpnConnection $a 1 Ikev2\n", ""},
		"a hashtable of many":       {SyntaxWindows, table, "Add-VpnConnection @p\n", ""},
		"a long hashtable":          {SyntaxWindows, "$p = @{ Name = 'a' @; x = 1@ }\n", "Add-VpnConnection @p\n", ""},
		"a hashtable that grows":    {SyntaxWindows, table, "$p.x# = '1'\n", ""},
		"policies":                  {SyntaxCisco, "", "crypto ikev2 policy #\nencryption des\nintegrity md5\ngroup 1\n", ""},
		"profiles":                  {SyntaxCisco, "", "crypto ikev2 profile p#\n", ""},
		"conns of a parent":         {SyntaxLibreswan, "conn p\n\tike=@aes-sha2;dh14,@aes\n", "conn c#\n\talso=p\n", ""},
		"conns of one":              {SyntaxIpsecConf, "conn 0\n", "conn c#\n\talso=0\n", ""},
		"templates of a connection": {SyntaxSwanctl, "t { proposals = aes256-sha256-modp2048\n }\nconnections {\n", "c# : t { }\n", "}\n"},
		"VPNProfiles":               {SyntaxWindows, "", "<VPNProfile>\n", ""},
	} {
		var octets [2]uint64
		for i, size := range []int{1 << 17, 1 << 18} {
			file := filled(size, tt.head, tt.part, tt.tail)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _ = Import("file", file, tt.syntax)
			runtime.ReadMemStats(&after)
			octets[i] = after.TotalAlloc - before.TotalAlloc
		}
		if octets[1] > 3*octets[0] {
			t.Errorf("%s: %d octets were allocated, and for twice the file %d", name, octets[0], octets[1])
		}
	}
}
