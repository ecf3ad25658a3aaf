package client

import (
	"fmt"
	"slices"
	"strings"
)

var ipsecConfFormat = format{
	syntax: SyntaxIpsecConf,
	detect: func(_ string, data []byte) bool { return ipsecConfDaemon(data) == SyntaxIpsecConf },
	parse:  parseIpsecConf,
}

// parseIpsecConf reads strongSwan's ipsec.conf: ike= of each conn, completed as
// strongSwan completes it.
func parseIpsecConf(data []byte) ([]Policy, error) {
	file, err := readIpsecConf(string(data), strongSwanValue)
	if err != nil {
		return nil, err
	}
	parents, err := file.inherited()
	if err != nil {
		return nil, err
	}
	var policies []Policy
	for _, conn := range file.conns {
		sections := append([]*ipsecSection{conn}, parents[conn]...)
		get := func(key string) (ipsecSetting, bool) {
			for _, s := range sections {
				// The last one of a section counts.
				for _, setting := range slices.Backward(s.settings) {
					if setting.key == key {
						return setting, setting.value != ""
					}
				}
			}
			return ipsecSetting{}, false
		}
		if conn.name == "%default" || file.isTemplate(conn, get) {
			continue
		}
		p, err := strongSwanConn(conn, get)
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

// strongSwanConn returns the policy of a conn, or nil if it is for IKEv1.
func strongSwanConn(conn *ipsecSection, get func(key string) (ipsecSetting, bool)) (*Policy, error) {
	var offer strongSwanOffer
	switch version, ok := get("keyexchange"); {
	case version.value == "ikev1":
		return nil, nil
	case !ok || version.value == "ike":
		offer.note(0, "Without keyexchange=ikev2, it also accepts IKEv1; it initiates IKEv2.")
	case version.value != "ikev2":
		return nil, fault(version.line, version.value, "is not a value of keyexchange: write ike, ikev1 or ikev2")
	}
	line := conn.line
	if ike, ok := get("ike"); ok {
		line = ike.line
		list, strict := strings.CutSuffix(ike.value, "!")
		for text := range strings.SplitSeq(list, ",") {
			if len(offer.products) > maxProposals {
				break // policyOf says so
			}
			if err := offer.add(strings.TrimSpace(text), line); err != nil {
				return nil, err
			}
		}
		if !strict {
			offer.addDefault(line, "without a ! at the end of ike=, strongSwan appends its default proposals.")
		}
	} else {
		offer.addDefault(0, "It has no ike=, so strongSwan's default proposals apply.")
	}
	if text := noteOnRight(get("right")); text != "" {
		offer.note(0, text)
	}
	p, err := offer.policy(conn.name, line)
	right, ok := get("right")
	p.passive = ok && strings.HasPrefix(right.value, "%")
	p.Login, p.Child = loginOfConn(get, right.value), childOfConn(get)
	return &p, err
}

// noteOnRight says what right= is, or "".
func noteOnRight(right ipsecSetting, ok bool) string {
	switch {
	case ok && strings.HasPrefix(right.value, "%any"):
		return "Its right is " + right.value + ", so it does not initiate by itself."
	case ok && right.value[0] != '%' && hosts(right.value) != "":
		return "Its gateway is " + hosts(right.value) + ", if right is the remote end."
	}
	return ""
}

// inherited returns the sections that each conn inherits from, the most
// important first: those of the last also= before the ones above it, each
// before what it inherits itself, and %default in the end (conf_parser.c,
// resolve_also_single).
func (f *ipsecFile) inherited() (map[*ipsecSection][]*ipsecSection, error) {
	parents := make(map[*ipsecSection][]*ipsecSection)
	fallback := f.conn("%default")
	if fallback != nil {
		parents[fallback] = nil
	}
	var resolve func(conn *ipsecSection, depth int) error
	resolve = func(conn *ipsecSection, depth int) error {
		if _, ok := parents[conn]; ok {
			return nil
		}
		var list []*ipsecSection
		for _, also := range slices.Backward(conn.settings) {
			if also.key != "also" || also.value == "" || also.value == "%default" {
				continue
			}
			parent, err := f.also(also, depth)
			if err != nil || parent == nil {
				return err
			}
			if err := resolve(parent, depth+1); err != nil {
				return err
			}
			if list = append(append(list, parent), parents[parent]...); len(list) > maxSettings {
				return faultAt(also.line, also.value, fmt.Sprintf("inherits too much: at most %d conns are read", maxSettings))
			}
		}
		if len(list) == 0 && fallback != nil {
			list = append(list, fallback)
		}
		// Of a section that is inherited twice, the last place counts.
		seen := make(map[*ipsecSection]bool)
		var kept []*ipsecSection
		for _, s := range slices.Backward(list) {
			if !seen[s] {
				seen[s] = true
				kept = append(kept, s)
			}
		}
		slices.Reverse(kept)
		parents[conn] = kept
		return nil
	}
	for _, conn := range f.conns {
		if err := resolve(conn, 0); err != nil {
			return nil, err
		}
	}
	return parents, nil
}

// strongSwanValue reads a value of strongSwan's ipsec.conf: words and quoted
// strings, which are joined with single spaces, up to a comment.
func strongSwanValue(text string) (value, problem string) {
	r := swanctlReader{rest: text, line: 1}
	var parts []string
	for {
		r.rest = strings.TrimLeft(r.rest, " \t\r")
		switch {
		case r.rest == "" || r.rest[0] == '#':
			return strings.Join(parts, " "), ""
		case r.take('"'):
			part, err := r.quoted()
			if err != nil {
				return "", `is not closed: write " at its end`
			}
			parts = append(parts, part)
		default:
			parts = append(parts, r.word("#\" \t\r"))
		}
	}
}
