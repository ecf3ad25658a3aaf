package client

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

var updateSamples = flag.Bool("update", false, "write the .want files of testdata")

// daemonSyntaxes are those of the daemons' own files, each with the folder of
// its samples.
var daemonSyntaxes = []Syntax{SyntaxSwanctl, SyntaxIpsecConf, SyntaxLibreswan, SyntaxIked}

// TestSamples holds what the importers make of real files.
func TestSamples(t *testing.T) {
	for _, syntax := range daemonSyntaxes {
		files, err := filepath.Glob(filepath.Join("testdata", string(syntax), "*.conf"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no samples of %s: %v", syntax, err)
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				policies, err := Import(filepath.Base(file), data, syntax)
				got := told(policies, err)
				if *updateSamples {
					if err := os.WriteFile(file+".want", []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file + ".want")
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
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

// TestLabPolicies imports the policies of the lab's gateways, which say
// themselves what the real daemons take with them.
func TestLabPolicies(t *testing.T) {
	const lab = "../../testdata/lab"
	for _, tt := range []struct {
		gateway, base string
		syntax        Syntax
		connection    string
	}{
		{"strongswan", "swanctl.conf", SyntaxSwanctl, "lab"},
		{"strongswan-pq", "swanctl.conf", SyntaxSwanctl, "lab"},
		{"libreswan", "libreswan.conf", SyntaxLibreswan, "lab4"},
		{"openiked", "", SyntaxIked, "lab"},
	} {
		files, err := filepath.Glob(filepath.Join(lab, "policies", tt.gateway, "*.conf"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no policies: %v", tt.gateway, err)
		}
		for _, file := range files {
			t.Run(tt.gateway+"/"+filepath.Base(file), func(t *testing.T) {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				want := accepted.FindAllSubmatch(data, -1)
				if tt.base != "" {
					base, err := os.ReadFile(filepath.Join(lab, "base", tt.base))
					if err != nil {
						t.Fatal(err)
					}
					data = append(base, data...)
				}
				for _, syntax := range []Syntax{tt.syntax, ""} {
					policies, err := Import(filepath.Base(file), data, syntax)
					if err != nil {
						t.Fatal(err)
					}
					i := slices.IndexFunc(policies, func(p Policy) bool { return p.Name == tt.connection })
					if i < 0 || policies[i].Syntax != tt.syntax {
						t.Fatalf("%s %q: no connection %q in %s", tt.syntax, syntax, tt.connection, told(policies, nil))
					}
					var got, expected []string
					for _, product := range policies[i].Offer {
						got = append(got, product.String())
					}
					for _, line := range want {
						p, err := proposals.ParseProduct(string(line[1]))
						if err != nil {
							t.Fatal(err)
						}
						expected = append(expected, p.String())
					}
					if len(want) == 0 { // a default, which the lab's tests hold
						continue
					}
					if !slices.Equal(got, expected) {
						t.Errorf("got %q\nwant %q", got, expected)
					}
				}
			})
		}
	}
}

var accepted = regexp.MustCompile(`(?m)^# accepts: (.*)$`)

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

// fuzzImport holds that an importer does not fail but with an error of one
// line, and that each offer that it returns is one.
func fuzzImport(f *testing.F, syntax Syntax) {
	for _, pattern := range []string{
		filepath.Join("testdata", string(syntax), "*.conf"), "../../testdata/lab/policies/*/*.conf", "../../testdata/lab/base/*.conf",
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
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

func FuzzSwanctl(f *testing.F)   { fuzzImport(f, SyntaxSwanctl) }
func FuzzIpsecConf(f *testing.F) { fuzzImport(f, SyntaxIpsecConf) }
func FuzzLibreswan(f *testing.F) { fuzzImport(f, SyntaxLibreswan) }
func FuzzIked(f *testing.F)      { fuzzImport(f, SyntaxIked) }
