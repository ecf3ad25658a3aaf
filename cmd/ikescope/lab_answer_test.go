//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestLabLargeAnswer: strongSwan with EAP sends its certificate chain to who has not
// authenticated, whole or in pieces. What a router does with IP fragments is seen by it.
func TestLabLargeAnswer(t *testing.T) {
	l := findLab(t)
	l.do(t, "install")
	w := newWorld(t)
	t.Parallel()
	ikescope := buildIkescope(t)
	s := openGateway(t, l, ikescope, "strongswan", w, func(r *end) {
		i := &end{}
		eap(i, r)
		r.cert, r.chain, r.peerID = "gateway between", true, ""
	})
	for _, test := range []struct {
		name     string
		drop     bool
		large    report.Answer
		findings []string
	}{
		{"fragments pass", false, report.AnswerYes, nil},
		{"fragments dropped", true, report.AnswerNo, []string{"PATH-FRAGMENTS", "PATH-LARGE-ANSWER"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.drop {
				rules := "table inet lab {\n	chain prerouting {\n		type filter hook prerouting priority -450\n		ip frag-off & 0x3fff != 0 drop\n	}\n}\n"
				if err := os.WriteFile(filepath.Join(s.dir, "rules"), []byte(rules), 0o644); err != nil {
					t.Fatal(err)
				}
				if err := s.do(`rules "$DIR/rules"`); err != nil {
					t.Fatal(err)
				}
			}
			target := s.run(t, 0, "reach")
			checkFindings(t, target, append(test.findings, "PATH-GATEWAY-NAT")...) // its ESP of user space always encapsulates
			f := target.Fragmentation
			if f == nil || !f.Supported || f.LargeAnswer != test.large || f.Works != report.AnswerYes || f.Pieces < 2 {
				t.Fatalf("%+v", f)
			}
			if test.large == report.AnswerYes && f.AnswerOctets < 1500 {
				t.Errorf("an answer of %d octets is not large", f.AnswerOctets)
			}
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
		})
	}
}
