package meet

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/incident/offered"
)

// Child returns the lines by which this side, of a product, takes what came for a Child SA:
// of the lists of both sides, with got and want, the nearest of these. onlyPFS: but for
// the key exchange method they meet. There are none if they are not known.
func Child(product string, theirs, ours []offered.Proposal, got, want offered.Proposal, onlyPFS bool) []Line {
	var accepted []proposals.Product
	var configured []string
	for _, p := range ours {
		words := p.Keywords()
		one, err := childProduct(words)
		if err != nil || p.Protocol != want.Protocol {
			continue
		}
		accepted = append(accepted, one)
		if !slices.Contains(configured, words) {
			configured = append(configured, words)
		}
	}
	taken, worse, ok := least(theirs, got, accepted, onlyPFS)
	if !ok || want.Keywords() == "" || len(configured) == 0 {
		return nil
	}
	var line Line
	switch product {
	case "strongSwan":
		line = Line{"swanctl.conf, in the child, in place of its esp_proposals; then swanctl --load-conns",
			"esp_proposals = " + strings.Join(append(configured, taken), ", "), true}
		if onlyPFS {
			line.Where += ": to accept both with and without PFS"
		}
	case "libreswan":
		line = Line{"ipsec.conf, in addition to what is there", "esp=" + plutoESP(taken), true}
		if onlyPFS {
			line = Line{"ipsec.conf", "pfs=no", true}
		}
	default:
		return nil
	}
	var out []Line
	if sound := soundList(ours, childProduct); len(worse) > 0 && sound != "" {
		out = append(out, Line{Where: better, Text: offerOf(sound)})
	}
	out = append(out, line)
	for _, w := range worse {
		out = append(out, Line{Where: weaker, Text: w})
	}
	return out
}

// plutoWords are libreswan's words for keywords of strongSwan.
var plutoWords = strings.NewReplacer("aes128gcm16", "aes_gcm128", "aes192gcm16", "aes_gcm192", "aes256gcm16", "aes_gcm256",
	"chacha20poly1305", "chacha20_poly1305", "sha256", "sha2_256", "sha384", "sha2_384", "sha512", "sha2_512",
	"ecp256", "dh19", "ecp384", "dh20", "ecp521", "dh21", "x25519", "dh31")

// plutoESP returns the first suite of a proposal for ESP in libreswan's words.
func plutoESP(words string) string {
	p, err := childProduct(words)
	if err != nil {
		return plutoWords.Replace(words)
	}
	s, _ := p.First()
	out := s[proposals.ENCR].Keyword()
	if !s[proposals.INTEG].IsNone() {
		out += "-" + s[proposals.INTEG].Keyword()
	}
	if s[proposals.KE] != plain {
		out += ";" + s[proposals.KE].Keyword()
	}
	return plutoWords.Replace(out)
}

// least returns what came that lets in the least that is weaker, as keywords, and says
// what that is: got unless another is better.
func least(theirs []offered.Proposal, got offered.Proposal, accepted []proposals.Product, onlyPFS bool) (words string, worse []string, ok bool) {
	var best choice
	all := []offered.Proposal{got}
	if !onlyPFS {
		all = append(all, theirs...)
	}
	for _, p := range all {
		product, err := childProduct(p.Keywords())
		if err != nil || p.Protocol != got.Protocol {
			continue
		}
		if now := (choice{true, soundness(product), letsIn(product, accepted)}); now.before(best) {
			words, best = p.Keywords(), now
		}
	}
	return words, best.worse, best.found
}

// letsIn says what a proposal of ESP has that is weaker than what this side accepts.
func letsIn(p proposals.Product, accepted []proposals.Product) []string {
	var out []string
	first, _ := p.First()
	for axis := range proposals.Axis(proposals.NumAxes) {
		for _, a := range p.On(axis) { // each is judged by itself
			s := first
			s[axis] = a
			for _, w := range remedy.LetsIn(s, accepted) {
				if !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
		}
	}
	pfs := func(p proposals.Product) bool { return !slices.Contains(p[proposals.KE], plain) }
	if !pfs(p) && !slices.ContainsFunc(accepted, func(a proposals.Product) bool { return !pfs(a) }) {
		out = append(out, "this lets in rekeying without a key exchange: whoever gets hold of the keys of the IKE SA reads its Child SAs, too")
	}
	return out
}

// filler and plain stand for the PRF, of which ESP has none, and for no key exchange.
var (
	filler = mustParse("prfsha256")
	plain  = proposals.Algorithm{Axis: proposals.KE}
)

func mustParse(keyword string) proposals.Algorithm {
	a, err := proposals.ParseAlgorithm(keyword)
	if err != nil {
		panic("meet: internal error: " + err.Error())
	}
	return a
}

// childProduct reads a proposal for ESP.
func childProduct(words string) (proposals.Product, error) {
	p := proposals.Product{proposals.PRF: {filler}}
	for word := range strings.SplitSeq(words, "-") {
		a, err := proposals.ParseAlgorithm(word)
		if err != nil {
			return p, err
		}
		if !slices.Contains(p[a.Axis], a) && a != plain {
			p[a.Axis] = append(p[a.Axis], a)
		}
	}
	if len(p[proposals.KE]) == 0 {
		p[proposals.KE] = []proposals.Algorithm{plain}
	}
	return p, nil
}
