package client

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// The importer of RouterOS: what /export writes of /ip ipsec, and scripts of
// the same commands.

var mikrotikFormat = format{syntax: SyntaxMikroTik, detect: isMikroTik, parse: parseMikroTik}

var (
	mikrotikCiphers = words{{"aes-256", "aes256"}, {"aes-192", "aes192"}, {"aes-128", "aes128"},
		{"camellia-256", "camellia256"}, {"camellia-192", "camellia192"}, {"camellia-128", "camellia128"},
		{"blowfish", "blowfish128"}, {"3des", "3des"}, {"des", "des"}}
	mikrotikHashes = words{{"md5", "md5"}, {"sha1", "sha1"}, {"sha256", "sha256"}, {"sha384", "sha384"}, {"sha512", "sha512"}}
	mikrotikPRFs   = words{{"md5", "prfmd5"}, {"sha1", "prfsha1"}, {"sha256", "prfsha256"}, {"sha384", "prfsha384"}, {"sha512", "prfsha512"}}
	mikrotikGroups = words{{"modp768", "modp768"}, {"modp1024", "modp1024"}, {"modp1536", "modp1536"},
		{"modp2048", "modp2048"}, {"modp3072", "modp3072"}, {"modp4096", "modp4096"}, {"modp6144", "modp6144"},
		{"modp8192", "modp8192"}, {"ecp256", "ecp256"}, {"ecp384", "ecp384"}, {"ecp521", "ecp521"}, {"x25519", "x25519"}}
)

// mikrotikUnnumbered are groups of old versions that have no number in IKEv2.
var mikrotikUnnumbered = []string{"ec2n155", "ec2n185"}

// mikrotikKeys are the settings of a profile that matter, with the values that
// a new profile has.
var mikrotikKeys = []struct{ key, value string }{
	{"enc-algorithm", "aes-128,3des"},
	{"hash-algorithm", "sha1"},
	{"prf-algorithm", "auto"},
	{"dh-group", "modp2048,modp1024"},
}

// mikrotikItem is an entry of a menu: its settings by their keys.
type mikrotikItem struct {
	name string
	line int
	keys map[string]setting
}

var mikrotikMenu = lazyregexp.New(`(?m)^\s*/ip[ /]ipsec[ /](peer|profile)`)

func isMikroTik(_ string, data []byte) bool {
	return mikrotikMenu.Match(data) && bytes.Contains(data, []byte("="))
}

// mikrotikCommand is a line of an export: the menu in which it stands, and its
// words.
type mikrotikCommand struct {
	menu  string
	words []setting
}

// mikrotikCommands returns the commands of a script, lines with a backslash at
// their ends put together.
func mikrotikCommands(text string) ([]mikrotikCommand, error) {
	var commands []mikrotikCommand
	menu := ""
	lines, err := mikrotikLines(text)
	if err != nil {
		return nil, err
	}
	for _, words := range lines {
		if path := words[0].value; strings.HasPrefix(path, "/") {
			var parts []string
			for len(words) > 0 && !isMikrotikVerb(words[0].value) && !strings.Contains(words[0].value, "=") {
				parts = append(parts, strings.FieldsFunc(words[0].value, func(r rune) bool { return r == '/' })...)
				words = words[1:]
			}
			menu = strings.Join(parts, " ")
		}
		if len(words) > 0 {
			commands = append(commands, mikrotikCommand{menu, words})
		}
	}
	return commands, nil
}

func isMikrotikVerb(word string) bool { return word == "add" || word == "set" }

// mikrotikContinuation is the end of a line that goes on after the blanks of
// the next.
var mikrotikContinuation = lazyregexp.New(`^\\\r?\n[ \t]*`)

// mikrotikLines splits a script into lines and these into words. Quotes and
// brackets hold a word together; the quotes go, and the backslashes in them. A
// quote has to end on its line.
func mikrotikLines(text string) ([][]setting, error) {
	var lines [][]setting
	var words []setting
	var word strings.Builder
	var inWord, inQuotes, inBrackets bool
	var unclosed error
	line, begin := 1, 1 // where we are, and where the word begins
	endWord := func() {
		if inWord {
			words = append(words, setting{word.String(), begin})
		}
		word.Reset()
		inWord = false
	}
	endLine := func() {
		if inQuotes && unclosed == nil {
			unclosed = faultAt(begin, "", `a " is not closed on its line`)
		}
		endWord()
		if len(words) > 0 {
			lines = append(lines, words)
		}
		words, inQuotes, inBrackets = nil, false, false
	}
	for s := text; s != ""; {
		c, n := s[0], 1
		if !inWord {
			begin = line
		}
		switch {
		case c == '\\' && mikrotikContinuation.MatchString(s):
			line++
			n = len(mikrotikContinuation.FindString(s))
		case c == '\n':
			endLine()
			line++
		case c == '\\' && inQuotes && len(s) > 1:
			n = 2
			word.WriteString(strings.Replace(s[1:2], "_", " ", 1))
		case c == '"':
			inQuotes, inWord = !inQuotes, true
		case inQuotes:
			word.WriteByte(c)
		case c == '#' && !inWord && len(words) == 0:
			if n = strings.IndexByte(s, '\n'); n < 0 {
				n = len(s)
			}
		case !inBrackets && (c == ' ' || c == '\t' || c == '\r'):
			endWord()
		default:
			inWord = true
			if c == '[' || c == ']' {
				inBrackets = c == '['
			}
			word.WriteByte(c)
		}
		s = s[n:]
	}
	endLine()
	return lines, unclosed
}

// mikrotikItems returns the profiles, the one named default first, and the
// peers of a script.
func mikrotikItems(text string) (profiles, peers []mikrotikItem, err error) {
	profiles = []mikrotikItem{{name: "default", keys: make(map[string]setting)}}
	commands, err := mikrotikCommands(text)
	if err != nil {
		return nil, nil, err
	}
	for _, command := range commands {
		var items *[]mikrotikItem
		switch command.menu {
		case "ip ipsec profile", "ip ipsec peer profile":
			items = &profiles
		case "ip ipsec peer":
			items = &peers
		default:
			continue
		}
		verb, rest := command.words[0], command.words[1:]
		if !isMikrotikVerb(verb.value) {
			continue
		}
		item := mikrotikItem{line: verb.line, keys: make(map[string]setting)}
		for _, word := range rest {
			if key, value, ok := strings.Cut(word.value, "="); ok && !strings.HasPrefix(word.value, "[") {
				if (key == "name" || key == "profile") && strings.Contains(value, "=") {
					return nil, nil, faultAt(word.line, key, "has an = in its value: a space is missing before the next setting")
				}
				item.keys[key] = setting{value, word.line}
			}
		}
		item.name = item.keys["name"].value
		if verb.value == "add" {
			*items = append(*items, item)
			continue
		}
		// set [ find default=yes ] and set [ find name=NAME ] change an item
		// that is there. Those of the default profile are all that an export
		// has.
		if items == &profiles && len(rest) > 0 && (rest[0].value == "default" || rest[0].value == "0" ||
			strings.Contains(rest[0].value, "default=yes") || strings.Contains(rest[0].value, "name=default")) {
			for key, value := range item.keys {
				profiles[0].keys[key] = value
			}
		}
	}
	return profiles, peers, nil
}

func parseMikroTik(data []byte) ([]Policy, error) {
	profiles, peers, err := mikrotikItems(string(data))
	if err != nil {
		return nil, err
	}
	index := make(map[string]mikrotikItem)
	for _, profile := range profiles {
		index[profile.name] = profile
	}
	var policies []Policy
	var others []string
	for i, peer := range peers {
		if peer.name == "" {
			peer.name = fmt.Sprintf("peer%d", i+1) // as RouterOS names them
		}
		if ikev2, err := peer.ikev2(); err != nil {
			return nil, err
		} else if !ikev2 {
			others = append(others, peer.name)
			continue
		}
		if len(policies) > maxSections {
			break // Import says so
		}
		profile := index["default"]
		if name, ok := peer.keys["profile"]; ok {
			if profile, ok = index[name.value]; !ok {
				return nil, faultAt(name.line, name.value, "is not a profile in the file: export /ip ipsec profile with it")
			}
		}
		p, err := peer.policy(profile)
		if err != nil {
			return nil, err
		}
		if peer.keys["disabled"].value == "yes" {
			p.Notes = append(p.Notes, "It is disabled in the file.")
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

// mikrotikModes are the values of exchange-mode.
var mikrotikModes = []string{"main", "aggressive", "base", "main-l2tp", "ike2"}

// ikev2 reports whether a peer is one of IKEv2. One that says nothing is not.
func (peer mikrotikItem) ikev2() (bool, error) {
	mode, ok := peer.keys["exchange-mode"]
	if ok && !slices.Contains(mikrotikModes, mode.value) {
		return false, notOneOf(mikrotikModes, "value of exchange-mode in RouterOS", mode.value, mode.line)
	}
	return mode.value == "ike2", nil
}

// policy returns what a peer offers by its profile. Before RouterOS 6.43 a peer
// had the settings itself.
func (peer mikrotikItem) policy(profile mikrotikItem) (Policy, error) {
	values := make(map[string]setting)
	var left []string
	for _, k := range mikrotikKeys {
		value, ok := peer.keys[k.key]
		if !ok {
			value, ok = profile.keys[k.key]
		}
		if !ok {
			value = setting{k.value, profile.line}
			if k.value != "auto" {
				left = append(left, k.key+"="+k.value)
			}
		}
		values[k.key] = value
	}
	var notes []string
	var failed error // the first
	read := func(key string, w words) (list []proposals.Algorithm) {
		value := values[key]
		if len(value.value) > maxValue {
			failed = cmp.Or(failed, error(tooLong(setting{key, value.line})))
			return nil
		}
		for name := range strings.SplitSeq(value.value, ",") {
			if key == "dh-group" && slices.Contains(mikrotikUnnumbered, name) {
				if note := name + " is left out: it has no number in IKEv2."; !slices.Contains(notes, note) {
					notes = append(notes, note)
				}
				continue
			}
			a, err := w.algorithm("value of "+key+" in RouterOS", name, value.line)
			if err != nil {
				failed = cmp.Or(failed, err)
				break
			}
			list = append(list, a)
		}
		return list
	}
	l := lists{
		encr:  read("enc-algorithm", mikrotikCiphers),
		integ: read("hash-algorithm", mikrotikHashes),
		ke:    read("dh-group", mikrotikGroups),
	}
	if values["prf-algorithm"].value != "auto" {
		l.prf = read("prf-algorithm", mikrotikPRFs)
	}
	if failed != nil {
		return Policy{}, failed
	}
	offer, ok := l.products()
	if !ok {
		group := values["dh-group"]
		return Policy{}, fault(group.line, group.value, "has no number in IKEv2: add, for example, modp2048")
	}
	p, err := policyOf("MikroTik RouterOS", peer.name, peer.line, offer)
	if err != nil {
		return Policy{}, err
	}
	p.Notes = notes
	if len(left) > 0 {
		p.Notes = append(p.Notes, "Its profile leaves out "+strings.Join(left, " ")+", the default of RouterOS 6.44 to 7.")
		p.Doubt = "Settings that are not in the file have the defaults of RouterOS 6.44 to 7; other versions may have different ones."
	}
	return p, nil
}
