package client

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client/plist"
)

// The importer of Apple's configuration profiles: property lists in XML or
// binary, signed or not. Keys and values are those of the schema of
// com.apple.vpn.managed (github.com/apple/device-management at 0a4527c).

var mobileconfigFormat = format{syntax: SyntaxMobileconfig, detect: isMobileconfig, parse: parseMobileconfig}

var (
	appleCiphers = words{{"DES", "des"}, {"3DES", "3des"}, {"AES-128", "aes128"}, {"AES-256", "aes256"},
		{"AES-128-GCM", "aes128gcm16"}, {"AES-256-GCM", "aes256gcm16"}, {"ChaCha20Poly1305", "chacha20poly1305"}}
	appleHashes = words{{"SHA1-96", "sha1"}, {"SHA1-160", "sha1_160"}, {"SHA2-256", "sha256"},
		{"SHA2-384", "sha384"}, {"SHA2-512", "sha512"}}
	appleGroups = groupWords(1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32)
	// appleAdditional are the values of PostQuantumKeyExchangeMethods, of which
	// 0 is for no method.
	appleAdditional = groupWords(36, 37)
)

// appleRetired are what iOS 26, macOS 26 and visionOS 26 do not take any more.
var appleRetired = keywords("des", "3des", "sha1", "sha1_160", "modp768", "modp1024", "modp1536")

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
	if inner, ok := plist.SignedContent(data); ok {
		data = inner
	}
	return plist.IsBinary(data) || plist.IsXML(data) && bytes.Contains(data, []byte("<plist"))
}

func parseMobileconfig(data []byte) ([]Policy, error) {
	var signed bool
	if inner, ok := plist.SignedContent(data); ok {
		data, signed = inner, true
	}
	profile, err := plist.Parse(data)
	if err != nil {
		return nil, err
	}
	payloads := profile.Get("PayloadContent")
	if payloads == nil {
		return nil, fault(profile.Line, "", "it is not a profile: the property list has no PayloadContent")
	}
	var policies []Policy
	var others []string
	for i, payload := range payloads.Array {
		if len(policies) > maxSections {
			break // Import says so
		}
		if !strings.HasPrefix(payload.TextAt("PayloadType"), "com.apple.vpn.managed") {
			continue
		}
		ikev2 := payload.Get("IKEv2")
		name := cmp.Or(payload.TextAt("UserDefinedName"), ikev2.TextAt("RemoteAddress"))
		scope := fmt.Sprintf("PayloadContent.%d", i)
		if payload.TextAt("VPNType") != "IKEv2" || ikev2 == nil {
			others = append(others, cmp.Or(name, scope))
			continue
		}
		p, err := applePolicy(ikev2, scope)
		if err != nil {
			return nil, err
		}
		p.Name, p.Scope, p.Login = name, scope, appleLogin(ikev2)
		if signed {
			p.Notes = append(p.Notes, "The profile is signed; the signature was not checked.")
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

// applePolicy returns what the IKEv2 dictionary of the payload at path scope
// offers: one suite, or with AllowPostQuantumKeyExchangeFallback two.
func applePolicy(ikev2 *plist.Value, scope string) (Policy, error) {
	const name = "IKESecurityAssociationParameters"
	scope += ".IKEv2." + name
	parameters := ikev2.Get(name)
	if parameters != nil && parameters.Dict == nil {
		return Policy{}, faultAt(parameters.Line, name, "is not a dict")
	}
	var l lists
	var left, retired []string
	for i, list := range []*[]proposals.Algorithm{&l.encr, &l.integ, &l.ke} {
		k := appleKeys[i]
		value := parameters.Get(k.key)
		if value == nil {
			value = &plist.Value{Text: k.value}
			left = append(left, k.key+" "+k.value)
		}
		a, err := k.words.algorithm("value of "+k.key, value.Text, value.Line)
		if err != nil {
			return Policy{}, inBinaryPlist(err, value.Line, scope+"."+k.key)
		}
		if slices.Contains(appleRetired, a) {
			retired = append(retired, k.key+" "+value.Text)
		}
		*list = append(*list, a)
	}
	offer, _ := l.products()
	notes := []string{"A profile always offers exactly one suite, and its PRF uses the hash of IntegrityAlgorithm."}
	doubt := ""
	with, err := withAdditional(offer[0], parameters.Get("PostQuantumKeyExchangeMethods"), scope)
	if err != nil {
		return Policy{}, err
	}
	if with.String() != offer[0].String() {
		doubt = "How Apple's clients offer additional key exchanges was not observed."
		if ikev2.TextAt("AllowPostQuantumKeyExchangeFallback") == "1" {
			notes[0] = "The profile offers one suite and, as a fallback, the same suite without additional key exchanges; its PRF uses the hash of IntegrityAlgorithm."
			offer = append([]proposals.Product{with}, offer...)
		} else {
			offer[0] = with
		}
	}
	p, err := policyOf("Apple configuration profile", "", 0, offer)
	if err != nil {
		return Policy{}, err
	}
	if p.Child, err = appleChild(ikev2, p.Offer); err != nil {
		return Policy{}, err
	}
	p.Notes, p.Doubt = notes, doubt
	if len(left) > 0 {
		p.Notes = append(p.Notes, "It does not set these, for which Apple uses: "+strings.Join(left, ", ")+".")
	}
	if len(retired) > 0 {
		p.Notes = append(p.Notes, "Only versions before 26 of iOS, macOS and visionOS accept these: "+strings.Join(retired, ", ")+".")
	}
	return p, nil
}

// appleChild returns what the IKEv2 dictionary offers for Child SAs: with a key exchange
// only if EnablePFS is set. Without ChildSecurityAssociationParameters, those of the IKE
// SA apply. It is nil if a value is not known.
func appleChild(ikev2 *plist.Value, offer []proposals.Product) (*Child, error) {
	parameters := ikev2.Get("ChildSecurityAssociationParameters")
	if parameters == nil {
		parameters = ikev2.Get("IKESecurityAssociationParameters")
	}
	var chosen [3]proposals.Algorithm
	for i, k := range appleKeys {
		a, err := k.words.algorithm("value of "+k.key, cmp.Or(parameters.TextAt(k.key), k.value), 0)
		if err != nil {
			return nil, nil
		}
		chosen[i] = a
	}
	text := chosen[0].Keyword()
	if !chosen[0].AEAD() {
		text += "-" + chosen[1].Keyword()
	}
	switch pfs := ikev2.Get("EnablePFS"); {
	case pfs == nil || pfs.Text == "0":
		return childOfText(text+"/none", offer)
	case pfs.Text == "1":
		return childOfText(text+"/"+chosen[2].Keyword(), offer)
	}
	return nil, nil
}

// withAdditional returns product with the additional key exchanges that methods,
// the value of PostQuantumKeyExchangeMethods, name: the first is ADDKE1.
func withAdditional(product proposals.Product, methods *plist.Value, scope string) (proposals.Product, error) {
	const name, most = "PostQuantumKeyExchangeMethods", int(proposals.NumAxes - proposals.ADDKE1)
	if methods == nil {
		return product, nil
	}
	if methods.Text != "" || methods.Dict != nil {
		return product, faultAt(methods.Line, name, "is not an array of numbers")
	}
	if n := len(methods.Array); n > most {
		return product, faultAt(methods.Line, name, fmt.Sprintf("has %d methods, and at most %d are additional", n, most))
	}
	for i, value := range methods.Array {
		if value.Text == "0" {
			continue
		}
		a, err := appleAdditional.algorithm("value of "+name, value.Text, value.Line)
		if err != nil {
			return product, inBinaryPlist(err, value.Line, scope+"."+name)
		}
		a.Axis = proposals.ADDKE1 + proposals.Axis(i)
		product[a.Axis] = []proposals.Algorithm{a}
	}
	return product, nil
}

// inBinaryPlist returns err with the place of the value: of a binary list, which
// has no lines, its path shows where it is.
func inBinaryPlist(err error, line int, path string) error {
	if line > 0 {
		return err
	}
	return faultAt(0, path, fmt.Sprintf("is wrong: %v", err))
}
