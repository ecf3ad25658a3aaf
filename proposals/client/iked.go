package client

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

var ikedFormat = format{
	syntax: SyntaxIked,
	detect: func(file string, data []byte) bool { return file == "iked.conf" || ikedRule.Match(data) },
	parse:  parseIked,
}

// ikedRule is how each connection of iked.conf begins.
var ikedRule = regexp.MustCompile(`(?m)^ikev2[ \t]+("|'|[^ \t=]+[ \t]|\\)`)

const openIKED = "OpenIKED"

// parseIked reads iked.conf: the ikesa of each ikev2 rule, or the defaults of
// iked 7.4 for what a rule leaves out.
func parseIked(data []byte) ([]Policy, error) {
	r := &ikedReader{rest: string(data), line: 1, macros: make(map[string]ikedMacro)}
	var policies []Policy
	rules := 0
	var includes []ikedWord
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
				return nil, &Error{Line: words[0].line, Token: "ikev2", Problem: fmt.Sprintf("is a rule too many: at most %d are read", maxSections)}
			}
			p, err := ikedPolicy(words, rules)
			if err != nil {
				return nil, err
			}
			policies = append(policies, p)
		case words[0].is("include") && len(words) > 1:
			if len(includes) < maxNesting { // they are only told about
				includes = append(includes, words[1])
			}
		case len(words) > 1 && words[1].is("="):
			if err := r.define(words); err != nil {
				return nil, err
			}
		case slices.ContainsFunc(ikedStatements, words[0].is):
		default:
			return nil, &Error{Line: words[0].line, Token: words[0].text,
				Problem: "begins no statement: write ikev2, set, user, include or NAME = \"value\"" + didYouMean(words[0].text, ikedStatements)}
		}
	}
	if len(policies) == 0 && len(includes) > 0 {
		return nil, &Error{Line: includes[0].line, Token: includes[0].text, Problem: "is not followed: import the files that it includes"}
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
	var (
		sas    []ikedSA
		target *ikedSA // where transforms belong; nil outside of ikesa and childsa
		notes  []string
		active bool
	)
	for i := 1; i < len(words); i++ {
		word := words[i]
		value := ikedWord{line: word.line}
		if i+1 < len(words) {
			value = words[i+1]
		}
		switch {
		case word.is("ikesa"):
			if len(sas) == maxProposals {
				return Policy{}, &Error{Line: word.line, Token: "ikesa", Problem: fmt.Sprintf("is one too many: at most %d fit an offer", maxProposals)}
			}
			sas = append(sas, ikedSA{line: word.line})
			target = &sas[len(sas)-1]
		case word.is("childsa"):
			target = &ikedSA{child: true}
		case word.is("enc"), word.is("auth"), word.is("prf"), word.is("group"):
			if target == nil {
				return Policy{}, &Error{Line: word.line, Token: word.text, Problem: "belongs to no proposal: write ikesa or childsa before it"}
			}
			if err := target.add(word, value); err != nil {
				return Policy{}, err
			}
			i++
		case word.is("esn"), word.is("noesn"):
			if target == nil || !target.child {
				return Policy{}, &Error{Line: word.line, Token: word.text, Problem: "is for childsa: an IKE SA has no sequence numbers"}
			}
		case word.is("peer"):
			if value.text != "" && !value.is("any") {
				notes = append(notes, "Its gateway is "+value.text+".")
			}
			i++
			target = nil
		case word.is("active"):
			active = true
		case word.is("psk"), word.is("srcid"), word.is("dstid"), word.is("tag"), word.is("tap"), word.is("eap"), word.is("iface"), word.is("file"):
			i++ // their value may be any word
			target = nil
		default:
			target = nil
		}
	}
	if !active {
		notes = append(notes, "Without active, iked initiates nothing by itself.")
	}
	defaults := defaultOf("openiked")
	if len(sas) == 0 {
		notes = append(notes, "It has no ikesa, so it has the default proposals of iked 7.4.")
		p, err := policyOf(openIKED, name, line, defaults.Offer)
		p.Notes, p.Doubt = notes, defaults.Doubt
		return p, err
	}
	var offer []proposals.Product
	for _, sa := range sas {
		products, completed, err := sa.products(defaults.Offer)
		if err != nil {
			return Policy{}, err
		}
		offer = append(offer, products...)
		if completed != "" {
			notes = append(notes, completed)
		}
	}
	p, err := policyOf(openIKED, name, line, offer)
	p.Notes = notes
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
	child   bool // of childsa, whose transforms are not read
	product proposals.Product
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
		return &Error{Line: kind.line, Token: kind.text, Problem: "has no algorithm after it"}
	}
	if sa.child {
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
	keyword, ok := names[value.text]
	if !ok {
		return &Error{Line: value.line, Token: value.text,
			Problem: fmt.Sprintf("is no %s of iked for ikesa", kind.text) + didYouMean(value.text, slices.Sorted(maps.Keys(names)))}
	}
	a, err := proposals.ParseAlgorithm(keyword)
	if err != nil {
		panic("client: internal error: " + err.Error())
	}
	appendNew(&sa.product[axis], a)
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
		return nil, "", &Error{Line: sa.line, Token: "ikesa", Problem: "mixes ciphers with and without AEAD, which iked rejects: write an ikesa for each"}
	case aead && integ:
		return nil, "", &Error{Line: sa.line, Token: "ikesa", Problem: "has auth beside AEAD, which iked rejects: leave auth out"}
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
		completed = fmt.Sprintf("Line %d: iked takes the defaults of 7.4 for what ikesa does not say: %s.", sa.line, strings.Join(added, ", "))
	}
	return products, completed, nil
}

// ikedWord is a word of iked.conf; one in quotation marks is no keyword.
type ikedWord struct {
	text   string
	line   int
	quoted bool
}

func (w ikedWord) is(keyword string) bool { return !w.quoted && w.text == keyword }

// ikedReader reads the words of iked.conf (parse.y, yylex): statements end
// with their line, unless a backslash stands at its end; $name is a macro.
type ikedReader struct {
	rest     string
	line     int
	macros   map[string]ikedMacro
	expanded int // octets that macros have stood for
}

// ikedMacro is the value of a macro, whose words are those of its text.
type ikedMacro string

// maxExpanded bounds what macros stand for in a file, in octets.
const maxExpanded = 64 << 10

// statement reads up to the end of a statement.
func (r *ikedReader) statement() ([]ikedWord, error) {
	var words []ikedWord
	for r.rest != "" {
		if len(words) > maxSettings {
			return nil, &Error{Line: r.line, Token: words[0].text, Problem: fmt.Sprintf("begins a statement of more than %d words", maxSettings)}
		}
		c := r.rest[0]
		switch {
		case c == '\n':
			r.line++
			r.rest = r.rest[1:]
			return words, nil
		case c == ' ' || c == '\t' || c == '\r':
			r.rest = r.rest[1:]
		case strings.HasPrefix(r.rest, "\\\n"), strings.HasPrefix(r.rest, "\\\r\n"):
			_, r.rest, _ = strings.Cut(r.rest, "\n")
			r.line++
		case c == '#':
			r.until("\n")
		case c == '$':
			expansion, err := r.macro()
			if err != nil {
				return nil, err
			}
			words = append(words, expansion...)
		case c == '"' || c == '\'':
			word, err := r.quoted()
			if err != nil {
				return nil, err
			}
			words = append(words, word)
		case strings.IndexByte(ikedMarks, c) >= 0:
			words = append(words, ikedWord{text: r.rest[:1], line: r.line})
			r.rest = r.rest[1:]
		default:
			word := ikedWord{line: r.line}
			if word.text = r.until(" \t\r\n\\\"'" + ikedMarks); word.text == "" {
				word.text = r.rest[:1] // a backslash in a line
				r.rest = r.rest[1:]
			}
			words = append(words, word)
		}
	}
	return words, nil
}

// ikedMarks are words of their own.
const ikedMarks = "(){}<>!=/#,"

func (r *ikedReader) until(end string) string {
	n := strings.IndexAny(r.rest, end)
	if n < 0 {
		n = len(r.rest)
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// quoted reads a string, in which a backslash escapes the quotation mark,
// blanks and the end of a line.
func (r *ikedReader) quoted() (ikedWord, error) {
	mark := r.rest[0]
	r.rest = r.rest[1:]
	word := ikedWord{line: r.line, quoted: true}
	var b strings.Builder
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		if c == mark {
			word.text = b.String()
			return word, nil
		}
		if c == '\\' && r.rest != "" && strings.IndexByte(" \t\n"+string(mark), r.rest[0]) >= 0 {
			c = r.rest[0]
			r.rest = r.rest[1:]
		}
		if c == '\n' {
			r.line++ // lines are joined
			continue
		}
		b.WriteByte(c)
	}
	return word, &Error{Line: word.line, Problem: fmt.Sprintf("a string is not closed: write %c at its end", mark)}
}

// macro reads $name and returns the words that it stands for.
func (r *ikedReader) macro() ([]ikedWord, error) {
	r.rest = r.rest[1:]
	n := strings.IndexFunc(r.rest, func(c rune) bool {
		return c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if n < 0 {
		n = len(r.rest)
	}
	name := r.rest[:n]
	r.rest = r.rest[n:]
	value, ok := r.macros[name]
	if !ok {
		return nil, &Error{Line: r.line, Token: "$" + name, Problem: `is a macro that is not defined above: write NAME = "value"`}
	}
	if r.expanded += len(value) + 1; r.expanded > maxExpanded {
		return nil, &Error{Line: r.line, Token: "$" + name, Problem: fmt.Sprintf("is too much: macros stand for more than %d octets", maxExpanded)}
	}
	// Macros within a macro's value are not expanded again.
	inner := &ikedReader{rest: string(value), line: r.line}
	words, err := inner.statement()
	for i := range words {
		words[i].line = r.line
	}
	return words, err
}

// define takes NAME = WORD WORD...
func (r *ikedReader) define(words []ikedWord) error {
	if len(words) == 2 {
		return &Error{Line: words[0].line, Token: words[0].text, Problem: `has no value: write NAME = "value"`}
	}
	var parts []string
	for _, word := range words[2:] {
		parts = append(parts, word.text)
	}
	value := strings.Join(parts, " ")
	if len(value) > maxValue || len(r.macros) == maxSettings {
		return &Error{Line: words[0].line, Token: words[0].text, Problem: fmt.Sprintf(
			"is too much: at most %d macros are read, each of %d octets", maxSettings, maxValue)}
	}
	r.macros[words[0].text] = ikedMacro(value)
	return nil
}
