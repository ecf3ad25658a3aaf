package client

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client/plist"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// The importer of ProfileXML, in which the VPNv2 CSP takes a connection from
// Intune, Configuration Manager or a script (Microsoft's pages "VPNv2 CSP" and
// "ProfileXML XSD").

// The enumerations of CryptographySuite, whose names are not all those of
// PowerShell.
var profileXMLEnums = []windowsEnum{
	windowsAuthTransform, windowsCipherTransform, windowsDHGroup,
	{
		parameter: "EncryptionMethod",
		names:     []string{"DES", "DES3", "AES128", "AES192", "AES256", "AES_GCM_128", "AES_GCM_256"},
		keywords:  windowsEncryption.keywords,
		foreign:   map[string]string{"GCMAES128": "AES_GCM_128", "GCMAES256": "AES_GCM_256"},
	},
	{
		parameter: "IntegrityCheckMethod",
		names:     []string{"MD5", "SHA196", "SHA256", "SHA384"},
		keywords:  windowsIntegrity.keywords,
	},
	windowsPfsGroup,
}

// vpnProfile is a VPNProfile, as it is or escaped, as SyncML has it in a Data
// element.
var vpnProfile = lazyregexp.New(`(?s)<VPNProfile\b.*?(?:</VPNProfile\s*>|$)|&lt;VPNProfile\b.*?(?:&lt;/VPNProfile\s*&gt;|$)`)

func isProfileXML(data []byte) bool {
	return bytes.Contains(data, []byte("<VPNProfile")) || bytes.Contains(data, []byte("&lt;VPNProfile"))
}

// parseProfileXML returns the connections of all VPNProfiles in a text, which may
// be a script around them.
func parseProfileXML(data []byte) ([]Policy, error) {
	var policies []Policy
	var others []string
	for n, at := range vpnProfile.FindAllIndex(data, maxSections+1) {
		text := data[at[0]:at[1]]
		if text[0] == '&' {
			text = []byte(html.UnescapeString(string(text)))
		}
		before := bytes.Count(data[:at[0]], []byte("\n"))
		p, name, err := profilePolicy(text, before)
		if err != nil {
			return nil, err
		}
		if p == nil {
			others = append(others, cmp.Or(name, fmt.Sprintf("profile %d", n+1)))
			continue
		}
		policies = append(policies, *p)
	}
	return leftOut(policies, others), nil
}

// profilePolicy returns the policy of one VPNProfile, which begins after so many
// lines, or nil and its name if it does not use IKEv2.
func profilePolicy(text []byte, before int) (*Policy, string, error) {
	root, err := plist.ParseXML(text)
	if err != nil {
		return nil, "", below(err, before)
	}
	profile := root.Child("VPNProfile")
	native := profile.Child("NativeProfile")
	name := cmp.Or(profile.Content("ProfileName"), hosts(native.Content("Servers")))
	if native == nil {
		return nil, name, nil // of an app
	}
	var types []setting
	for _, t := range slices.Concat(native.All("NativeProtocolType"), native.Child("ProtocolList").All("NativeProtocol")) {
		if inner := t.Child("Type"); inner != nil {
			t = inner
		}
		if !strings.EqualFold(t.Text, "ProtocolList") {
			types = append(types, setting{t.Text, t.Line + before})
		}
	}
	ikev2, others := false, false
	for _, t := range types {
		c := windowsConnection{tunnel: t}
		uses, err := c.ikev2()
		if err != nil {
			return nil, name, err
		}
		ikev2 = ikev2 || uses
		others = others || !strings.EqualFold(t.value, "IKEv2")
	}
	if !ikev2 {
		return nil, name, nil
	}
	c := windowsConnection{name: cmp.Or(name, "VPNProfile"), line: profile.Line + before, enums: profileXMLEnums, tunnel: setting{"IKEv2", 0}}
	auth := native.Child("Authentication")
	switch user, machine := auth.Content("UserMethod"), auth.Content("MachineMethod"); {
	case user != "":
		c.methods, c.eap = []string{user}, string(text)
	case machine == "Certificate":
		c.methods = []string{"MachineCertificate"}
	case machine != "":
		c.methods, c.eap = []string{machine}, string(text)
	}
	if suite := native.Child("CryptographySuite"); suite != nil {
		c.line, c.custom = suite.Line+before, make(map[string]setting)
		for _, e := range suite.Children {
			c.custom[e.Name] = setting{e.Text, e.Line + before}
		}
	}
	p, _, err := c.policy()
	if err != nil {
		return nil, name, err
	}
	if others {
		p.Notes = append(p.Notes, "It also lists protocols other than IKEv2.")
	}
	return &p, name, nil
}

// below returns the error of a part of a file that begins after so many lines.
func below(err error, before int) error {
	if e, ok := err.(*proposals.FileError); ok && e.Line > 0 {
		moved := *e
		moved.Line += before
		return &moved
	}
	return err
}

// hostWord is what names and addresses of hosts are made of.
var hostWord = lazyregexp.New(`^[\w.:%*/@-]{1,255}$`)

// hosts returns a list of names or addresses, or "" if it is none: where a file is
// damaged, it may be anything.
func hosts(list string) string {
	words := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	for _, word := range words {
		if !hostWord.MatchString(word) {
			return ""
		}
	}
	return strings.Join(words, ", ")
}
