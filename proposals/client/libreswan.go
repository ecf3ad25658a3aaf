package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

var libreswanFormat = format{
	syntax: SyntaxLibreswan,
	detect: func(_ string, data []byte) bool { return ipsecConfDaemon(data) == SyntaxLibreswan },
	parse:  parseLibreswan,
}

const libreswan = "libreswan"

// parseLibreswan reads libreswan's ipsec.conf: ike= of each conn, completed as
// libreswan 5 completes it.
func parseLibreswan(data []byte) ([]Policy, error) {
	file, err := readIpsecConf(string(data), libreswanValue)
	if err != nil {
		return nil, err
	}
	var policies []Policy
	for _, conn := range file.conns {
		if conn.name == "%default" {
			continue
		}
		c := libreswanConn{file: file, conn: conn, settings: make(map[string]ipsecSetting)}
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
			p.Doubt = strings.TrimSpace(p.Doubt + " " + file.includes.doubt())
			policies = append(policies, *p)
		}
	}
	return policies, file.nothingBut(policies)
}

// libreswanKeys are the settings that decide what is offered, and to whom.
var libreswanKeys = []string{"ike", "keyexchange", "ikev2", "type", "authby", "left", "right"}

// libreswanConn collects the settings of a conn.
type libreswanConn struct {
	file     *ipsecFile
	conn     *ipsecSection
	settings map[string]ipsecSetting
	notes    []string
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
		if !slices.Contains(libreswanKeys, setting.key) {
			continue
		}
		first, again := c.settings[setting.key]
		switch {
		case !again:
			c.settings[setting.key] = setting
		case own[setting.key]:
			c.notes = append(c.notes, fmt.Sprintf("Line %d: libreswan ignores %s, which line %d has set.", setting.line, setting.key, first.line))
		case first.value != setting.value:
			return faultAt(setting.line, setting.key, fmt.Sprintf(
				"has another value in line %d, and libreswan loads no conn that sets it twice: remove one of them", first.line))
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
	ike, ok := c.get("ike")
	if !ok {
		ike.value, ike.line = strings.Join(libreswanDefault, ","), c.conn.line
		c.notes = append(c.notes, "It has no ike=, so it has the default proposals of libreswan 5.")
	}
	var offer []proposals.Product
	for text := range strings.SplitSeq(ike.value, ",") {
		if len(offer) > maxProposals {
			break // policyOf says so
		}
		product, completed, err := parseLibreswanProposal(text)
		if err != nil {
			err.Line = ike.line
			return nil, err
		}
		if ok && len(completed) > 0 {
			c.notes = append(c.notes, fmt.Sprintf("Line %d: in %s libreswan adds %s.", ike.line, text, strings.Join(completed, ", and ")))
		}
		offer = append(offer, product)
	}
	if right, ok := c.get("right"); ok && right.value[0] != '%' {
		c.notes = append(c.notes, "Its gateway is "+right.value+", if right is the remote end.")
	}
	p, err := policyOf(libreswan, c.conn.name, ike.line, offer)
	p.Notes = c.notes
	return &p, err
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
		return "", "has a blank, which libreswan takes in quotation marks only, and not in ike="
	}
	return value, ""
}
