package client

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// ipsecFile is a file of the syntax that strongSwan and libreswan have from
// FreeS/WAN, each with its own rules for values and inheritance:
//
//	config setup
//	    key=value
//	conn name
//	    also=other
//	    key=value # comment
//	include file
type ipsecFile struct {
	conns    []*ipsecSection // conn, in the order of the file
	others   []*ipsecSection // config and ca
	includes includes
	included map[string]bool // names of conns that another one inherits from
	loads    bool            // a conn of it is loaded by auto=; else all are by hand
}

type ipsecSection struct {
	kind     string // conn, config or ca
	name     string
	line     int
	settings []ipsecSetting
}

type ipsecSetting struct {
	key, value string
	line       int
}

// readIpsecConf reads a file, whose values are read by value: what is right of
// the equals sign, up to the end of the line. Its problem is a predicate.
func readIpsecConf(text string, value func(string) (value, problem string)) (*ipsecFile, error) {
	r := ipsecReader{file: &ipsecFile{included: make(map[string]bool)}, value: value}
	for line := range strings.SplitSeq(text, "\n") {
		r.line++
		if err := r.read(strings.TrimRight(line, "\r")); err != nil {
			return nil, err
		}
	}
	return r.file, nil
}

// ipsecReader reads a file line by line.
type ipsecReader struct {
	file    *ipsecFile
	value   func(string) (value, problem string)
	section *ipsecSection // the last that began; nil before the first
	// sections and settings are how many there were.
	sections, settings int
	line               int
}

// fault says what is wrong with the line. token is shown if it is a word of the
// syntax: what stands before an equals sign, if there is one.
func (r *ipsecReader) fault(token, problem string) error {
	key, _, _ := strings.Cut(token, "=")
	key = strings.TrimSpace(key)
	if slices.Contains(ipsecWords, key) || slices.Contains(swanctlWords, key) || isIpsecKey(key) || len(proposals.Nearest(key, ipsecWords)) > 0 {
		return faultAt(r.line, key, problem)
	}
	return fault(r.line, token, problem)
}

func (r *ipsecReader) read(full string) error {
	rest := strings.TrimLeft(full, " \t")
	if rest == "" || rest[0] == '#' {
		return nil
	}
	indented := len(rest) < len(full)
	word, after, _ := strings.Cut(strings.ReplaceAll(rest, "\t", " "), " ")
	after = strings.TrimSpace(after)
	switch {
	case word == "include" && after != "" && after[0] != '=':
		r.file.includes.add(after, r.line)
		return nil
	case indented && r.section == nil:
		return r.fault(word, "is outside any section: write conn NAME above it")
	case indented && len(word) > 2 && (word[0]|0x20) == 'x' && (word[1] == '-' || word[1] == '_'):
		return nil // a comment of libreswan: x-why, with a value or without
	case indented:
		return r.readSetting(rest, word)
	case word == "version":
		return nil
	case word == "conn" || word == "config" || word == "ca":
		return r.beginSection(rest, word, after)
	}
	return r.fault(word, "does not begin a section: write conn NAME or config setup, and settings indented below it")
}

// readSetting reads key=value, which begins with word.
func (r *ipsecReader) readSetting(rest, word string) error {
	key, text, ok := strings.Cut(rest, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" || strings.ContainsAny(key, " \t\"") {
		return r.fault(word, "is not a setting: write key=value")
	}
	v, problem := r.value(text)
	if problem != "" {
		return r.fault(key, problem)
	}
	if r.settings++; r.settings > maxSettings || len(v) > maxValue {
		return r.fault(key, fmt.Sprintf("exceeds what is read: %d settings of %d octets each", maxSettings, maxValue))
	}
	key = strings.ToLower(key)
	r.section.settings = append(r.section.settings, ipsecSetting{key, v, r.line})
	switch {
	case key == "also":
		r.file.included[v] = true
	case key == "auto" && v != "" && v != "ignore":
		r.file.loads = true
	}
	return nil
}

// beginSection reads the head of a section: word is its kind, after its name.
// A conn of a name that was there goes on.
func (r *ipsecReader) beginSection(rest, word, after string) error {
	name, _, _ := strings.Cut(after, "#")
	if name = strings.TrimSpace(name); name == "" || strings.ContainsAny(name, " \"") {
		return faultAt(r.line, word, "does not name a section: write "+word+" NAME")
	}
	if r.sections++; r.sections > maxSections {
		return r.fault(name, fmt.Sprintf("exceeds the %d sections that are read", maxSections))
	}
	r.section = &ipsecSection{kind: word, name: name, line: r.line}
	if word != "conn" {
		r.file.others = append(r.file.others, r.section)
	} else if again := r.file.conn(name); again != nil {
		r.section = again
	} else {
		r.file.conns = append(r.file.conns, r.section)
	}
	return nil
}

func (f *ipsecFile) conn(name string) *ipsecSection {
	i := slices.IndexFunc(f.conns, func(s *ipsecSection) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return f.conns[i]
}

// also returns the conn that an also= names. It is nil if it is not in the file
// and could be in one that is included.
func (f *ipsecFile) also(also ipsecSetting, depth int) (*ipsecSection, error) {
	parent := f.conn(also.value)
	switch {
	case depth == maxNesting:
		return nil, faultAt(also.line, also.value, "nests also= too deeply, or in a loop")
	case parent == nil && len(f.includes) == 0:
		return nil, faultAt(also.line, also.value, "is not a conn in this file"+didYouMean(also.value, f.names()))
	}
	return parent, nil
}

func (f *ipsecFile) names() []string {
	var names []string
	for _, conn := range f.conns {
		names = append(names, conn.name)
	}
	return names
}

// isTemplate reports whether a conn is there only for others to inherit from:
// it has no ends of its own, or no auto=, so that it is not loaded by itself.
func (f *ipsecFile) isTemplate(conn *ipsecSection, get func(key string) (ipsecSetting, bool)) bool {
	_, left := get("left")
	_, right := get("right")
	auto, ok := get("auto")
	return f.included[conn.name] && (!left && !right || f.loads && (!ok || auto.value == "ignore"))
}

// nothingBut returns an error if a file has no connection but includes others.
func (f *ipsecFile) nothingBut(policies []Policy) error {
	conns := slices.DeleteFunc(f.names(), func(name string) bool { return name == "%default" })
	if len(policies) > 0 || len(conns) > 0 {
		return nil
	}
	return f.includes.notFollowed()
}

// Settings that only one of the two daemons has (strongSwan 6.0,
// src/starter/keywords.txt; libreswan 4.15, lib/libipsecconf/keywords.c, and 5.4,
// lib/libswan/ipsecconf). Those of the two ends stand without left and right.
// libreswan reads _ as -.
var (
	onlyStrongSwan = []string{"aaa_identity", "allowany", "auth2", "ca2", "cacert", "cachecrls", "cert2", "certpolicy", "certuribase",
		"charondebug", "charonstart", "closeaction", "crluri", "crluri1", "crluri2", "dns", "eap", "eap_identity",
		"firewall", "groups", "groups2", "hostaccess", "id2", "ikedscp", "inactivity", "installpolicy", "klipsdebug",
		"ldapbase", "ldaphost", "lifebytes", "lifepackets", "marginbytes", "marginpackets", "margintime", "me_peerid",
		"mediated_by", "mediation", "modeconfig", "nocrsend", "ocspuri", "ocspuri1", "ocspuri2", "pfsgroup",
		"pkcs11initargs", "pkcs11keepstate", "pkcs11module", "pkcs11proxy", "sha256_96", "sigkey", "strictcrlpolicy",
		"subnetwithin", "xauth", "xauth_identity"}
	onlyLibreswan = []string{"accept-redirect", "accept-redirect-to", "addresspool", "aggrmode", "alsoflip", "audit-log", "autheap", "cat",
		"cisco-split", "cisco-unity", "ckaid", "clientaddrfamily", "clones", "connalias", "crl-strict", "crl-timeout",
		"curl-iface", "curl-timeout", "ddos-ike-threshold", "ddos-mode", "debug", "decap-dscp", "dns-match-id", "dns-resolver", "dnssec-anchors", "dnssec-enable", "dnssec-rootkey-file", "drop-oppo-null", "ecdsakey", "eddsakey",
		"enable-tcp", "encap-dscp", "encapsulation", "esn", "expire-lifetime", "expire-shunt-interval", "failureshunt",
		"fake-strongswan", "global-redirect", "global-redirect-to", "hostaddrfamily", "ignore-peer-dns", "ike-socket-bufsize", "ike-socket-errqueue", "ikepad", "ikev1-policy", "ikev1-secctx-attr-type", "ikev2", "initial-contact",
		"interface-ip", "intermediate", "ipsec-interface", "ipsec-interface-managed", "ipsec-lifetime", "ipsec-max-bytes", "ipsec-max-packets", "iptfs", "keep-alive", "listen", "listen-tcp", "listen-udp", "logappend",
		"logfile", "logip", "logtime", "max-halfopen-ike", "metric", "modecfgbanner", "modecfgclient", "modecfgdns",
		"modecfgdomains", "modecfgpull", "modecfgserver", "ms-dh-downgrade", "mtu", "myvendorid", "narrowing", "nat-ikev1-method", "nat-keepalive", "negotiationshunt", "nflog", "nflog-all", "nflog-group", "nhelpers", "nic-offload", "nm-configured", "nopmtudisc", "nssdir", "ocsp-enable", "ocsp-method", "ocsp-strict", "ocsp-timeout",
		"ocsp-trustname", "ocsp-uri", "overlapip", "pam-authorize", "phase2", "phase2alg", "policy-label", "ppk", "ppk-ids", "protostack", "pubkey", "redirect-to", "remote-peer-type", "require-id-on-certificate", "retransmit-interval", "retransmit-timeout", "salifetime", "sec-label", "seccomp", "secctx-attr-type", "secretsfile",
		"seedbits", "send-no-esp-tfc", "send-redirect", "send-vendorid", "sendca", "session-resumption",
		"sha2-truncbug", "share-lease", "shuntlifetime", "statsbin", "subnets", "tcp-remoteport", "username", "virtual-private", "vti", "vti-interface", "vti-routing", "vti-shared", "xauthby", "xauthclient", "xauthfail",
		"xauthserver", "xauthusername"}
)

// ipsecWords begin sections, and ipsecKeys are settings that both daemons have.
var (
	ipsecWords = []string{"conn", "config", "ca", "include", "version"}
	ipsecKeys  = []string{"also", "auto", "type", "authby", "left", "right", "ike", "esp", "keyexchange", "ikelifetime",
		"lifetime", "rekey", "dpddelay", "dpdaction", "mobike", "fragmentation", "mark", "compress", "uniqueids",
		"subnet", "id", "cert", "auth", "sourceip", "sendcert", "ca", "protoport", "rsasigkey", "updown"}
)

// isIpsecKey reports whether key is a setting of either daemon.
func isIpsecKey(key string) bool {
	key = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(key), "left"), "right")
	return slices.Contains(ipsecKeys, key) || slices.Contains(onlyStrongSwan, key) || onlyOfLibreswan(key)
}

// onlyOfLibreswan reports whether key is one of onlyLibreswan. Two of these
// strongSwan has with an underscore, of old.
func onlyOfLibreswan(key string) bool {
	return key != "virtual_private" && key != "keep_alive" && slices.Contains(onlyLibreswan, strings.ReplaceAll(key, "_", "-"))
}

// ipsecComment is a comment on a line of its own.
var ipsecComment = lazyregexp.New(`(?m)^[ \t]*#.*`)

// headerDaemon returns the daemon that the comments before the first section of a
// text name, or "" if they name none or both. Both daemons install a file that
// begins so: "# ipsec.conf - strongSwan IPsec configuration file".
func headerDaemon(text []byte) Syntax {
	if at := ipsecConfSection.FindIndex(text); at != nil {
		text = text[:at[0]]
	}
	comments := bytes.ToLower(bytes.Join(ipsecComment.FindAll(text, -1), []byte("\n")))
	isStrongSwan, isLibreswan := bytes.Contains(comments, []byte("strongswan")), bytes.Contains(comments, []byte("libreswan"))
	switch {
	case isStrongSwan && !isLibreswan:
		return SyntaxIpsecConf
	case isLibreswan && !isStrongSwan:
		return SyntaxLibreswan
	}
	return ""
}

// Values of settings that both daemons have, without left and right, but only one
// reads (strongSwan 6.0, src/starter/confread.c and args.c, ipsec.conf.5;
// libreswan 5.4, programs/pluto/extract.c, lib/libswan/auth_names.c and
// autostart_names.c).
var (
	strongSwanValues = map[string]*lazyregexp.Regexp{
		"authby":   lazyregexp.New(`^(psk|pubkey|xauthpsk|xauthrsasig|ecdsasig)$`),
		"auth":     lazyregexp.New(`^(psk|pubkey|eap|eap-.*|xauth.*|(rsa|ecdsa|ed25519|ed448|bliss|ike:).*-.*|any)$`),
		"mark":     lazyregexp.New(`^%unique`),
		"subnet":   lazyregexp.New(`^%dynamic|\[`),
		"sourceip": lazyregexp.New(`^%(config|dhcp|radius|modeconfig|modecfg)|/|,`),
		"type":     lazyregexp.New(`^(transport_proxy|beet)$`),
		"ike":      lazyregexp.New(`!$`),
		"esp":      lazyregexp.New(`!$`),
		"cert":     lazyregexp.New(`/|\.(pem|crt|cer|der)$|^%smartcard`),
		"left":     lazyregexp.New(`^%any[46]$`),
		"right":    lazyregexp.New(`^%any[46]$`),
	}
	libreswanValues = map[string]*lazyregexp.Regexp{
		"authby": lazyregexp.New(`^(null|rsa|rsa-.*|ecdsa|ecdsa-.*|eddsa)$|,`),
		"auth":   lazyregexp.New(`^(secret|rsasig|ecdsa|null|eaponly)$`),
		"auto":   lazyregexp.New(`^(ondemand|keep|up)$`),
		"ike":    lazyregexp.New(`[;+]|_`),
		"esp":    lazyregexp.New(`[;+]|_`),
		"mark":   lazyregexp.New(`^-1`),
	}
)

// ipsecConfDaemon returns whose ipsec.conf data is: [SyntaxIpsecConf],
// [SyntaxLibreswan], ambiguous, or "" for another file. Settings and values that
// one of the daemons has alone tell them apart; where they do not, the header
// does, or else that one of them cannot read the file.
func ipsecConfDaemon(data []byte) Syntax {
	file, err := readIpsecConf(string(data), func(s string) (string, string) {
		s, _, _ = strings.Cut(s, " #")
		return strings.Trim(strings.TrimSpace(s), `"`), ""
	})
	if err != nil || len(file.conns)+len(file.others) == 0 {
		return ""
	}
	var strongSwanHas, libreswanHas, likelyStrongSwan bool
	for _, s := range slices.Concat(file.conns, file.others) {
		strongSwanHas = strongSwanHas || s.kind == "ca"
		for _, setting := range s.settings {
			key := strings.TrimPrefix(strings.TrimPrefix(setting.key, "left"), "right")
			if key == "" {
				key = setting.key
			}
			is := func(values map[string]*lazyregexp.Regexp) bool {
				return values[key] != nil && values[key].MatchString(setting.value)
			}
			likelyStrongSwan = likelyStrongSwan || key == "forceencaps" || key == "subnet" && strings.Contains(setting.value, ",")
			strongSwanHas = strongSwanHas || slices.Contains(onlyStrongSwan, key) || is(strongSwanValues)
			libreswanHas = libreswanHas || onlyOfLibreswan(key) || is(libreswanValues)
		}
	}
	if strongSwanHas == libreswanHas {
		if daemon := headerDaemon(data); daemon != "" {
			return daemon
		}
		// libreswan takes commas from 5.0 on, and has forceencaps= of old.
		if likelyStrongSwan {
			return SyntaxIpsecConf
		}
		_, strongSwanErr := parseIpsecConf(data)
		_, libreswanErr := parseLibreswan(data)
		strongSwanHas, libreswanHas = strongSwanErr == nil, libreswanErr == nil
	}
	switch {
	case strongSwanHas && !libreswanHas:
		return SyntaxIpsecConf
	case libreswanHas && !strongSwanHas:
		return SyntaxLibreswan
	}
	return ambiguous
}

// ambiguous is of an ipsec.conf that either daemon could have.
const ambiguous Syntax = "ambiguous"

// ipsecConfSection is how the sections of an ipsec.conf begin.
var ipsecConfSection = lazyregexp.New(`(?m)^(conn[ \t]+[^ \t\r\n]|config[ \t]+setup)`)

// undecidedIpsecConf returns why an ipsec.conf is not taken for one of either
// daemon, or nil for another file.
func undecidedIpsecConf(data []byte) error {
	if !ipsecConfSection.Match(data) {
		return nil
	}
	if _, err := readIpsecConf(string(data), libreswanValue); err != nil {
		return err
	}
	return fault(0, "", fmt.Sprintf("it is an ipsec.conf, and nothing in it shows whose it is: use --syntax %s (strongSwan) or --syntax %s",
		SyntaxIpsecConf, SyntaxLibreswan))
}
