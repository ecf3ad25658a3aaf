package meet

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Offered returns the lines by which libreswan takes one of the proposals that came for an
// IKE SA, where what it is configured to take is not known: the one with the least that is
// weak. Of what its packages are built without, it says so.
func Offered(theirs []offered.Proposal) []Line {
	var words string
	var best choice
	for _, p := range theirs {
		for _, q := range products([]offered.Proposal{p}) {
			s, _ := q.First()
			if now := (choice{true, soundness(s.Product()), remedy.LetsIn(s, nil)}); now.before(best) {
				words, best = pluto(s), now
			}
		}
	}
	switch {
	case words == "":
		return nil
	case slices.ContainsFunc(notBuilt, func(group string) bool { return strings.HasSuffix(words, group) }):
		return []Line{{Where: "the other side", Text: "let it offer a stronger key exchange method, such as MODP_2048 or ECP_256: libreswan is built without the one that it offers, and to take that would be weak"}}
	}
	out := []Line{{"ipsec.conf: what the other side offers, in addition to what is there", "ike=" + words, true}}
	for _, w := range best.worse {
		out = append(out, Line{Where: weaker, Text: w})
	}
	return out
}

// notBuilt are groups that libreswan is built without.
var notBuilt = []string{";modp768", ";modp1024", ";dh22"}

// pluto returns a suite for an IKE SA in libreswan's words: a cipher, the hash of its PRF
// and of its integrity algorithm, and a group.
func pluto(s proposals.Suite) string {
	hash := strings.TrimPrefix(s[proposals.PRF].Keyword(), "prf")
	return plutoWords.Replace(s[proposals.ENCR].Keyword() + "-" + hash + ";" + s[proposals.KE].Keyword())
}
