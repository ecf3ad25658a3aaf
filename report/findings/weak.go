package findings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/explain"
)

// products are where algorithms are taken out of the IKE proposals: WORDS stands for the
// names that the product has for them.
var products = []struct {
	name   string
	syntax client.Syntax
	what   map[proposals.Axis]string // by kind, or for all others
	other  string
}{
	{"strongSwan", client.SyntaxSwanctl, nil, "leave WORDS out of proposals in swanctl.conf, or of ike= in ipsec.conf; then swanctl --load-conns, or ipsec update"},
	{"libreswan", client.SyntaxLibreswan, nil, "leave WORDS out of ike= in ipsec.conf; then ipsec auto --replace CONNECTION"},
	{"OpenIKED", client.SyntaxIked, map[proposals.Axis]string{
		proposals.ENCR: "leave enc WORDS out of ikesa in iked.conf; then ikectl reload", proposals.PRF: "leave prf WORDS out of ikesa in iked.conf; then ikectl reload",
		proposals.INTEG: "leave auth WORDS out of ikesa in iked.conf; then ikectl reload", proposals.KE: "leave group WORDS out of ikesa in iked.conf; then ikectl reload",
	}, ""},
	{"Windows Server", client.SyntaxWindows, map[proposals.Axis]string{
		proposals.ENCR:  "set -EncryptionMethod to another value than WORDS: Set-VpnServerConfiguration -CustomPolicy; then restart RRAS",
		proposals.PRF:   "set -IntegrityCheckMethod to another value than WORDS, which gives the PRF: Set-VpnServerConfiguration -CustomPolicy; then restart RRAS",
		proposals.INTEG: "set -IntegrityCheckMethod to another value than WORDS: Set-VpnServerConfiguration -CustomPolicy; then restart RRAS",
		proposals.KE:    "set -DHGroup to another value than WORDS: Set-VpnServerConfiguration -CustomPolicy; then restart RRAS",
	}, ""},
	{"FortiOS", client.SyntaxFortiGate, map[proposals.Axis]string{proposals.KE: "leave WORDS out of set dhgrp in config vpn ipsec phase1-interface"},
		"leave WORDS out of set proposal in config vpn ipsec phase1-interface"},
	{"IOS-XE", client.SyntaxCisco, map[proposals.Axis]string{
		proposals.ENCR: "leave WORDS out of encryption in crypto ikev2 proposal", proposals.PRF: "leave WORDS out of prf in crypto ikev2 proposal",
		proposals.INTEG: "leave WORDS out of integrity in crypto ikev2 proposal", proposals.KE: "leave WORDS out of group in crypto ikev2 proposal",
	}, ""},
}

// broken says what it means that an algorithm of a kind is broken.
var broken = map[proposals.Axis]string{
	proposals.ENCR:  "Who breaks it reads what the IKE SA carries: identities, passwords in EAP, and traffic selectors.",
	proposals.PRF:   "All keys of the IKE SA, and the AUTH payloads, come from it.",
	proposals.INTEG: "Who breaks it can change messages of the IKE SA unseen.",
	proposals.KE:    "Who breaks it has the keys of the IKE SA and of the Child SAs in it, also of traffic that was recorded long before.",
}

// weakPages has one for each weakness of algorithms.
func weakPages() []Page {
	var out []Page
	for _, axis := range []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE} {
		byID := map[string][]proposals.Algorithm{}
		var weak []baseline.Weakness
		all := proposals.IKEAlgorithms(axis)
		if axis == proposals.ENCR {
			all = append(all, proposals.Algorithm{Axis: axis, ID: uint16(ike.ENCR_NULL)}) // of ESP, and yet accepted by some
		}
		for _, a := range all {
			if w, ok := baseline.WeaknessOf(a); ok {
				if byID[w.ID] == nil {
					weak = append(weak, w)
				}
				byID[w.ID] = append(byID[w.ID], a)
			}
		}
		slices.SortStableFunc(weak, func(a, b baseline.Weakness) int { return a.Severity.Rank() - b.Severity.Rank() })
		for _, w := range weak {
			out = append(out, weakPage(axis, w, byID[w.ID]))
		}
	}
	return out
}

// weakName is a's name as reports have it; IANA's where it stands for several key lengths
// of all, or strongSwan has none.
func weakName(a proposals.Algorithm, all []proposals.Algorithm) string {
	word := remedy.Word(client.SyntaxSwanctl, a)
	lengths := 0
	for _, b := range all {
		if b.ID == a.ID {
			lengths++
		}
	}
	if word == "" || lengths > 1 {
		word = a.Name()
	}
	if a.Axis == proposals.KE {
		word += fmt.Sprintf(" (group %d)", a.ID)
	}
	return word
}

func weakPage(axis proposals.Axis, w baseline.Weakness, algorithms []proposals.Algorithm) Page {
	var names []string
	for _, a := range algorithms {
		if name := weakName(a, algorithms); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	listed := english.List(names, "and")
	verb := " is"
	if len(names) > 1 {
		verb = " are"
	}
	p := Page{
		IDs: []string{w.ID}, Title: listed + verb + " accepted", Refs: w.Refs,
		Seen:  "The gateway chose " + english.List(names, "or") + " for an IKE SA, or named it in INVALID_KE_PAYLOAD, in the exchanges that the report names.",
		Why:   strings.ToUpper(string(w.Severity[:1])) + string(w.Severity[1:]) + ": " + w.Reason + ". Clients that offer it may get it. " + broken[axis],
		Wrong: `"Inferred" means that offers with it were accepted and none was refused, and not that each suite was seen. It is the IKE SA that is judged: ESP has proposals of its own. Clients that have nothing better no longer connect without it: the report names those.`,
	}
	if axis != proposals.KE {
		p.Seen = strings.Replace(p.Seen, ", or named it in INVALID_KE_PAYLOAD,", ", or would,", 1)
	}
	for _, product := range products {
		var words []string
		for _, a := range algorithms {
			if word := remedy.Word(product.syntax, a); word != "" && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
		what := product.what[axis]
		if what == "" {
			what = product.other
		}
		if len(words) > 0 {
			p.Change = append(p.Change, explain.Change{Product: product.name, What: strings.Replace(what, "WORDS", english.List(words, "and"), 1)})
		}
	}
	if len(p.Change) == 0 {
		p.Change = []explain.Change{{Product: "gateway", What: "leave it out of the IKE proposals"}}
	}
	return p
}
