package client

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client/plist"
)

// The importer of config.xml of pfSense and OPNsense. Both have tunnels in
// ipsec/phase1; OPNsense has connections of strongSwan's swanctl.conf too.

var (
	pfsenseFormat  = format{syntax: SyntaxPfSense, detect: isPfSense, parse: parsePfSense}
	opnsenseFormat = format{syntax: SyntaxOPNsense, detect: isOPNsense, parse: parseOPNsense}
)

// pfsenseCiphers are the names of encryption-algorithm with what may stand in
// keylen: the length of the key or, of AES-GCM, of the ICV. The name and the
// keylen together are strongSwan's keyword.
var pfsenseCiphers = []struct {
	name    string
	keylens []string // the greatest first; nil if there is none
}{
	{"aes", []string{"256", "192", "128"}},
	{"aes128gcm", []string{"128", "96", "64"}},
	{"aes192gcm", []string{"128", "96", "64"}},
	{"aes256gcm", []string{"128", "96", "64"}},
	{"aes128gcm16", nil}, // these three of OPNsense
	{"aes192gcm16", nil},
	{"aes256gcm16", nil},
	{"chacha20poly1305", nil},
	{"camellia", []string{"256", "192", "128"}},
	{"blowfish", []string{"256", "192", "128"}},
	{"3des", nil},
	{"cast128", nil},
	{"des", nil},
}

var (
	pfsenseHashes = words{{"md5", "md5"}, {"sha1", "sha1"}, {"sha256", "sha256"}, {"sha384", "sha384"},
		{"sha512", "sha512"}, {"aesxcbc", "aesxcbc"}}
	pfsensePRFs = words{{"md5", "prfmd5"}, {"sha1", "prfsha1"}, {"sha256", "prfsha256"}, {"sha384", "prfsha384"},
		{"sha512", "prfsha512"}, {"aesxcbc", "prfaesxcbc"}, {"aescmac", "prfaescmac"}}
	pfsenseGroups = groupWords(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32)
)

func isPfSense(_ string, data []byte) bool {
	return plist.IsXML(data) && !isOPNsense("", data) && bytes.Contains(data, []byte("<phase1>"))
}

func isOPNsense(_ string, data []byte) bool {
	return plist.IsXML(data) && (bytes.Contains(data, []byte("<opnsense>")) || bytes.Contains(data, []byte("<Swanctl")))
}

func parsePfSense(data []byte) ([]Policy, error) {
	root, err := plist.ParseXML(data)
	if err != nil {
		return nil, err
	}
	return phase1Policies(root, "pfSense", "pfsense")
}

func parseOPNsense(data []byte) ([]Policy, error) {
	root, err := plist.ParseXML(data)
	if err != nil {
		return nil, err
	}
	policies, err := phase1Policies(root, "OPNsense", "opnsense")
	if err != nil {
		return nil, err
	}
	connections, err := connectionPolicies(root)
	return append(policies, connections...), err
}

// phase1Policies returns the policies of ipsec/phase1, be the file whole or cut
// out from pfsense or ipsec on.
func phase1Policies(root *plist.Element, product, whole string) ([]Policy, error) {
	if e := root.Child(whole); e != nil {
		root = e
	}
	if e := root.Child("ipsec"); e != nil {
		root = e
	}
	var policies []Policy
	var others []string
	for i, phase1 := range root.All("phase1") {
		name := phase1.Content("descr")
		if name == "" {
			name = "phase1 " + phase1.Content("ikeid")
		}
		if name == "phase1 " {
			name += fmt.Sprint(i + 1)
		}
		var note string
		switch iketype := phase1.Child("iketype"); {
		case iketype == nil, iketype.Text == "", iketype.Text == "ikev1":
			others = append(others, name)
			continue
		case iketype.Text == "auto", iketype.Text == "ike":
			note = "It also accepts IKEv1, and starts with IKEv2."
		case iketype.Text != "ikev2":
			return nil, fault(iketype.Line, iketype.Text, "is not a value of iketype: write ikev2, ikev1 or auto")
		}
		p, err := phase1Policy(phase1, product)
		if err != nil {
			return nil, err
		}
		p.Name = name
		if note != "" {
			p.Notes = append(p.Notes, note)
		}
		if phase1.Child("disabled") != nil {
			p.Notes = append(p.Notes, "It is disabled in the file.")
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

// phase1Policy returns what a phase 1 offers: a proposal for each item, or one
// of its own settings in the form that pfSense had before 2.4.4 and OPNsense
// has.
func phase1Policy(phase1 *plist.Element, product string) (Policy, error) {
	items := phase1.Child("encryption").All("item")
	if len(items) == 0 {
		items = []*plist.Element{phase1}
	}
	ownPRF := phase1.Child("prfselect_enable") != nil
	var offer []proposals.Product
	for _, item := range items {
		if len(offer) > maxProposals {
			break // policyOf says so
		}
		products, err := phase1Item(item, ownPRF)
		if err != nil {
			return Policy{}, err
		}
		for _, p := range products {
			if !slices.ContainsFunc(offer, func(q proposals.Product) bool { return q.String() == p.String() }) {
				offer = append(offer, p)
			}
		}
	}
	p, err := policyOf(product, "", phase1.Line, offer)
	if err != nil {
		return Policy{}, err
	}
	if !ownPRF {
		p.Notes = append(p.Notes, "It does not select a PRF: strongSwan uses the one that matches the hash.")
	}
	return p, nil
}

// phase1Item returns the proposals of an item. Of OPNsense hash-algorithm and
// dhgroup may have several values with commas between.
func phase1Item(item *plist.Element, ownPRF bool) ([]proposals.Product, error) {
	cipher := item.Child("encryption-algorithm")
	if cipher == nil {
		return nil, faultAt(item.Line, item.Name, "has no encryption-algorithm")
	}
	var l lists
	var err error
	if l.encr, err = pfsenseCipher(cipher); err != nil {
		return nil, err
	}
	if l.integ, err = phase1List(item, "hash-algorithm", pfsenseHashes); err != nil {
		return nil, err
	}
	if l.ke, err = phase1List(item, "dhgroup", pfsenseGroups); err != nil {
		return nil, err
	}
	if ownPRF {
		if l.prf, err = phase1List(item, "prf-algorithm", pfsensePRFs); err != nil {
			return nil, err
		}
	}
	products, _ := l.products()
	return products, nil
}

// phase1List returns the algorithms that an element of an item names.
func phase1List(item *plist.Element, name string, w words) ([]proposals.Algorithm, error) {
	e := item.Child(name)
	if e == nil || e.Text == "" {
		return nil, faultAt(item.Line, item.Name, "has no "+name)
	}
	if len(e.Text) > maxValue {
		return nil, tooLong(setting{e.Name, e.Line})
	}
	var list []proposals.Algorithm
	for value := range strings.SplitSeq(e.Text, ",") {
		a, err := w.algorithm("value of "+name, strings.TrimSpace(value), e.Line)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

func pfsenseCipher(e *plist.Element) ([]proposals.Algorithm, error) {
	var names []string
	name, keylen := e.Child("name"), e.Content("keylen")
	if name == nil {
		return nil, faultAt(e.Line, e.Name, "has no name")
	}
	for _, c := range pfsenseCiphers {
		names = append(names, c.name)
		switch {
		case c.name != name.Text:
		case c.keylens == nil:
			return []proposals.Algorithm{keyword(c.name)}, nil
		case keylen == "auto":
			var all []proposals.Algorithm
			for _, n := range c.keylens {
				all = append(all, keyword(c.name+n))
			}
			return all, nil
		case slices.Contains(c.keylens, keylen):
			return []proposals.Algorithm{keyword(c.name + keylen)}, nil
		default:
			what := "the length of its key in bits"
			if strings.HasSuffix(c.name, "gcm") {
				what = "the length of its ICV in bits"
			}
			line := e.Line
			if k := e.Child("keylen"); k != nil {
				line = k.Line
			}
			if keylen == "" {
				return nil, faultAt(line, c.name, fmt.Sprintf("has no keylen: write %s, one of %s", what, strings.Join(c.keylens, ", ")))
			}
			return nil, fault(line, keylen, fmt.Sprintf("is not a value of keylen for %s: write %s, one of %s", c.name, what, strings.Join(c.keylens, ", ")))
		}
	}
	return nil, notOneOf(names, "value of encryption-algorithm", name.Text, name.Line)
}

// connectionPolicies returns the policies of OPNsense's connections.
func connectionPolicies(root *plist.Element) ([]Policy, error) {
	if e := root.Child("opnsense"); e != nil {
		root = e
	}
	if e := root.Child("OPNsense"); e != nil {
		root = e
	}
	var policies []Policy
	var others []string
	for i, connection := range root.Child("Swanctl").Child("Connections").All("Connection") {
		if len(policies) > maxSections {
			break // Import says so
		}
		name := connection.Content("description")
		if name == "" {
			name = fmt.Sprintf("connection %d", i+1)
		}
		version := connection.Content("version")
		if version == "1" {
			others = append(others, name)
			continue
		}
		p, err := connectionPolicy(connection, name)
		if err != nil {
			return nil, err
		}
		if version == "0" {
			p.Notes = append(p.Notes, "It also accepts IKEv1, and starts with IKEv2.")
		}
		if connection.Content("enabled") == "0" {
			p.Notes = append(p.Notes, "It is disabled in the file.")
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

// connectionPolicy returns what the proposals of a connection offer once strongSwan
// has completed them.
func connectionPolicy(connection *plist.Element, name string) (Policy, error) {
	var offer strongSwanOffer
	e := connection.Child("proposals")
	if e == nil || e.Text == "" {
		e = &plist.Element{Line: connection.Line, Text: "default"}
	}
	if len(e.Text) > maxValue {
		return Policy{}, tooLong(setting{e.Name, e.Line})
	}
	for text := range strings.SplitSeq(e.Text, ",") {
		if text = strings.TrimSpace(text); text == "default" {
			offer.addDefault(0, "It proposes strongSwan's default.")
		} else if err := offer.add(text, e.Line); err != nil {
			return Policy{}, err
		}
	}
	p, err := offer.policy(name, connection.Line)
	p.Product = "OPNsense"
	return p, err
}
