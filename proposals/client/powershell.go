package client

import (
	"fmt"
	"slices"
	"strings"
)

// A cmdlet that makes or changes a VPN connection.
type cmdlet struct {
	name string
	// parameters that take a value, and switches; any beginning of a name that
	// no other parameter has stands for it.
	values, switches []string
	positions        []string // parameters whose names may be left out
}

// commonValues and commonSwitches are parameters of all cmdlets.
var (
	commonValues = []string{"CimSession", "Session", "ThrottleLimit", "ErrorAction", "ErrorVariable",
		"InformationAction", "InformationVariable", "OutVariable", "OutBuffer", "PipelineVariable",
		"WarningAction", "WarningVariable"}
	commonSwitches = []string{"AllUserConnection", "AsJob", "Confirm", "Debug", "Force", "PassThru", "Verbose", "WhatIf"}
)

var windowsCmdlets = []cmdlet{
	{
		name: "Set-VpnConnectionIPsecConfiguration",
		values: []string{"ConnectionName", "Name", "AuthenticationTransformConstants", "CipherTransformConstants",
			"DHGroup", "EncryptionMethod", "IntegrityCheckMethod", "PfsGroup"},
		switches: []string{"RevertToDefault"},
		positions: []string{"ConnectionName", "AuthenticationTransformConstants", "CipherTransformConstants",
			"DHGroup", "EncryptionMethod", "IntegrityCheckMethod", "PfsGroup"},
	},
	{
		name: "Add-VpnConnection",
		values: []string{"Name", "ConnectionName", "ServerAddress", "ServerName", "PhoneNumber", "TunnelType",
			"AuthenticationMethod", "EncryptionLevel", "L2tpPsk", "EapConfigXmlStream", "IdleDisconnectSeconds",
			"DnsSuffix", "ServerList", "MachineCertificateEKUFilter", "MachineCertificateIssuerFilter",
			"CustomConfiguration", "PlugInApplicationID"},
		switches:  []string{"RememberCredential", "SplitTunneling", "UseWinlogonCredential"},
		positions: []string{"Name", "ServerAddress", "TunnelType"},
	},
	{
		name: "Set-VpnConnection",
		values: []string{"Name", "ConnectionName", "ServerAddress", "ServerName", "PhoneNumber", "TunnelType",
			"AuthenticationMethod", "EncryptionLevel", "L2tpPsk", "EapConfigXmlStream", "IdleDisconnectSeconds",
			"DnsSuffix", "ServerList", "MachineCertificateEKUFilter", "MachineCertificateIssuerFilter",
			"CustomConfiguration", "PlugInApplicationID", "RememberCredential", "SplitTunneling",
			"UseWinlogonCredential"},
		positions: []string{"Name", "ServerAddress", "TunnelType"},
	},
	serverCmdlet("Set-VpnServerConfiguration"),
	serverCmdlet("Set-VpnServerIPsecConfiguration"), // its name on Server 2012
}

func serverCmdlet(name string) cmdlet {
	return cmdlet{
		name: name,
		values: []string{"AuthenticationTransformConstants", "CipherTransformConstants", "DHGroup",
			"EncryptionMethod", "IntegrityCheckMethod", "PfsGroup", "EncryptionType", "IdleDisconnectSeconds",
			"Ikev2Ports", "L2tpPorts", "MMSALifeTimeSeconds", "SADataSizeForRenegotiationKilobytes",
			"SALifeTimeSeconds", "SstpPorts", "TunnelType"},
		switches: []string{"CustomPolicy", "RevertToDefault"},
	}
}

// find returns the whole name of a parameter, and whether it is a switch.
func (c cmdlet) find(parameter string, line int) (name string, isSwitch bool, err error) {
	values, switches := append(slices.Clone(c.values), commonValues...), append(slices.Clone(c.switches), commonSwitches...)
	all := append(slices.Clone(values), switches...)
	var found []string
	for _, p := range all {
		if strings.EqualFold(p, parameter) {
			found = []string{p}
			break
		}
		if len(parameter) < len(p) && strings.EqualFold(p[:len(parameter)], parameter) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return "", false, notOneOf(all, "parameter of "+c.name, parameter, line)
	case 1:
		return found[0], slices.Contains(switches, found[0]), nil
	}
	return "", false, fault(line, parameter, "could be each of "+strings.Join(found, ", ")+": write more of it")
}

// connectionsOfCommands returns the connections that a script makes, in its
// order.
func connectionsOfCommands(script string) ([]windowsConnection, error) {
	var connections []windowsConnection
	index := make(map[string]int) // of connections, by their names
	var negotiate setting
	for _, words := range shellStatements(script) {
		if value, ok := registryValue(words, "NegotiateDH2048_AES256"); ok {
			negotiate = value
			continue
		}
		call, arguments, err := cmdletCall(words)
		if err != nil {
			return nil, err
		}
		if call == nil {
			continue
		}
		c, err := call.connection(arguments, words[0].line)
		if err != nil {
			return nil, err
		}
		key := fmt.Sprint(c.server, strings.ToLower(c.name))
		i, ok := index[key]
		if !ok {
			index[key] = len(connections)
			connections = append(connections, c)
			continue
		}
		switch call.name {
		case "Add-VpnConnection":
			connections[i] = c
		case "Set-VpnConnection":
			if c.tunnel.value != "" {
				connections[i].tunnel = c.tunnel
			}
		default:
			connections[i].custom, connections[i].line = c.custom, c.line
		}
	}
	for i := range connections {
		connections[i].negotiate = negotiate
	}
	return connections, nil
}

// registryValue returns what a statement such as New-ItemProperty -Name NAME
// -Value VALUE or reg add KEY /v NAME /d VALUE sets a value of the registry to.
func registryValue(words []shellWord, name string) (setting, bool) {
	is := func(w shellWord) bool { return strings.EqualFold(w.text, name) }
	if !slices.ContainsFunc(words, is) {
		return setting{}, false
	}
	for i, w := range words[:len(words)-1] {
		if strings.EqualFold(w.text, "-Value") || strings.EqualFold(w.text, "/d") {
			return setting{words[i+1].text, words[i+1].line}, true
		}
	}
	return setting{}, false
}

// cmdletCall returns the cmdlet of ours that a statement calls, and its
// arguments by the whole names of the parameters; nil if it calls none. A prompt
// may stand before it.
func cmdletCall(words []shellWord) (*cmdlet, map[string]setting, error) {
	for i, word := range words {
		if word.quoted {
			break
		}
		name := word.text[strings.LastIndexByte(word.text, '>')+1:]
		for _, c := range windowsCmdlets {
			if strings.EqualFold(name, c.name) {
				arguments, err := c.arguments(words[i+1:])
				return &c, arguments, err
			}
		}
	}
	return nil, nil, nil
}

// arguments returns what words give the parameters of c. As in PowerShell, what
// has no name goes to the positions that are left.
func (c cmdlet) arguments(words []shellWord) (map[string]setting, error) {
	arguments := make(map[string]setting)
	var unnamed []shellWord
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case !word.quoted && strings.HasPrefix(word.text, "@"):
			return nil, fault(word.line, word.text, "holds the parameters of "+c.name+": write them in its line")
		case word.quoted || len(word.text) < 2 || word.text[0] != '-':
			unnamed = append(unnamed, word)
			words = restOfArray(word, words)
			continue
		}
		name, isSwitch, err := c.find(word.text[1:], word.line)
		if err != nil {
			return nil, err
		}
		if _, again := arguments[name]; again {
			return nil, fault(word.line, word.text, "is given twice, which PowerShell refuses")
		}
		if isSwitch {
			arguments[name] = setting{"", word.line}
			if len(words) > 0 && !words[0].quoted && strings.HasPrefix(words[0].text, "$") { // -Force:$true
				if strings.EqualFold(words[0].text, "$false") {
					delete(arguments, name)
				}
				words = words[1:]
			}
			continue
		}
		if len(words) == 0 {
			return nil, fault(word.line, word.text, "has no value")
		}
		arguments[name] = setting{words[0].text, words[0].line}
		words = restOfArray(words[0], words[1:])
	}
	for _, position := range c.positions {
		if _, named := arguments[position]; !named && len(unnamed) > 0 {
			arguments[position] = setting{unnamed[0].text, unnamed[0].line}
			unnamed = unnamed[1:]
		}
	}
	if len(unnamed) > 0 {
		return nil, fault(unnamed[0].line, unnamed[0].text, "belongs to no parameter of "+c.name)
	}
	return arguments, nil
}

// connection returns the connection that a call makes or sets the policy of.
func (c cmdlet) connection(arguments map[string]setting, line int) (windowsConnection, error) {
	connection := windowsConnection{line: line, tunnel: arguments["TunnelType"]}
	for _, parameter := range []string{"ConnectionName", "Name"} {
		if name, ok := arguments[parameter]; ok {
			connection.name = name.value
		}
	}
	_, toDefault := arguments["RevertToDefault"]
	_, custom := arguments["CustomPolicy"]
	switch c.name {
	case "Add-VpnConnection":
		if connection.tunnel.value == "" {
			connection.tunnel.value = "Automatic" // as the cmdlet does
		}
	case "Set-VpnConnection":
	case "Set-VpnConnectionIPsecConfiguration":
		custom = !toDefault
	default:
		connection.name, connection.server, connection.tunnel = "server", true, setting{}
	}
	if custom {
		connection.custom = make(map[string]setting)
		for _, e := range windowsEnums {
			if s, ok := arguments[e.parameter]; ok {
				connection.custom[e.parameter] = s
			}
		}
	}
	if connection.name == "" {
		return connection, fault(line, c.name, "names no connection: add -ConnectionName")
	}
	return connection, nil
}
