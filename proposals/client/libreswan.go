package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

var libreswanFormat = format{
	syntax: SyntaxLibreswan,
	detect: func(_ string, data []byte) bool { return ipsecConfDaemon(data) == SyntaxLibreswan },
	parse:  parseLibreswan,
}

const libreswan = "libreswan"

// parseLibreswan reads libreswan's ipsec.conf: ike= of each conn, completed as
// the release completes it that the file is for, or else libreswan 5.
func parseLibreswan(data []byte) ([]Policy, error) {
	file, err := readIpsecConf(string(data), libreswanValue)
	if err != nil {
		return nil, err
	}
	release := file.release(data)
	var policies []Policy
	for _, conn := range file.conns {
		if conn.name == "%default" {
			continue
		}
		c := libreswanConn{file: file, conn: conn, release: release, settings: make(map[string]ipsecSetting)}
		if err := c.include(conn, 0, make(map[*ipsecSection]bool)); err != nil {
			return nil, err
		}
		if file.isTemplate(conn, c.get) {
			continue
		}
		p, err := c.policy()
		if err != nil {
			return nil, err
		}
		if p != nil {
			p.unread = file.includes
			policies = append(policies, *p)
		}
	}
	return policies, file.nothingBut(policies)
}

// libreswanKeys are the settings that decide what is offered, and to whom.
var libreswanKeys = []string{"ike", "keyexchange", "ikev2", "type", "authby", "left", "right", "auto"}

// libreswanHeader is a comment that names the release, such as that of the
// ipsec.conf that libreswan installs.
var libreswanHeader = lazyregexp.New(`(?mi)^[ \t]*#.*libreswan[ v/-]+([345])\.\d`)

// release returns the main release of libreswan that a file is for, 4 or 5; 0 if
// it does not say. keyexchange=ikev2 and ikev1 are of 5.0 (CHANGES; v4.15,
// lib/libipsecconf/keywords.c has ike alone), ;ke= in ike= is of 5.4.
func (f *ipsecFile) release(data []byte) int {
	for _, conn := range f.conns {
		for _, s := range conn.settings {
			value := strings.ToLower(s.value)
			if s.key == "keyexchange" && strings.HasPrefix(value, "ikev") || s.key == "ike" && strings.Contains(value, "=") {
				return 5
			}
		}
	}
	if m := libreswanHeader.FindSubmatch(data); m != nil && m[1][0] == '5' {
		return 5
	} else if m != nil {
		return 4 // 3.x has other groups still, in no order of its own that is known here
	}
	return 0
}

// libreswanConn collects the settings of a conn.
type libreswanConn struct {
	file     *ipsecFile
	conn     *ipsecSection
	settings map[string]ipsecSetting
	release  int // 4, 5, or 0 if it is not known
	notes    []note
	// childUnknown: a setting of its Child SAs is there twice, with two values.
	childUnknown bool
}

// include takes the settings of a section, and of those that its also= name at
// their place. What comes first counts; libreswan warns of a second one in the
// same conn, and does not load a conn that inherits another value.
func (c *libreswanConn) include(s *ipsecSection, depth int, seen map[*ipsecSection]bool) error {
	if seen[s] {
		return nil
	}
	seen[s] = true
	own := make(map[string]bool)
	for _, setting := range s.settings {
		if setting.key == "also" {
			parent, err := c.file.also(setting, depth)
			if err != nil {
				return err
			}
			if parent != nil {
				if err := c.include(parent, depth+1, seen); err != nil {
					return err
				}
			}
			continue
		}
		ofChild := slices.Contains(libreswanChildKeys, setting.key)
		if !slices.Contains(libreswanKeys, setting.key) && !ofChild {
			continue
		}
		first, again := c.settings[setting.key]
		switch {
		case again && ofChild:
			c.childUnknown = c.childUnknown || first.value != setting.value
		case !again, setting.key == "auto" && s == c.conn && !own["auto"]:
			c.settings[setting.key] = setting
		case setting.key == "auto":
		case own[setting.key]:
			c.notes = append(c.notes, note{setting.line, "libreswan ignores " + setting.key + ", which was set before."})
		case first.value != setting.value:
			return faultAt(setting.line, setting.key, "is set to another value above, and libreswan does not load a conn that sets it twice: remove one of them")
		}
		own[setting.key] = true
	}
	return nil
}

// get returns a setting of the conn, or of %default.
func (c *libreswanConn) get(key string) (ipsecSetting, bool) {
	if s, ok := c.settings[key]; ok {
		return s, s.value != ""
	}
	if s := c.file.conn("%default"); s != nil {
		for _, setting := range s.settings {
			if setting.key == key {
				return setting, setting.value != ""
			}
		}
	}
	return ipsecSetting{}, false
}

// policy returns the policy of a conn, or nil if it does not use IKEv2.
func (c *libreswanConn) policy() (*Policy, error) {
	keyexchange, set := c.get("keyexchange")
	switch strings.ToLower(keyexchange.value) {
	case "ikev2":
	case "ikev1":
		return nil, nil
	case "", "ike":
		set = false
	default:
		return nil, fault(keyexchange.line, keyexchange.value, "is not a value of keyexchange: write ike, ikev1 or ikev2")
	}
	if ikev2, ok := c.get("ikev2"); ok && !set {
		switch strings.ToLower(ikev2.value) {
		case "no", "n", "off", "false", "never", "permit":
			return nil, nil
		case "yes", "y", "on", "true", "insist", "propose", "always":
		default:
			return nil, fault(ikev2.line, ikev2.value, "is not a value of ikev2: write yes or no")
		}
	}
	if kind, _ := c.get("type"); slices.Contains([]string{"passthrough", "drop", "reject"}, kind.value) {
		return nil, nil
	}
	if authby, _ := c.get("authby"); authby.value == "never" {
		return nil, nil
	}
	defaults := libreswan5
	if c.release == 4 {
		defaults = libreswan4
	}
	ike, ok := c.get("ike")
	if !ok {
		ike.value, ike.line = strings.Join(defaults.proposals, ","), c.conn.line
		c.notes = append(c.notes, note{0, "It has no ike=, so it has the default proposals of libreswan " + defaults.release + "."})
	}
	var offer []proposals.Product
	completedKE := false
	for text := range strings.SplitSeq(ike.value, ",") {
		if len(offer) > maxProposals {
			break // policyOf says so
		}
		product, completed, err := parseLibreswanProposal(text, defaults)
		if err != nil {
			err.Line = ike.line
			return nil, err
		}
		if ok && len(completed) > 0 {
			c.notes = append(c.notes, note{ike.line, fmt.Sprintf("in %s libreswan adds %s.", text, strings.Join(completed, ", and "))})
		}
		completedKE = completedKE || slices.Equal(product[proposals.KE], defaults.kes)
		c.noteDisabled(ike.line, product)
		offer = append(offer, product)
	}
	if text := noteOnRight(c.get("right")); text != "" {
		c.notes = append(c.notes, note{0, text})
	}
	p, err := policyOf(libreswan, c.conn.name, ike.line, offer)
	p.lineNotes, p.Child = c.notes, c.child(offer)
	if c.release == 0 && (completedKE || !ok) {
		p.Doubt = libreswanDoubt(ok)
	}
	return &p, err
}

// libreswanDoubt is that of a policy which has what libreswan 5 adds, where the
// file does not name its release.
func libreswanDoubt(hasIKE bool) string {
	p := defaultOf("libreswan-4")
	if !hasIKE {
		return "The file does not show which release of libreswan it is for: 4.0 to 4.15 have other default proposals, those of the policy " + p.Name + "."
	}
	var words []string
	for _, a := range libreswan4.kes {
		words = append(words, a.Keyword())
	}
	return fmt.Sprintf("The file does not show which release of libreswan it is for: 4.0 to 4.15 add %s instead, and send a KE payload of %v.",
		strings.Join(words, "-"), libreswan4.kes[0])
}

// noteDisabled notes the groups of a proposal that libreswan has only where it
// was built to have them.
func (c *libreswanConn) noteDisabled(line int, p proposals.Product) {
	for _, a := range p[proposals.KE] {
		for group, option := range map[string]string{"modp1024": "USE_DH2", "modp1024s160": "USE_DH22"} {
			if a.Keyword() != group {
				continue
			}
			n := note{line, fmt.Sprintf("libreswan does not load a connection with %v unless it was built with %s=true, which 5.5 no longer offers.", a, option)}
			if !slices.Contains(c.notes, n) {
				c.notes = append(c.notes, n)
			}
		}
	}
}

// libreswanValue reads a value of libreswan's ipsec.conf: a word, or anything
// between quotation marks or braces (parser.lex).
func libreswanValue(text string) (value, problem string) {
	text = strings.TrimLeft(text, " \t")
	var rest string
	switch {
	case text == "" || text[0] == '#':
		return "", ""
	case text[0] == '"' || text[0] == '{':
		end := map[byte]string{'"': `"`, '{': "}"}[text[0]]
		var closed bool
		if value, rest, closed = strings.Cut(text[1:], end); !closed {
			return "", "is not closed: write " + end + " at its end"
		}
	default:
		value, rest = text, ""
		if n := strings.IndexAny(text, " \t\""); n >= 0 {
			value, rest = text[:n], text[n:]
		}
	}
	if rest = strings.TrimLeft(rest, " \t"); rest != "" && rest[0] != '#' {
		return "", "has a space, which libreswan accepts only in quotation marks, and not in ike="
	}
	return value, ""
}
