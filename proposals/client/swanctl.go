package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

var swanctlFormat = format{
	syntax: SyntaxSwanctl,
	detect: func(file string, data []byte) bool { return file == "swanctl.conf" || swanctlConnections.Match(data) },
	parse:  parseSwanctl,
}

// swanctlConnections is the section that every swanctl.conf with a connection
// has.
var swanctlConnections = lazyregexp.New(`(?m)^[ \t]*connections[ \t\r\n]*(:[^{}=]*)?\{`)

// parseSwanctl reads swanctl.conf: connections.NAME.proposals, completed as
// strongSwan completes it.
func parseSwanctl(data []byte) ([]Policy, error) {
	file, err := readSwanctl(string(data))
	if err != nil {
		return nil, err
	}
	all, err := file.sections("connections")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range all {
		for _, conn := range s.children {
			if !slices.Contains(names, conn.name) {
				names = append(names, conn.name)
			}
		}
	}
	var policies []Policy
	for _, name := range names {
		p, err := file.policy(name)
		if err != nil {
			return nil, err
		}
		if p != nil {
			policies = append(policies, *p)
		}
	}
	if len(names) == 0 {
		return nil, file.includes.notFollowed()
	}
	return policies, nil
}

// policy returns the policy of a connection, or nil if it is for IKEv1.
func (f *swanctlFile) policy(name string) (*Policy, error) {
	conn, err := f.sections("connections", name)
	if err != nil {
		return nil, err
	}
	get := func(key string) (setting, bool) {
		for _, s := range conn {
			if v, ok := s.values[key]; ok {
				return v, v.value != "" // an empty value unsets the key
			}
		}
		return setting{}, false
	}
	for _, s := range conn {
		if err := slipOfProposals(s); err != nil {
			return nil, err
		}
	}
	var offer strongSwanOffer
	switch version, ok := get("version"); {
	case version.value == "1":
		return nil, nil
	case !ok || version.value == "0":
		offer.note(0, "Without version = 2, it also accepts IKEv1; it initiates IKEv2.")
	case version.value != "2":
		return nil, fault(version.line, version.value, "is not a value of version: write 0 (either), 1 or 2")
	}
	line := conn[0].line
	if value, ok := get("proposals"); ok {
		line = value.line
		for text := range strings.SplitSeq(value.value, ",") {
			text = strings.TrimSpace(text)
			switch {
			case len(offer.products) > maxProposals: // policyOf says so
			case strings.EqualFold(text, "default"):
				offer.addDefault(line, "default stands for strongSwan's default proposals.")
			default:
				if err := offer.add(text, line); err != nil {
					return nil, err
				}
			}
		}
	} else {
		offer.addDefault(0, "It does not set proposals, so strongSwan's default applies.")
	}
	if remote, ok := get("remote_addrs"); !ok || remote.value == "%any" {
		offer.note(0, "It has no remote_addrs, so it does not initiate by itself.")
	} else if gateway := hosts(remote.value); gateway != "" {
		offer.note(0, "Its gateway is "+gateway+".")
	}
	p, err := offer.policy(name, line)
	p.unread = f.includes
	if err == nil {
		p.Child, p.Login = f.childPolicy(name), f.login(name)
		remote, ok := get("remote_addrs")
		p.passive = !ok || remote.value == "%any"
	}
	return &p, err
}

// slipOfProposals is the error that a setting of a connection is written almost
// as proposals is, which swanctl would not load either. Other settings come and
// go with versions, and do not matter here.
func slipOfProposals(s *swanctlSection) error {
	var first *proposals.FileError
	for name, value := range s.values {
		near := didYouMean(name, []string{"proposals"})
		if name != "proposals" && near != "" && (first == nil || value.line < first.Line) {
			first = faultAt(value.line, name, "is not a setting of a connection"+near)
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// sections returns the sections that together are the one at a path: those in
// the file, merged where they are repeated, and after each the templates that it
// inherits from. What comes first wins.
func (f *swanctlFile) sections(path ...string) ([]*swanctlSection, error) {
	return f.resolve(path, 0)
}

func (f *swanctlFile) resolve(path []string, depth int) ([]*swanctlSection, error) {
	level := []*swanctlSection{f.root}
	for _, name := range path {
		var next []*swanctlSection
		for _, parent := range level {
			child := parent.child(name)
			if child == nil {
				continue
			}
			next = append(next, child)
			for _, template := range child.templates {
				if f.steps++; depth == maxNesting || f.steps > maxTemplateSteps {
					return nil, faultAt(template.line, template.value, "nests templates too deeply, or in a loop")
				}
				inherited, err := f.resolve(strings.Split(template.value, "."), depth+1)
				if err != nil {
					return nil, err
				}
				if len(inherited) == 0 && len(f.includes) == 0 {
					return nil, faultAt(template.line, template.value, "is not a section in this file: write the path of one, such as connections.other")
				}
				for _, s := range inherited {
					if !slices.Contains(next, s) {
						next = append(next, s)
					}
				}
			}
		}
		level = next
	}
	return level, nil
}

// maxTemplateSteps bounds how many templates are looked up for one file.
const maxTemplateSteps = 20_000

// swanctlFile is a file of strongSwan's settings syntax.
type swanctlFile struct {
	root     *swanctlSection
	includes includes
	steps    int // templates looked up
}

type swanctlSection struct {
	name      string
	line      int
	values    map[string]setting
	children  []*swanctlSection
	templates []setting
}

func (s *swanctlSection) child(name string) *swanctlSection {
	i := slices.IndexFunc(s.children, func(c *swanctlSection) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return s.children[i]
}

// swanctlReader reads strongSwan's settings syntax (settings_lexer.l):
//
//	# comment
//	section : template, other.template {
//	    key = value "quoted \"value\"" # comment
//	    include file
//	}
type swanctlReader struct {
	rest     string
	line     int
	file     *swanctlFile
	sections int
}

func readSwanctl(text string) (*swanctlFile, error) {
	r := &swanctlReader{rest: text, line: 1, file: &swanctlFile{root: &swanctlSection{values: map[string]setting{}}}}
	err := r.statements(r.file.root, 0)
	return r.file, err
}

// statements reads what is in a section up to its closing brace, or in the
// file up to its end.
func (r *swanctlReader) statements(section *swanctlSection, depth int) error {
	for {
		r.space()
		switch {
		case r.rest == "" && depth == 0:
			return nil
		case r.rest == "":
			return faultAt(section.line, section.name, "is not closed: write } at its end")
		case r.rest[0] == '}' && depth > 0:
			r.rest = r.rest[1:]
			return nil
		}
		line := r.line
		name := r.word(swanctlNameEnd)
		if name == "" {
			return faultAt(line, r.rest[:1], "is out of place: write name = value, or name { ... }")
		}
		blank := r.rest != "" && (r.rest[0] == ' ' || r.rest[0] == '\t')
		r.rest = strings.TrimLeft(r.rest, " \t")
		if name == "include" && blank && !strings.HasPrefix(r.rest, "=") {
			pattern, err := r.value()
			if err != nil {
				return err
			}
			r.file.includes.add(pattern, line)
			continue
		}
		r.space()
		switch {
		case r.take('='):
			text, err := r.value()
			if err != nil {
				return err
			}
			if len(text) > maxValue {
				return tooLong(setting{name, line})
			}
			section.values[name] = setting{text, line}
		case r.take(':'):
			templates, err := r.templates()
			if err != nil {
				return err
			}
			if err := r.section(section, name, line, templates, depth); err != nil {
				return err
			}
		case r.take('{'):
			if err := r.section(section, name, line, nil, depth); err != nil {
				return err
			}
		default:
			return faultNear(line, name, "is neither a setting nor a section: write name = value, or name { ... }", swanctlWords)
		}
	}
}

// swanctlWords are sections and settings of swanctl.conf.
var swanctlWords = []string{"connections", "secrets", "pools", "authorities", "children", "local", "remote", "include",
	"version", "proposals", "esp_proposals", "local_addrs", "remote_addrs", "auth", "id", "certs", "eap_id", "secret",
	"vips", "mode", "start_action", "close_action", "dpd_delay", "dpd_action", "rekey_time", "encap", "mobike",
	"fragmentation", "send_cert", "unique", "local_ts", "remote_ts", "cacerts", "pubkeys", "addrs", "dns"}

// section reads what follows the opening brace of a section.
func (r *swanctlReader) section(parent *swanctlSection, name string, line int, templates []setting, depth int) error {
	if r.sections++; r.sections > maxSections || depth == maxNesting {
		return faultAt(line, name, fmt.Sprintf(
			"exceeds what is read: %d sections, nested up to %d deep", maxSections, maxNesting))
	}
	section := parent.child(name)
	if section == nil {
		section = &swanctlSection{name: name, line: line, values: map[string]setting{}}
		parent.children = append(parent.children, section)
	}
	section.templates = append(section.templates, templates...)
	return r.statements(section, depth+1)
}

// templates reads the list between a section's colon and its opening brace.
func (r *swanctlReader) templates() ([]setting, error) {
	var list []setting
	for {
		r.space()
		path := r.word(strings.ReplaceAll(swanctlNameEnd, ".", ""))
		if path == "" {
			return nil, fault(r.line, "", "a section is named after the colon, such as name : template { ... }")
		}
		list = append(list, setting{path, r.line})
		r.space()
		switch {
		case r.take('{'):
			return list, nil
		case !r.take(','):
			return nil, fault(r.line, path, "is followed by neither a comma nor {")
		}
	}
}

// swanctlNameEnd are the octets that no name holds.
const swanctlNameEnd = "#{}:.,=\"\r\n\t "

func (r *swanctlReader) word(end string) string {
	n := strings.IndexAny(r.rest, end)
	if n < 0 {
		n = len(r.rest)
	}
	word := r.rest[:n]
	r.rest = r.rest[n:]
	return word
}

func (r *swanctlReader) take(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// space skips blanks, ends of lines and comments.
func (r *swanctlReader) space() {
	for r.rest != "" {
		switch r.rest[0] {
		case '\n':
			r.line++
		case ' ', '\t', '\r':
		case '#':
			r.word("\n")
			continue
		default:
			return
		}
		r.rest = r.rest[1:]
	}
}

// value reads up to the end of the line, a comment or a closing brace: words
// and quoted strings, which are joined with single spaces.
func (r *swanctlReader) value() (string, error) {
	var parts []string
	for {
		r.rest = strings.TrimLeft(r.rest, " \t\r")
		if r.rest == "" || strings.ContainsRune("#}\n", rune(r.rest[0])) {
			return strings.Join(parts, " "), nil
		}
		if !r.take('"') {
			parts = append(parts, r.word("#}\"\r\n\t "))
			continue
		}
		text, err := r.quoted()
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
}

// quoted reads what follows an opening quotation mark.
func (r *swanctlReader) quoted() (string, error) {
	start := r.line
	var b strings.Builder
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		if c == '"' {
			return b.String(), nil
		}
		escaped := c == '\\' && r.rest != ""
		if escaped {
			c = r.rest[0]
			r.rest = r.rest[1:]
		}
		if c == '\n' {
			r.line++
		}
		switch {
		case escaped && c == '\n', c == '\r': // a line goes on; the octet of an end of line
		case escaped && strings.IndexByte("nrt", c) >= 0:
			b.WriteByte(map[byte]byte{'n': '\n', 'r': '\r', 't': '\t'}[c])
		default:
			b.WriteByte(c)
		}
	}
	return "", fault(start, "", `a string is not closed: write " at its end`)
}
