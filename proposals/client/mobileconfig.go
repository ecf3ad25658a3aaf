package client

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// The importer of Apple's configuration profiles: property lists in XML or
// binary, signed or not. Keys and values are those of the schema of
// com.apple.vpn.managed.

var mobileconfigFormat = format{syntax: SyntaxMobileconfig, detect: isMobileconfig, parse: parseMobileconfig}

var (
	appleCiphers = words{{"DES", "des"}, {"3DES", "3des"}, {"AES-128", "aes128"}, {"AES-256", "aes256"},
		{"AES-128-GCM", "aes128gcm16"}, {"AES-256-GCM", "aes256gcm16"}, {"ChaCha20Poly1305", "chacha20poly1305"}}
	appleHashes = words{{"SHA1-96", "sha1"}, {"SHA1-160", "sha1_160"}, {"SHA2-256", "sha256"},
		{"SHA2-384", "sha384"}, {"SHA2-512", "sha512"}}
	appleGroups = groupWords(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32)
)

// appleKeys are the keys of IKESecurityAssociationParameters that matter, with
// the values that they have where they are left out.
var appleKeys = []struct {
	key, value string
	words      words
}{
	{"EncryptionAlgorithm", "AES-256", appleCiphers},
	{"IntegrityAlgorithm", "SHA2-256", appleHashes},
	{"DiffieHellmanGroup", "14", appleGroups},
}

func isMobileconfig(file string, data []byte) bool {
	if inner, ok := signedContent(data); ok {
		data = inner
	}
	return bytes.HasPrefix(data, binaryPlist) || isXML(data) && bytes.Contains(data, []byte("<plist"))
}

func parseMobileconfig(data []byte) ([]Policy, error) {
	var signed bool
	if inner, ok := signedContent(data); ok {
		data, signed = inner, true
	}
	profile, err := readPlist(data)
	if err != nil {
		return nil, err
	}
	payloads := profile.get("PayloadContent")
	if payloads == nil {
		return nil, &Error{Line: profile.line, Problem: "it is no profile: the property list has no PayloadContent"}
	}
	var policies []Policy
	var others []string
	for i, payload := range payloads.array {
		if len(policies) > maxSections {
			break // Import says so
		}
		if !strings.HasPrefix(payload.string("PayloadType"), "com.apple.vpn.managed") {
			continue
		}
		ikev2 := payload.get("IKEv2")
		name := cmp.Or(payload.string("UserDefinedName"), ikev2.string("RemoteAddress"))
		scope := fmt.Sprintf("PayloadContent.%d", i)
		if payload.string("VPNType") != "IKEv2" || ikev2 == nil {
			others = append(others, cmp.Or(name, scope))
			continue
		}
		p, err := applePolicy(ikev2.get("IKESecurityAssociationParameters"), scope)
		if err != nil {
			return nil, err
		}
		p.Name, p.Scope = name, scope
		if signed {
			p.Notes = append(p.Notes, "The profile is signed; the signature was not checked.")
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

// applePolicy returns the one suite that the parameters of the payload at path
// scope offer; nil are those of a payload that has none.
func applePolicy(parameters *plistValue, scope string) (Policy, error) {
	var l lists
	var left []string
	for i, list := range []*[]proposals.Algorithm{&l.encr, &l.integ, &l.ke} {
		k := appleKeys[i]
		value := parameters.get(k.key)
		if value == nil {
			value = &plistValue{text: k.value}
			left = append(left, k.key+" "+k.value)
		}
		a, err := k.words.algorithm(k.key+" of a profile", value.text, value.line)
		if err != nil {
			if value.line == 0 { // of a binary list: its key tells where it is
				err = &Error{Token: scope + ".IKEv2.IKESecurityAssociationParameters." + k.key,
					Problem: fmt.Sprintf("is wrong: %v", err)}
			}
			return Policy{}, err
		}
		*list = append(*list, a)
	}
	offer, _ := l.products()
	p, err := policyOf("Apple configuration profile", "", 0, offer)
	if err != nil {
		return Policy{}, err
	}
	p.Notes = []string{"A profile always offers exactly one suite, and its PRF has the hash of IntegrityAlgorithm."}
	if len(left) > 0 {
		p.Notes = append(p.Notes, "It leaves out what Apple then takes: "+strings.Join(left, ", ")+".")
	}
	return p, nil
}
