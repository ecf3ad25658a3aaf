package client

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

var ikedFormat = format{
	syntax: SyntaxIked,
	detect: func(file string, data []byte) bool { return file == "iked.conf" || ikedRule.Match(data) },
	parse:  parseIked,
}

// ikedRule is how each connection of iked.conf begins.
var ikedRule = lazyregexp.New(`(?m)^ikev2[ \t]+("|'|[^ \t=]+[ \t]|\\)`)

const openIKED = "OpenIKED"

// parseIked reads iked.conf: the ikesa of each ikev2 rule, or the defaults of
// iked 7.4 for what a rule leaves out.
func parseIked(data []byte) ([]Policy, error) {
	r := &ikedReader{rest: string(data), line: 1, macros: make(map[string]ikedMacro)}
	var policies []Policy
	rules := 0
	var included includes
	for r.rest != "" {
		words, err := r.statement()
		if err != nil {
			return nil, err
		}
		switch {
		case len(words) == 0:
		case words[0].is("ikev2"):
			rules++
			if rules > maxSections {
				return nil, faultAt(words[0].line, "ikev2", fmt.Sprintf("exceeds the %d rules that are read", maxSections))
			}
			p, err := ikedPolicy(words, rules)
			if err != nil {
				return nil, err
			}
			policies = append(policies, p)
		case words[0].is("include") && len(words) > 1:
			included.add(words[1].text, words[0].line)
		case len(words) > 1 && words[1].is("="):
			if err := r.define(words); err != nil {
				return nil, err
			}
		case slices.ContainsFunc(ikedStatements, words[0].is):
		default:
			return nil, faultNear(words[0].line, words[0].text, "does not begin a statement: write ikev2, set, user, include or NAME = \"value\"", ikedStatements)
		}
	}
	if len(policies) == 0 {
		return nil, included.notFollowed()
	}
	return policies, nil
}

// ikedStatements begin statements that say nothing of an offer; those from ike
// on are of OpenBSD's ipsec.conf, which iked passes over.
var ikedStatements = []string{"set", "user", "include", "ike", "flow", "tcpmd5", "sa", "from", "to", "tunnel", "transport"}

// ikedPolicy returns the policy of an ikev2 rule, the nth of its file.
func ikedPolicy(words []ikedWord, n int) (Policy, error) {
	line := words[0].line
	name := fmt.Sprintf("policy%d", n) // as iked names it
	if len(words) > 1 && (words[1].quoted || !slices.Contains(ikedAfterName, words[1].text)) {
		name = words[1].text
		words = words[1:]
	}
	var r ikedReading
	for i := 1; i < len(words); i++ {
		value := ikedWord{line: words[i].line}
		if i+1 < len(words) {
			value = words[i+1]
		}
		taken, err := r.read(words[i], value)
		if err != nil {
			return Policy{}, err
		}
		if taken {
			i++
		}
	}
	return r.policy(name, line)
}

// ikedReading is what was read of a policy.
type ikedReading struct {
	sas    []ikedSA
	child  []ikedSA
	ah     bool
	target *ikedSA // where transforms belong; nil outside of ikesa and childsa
	notes  []note
	active bool
}

// read takes a word. It reports whether the next one, its value, is taken, too.
func (r *ikedReading) read(word, value ikedWord) (taken bool, err error) {
	switch {
	case word.is("ikesa"):
		if len(r.sas) == maxProposals {
			return false, faultAt(word.line, "ikesa", fmt.Sprintf("exceeds the %d that fit an offer", maxProposals))
		}
		r.sas = append(r.sas, ikedSA{line: word.line})
		r.target = &r.sas[len(r.sas)-1]
		return false, nil
	case word.is("childsa"):
		if len(r.child) == maxProposals {
			return false, faultAt(word.line, "childsa", fmt.Sprintf("exceeds the %d that fit an offer", maxProposals))
		}
		r.child = append(r.child, ikedSA{line: word.line, child: true})
		r.target = &r.child[len(r.child)-1]
		return false, nil
	case word.is("enc"), word.is("auth"), word.is("prf"), word.is("group"):
		if r.target == nil {
			return false, faultAt(word.line, word.text, "is outside a proposal: write ikesa or childsa before it")
		}
		return true, r.target.add(word, value)
	case word.is("esn"), word.is("noesn"):
		if r.target == nil || !r.target.child {
			return false, faultAt(word.line, word.text, "is for childsa: an IKE SA has no sequence numbers")
		}
		r.target.short = r.target.short || word.is("noesn")
		r.target.extended = r.target.extended || word.is("esn")
		return false, nil
	case word.is("ah"):
		r.ah = true
		return false, nil
	case word.is("active"):
		r.active = true
		return false, nil
	}
	r.target = nil
	switch {
	case word.is("peer"):
		if hosts(value.text) != "" && !value.is("any") {
			r.notes = append(r.notes, note{0, "Its gateway is " + value.text + "."})
		}
		return true, nil
	case word.is("psk"), word.is("srcid"), word.is("dstid"), word.is("tag"), word.is("tap"), word.is("eap"), word.is("iface"), word.is("file"):
		return true, nil // their value may be any word
	}
	return false, nil
}

// policy completes what was read with the defaults of iked.
func (r *ikedReading) policy(name string, line int) (Policy, error) {
	notes := r.notes
	if !r.active {
		notes = append(notes, note{0, "Without active, iked does not initiate by itself."})
	}
	defaults := defaultOf("openiked")
	if len(r.sas) == 0 {
		notes = append(notes, note{0, "It has no ikesa, so the default proposals of iked 7.4 apply."})
		p, err := policyOf(openIKED, name, line, defaults.Offer)
		p.lineNotes, p.Doubt, p.Child = notes, defaults.Doubt, r.childOffer()
		return p, err
	}
	var offer []proposals.Product
	for _, sa := range r.sas {
		products, completed, err := sa.products(defaults.Offer)
		if err != nil {
			return Policy{}, err
		}
		offer = append(offer, products...)
		if completed != "" {
			notes = append(notes, note{sa.line, completed})
		}
	}
	p, err := policyOf(openIKED, name, line, offer)
	p.lineNotes, p.Child = notes, r.childOffer()
	return p, err
}

// ikedAfterName are the keywords that may follow ikev2 where a rule has no
// name.
var ikedAfterName = []string{"quick", "skip", "default", "passive", "active", "ipcomp", "tunnel", "transport", "natt",
	"esp", "ah", "inet", "inet6", "proto", "rdomain", "from", "to", "peer", "local", "ikesa", "childsa"}

// ikedSA is what follows one ikesa: a proposal, or two where it fits AEAD as
// well as classic ciphers.
type ikedSA struct {
	line    int
	product proposals.Product
	// child: it is of childsa. plain, short and extended are group none, noesn and esn;
	// unknown: something in it is not known here.
	child, plain, short, extended, unknown bool
}

// The names of algorithms for ikesa (OpenIKED 7.4, parse.y), in strongSwan's
// keywords.
var (
	ikedCiphers = map[string]string{
		"3des": "3des", "3des-cbc": "3des", "aes-128": "aes128", "aes-192": "aes192", "aes-256": "aes256",
		"aes-128-gcm": "aes128gcm16", "aes-256-gcm": "aes256gcm16",
		"aes-128-gcm-12": "aes128gcm12", "aes-256-gcm-12": "aes256gcm12",
	}
	ikedIntegs = map[string]string{
		"hmac-md5": "md5", "hmac-sha1": "sha1", "hmac-sha2-256": "sha256", "hmac-sha2-384": "sha384", "hmac-sha2-512": "sha512",
	}
	ikedPRFs = map[string]string{
		"hmac-md5": "prfmd5", "hmac-sha1": "prfsha1", "hmac-sha2-256": "prfsha256", "hmac-sha2-384": "prfsha384", "hmac-sha2-512": "prfsha512",
	}
	ikedGroups = map[string]string{
		"modp768": "modp768", "grp1": "modp768", "modp1024": "modp1024", "grp2": "modp1024",
		"modp1536": "modp1536", "grp5": "modp1536", "modp2048": "modp2048", "grp14": "modp2048",
		"modp3072": "modp3072", "grp15": "modp3072", "modp4096": "modp4096", "grp16": "modp4096",
		"modp6144": "modp6144", "grp17": "modp6144", "modp8192": "modp8192", "grp18": "modp8192",
		"ecp256": "ecp256", "grp19": "ecp256", "ecp384": "ecp384", "grp20": "ecp384", "ecp521": "ecp521", "grp21": "ecp521",
		"ecp192": "ecp192", "grp25": "ecp192", "ecp224": "ecp224", "grp26": "ecp224",
		"brainpool224": "ecp224bp", "grp27": "ecp224bp", "brainpool256": "ecp256bp", "grp28": "ecp256bp",
		"brainpool384": "ecp384bp", "grp29": "ecp384bp", "brainpool512": "ecp512bp", "grp30": "ecp512bp",
		"curve25519": "x25519", "grp31": "x25519",
		"sntrup761x25519": "ke_1035", // OpenBSD's own, for private use
	}
)

// add takes one transform: kind is enc, auth, prf or group.
func (sa *ikedSA) add(kind, value ikedWord) error {
	if value.text == "" {
		return faultAt(kind.line, kind.text, "has no algorithm after it")
	}
	if sa.child {
		sa.addChild(kind.text, value.text)
		return nil
	}
	names, axis := ikedCiphers, proposals.ENCR
	switch kind.text {
	case "auth":
		names, axis = ikedIntegs, proposals.INTEG
	case "prf":
		names, axis = ikedPRFs, proposals.PRF
	case "group":
		names, axis = ikedGroups, proposals.KE
	}
	name, ok := names[value.text]
	if !ok {
		return faultNear(value.line, value.text, fmt.Sprintf("is not a value of %s in an ikesa", kind.text), slices.Sorted(maps.Keys(names)))
	}
	sa.product[axis] = appendNew(sa.product[axis], keyword(name))
	return nil
}

// products returns the proposals of an ikesa, completed from the defaults, the
// first of which is AEAD and the second classic; completed is a sentence on it,
// or "".
func (sa *ikedSA) products(defaults []proposals.Product) (products []proposals.Product, completed string, err error) {
	var aead, classic bool
	for _, a := range sa.product[proposals.ENCR] {
		aead = aead || a.AEAD()
		classic = classic || !a.AEAD()
	}
	integ := len(sa.product[proposals.INTEG]) > 0
	switch {
	case aead && classic:
		return nil, "", faultAt(sa.line, "ikesa", "mixes ciphers with and without AEAD, which iked rejects: write an ikesa for each")
	case aead && integ:
		return nil, "", faultAt(sa.line, "ikesa", "has auth together with AEAD, which iked rejects: leave auth out")
	}
	var added []string
	for i, defaultProduct := range defaults {
		if i == 0 && (classic || integ) || i == 1 && aead {
			continue
		}
		p := sa.product
		for axis := range p {
			if len(p[axis]) > 0 || len(defaultProduct[axis]) == 0 {
				continue
			}
			p[axis] = slices.Clone(defaultProduct[axis])
			if kind := []string{"enc", "prf", "auth", "group"}[axis]; !slices.Contains(added, kind) {
				added = append(added, kind)
			}
		}
		products = append(products, p)
	}
	if len(added) > 0 {
		completed = fmt.Sprintf("For what ikesa does not set, iked uses the defaults of 7.4: %s.", strings.Join(added, ", "))
	}
	return products, completed, nil
}
