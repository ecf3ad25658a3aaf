package client

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The importer of rasphone.pbk, the phone book in which Windows keeps its
// connections: a section for each, with a key on each line.

var rasphoneFormat = format{syntax: SyntaxRasphone, detect: isRasphone, parse: parseRasphone}

// rasphoneOrder is the order of the six numbers in CustomIPSecPolicies. It is
// not documented: it is inferred from six samples with their settings, and
// differs from that of ROUTER_CUSTOM_IKEv2_POLICY_0 in MS-RRASM.
var rasphoneOrder = []windowsEnum{
	windowsIntegrity, windowsEncryption, windowsDHGroup,
	windowsCipherTransform, windowsAuthTransform, windowsPfsGroup,
}

// rasphoneStrategies are the values of VpnStrategy with which IKEv2 is tried
// (ras.h, VS_*), and whether it is the only protocol.
var rasphoneStrategies = map[string]bool{
	"0":  false, // VS_Default
	"6":  false, // VS_SstpFirst
	"7":  true,  // VS_Ikev2Only
	"8":  false, // VS_Ikev2First
	"14": false, // VS_Ikev2Sstp
	"15": false, // VS_ProtocolList
}

// phonebookEntry is a section of a phone book: the first value of each key.
type phonebookEntry struct {
	name string
	line int
	keys map[string]setting
}

func isRasphone(file string, data []byte) bool {
	return strings.HasSuffix(strings.ToLower(file), ".pbk") ||
		slices.ContainsFunc(phonebook(string(data)), func(e phonebookEntry) bool { return e.keys["vpnstrategy"].line > 0 })
}

// phonebook returns the sections of a text.
func phonebook(text string) []phonebookEntry {
	var entries []phonebookEntry
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			entries = append(entries, phonebookEntry{line[1 : len(line)-1], number, make(map[string]setting)})
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(entries) == 0 {
			continue
		}
		keys := entries[len(entries)-1].keys
		key = strings.ToLower(strings.TrimSpace(key))
		if _, again := keys[key]; !again {
			keys[key] = setting{strings.TrimSpace(value), number}
		}
	}
	return entries
}

// rasphoneTypes are the values of Type (ras.h, RASET_*).
var rasphoneTypes = map[string]string{
	"1": "a modem or ISDN", "2": "a VPN", "3": "a direct cable", "4": "the Internet connection wizard", "5": "broadband (PPPoE)",
}

// notVPN says why an entry is not a VPN, or returns "".
func (e phonebookEntry) notVPN() string {
	kind, device := e.keys["type"], e.keys["device"]
	switch {
	case kind.value == "2", kind.line == 0 && !strings.Contains(strings.ToUpper(device.value), "PPPOE"):
		return ""
	case kind.line == 0:
		return "a device for PPPoE"
	case rasphoneTypes[kind.value] != "":
		return "Type=" + kind.value + ", " + rasphoneTypes[kind.value]
	}
	return "another Type than 2"
}

func parseRasphone(data []byte) ([]Policy, error) {
	var policies []Policy
	var others []string
	var why error // the first entry that is not a VPN
	for _, entry := range phonebook(string(data)) {
		strategy, ok := entry.keys["vpnstrategy"]
		if !ok {
			continue // no VPN
		}
		if not := entry.notVPN(); not != "" {
			others = append(others, entry.name)
			if why == nil {
				why = faultAt(entry.line, "", fmt.Sprintf("it has no IKEv2 connection: %q has %s, and only Type=2 is a VPN (read as %s)", shorten(entry.name), not, SyntaxRasphone))
			}
			continue
		}
		only, ok := rasphoneStrategies[strategy.value]
		if n, err := strconv.Atoi(strategy.value); err != nil || n < 0 {
			return nil, fault(strategy.line, strategy.value, "is not a value of VpnStrategy: write its number, 7 for IKEv2 alone")
		}
		if !ok {
			others = append(others, entry.name)
			continue
		}
		p, err := entry.policy()
		if err != nil {
			return nil, err
		}
		p.Name = entry.name
		if !only {
			p.Notes = append(p.Notes, fmt.Sprintf("Its VpnStrategy is %s: Windows also tries protocols other than IKEv2.", strategy.value))
		}
		policies = append(policies, p)
	}
	if len(policies) == 0 {
		return nil, why
	}
	return leftOut(policies, others), nil
}

func (e phonebookEntry) policy() (Policy, error) {
	custom := e.keys["customipsecpolicies"]
	number, ok := e.keys["numcustompolicy"]
	if !ok || number.value == "0" {
		return byDefault("windows-11", "It has no custom policy, so it offers what Windows offers by default."), nil
	}
	if number.value != "1" {
		return Policy{}, fault(number.line, number.value, "is not a value of NumCustomPolicy that Windows writes: that is 0 or 1")
	}
	if custom.line == 0 {
		return Policy{}, faultAt(number.line, "NumCustomPolicy", "shows that there is a custom policy, but CustomIPSecPolicies is missing")
	}
	if custom.value == "" {
		return Policy{}, faultAt(custom.line, "CustomIPSecPolicies", "is empty, although NumCustomPolicy shows that there is a custom policy")
	}
	octets, err := hex.DecodeString(custom.value)
	if err != nil || len(octets) != 4*len(rasphoneOrder) {
		return Policy{}, faultAt(custom.line, "CustomIPSecPolicies", fmt.Sprintf("is not a custom policy: that is %d hexadecimal digits, six little-endian numbers", 8*len(rasphoneOrder)))
	}
	parameters := make(map[string]setting)
	for i, enum := range rasphoneOrder {
		n := binary.LittleEndian.Uint32(octets[4*i:])
		if int64(n) >= int64(len(enum.names)) || enum.names[n] == "" {
			return Policy{}, faultAt(custom.line, "CustomIPSecPolicies", fmt.Sprintf("has %d as its number %d, which is not a value of %s",
				n, i+1, enum.parameter))
		}
		parameters[enum.parameter] = setting{enum.names[n], custom.line}
	}
	p, err := windowsCustomPolicy(parameters, nil, custom.line)
	if err != nil {
		return Policy{}, err
	}
	p.Doubt = "The order of the numbers in CustomIPSecPolicies is not documented: it is inferred from samples."
	return p, nil
}
