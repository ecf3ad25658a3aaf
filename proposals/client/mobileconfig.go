package client

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"howett.net/plist"

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

// appleProfile is a profile, as far as it is read.
type appleProfile struct {
	PayloadContent []applePayload
}

type applePayload struct {
	PayloadType     appleValue
	UserDefinedName appleValue
	VPNType         appleValue
	IKEv2           *struct {
		RemoteAddress                    appleValue
		IKESecurityAssociationParameters map[string]appleValue
	}
}

// appleValue is a string or an integer, as its text; another value is "".
type appleValue string

// UnmarshalPlist implements plist.Unmarshaler.
func (v *appleValue) UnmarshalPlist(unmarshal func(any) error) error {
	var text string
	var number int64
	switch {
	case unmarshal(&text) == nil:
		*v = appleValue(text)
	case unmarshal(&number) == nil:
		*v = appleValue(strconv.FormatInt(number, 10))
	}
	return nil
}

// maxBinaryPlist bounds binary lists, in octets. Their parts can be named again
// and again, so that a small one can be long to read.
const maxBinaryPlist = 256 << 10

var binaryPlist = []byte("bplist0")

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
	binary := bytes.HasPrefix(data, binaryPlist)
	if binary && len(data) > maxBinaryPlist {
		return nil, fmt.Errorf("the binary property list has %d octets, more than the %d of a profile", len(data), maxBinaryPlist)
	}
	if !binary {
		// This bounds how deep it is, and tells the line of what is not XML.
		root, err := readXML(data)
		if err != nil {
			return nil, err
		}
		if root.child("plist") == nil {
			return nil, &Error{Line: 1, Problem: "it is no property list: its first element is not plist"}
		}
	}
	var profile appleProfile
	if _, err := plist.Unmarshal(data, &profile); err != nil {
		return nil, &Error{Problem: "it cannot be read as a profile: the property list is damaged, or holds something else"}
	}
	var policies []Policy
	var others []string
	for i, payload := range profile.PayloadContent {
		if !strings.HasPrefix(string(payload.PayloadType), "com.apple.vpn.managed") {
			continue
		}
		name := string(payload.UserDefinedName)
		if name == "" && payload.IKEv2 != nil {
			name = string(payload.IKEv2.RemoteAddress)
		}
		if payload.VPNType != "IKEv2" || payload.IKEv2 == nil {
			others = append(others, cmp.Or(name, fmt.Sprintf("PayloadContent.%d", i)))
			continue
		}
		p, err := payload.policy()
		var wrong *appleError
		if errors.As(err, &wrong) {
			return nil, wrong.locate(data, i)
		}
		if err != nil {
			return nil, err
		}
		p.Name, p.Scope = name, fmt.Sprintf("PayloadContent.%d", i)
		if signed {
			p.Notes = append(p.Notes, "The profile is signed; the signature was not checked.")
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

// policy returns the one suite that a payload offers.
func (payload applePayload) policy() (Policy, error) {
	var l lists
	var left []string
	for i, list := range []*[]proposals.Algorithm{&l.encr, &l.integ, &l.ke} {
		k := appleKeys[i]
		value, ok := payload.IKEv2.IKESecurityAssociationParameters[k.key]
		if !ok {
			value = appleValue(k.value)
			left = append(left, k.key+" "+k.value)
		}
		a, err := k.words.algorithm(k.key+" of a profile", string(value), 0)
		if err != nil {
			return Policy{}, &appleError{k.key, err.(*Error)}
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

// appleError is that a key of a payload has a wrong value.
type appleError struct {
	key string
	err *Error
}

func (e *appleError) Error() string { return e.err.Error() }

// locate returns the error with the line of the value or, in a binary list,
// which has no lines, with the path of its key.
func (e *appleError) locate(data []byte, payload int) *Error {
	path := []string{"PayloadContent", strconv.Itoa(payload), "IKEv2", "IKESecurityAssociationParameters", e.key}
	if bytes.HasPrefix(data, binaryPlist) {
		return &Error{Token: strings.Join(path, "."), Problem: fmt.Sprintf("is %q, which %s", e.err.Token, e.err.Problem)}
	}
	found := *e.err
	if root, err := readXML(data); err == nil {
		found.Line = plistLine(root.child("plist"), path)
	}
	return &found
}

// plistLine returns the line of a value in a property list: path is the keys of
// dictionaries and the indexes of arrays on the way to it.
func plistLine(list *xmlElement, path []string) int {
	if list == nil || len(list.children) == 0 {
		return 0
	}
	value := list.children[0]
	for _, step := range path {
		next := -1
		if n, err := strconv.Atoi(step); err == nil && value.name == "array" {
			next = n
		} else {
			for i, c := range value.children {
				if c.name == "key" && c.text == step {
					next = i + 1
				}
			}
		}
		if next < 0 || next >= len(value.children) {
			return value.line
		}
		value = value.children[next]
	}
	return value.line
}
