package client

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// The importer of FortiOS: the phase 1 of IPsec, of routes and of policies.

var fortiFormat = format{syntax: SyntaxFortiGate, detect: isFortiGate, parse: parseFortiGate}

var (
	fortiClassic = words{{"des", "des"}, {"3des", "3des"}, {"aes128", "aes128"}, {"aes192", "aes192"}, {"aes256", "aes256"}}
	fortiAEAD    = words{{"aes128gcm", "aes128gcm16"}, {"aes256gcm", "aes256gcm16"}, {"chacha20poly1305", "chacha20poly1305"}}
	fortiHashes  = words{{"md5", "md5"}, {"sha1", "sha1"}, {"sha256", "sha256"}, {"sha384", "sha384"}, {"sha512", "sha512"}}
	fortiPRFs    = words{{"prfsha1", "prfsha1"}, {"prfsha256", "prfsha256"}, {"prfsha384", "prfsha384"}, {"prfsha512", "prfsha512"}}
	fortiGroups  = groupWords(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 27, 28, 29, 30, 31, 32)

	// fortiUnnumbered are ciphers that IANA gave no number for IKEv2.
	fortiUnnumbered = []string{"aria128", "aria192", "aria256", "seed"}
)

// fortiDefaults are what FortiOS 6 and 7 take where a phase 1 does not say it.
// An ike-version that is not said is 1.
var fortiDefaults = map[string][]string{
	"proposal": {"aes128-sha256", "aes256-sha256", "aes128-sha1", "aes256-sha1"},
	"dhgrp":    {"14", "5"},
}

// fortiProposals are all that set proposal takes, but those with a cipher
// without a number.
var fortiProposals = func() map[string]lists {
	all := make(map[string]lists)
	for _, encr := range fortiClassic {
		for _, hash := range fortiHashes {
			all[encr[0]+"-"+hash[0]] = lists{
				encr:  []proposals.Algorithm{keyword(encr[1])},
				integ: []proposals.Algorithm{keyword(hash[1])},
			}
		}
	}
	for _, encr := range fortiAEAD {
		for _, prf := range fortiPRFs {
			all[encr[0]+"-"+prf[0]] = lists{
				encr: []proposals.Algorithm{keyword(encr[1])},
				prf:  []proposals.Algorithm{keyword(prf[1])},
			}
		}
	}
	return all
}()

// fortiPhase1 is an entry of config vpn ipsec phase1-interface or phase1.
type fortiPhase1 struct {
	name string
	line int
	sets map[string][]setting
	// byDefault are the keys whose default something was appended to or taken
	// from.
	byDefault map[string]bool
}

// fortiVerbs are the commands that change a setting.
var fortiVerbs = []string{"set", "select", "append", "unselect", "unset", "clear"}

// change does what a command says of a setting. What is appended to, or taken
// from, a setting of which nothing was said is its default.
func (f *fortiPhase1) change(verb string, key setting, values []setting) {
	if _, said := f.sets[key.value]; !said && (verb == "append" || verb == "unselect") && fortiDefaults[key.value] != nil {
		f.sets[key.value] = fortiDefault(key.value, key.line)
		f.byDefault[key.value] = true
	}
	switch verb {
	case "append":
		f.sets[key.value] = append(f.sets[key.value], values...)
	case "unselect":
		f.sets[key.value] = slices.DeleteFunc(f.sets[key.value], func(s setting) bool {
			return slices.ContainsFunc(values, func(v setting) bool { return v.value == s.value })
		})
	case "unset", "clear":
		delete(f.sets, key.value)
		delete(f.byDefault, key.value)
	default: // set and select, which is the same
		f.sets[key.value] = values
		delete(f.byDefault, key.value)
	}
}

func fortiDefault(key string, line int) []setting {
	var set []setting
	for _, value := range fortiDefaults[key] {
		set = append(set, setting{value, line})
	}
	return set
}

func isFortiGate(_ string, data []byte) bool {
	return bytes.Contains(data, []byte("config vpn ipsec phase1"))
}

// fortiKeys are the settings that say what is offered. What is nearly one of
// them is a slip: no other setting of a phase 1 is.
var fortiKeys = []string{"proposal", "dhgrp"}

// fortiPhases returns the phase 1 entries of a configuration. An entry that is
// edited again is the same one, but for another VDOM.
func fortiPhases(text string) ([]*fortiPhase1, error) {
	var phases []*fortiPhase1
	type key struct{ vdom, name string }
	index := make(map[key]*fortiPhase1)
	vdom := ""
	var open []string // the config statements around a line
	var phase *fortiPhase1
	for _, statement := range fortiStatements(text) {
		here := ""
		if len(open) > 0 {
			here = open[len(open)-1]
		}
		inPhase1 := here == "vpn ipsec phase1-interface" || here == "vpn ipsec phase1"
		switch word := statement[0]; {
		case word.value == "config":
			var path []string
			for _, w := range statement[1:] {
				path = append(path, w.value)
			}
			open = append(open, strings.Join(path, " "))
		case word.value == "end":
			open = open[:max(0, len(open)-1)]
			if inPhase1 {
				phase = nil
			}
		case here == "vdom" && word.value == "edit" && len(statement) == 2:
			vdom = statement[1].value
		case !inPhase1:
		case word.value == "edit" && len(statement) == 2:
			k := key{vdom, statement[1].value}
			if phase = index[k]; phase == nil {
				phase = &fortiPhase1{k.name, word.line, make(map[string][]setting), make(map[string]bool)}
				index[k] = phase
				phases = append(phases, phase)
			}
		case word.value == "next":
			phase = nil
		case slices.Contains(fortiVerbs, word.value) && len(statement) > 1:
			if phase == nil {
				return nil, faultAt(word.line, "", "a setting is outside of a phase 1: begin it with edit NAME")
			}
			key := statement[1]
			if question := didYouMean(key.value, fortiKeys); question != "" && !slices.Contains(fortiKeys, key.value) {
				return nil, faultAt(key.line, key.value, "is not a setting of a phase 1"+question)
			}
			phase.change(word.value, key, statement[2:])
		}
	}
	return phases, nil
}

// fortiStatements splits a configuration into lines and these into words. A
// quoted word may have several lines, and # begins a comment.
func fortiStatements(text string) [][]setting {
	var statements [][]setting
	var words []setting
	line := 1
	for s := text; s != ""; {
		switch {
		case s[0] == '\n':
			if len(words) > 0 {
				statements = append(statements, words)
			}
			words = nil
			line++
			s = s[1:]
		case s[0] == ' ', s[0] == '\t', s[0] == '\r':
			s = s[1:]
		case s[0] == '#':
			n := strings.IndexByte(s, '\n')
			if n < 0 {
				n = len(s)
			}
			s = s[n:]
		case s[0] == '"':
			var b strings.Builder
			n := 1
			for ; n < len(s) && s[n] != '"'; n++ {
				if s[n] == '\\' && n+1 < len(s) {
					n++
				}
				b.WriteByte(s[n])
			}
			words = append(words, setting{b.String(), line})
			line += strings.Count(b.String(), "\n")
			s = s[min(n+1, len(s)):]
		default:
			n := strings.IndexAny(s, " \t\r\n")
			if n < 0 {
				n = len(s)
			}
			words = append(words, setting{s[:n], line})
			s = s[n:]
		}
	}
	if len(words) > 0 {
		statements = append(statements, words)
	}
	return statements
}

func parseFortiGate(data []byte) ([]Policy, error) {
	phases, err := fortiPhases(string(data))
	if err != nil {
		return nil, err
	}
	var policies []Policy
	var others []string
	for _, phase := range phases {
		version := setting{"1", phase.line}
		if set := phase.sets["ike-version"]; len(set) > 0 {
			version = set[0]
		}
		switch version.value {
		case "1":
			others = append(others, phase.name)
			continue
		case "2":
		default:
			return nil, fault(version.line, version.value, "is not a value of ike-version: write 1 or 2")
		}
		p, err := phase.policy()
		if err != nil {
			return nil, err
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

func (f *fortiPhase1) policy() (Policy, error) {
	var notes []string
	assumed := false
	// values returns what is set, or the default, of which it takes a note.
	values := func(key string) []setting {
		set := f.sets[key]
		defaults := strings.Join(fortiDefaults[key], " ")
		switch {
		case len(set) == 0:
			set = fortiDefault(key, f.line)
			notes = append(notes, fmt.Sprintf("It does not set %s, so the default of FortiOS 6 and 7 applies: %s.", key, defaults))
		case f.byDefault[key]:
			notes = append(notes, fmt.Sprintf("It changes the default %s, which in FortiOS 6 and 7 is %s.", key, defaults))
		default:
			return set
		}
		assumed = true
		return set
	}
	var groups []proposals.Algorithm
	for _, group := range values("dhgrp") {
		a, err := fortiGroups.algorithm("value of dhgrp", group.value, group.line)
		if err != nil {
			return Policy{}, err
		}
		groups = append(groups, a)
	}
	var offer []proposals.Product
	seen := make(map[string]bool)
	for _, word := range values("proposal") {
		if seen[word.value] {
			continue
		}
		seen[word.value] = true
		l, ok := fortiProposals[word.value]
		if !ok && isFortiUnnumbered(word.value) {
			notes = append(notes, fmt.Sprintf("%s is left out: its cipher has no number in IKEv2.", word.value))
			continue
		}
		if !ok {
			return Policy{}, fortiUnknown(word)
		}
		l.ke = groups
		products, _ := l.products()
		offer = append(offer, products...)
	}
	if len(offer) == 0 {
		set := f.sets["proposal"][0]
		return Policy{}, fault(set.line, set.value, "is all that is proposed, and its cipher has no number in IKEv2: add, for example, aes256-sha256")
	}
	p, err := policyOf("FortiGate", f.name, f.line, offer)
	if err != nil {
		return Policy{}, err
	}
	p.Notes = notes
	if assumed {
		p.Doubt = "Settings that are not in the file have the defaults of FortiOS 6 and 7; other versions may have different ones."
	}
	return p, nil
}

func isFortiUnnumbered(proposal string) bool {
	encr, hash, _ := strings.Cut(proposal, "-")
	for _, name := range fortiUnnumbered {
		if encr == name {
			_, err := fortiHashes.algorithm("", hash, 0)
			return err == nil
		}
	}
	return false
}

// fortiUnknown says which half of a proposal is wrong.
func fortiUnknown(word setting) error {
	encr, hash, ok := strings.Cut(word.value, "-")
	ciphers := append(append(words{}, fortiClassic...), fortiAEAD...)
	if _, err := ciphers.algorithm("", encr, 0); err != nil || !ok {
		var names []string
		for _, w := range ciphers {
			names = append(names, w[0])
		}
		e := notOneOf(names, "cipher of FortiOS", encr, word.line)
		if !ok && err == nil {
			e.Problem = "is only a cipher: write it with its hash or PRF, such as aes256-sha256 or aes256gcm-prfsha384"
		}
		return e
	}
	hashes, kind := fortiHashes, "hash of FortiOS for "+encr
	if _, err := fortiAEAD.algorithm("", encr, 0); err == nil {
		hashes, kind = fortiPRFs, "PRF of FortiOS for "+encr
	}
	if _, err := hashes.algorithm(kind, hash, word.line); err != nil {
		return err
	}
	return fault(word.line, word.value, "is not a proposal of FortiOS: write it in lower case")
}
