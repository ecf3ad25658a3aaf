package client

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/proposals"
)

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
					for _, p := range policies { // a gateway accepts what any of its connections does
						for _, product := range p.Offer {
							got = append(got, product.String())
						}
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
					// The order is another one where strongSwan would send another.
					slices.Sort(got)
					got = slices.Compact(got)
					slices.Sort(expected)
					if !slices.Equal(got, expected) {
						t.Errorf("got %q\nwant %q", got, expected)
					}
				}
			})
		}
	}
}

var accepted = regexp.MustCompile(`(?m)^# accepts: (.*)$`)

func FuzzSwanctl(f *testing.F)   { fuzzImport(f, SyntaxSwanctl) }
func FuzzIpsecConf(f *testing.F) { fuzzImport(f, SyntaxIpsecConf) }
func FuzzLibreswan(f *testing.F) { fuzzImport(f, SyntaxLibreswan) }
func FuzzIked(f *testing.F)      { fuzzImport(f, SyntaxIked) }
