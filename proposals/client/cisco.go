package client

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// The importer of Cisco's configurations. IOS and IOS-XE have proposals, and
// policies that name them; an ASA and FTD have policies that hold the
// algorithms themselves.

var ciscoFormat = format{syntax: SyntaxCisco, detect: isCisco, parse: parseCisco}

// ciscoDialect is how one family writes algorithms.
type ciscoDialect struct {
	product string
	words   map[string]words // of each statement
}

var (
	ciscoIOS = ciscoDialect{"Cisco IOS", map[string]words{
		"encryption": {{"aes-gcm-256", "aes256gcm16"}, {"aes-gcm-128", "aes128gcm16"},
			{"aes-cbc-256", "aes256"}, {"aes-cbc-192", "aes192"}, {"aes-cbc-128", "aes128"},
			{"3des", "3des"}, {"des", "des"}},
		"integrity": {{"sha512", "sha512"}, {"sha384", "sha384"}, {"sha256", "sha256"}, {"sha1", "sha1"}, {"md5", "md5"}},
		"prf": {{"sha512", "prfsha512"}, {"sha384", "prfsha384"}, {"sha256", "prfsha256"},
			{"sha1", "prfsha1"}, {"md5", "prfmd5"}},
		"group": groupWords(1, 2, 5, 14, 15, 16, 19, 20, 21, 24),
	}}
	ciscoASA = ciscoDialect{"Cisco ASA", map[string]words{
		"encryption": {{"aes-gcm-256", "aes256gcm16"}, {"aes-gcm-192", "aes192gcm16"}, {"aes-gcm", "aes128gcm16"},
			{"aes-256", "aes256"}, {"aes-192", "aes192"}, {"aes", "aes128"}, {"3des", "3des"}, {"des", "des"}},
		"integrity": {{"sha512", "sha512"}, {"sha384", "sha384"}, {"sha256", "sha256"},
			{"sha", "sha1"}, {"sha1", "sha1"}, {"md5", "md5"}},
		"prf": {{"sha512", "prfsha512"}, {"sha384", "prfsha384"}, {"sha256", "prfsha256"},
			{"sha", "prfsha1"}, {"sha1", "prfsha1"}, {"md5", "prfmd5"}},
		"group": groupWords(1, 2, 5, 14, 15, 16, 19, 20, 21, 24, 31),
	}}
)

// ciscoBlock is a crypto ikev2 proposal or policy.
type ciscoBlock struct {
	isPolicy bool
	name     string
	line     int
	typed    bool // in a session, with prompts
	// statements with algorithms, the last of each kind.
	statements map[string]ciscoStatement
	proposals  []setting // that a policy of IOS names
}

// ciscoStatement is the words after one of encryption, integrity, prf, group.
type ciscoStatement struct {
	words []string
	line  int
}

// ciscoCommand are the commands that IPsec has on IOS, IOS-XE and ASA.
var ciscoCommand = lazyregexp.New(`(?m)^[ \t]*(?:[\w./-]+(?:\([\w-]+\))?#\s*)?(?:no )?crypto (?:ikev2|ikev1|isakmp|map|dynamic-map|keyring|ipsec) `)

func isCisco(_ string, data []byte) bool { return ciscoCommand.Match(data) }

// ciscoPrompt is what stands before a command in the transcript of a session.
var ciscoPrompt = lazyregexp.New(`^[\w./-]+(\([\w-]+\))?#\s*`)

// ciscoBlocks returns the proposals and policies of IKEv2. Lines need not be
// indented; a block ends with the first line that is no statement of it.
func ciscoBlocks(text string) ([]*ciscoBlock, ciscoDefaults, error) {
	type key struct {
		isPolicy bool
		name     string
	}
	var blocks []*ciscoBlock
	index := make(map[key]*ciscoBlock)
	var block *ciscoBlock
	var smart ciscoDefaults
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		prompt := ciscoPrompt.FindString(line)
		f := strings.Fields(line[len(prompt):])
		if prompt == "" && block != nil && block.typed {
			continue // the router's answer
		}
		if i := slices.IndexFunc(f, func(w string) bool { return strings.HasPrefix(w, "!") }); i >= 0 {
			f = f[:i]
		}
		smart.read(f)
		switch {
		case len(f) == 0:
		case len(f) >= 4 && f[0] == "crypto" && f[1] == "ikev2" && f[2] == "profile" && len(smart.profiles) <= maxSections:
			block = nil
			smart.add(f[3], number)
		case len(f) >= 4 && f[0] == "crypto" && f[1] == "ikev2" && (f[2] == "proposal" || f[2] == "policy"):
			k := key{f[2] == "policy", f[3]}
			if block = index[k]; block == nil {
				block = &ciscoBlock{isPolicy: k.isPolicy, name: k.name, line: number, typed: prompt != "",
					statements: make(map[string]ciscoStatement)}
				index[k] = block
				blocks = append(blocks, block)
			}
		case len(f) >= 5 && f[0] == "no" && f[1] == "crypto" && f[2] == "ikev2" && (f[3] == "proposal" || f[3] == "policy"):
			k := key{f[3] == "policy", f[4]}
			blocks = slices.DeleteFunc(blocks, func(b *ciscoBlock) bool { return b == index[k] })
			delete(index, k)
			block = nil
		case block == nil:
		case len(f) > 1 && f[0] == "no" && slices.Contains(ciscoStatements, f[1]):
			block.remove(f[1], f[2:])
		case ciscoIOS.words[f[0]] != nil:
			block.statements[f[0]] = ciscoStatement{f[1:], number}
		case f[0] == "proposal" && block.isPolicy:
			for _, name := range f[1:] {
				block.proposals = append(block.proposals, setting{name, number})
			}
		case slices.Contains(ciscoStatements, f[0]):
		default:
			if question := didYouMean(f[0], ciscoStatements); question != "" {
				return nil, smart, faultAt(number, f[0], "is not a statement of a crypto ikev2 proposal or policy"+question)
			}
			block = nil
		}
	}
	return blocks, smart, nil
}

// ciscoDefaults is what IOS and IOS-XE take for a connection without a policy of
// its own: "IKEv2 Smart Defaults" of Cisco's FlexVPN and IKEv2 configuration guide.
// An ASA has none.
type ciscoDefaults struct {
	profiles []setting // crypto ikev2 profile, which an ASA does not have
	// The commands no crypto ikev2 proposal default and no crypto ikev2 policy
	// default were given.
	noProposal, noPolicy bool
	release              string // such as "15.7", which a configuration begins with; or ""
}

// ciscoRelease is the release of IOS or IOS-XE in a configuration.
var ciscoRelease = lazyregexp.New(`^1[0-9]\.[0-9]{1,2}$`)

// add takes a profile, which may be there before.
func (d *ciscoDefaults) add(name string, line int) {
	if !slices.ContainsFunc(d.profiles, func(p setting) bool { return p.value == name }) {
		d.profiles = append(d.profiles, setting{name, line})
	}
}

// read takes in the words of a line.
func (d *ciscoDefaults) read(f []string) {
	if len(f) == 2 && f[0] == "version" && ciscoRelease.MatchString(f[1]) {
		d.release = f[1]
	}
	if len(f) == 5 && f[0] == "no" && f[1] == "crypto" && f[2] == "ikev2" && f[4] == "default" {
		d.noProposal = d.noProposal || f[3] == "proposal"
		d.noPolicy = d.noPolicy || f[3] == "policy"
	}
}

// policy returns the default of the release; why is a sentence.
func (d *ciscoDefaults) policy(why string) Policy {
	policy, doubt := "cisco-iosxe", "The default proposal depends on the release, which the file does not show: IOS 15 has another one, the policy cisco-ios. "
	switch {
	case d.release == "":
	case d.release < "16": // of IOS; 16 and 17 are IOS-XE
		policy, doubt = "cisco-ios", ""
	default:
		doubt = "The default proposal of " + d.release + " was not checked. "
	}
	p := byDefault(policy, why)
	p.Doubt = strings.TrimSpace(doubt + p.Doubt)
	return p
}

// policies returns what the profiles of a configuration offer whose policies are
// those, if that is IOS's default.
func (d *ciscoDefaults) policies(blocks []*ciscoBlock) ([]Policy, error) {
	if len(d.profiles) == 0 || slices.ContainsFunc(blocks, func(b *ciscoBlock) bool { return b.isPolicy }) {
		return nil, nil
	}
	if d.noProposal || d.noPolicy {
		return nil, faultAt(d.profiles[0].line, d.profiles[0].value, "has no crypto ikev2 policy, and the file removes the default one: add one with its proposal")
	}
	var policies []Policy
	for _, profile := range d.profiles {
		p := d.policy("The file has no crypto ikev2 policy, so the router's default policy and proposal apply.")
		p.Name, p.Scope, p.line = profile.value, "", profile.line
		policies = append(policies, p)
	}
	return policies, nil
}

// remove takes words out of a statement, or all of it if there are none.
func (b *ciscoBlock) remove(statement string, words []string) {
	removed := func(word string) bool { return len(words) == 0 || slices.Contains(words, word) }
	if statement == "proposal" {
		b.proposals = slices.DeleteFunc(b.proposals, func(name setting) bool { return removed(name.value) })
		return
	}
	s := b.statements[statement]
	if s.words = slices.DeleteFunc(s.words, removed); len(s.words) == 0 {
		delete(b.statements, statement)
		return
	}
	b.statements[statement] = s
}

// ciscoStatements are those of a block.
var ciscoStatements = []string{"encryption", "integrity", "prf", "group", "proposal", "match", "lifetime", "description"}

// ciscoOffer is what a proposal of IOS offers.
type ciscoOffer struct {
	products []proposals.Product
	notes    []string
	named    bool // by a policy
}

func parseCisco(data []byte) ([]Policy, error) {
	blocks, smart, err := ciscoBlocks(string(data))
	if err != nil {
		return nil, err
	}
	offers := make(map[string]*ciscoOffer)
	for _, b := range blocks {
		if b.isPolicy {
			continue
		}
		products, notes, err := ciscoIOS.offer(b)
		if err != nil {
			return nil, err
		}
		offers[b.name] = &ciscoOffer{products: products, notes: notes}
	}
	var asa []*ciscoBlock
	var policies []Policy
	for _, b := range blocks {
		switch {
		case !b.isPolicy:
		case len(b.statements) > 0:
			asa = append(asa, b)
		default:
			p, err := b.policyOfIOS(offers, smart)
			if err != nil {
				return nil, err
			}
			policies = append(policies, p)
		}
	}
	for _, b := range blocks {
		if o := offers[b.name]; !b.isPolicy && !o.named {
			p, err := policyOf(ciscoIOS.product, b.name, b.line, o.products)
			if err != nil {
				return nil, err
			}
			p.Notes = append(o.notes, "No crypto ikev2 policy in the file names this proposal: it is not offered until one does.")
			policies = append(policies, p)
		}
	}
	defaults, err := smart.policies(blocks)
	if err != nil {
		return nil, err
	}
	policies = append(policies, defaults...)
	if len(asa) > 0 {
		p, err := policyOfASA(asa)
		if err != nil {
			return nil, err
		}
		policies = append(policies, p)
	}
	return policies, nil
}

// policyOfIOS returns what b, a policy of IOS, offers: the proposals that it
// names, in its order.
func (b *ciscoBlock) policyOfIOS(offers map[string]*ciscoOffer, smart ciscoDefaults) (Policy, error) {
	names := b.proposals
	if len(names) == 0 && b.name == "default" {
		names = []setting{{"default", b.line}}
	}
	if len(names) == 0 {
		return Policy{}, faultAt(b.line, b.name, "is a policy without a proposal: add one with proposal NAME")
	}
	var offer []proposals.Product
	var notes, offered []string
	doubt := ""
	seen := make(map[string]bool)
	for _, name := range names {
		if seen[name.value] {
			continue
		}
		seen[name.value] = true
		o := offers[name.value]
		if o == nil && name.value == "default" {
			p := smart.policy("The proposal named default is the router's own.")
			o, doubt = &ciscoOffer{products: p.Offer, notes: p.Notes}, p.Doubt
		}
		if o == nil {
			return Policy{}, faultAt(name.line, name.value, "is not a crypto ikev2 proposal in the file")
		}
		o.named = true
		number := strconv.Itoa(len(offer) + 1)
		if n := len(o.products); n > 1 { // AEAD and other ciphers
			number += " to " + strconv.Itoa(len(offer)+n)
		}
		offered = append(offered, number+" "+name.value)
		offer, notes = append(offer, o.products...), append(notes, o.notes...)
	}
	if len(offered) > 1 {
		notes = append([]string{"Its proposals: " + strings.Join(offered, ", ") + "."}, notes...)
	}
	p, err := policyOf(ciscoIOS.product, b.name, b.line, offer)
	p.Notes, p.Doubt = notes, doubt
	return p, err
}

// policyOfASA returns what an ASA offers: all its policies, the lowest number
// first.
func policyOfASA(blocks []*ciscoBlock) (Policy, error) {
	type numbered struct {
		number int
		*ciscoBlock
	}
	var order []numbered
	for _, b := range blocks {
		n, err := strconv.Atoi(b.name)
		if err != nil {
			return Policy{}, faultAt(b.line, b.name, "is not a priority: a policy with algorithms is named by a number")
		}
		order = append(order, numbered{n, b})
	}
	slices.SortStableFunc(order, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
	notes := []string{
		"An ASA offers all its crypto ikev2 policies, the lowest number first.",
		"An ASA offers the algorithms of a line from the most to the least secure; here they are in the order of the file.",
	}
	var offer []proposals.Product
	for _, b := range order {
		products, more, err := ciscoASA.offer(b.ciscoBlock)
		if err != nil {
			return Policy{}, err
		}
		offer, notes = append(offer, products...), append(notes, more...)
	}
	p, err := policyOf(ciscoASA.product, "crypto ikev2 policy", order[0].line, offer)
	p.Notes = notes
	if slices.ContainsFunc(blocks, func(b *ciscoBlock) bool { return b.statements["prf"].words == nil }) {
		p.Doubt = "It was not checked what an ASA uses if a policy does not name a prf."
	}
	return p, err
}

// offer returns the proposals of a block that holds algorithms, and what is to
// be noted of them.
func (d ciscoDialect) offer(b *ciscoBlock) (offer []proposals.Product, notes []string, err error) {
	var l lists
	for _, kind := range []struct {
		statement string
		list      *[]proposals.Algorithm
	}{{"encryption", &l.encr}, {"integrity", &l.integ}, {"prf", &l.prf}, {"group", &l.ke}} {
		s := b.statements[kind.statement]
		for _, word := range s.words {
			if kind.statement == "integrity" && word == "null" && d.product == ciscoASA.product {
				continue // with AES-GCM
			}
			a, err := d.words[kind.statement].algorithm("value of "+kind.statement+" in "+d.product, word, s.line)
			if err != nil {
				return nil, nil, err
			}
			*kind.list = append(*kind.list, a)
		}
	}
	lacks := func(statement, why string) error {
		var names []string
		for _, w := range d.words[statement] {
			names = append(names, w[0])
		}
		return faultAt(b.line, b.name, fmt.Sprintf("has no %s%s: add a line with some of %s", statement, why, strings.Join(names, ", ")))
	}
	isAEAD := proposals.Algorithm.AEAD
	switch {
	case len(l.encr) == 0:
		return nil, nil, lacks("encryption", "")
	case len(l.ke) == 0:
		return nil, nil, lacks("group", "")
	case len(l.prf) == 0 && slices.ContainsFunc(l.encr, isAEAD):
		return nil, nil, lacks("prf", ", which AES-GCM needs")
	case len(l.integ) == 0 && slices.ContainsFunc(l.encr, func(a proposals.Algorithm) bool { return !isAEAD(a) }):
		return nil, nil, lacks("integrity", ", which all ciphers but AES-GCM need")
	case len(l.prf) == 0:
		notes = append(notes, fmt.Sprintf("%s names no prf: it is assumed to match integrity.", b.name))
	}
	offer, _ = l.products()
	return offer, notes, nil
}
