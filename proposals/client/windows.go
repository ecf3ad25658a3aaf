package client

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// The importer of PowerShell reads what people have of a Windows connection:
// the JSON of Get-VpnConnection, the object that
// Set-VpnConnectionIPsecConfiguration -PassThru returns, as JSON or as a printed
// list, the command lines that made the connection, and ProfileXML.

var windowsFormat = format{syntax: SyntaxWindows, detect: isWindows, parse: parseWindows}

const windowsProduct = "Windows VPN client"

// windowsEnum is an enumeration of Set-VpnConnectionIPsecConfiguration. The
// numbers are those of MS-RRASM, Section 2.2.1.2.237, where it has them.
type windowsEnum struct {
	parameter string
	names     []string // by their numbers; "" where none is known
	others    []string // whose numbers are not known
	keywords  []string // of the algorithms of the IKE SA, by their numbers
	child     []string // likewise of Child SAs, as [parseChild] reads them
	// foreign are names of another form of the enumeration, and what they are
	// here.
	foreign map[string]string
}

// The parameters of a custom policy. Three are about the IKE SA; the others are
// about its Child SAs, and only checked.
var (
	windowsEncryption = windowsEnum{
		parameter: "EncryptionMethod",
		names:     []string{"DES", "DES3", "AES128", "AES192", "AES256", "GCMAES128", "GCMAES256"},
		keywords:  []string{"des", "3des", "aes128", "aes192", "aes256", "aes128gcm16", "aes256gcm16"},
	}
	windowsIntegrity = windowsEnum{
		parameter: "IntegrityCheckMethod",
		names:     []string{"MD5", "SHA1", "SHA256", "SHA384"},
		keywords:  []string{"md5", "sha1", "sha256", "sha384"},
	}
	windowsDHGroup = windowsEnum{
		parameter: "DHGroup",
		names:     []string{"None", "Group1", "Group2", "Group14", "ECP256", "ECP384", "Group24"},
		keywords:  []string{"none", "modp768", "modp1024", "modp2048", "ecp256", "ecp384", "modp2048s256"},
	}
	windowsCipherTransform = windowsEnum{
		parameter: "CipherTransformConstants",
		names: []string{"", "DES", "DES3", "AES128", "AES192", "AES256",
			"GCMAES128", "GCMAES192", "GCMAES256"},
		child:  []string{"", "des", "3des", "aes128", "aes192", "aes256", "aes128gcm16", "aes192gcm16", "aes256gcm16"},
		others: []string{"None"},
	}
	windowsAuthTransform = windowsEnum{
		parameter: "AuthenticationTransformConstants",
		names:     []string{"MD596", "SHA196", "SHA256128", "GCMAES128", "GCMAES192", "GCMAES256"},
		child:     []string{"md5", "sha1", "sha256", "", "", ""},
		others:    []string{"None"},
	}
	windowsPfsGroup = windowsEnum{
		parameter: "PfsGroup",
		names:     []string{"None", "PFS1", "PFS2", "PFS2048", "ECP256", "ECP384", "PFSMM", "PFS24"},
		child:     []string{"none", "modp768", "modp1024", "modp2048", "ecp256", "ecp384", "ike", "modp2048s256"},
	}
)

// windowsEnums are in the order of their positions after -ConnectionName.
var windowsEnums = []windowsEnum{
	windowsAuthTransform, windowsCipherTransform, windowsDHGroup,
	windowsEncryption, windowsIntegrity, windowsPfsGroup,
}

// number returns the number of a value that is given by its name or number. It
// is -1 for a name without one.
func (e windowsEnum) number(value string, line int) (int, error) {
	if n, err := strconv.Atoi(value); err == nil {
		if n < 0 || n >= len(e.names) || e.names[n] == "" {
			return 0, fault(line, value, fmt.Sprintf("is not the number of a value of %s: write its name, one of %s",
				e.parameter, strings.Join(e.all(), ", ")))
		}
		return n, nil
	}
	is := func(name string) bool { return name != "" && strings.EqualFold(name, value) }
	if n := slices.IndexFunc(e.names, is); n >= 0 {
		return n, nil
	}
	if slices.ContainsFunc(e.others, is) {
		return -1, nil
	}
	if unsetVariable.MatchString(value) {
		return 0, faultAt(line, value, "is a variable that the file does not set: write the "+e.parameter+" in its place, one of "+strings.Join(e.all(), ", "))
	}
	if name, ok := e.foreign[strings.ToUpper(value)]; ok {
		return 0, faultAt(line, value, "is PowerShell's name of this "+e.parameter+": write "+name)
	}
	return 0, notOneOf(e.all(), "value of "+e.parameter, value, line)
}

// unsetVariable is a variable of PowerShell, or a placeholder of a template.
var unsetVariable = lazyregexp.New(`^(?:\$\{?\w{1,40}\}?|\{\{ ?\w{1,40} ?\}\}|%\w{1,40}%)$`)

func (e windowsEnum) all() []string {
	return slices.DeleteFunc(slices.Concat(e.names, e.others), func(name string) bool { return name == "" })
}

// windowsConnection is a VPN connection of Windows, or the server's settings.
type windowsConnection struct {
	name   string
	line   int
	tunnel setting // TunnelType; "" if the file does not say it
	// custom are the parameters of its custom policy; nil if it has none.
	custom map[string]setting
	// enums are how their values are named; nil for [windowsEnums].
	enums []windowsEnum
	// toDefault: the file takes a custom policy away.
	toDefault bool
	server    bool
	unnamed   bool   // name is a variable to which the file gives no value
	doubt     string // a sentence, or ""
	// negotiate is NegotiateDH2048_AES256 of the registry, where a script sets
	// it: it changes what a connection without a custom policy offers.
	negotiate setting
	// methods are those that it may authenticate by, in the words of Get-VpnConnection,
	// and eap is its configuration of EAP, in XML.
	methods []string
	eap     string
}

// windowsNegotiate are the policies of the values of NegotiateDH2048_AES256.
var windowsNegotiate = map[string]string{
	"": "windows-11", "0": "windows-11", "1": "windows-dh2048-enabled", "2": "windows-dh2048",
}

// policy returns false for a connection without IKEv2.
func (c windowsConnection) policy() (Policy, bool, error) {
	ikev2, err := c.ikev2()
	if !ikev2 || err != nil {
		return Policy{}, false, err
	}
	p, err := c.offer()
	if err != nil {
		return Policy{}, false, err
	}
	p.Name, p.Doubt = c.name, strings.TrimSpace(p.Doubt+" "+c.doubt)
	if strings.EqualFold(c.tunnel.value, "Automatic") {
		p.Notes = append(p.Notes, "Its TunnelType is Automatic: Windows also tries protocols other than IKEv2.")
	}
	p.Login = windowsLogin(c.methods, c.eap)
	if c.server {
		p.Product, p.passive = "Windows Server RRAS", true
		p.Notes = append(p.Notes, "These are the settings of a server: they show what it accepts from clients.")
	}
	return p, true, nil
}

// ikev2 reports whether c uses IKEv2, be it among others.
func (c windowsConnection) ikev2() (bool, error) {
	types := []string{"Ikev2", "Automatic", "Pptp", "L2tp", "Sstp"}
	n := slices.IndexFunc(types, func(t string) bool { return strings.EqualFold(t, c.tunnel.value) })
	switch {
	case n >= 0:
		return n < 2, nil
	case c.tunnel.value != "":
		return false, notOneOf(types, "value of TunnelType", c.tunnel.value, c.tunnel.line)
	}
	// It does not say its type: then what it says of IPsec does.
	return c.custom != nil || c.toDefault || c.server, nil
}

func (c windowsConnection) offer() (Policy, error) {
	if c.custom != nil {
		return windowsCustomPolicy(c.custom, c.enums, c.line)
	}
	if c.server {
		return byDefault("windows-server", "The file sets no custom policy of the server."), nil
	}
	name, ok := windowsNegotiate[c.negotiate.value]
	if !ok {
		return Policy{}, fault(c.negotiate.line, c.negotiate.value, "is not a value of NegotiateDH2048_AES256: write 0, 1 or 2")
	}
	why := "It has no custom policy, so it offers what Windows offers by default."
	if c.negotiate.value != "" {
		why = "It has no custom policy, and the file sets NegotiateDH2048_AES256 to " + c.negotiate.value + "."
	}
	return byDefault(name, why), nil
}

// windowsCustomPolicy returns the one suite of a custom policy, which begins at
// line. Its PRF has the hash of IntegrityCheckMethod, with AES-GCM too.
func windowsCustomPolicy(custom map[string]setting, enums []windowsEnum, line int) (Policy, error) {
	numbers := make(map[string]int)
	if enums == nil {
		enums = windowsEnums
	}
	for _, e := range enums {
		s, ok := custom[e.parameter]
		if !ok || s.value == "" {
			if e.keywords == nil {
				continue // it says nothing of the IKE SA
			}
			return Policy{}, fault(line, "", fmt.Sprintf("its custom policy has no %s: give it one of %s",
				e.parameter, strings.Join(e.all(), ", ")))
		}
		n, err := e.number(s.value, s.line)
		if err != nil {
			return Policy{}, err
		}
		numbers[e.parameter] = n
	}
	if s := custom["DHGroup"]; numbers["DHGroup"] == 0 {
		return Policy{}, fault(s.line, s.value, "is not a value of DHGroup for an IKE SA, which always has a key exchange: write one of "+
			strings.Join(windowsDHGroup.names[1:], ", "))
	}
	of := func(e windowsEnum) []proposals.Algorithm {
		return []proposals.Algorithm{keyword(e.keywords[numbers[e.parameter]])}
	}
	offer, _ := lists{encr: of(windowsEncryption), integ: of(windowsIntegrity), ke: of(windowsDHGroup)}.products()
	p, err := policyOf(windowsProduct, "", line, offer)
	if err != nil {
		return Policy{}, err
	}
	if p.Child, err = windowsChild(numbers, p.Offer); err != nil {
		return Policy{}, err
	}
	p.Notes = []string{"A Windows custom policy is exactly one suite; its PRF uses the hash of IntegrityCheckMethod."}
	if _, err := strconv.Atoi(custom["EncryptionMethod"].value); err == nil && offer[0][proposals.ENCR][0].AEAD() {
		p.Doubt = "Microsoft does not document which AES-GCM the number of its EncryptionMethod means; that is inferred from samples."
	}
	return p, nil
}

// windowsChild returns what a custom policy offers for Child SAs, of the numbers of its
// parameters; nil if it lacks one of them, or has one whose number is not known.
func windowsChild(numbers map[string]int, offer []proposals.Product) (*Child, error) {
	word := func(e windowsEnum) string {
		if n, ok := numbers[e.parameter]; ok && n >= 0 {
			return e.child[n]
		}
		return ""
	}
	cipher, integ, group := word(windowsCipherTransform), word(windowsAuthTransform), word(windowsPfsGroup)
	switch {
	case cipher == "" || group == "":
		return nil, nil
	case keyword(cipher).AEAD():
	case integ == "":
		return nil, nil // None, or one of AES-GCM beside another cipher
	default:
		cipher += "-" + integ
	}
	return childOfText(cipher+"/"+group, offer)
}

// objectStart is how JSON begins, and no script: that may begin with an
// attribute such as [CmdletBinding()].
var objectStart = lazyregexp.New(`^\s*(\{|\[\s*[\[{])`)

// isWindows recognizes PowerShell's JSON, lists and command lines.
func isWindows(_ string, data []byte) bool {
	if isProfileXML(data) {
		return true
	}
	text := bytes.ToLower(data)
	has := func(word string) bool { return bytes.Contains(text, []byte(word)) }
	if objectStart.Match(text) {
		return has(`"ipseccustompolicy"`) || has(`"encryptionmethod"`) || has(`"tunneltype"`)
	}
	return has("set-vpnconnectionipsecconfiguration") || has("set-vpnserverconfiguration") ||
		has("set-vpnserveripsecconfiguration") || has("add-vpnconnection") ||
		has("encryptionmethod") && has("integritycheckmethod") && has("dhgroup")
}

func parseWindows(data []byte) ([]Policy, error) {
	if isProfileXML(data) {
		return parseProfileXML(data)
	}
	connections, err := windowsConnections(data)
	if err != nil {
		return nil, err
	}
	var policies []Policy
	var others []string
	for _, c := range connections {
		p, ok, err := c.policy()
		if err != nil {
			return nil, err
		}
		if !ok {
			others = append(others, c.name)
			continue
		}
		policies = append(policies, p)
	}
	return leftOut(policies, others), nil
}

func windowsConnections(data []byte) ([]windowsConnection, error) {
	if objectStart.Match(data) {
		return connectionsOfJSON(data)
	}
	connections, err := connectionsOfCommands(string(data))
	if err != nil || len(connections) > 0 {
		return connections, err
	}
	return connectionsOfList(string(data))
}
