package client

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/client/powershell"
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

// parameters returns the names of all, those with values first.
func (c cmdlet) parameters() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, list := range [][]string{c.values, commonValues, c.switches, commonSwitches} {
			for _, p := range list {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// find returns the whole name of a parameter, and whether it is a switch.
func (c cmdlet) find(parameter string, line int) (name string, isSwitch bool, err error) {
	var found []string
	for p := range c.parameters() {
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
		return "", false, notOneOf(slices.Collect(c.parameters()), "parameter of "+c.name, parameter, line)
	case 1:
		return found[0], slices.Contains(c.switches, found[0]) || slices.Contains(commonSwitches, found[0]), nil
	}
	return "", false, faultAt(line, shorten(parameter), "could be any of "+strings.Join(found, ", ")+": write more of its name")
}

// connectionsOfCommands returns the connections that a script makes, in its
// order.
func connectionsOfCommands(script string) ([]windowsConnection, error) {
	var connections []windowsConnection
	index := make(map[string]int) // of connections, by their names
	var negotiate setting
	read := powershell.Read(script)
	for i, words := range read.Statements {
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
		if _, named := arguments["Name"]; words[0].Piped && i > 0 && !named && arguments["ConnectionName"].Text == "" {
			arguments["ConnectionName"] = nameOfPipe(read.Statements[i-1])
		}
		c, err := call.connection(arguments, words[0].Line)
		if err != nil {
			return nil, err
		}
		key := fmt.Sprint(c.server, strings.ToLower(c.name))
		n, ok := index[key]
		if !ok {
			index[key] = len(connections)
			connections = append(connections, c)
			continue
		}
		switch call.name {
		case "Add-VpnConnection":
			connections[n] = c
		case "Set-VpnConnection":
			if c.tunnel.value != "" {
				connections[n].tunnel = c.tunnel
			}
			if _, sets := arguments["AuthenticationMethod"]; sets {
				connections[n].methods = c.methods
			}
		default:
			connections[n].custom, connections[n].line, connections[n].toDefault = c.custom, c.line, c.toDefault
			connections[n].doubt = cmp.Or(c.doubt, connections[n].doubt)
		}
	}
	connections = joinUnnamed(connections)
	for i := range connections {
		connections[i].negotiate = negotiate
	}
	if len(connections) == 0 {
		return nil, unusedVariables(read.Variables)
	}
	return connections, nil
}

// joinUnnamed puts a custom policy to the connection that it is for, where the
// file does not give their names and there is one of each. Where there are more,
// those without a policy are in doubt.
func joinUnnamed(connections []windowsConnection) []windowsConnection {
	isUnnamed := func(c windowsConnection) bool { return c.unnamed }
	var without, with []int // a policy; those with one that nothing made
	for i, c := range connections {
		ikev2, _ := c.ikev2()
		switch {
		case c.server, !ikev2:
		case c.custom == nil && !c.toDefault:
			without = append(without, i)
		case c.tunnel.value == "":
			with = append(with, i)
		}
	}
	if !slices.ContainsFunc(connections, isUnnamed) || len(with) == 0 {
		return connections
	}
	if len(without) == 1 && len(with) == 1 {
		made, policy := &connections[without[0]], connections[with[0]]
		made.custom, made.line, made.doubt = policy.custom, policy.line, cmp.Or(policy.doubt, made.doubt)
		if made.unnamed {
			made.name = policy.name
		}
		return slices.Delete(connections, with[0], with[0]+1)
	}
	for _, i := range without {
		connections[i].doubt = "The file sets a custom policy for a connection that it does not name; it may be this one."
	}
	return connections
}

// nameOfPipe returns the name of the connection that a statement passes on, such
// as Add-VpnConnection -Name NAME -PassThru or Get-VpnConnection NAME.
func nameOfPipe(words []powershell.Word) powershell.Word {
	for i, w := range words[:len(words)-1] {
		if strings.EqualFold(w.Text, "-Name") || strings.EqualFold(w.Text, "-ConnectionName") {
			return words[i+1]
		}
	}
	for i, w := range words[:len(words)-1] {
		if call := strings.ToLower(w.Text); (call == "get-vpnconnection" || call == "add-vpnconnection") && !strings.HasPrefix(words[i+1].Text, "-") {
			return words[i+1]
		}
	}
	return powershell.Word{}
}

// unusedVariables is the error of a script that calls no cmdlet of ours and sets
// variables that are named for parameters, or nil if there are none.
func unusedVariables(variables map[string]powershell.Word) error {
	var found []powershell.Word
	for _, e := range windowsEnums {
		if v, ok := variables["$"+strings.ToLower(e.parameter)]; ok {
			found = append(found, powershell.Word{Text: "$" + e.parameter, Line: v.Line})
		}
	}
	for name, v := range variables { // hashtables with parameters
		for _, e := range windowsEnums {
			if _, ok := v.Table[strings.ToLower(e.parameter)]; ok && e.keywords != nil {
				found = append(found, powershell.Word{Text: shorten(name), Line: v.Line})
				break
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.SortFunc(found, func(a, b powershell.Word) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	var names []string
	for _, v := range found {
		names = append(names, v.Text)
	}
	return faultAt(found[0].Line, "", "the file sets "+inWords(names)+", and no VPN command in it uses them: import the script that calls "+
		"Set-VpnConnectionIPsecConfiguration, with their values in it")
}

// registryValue returns what a statement such as New-ItemProperty -Name NAME
// -Value VALUE or reg add KEY /v NAME /d VALUE sets a value of the registry to.
func registryValue(words []powershell.Word, name string) (setting, bool) {
	is := func(w powershell.Word) bool { return strings.EqualFold(w.Text, name) }
	if !slices.ContainsFunc(words, is) {
		return setting{}, false
	}
	for i, w := range words[:len(words)-1] {
		if strings.EqualFold(w.Text, "-Value") || strings.EqualFold(w.Text, "/d") {
			return setting{words[i+1].Text, words[i+1].Line}, true
		}
	}
	return setting{}, false
}

// cmdletCall returns the cmdlet of ours that a statement calls, and its
// arguments by the whole names of the parameters; nil if it calls none. A prompt
// or the name of a variable and = may stand before it.
func cmdletCall(words []powershell.Word) (*cmdlet, map[string]powershell.Word, error) {
	for i, word := range words {
		if word.Quoted {
			break
		}
		prompt := strings.LastIndexByte(word.Text, '>') + 1
		for _, c := range windowsCmdlets {
			if !strings.EqualFold(word.Text[prompt:], c.name) {
				continue
			}
			if i > 0 && prompt == 0 && !isBeforeCall(words[:i]) {
				return nil, nil, nil // it is only spoken of
			}
			arguments, err := c.arguments(words[i+1:])
			return &c, arguments, err
		}
	}
	return nil, nil, nil
}

// isBeforeCall reports whether words may stand before a cmdlet: a prompt, $name
// = or the shell itself.
func isBeforeCall(words []powershell.Word) bool {
	last := words[len(words)-1].Text
	first := strings.ToLower(words[0].Text)
	return last == "=" || strings.HasSuffix(last, ">") || strings.HasPrefix(first, "powershell") || first == "pwsh"
}

// arguments returns what words give the parameters of c. As in PowerShell, what
// has no name goes to the positions that are left.
func (c cmdlet) arguments(words []powershell.Word) (map[string]powershell.Word, error) {
	arguments := make(map[string]powershell.Word)
	var unnamed, tables []powershell.Word
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case !word.Quoted && strings.HasPrefix(word.Text, "@") && word.Table == nil:
			return nil, faultAt(word.Line, word.Text, "is a hashtable that the file does not set to @{...}: write its parameters in the line of "+c.name)
		case word.Table != nil:
			tables = append(tables, word)
			continue
		case word.Quoted || word.Unknown != "" || len(word.Text) < 2 || word.Text[0] != '-':
			unnamed = append(unnamed, word)
			words = powershell.AfterArray(word, words)
			continue
		}
		name, isSwitch, err := c.find(word.Text[1:], word.Line)
		if err != nil {
			return nil, err
		}
		if _, again := arguments[name]; again {
			return nil, faultAt(word.Line, "-"+name, "is given twice, which PowerShell refuses")
		}
		if isSwitch {
			arguments[name] = powershell.Word{Line: word.Line}
			if len(words) > 0 && !words[0].Quoted && strings.HasPrefix(words[0].Text, "$") { // -Force:$true
				if strings.EqualFold(words[0].Text, "$false") {
					delete(arguments, name)
				}
				words = words[1:]
			}
			continue
		}
		if len(words) == 0 {
			return nil, faultAt(word.Line, "-"+name, "has no value")
		}
		arguments[name] = words[0]
		words = powershell.AfterArray(words[0], words[1:])
	}
	for _, table := range tables {
		if err := c.splat(arguments, table); err != nil {
			return nil, err
		}
	}
	for _, position := range c.positions {
		if _, named := arguments[position]; !named && len(unnamed) > 0 {
			arguments[position] = unnamed[0]
			unnamed = unnamed[1:]
		}
	}
	if len(unnamed) > 0 {
		return nil, fault(unnamed[0].Line, unnamed[0].Text, "does not fit any parameter of "+c.name)
	}
	return arguments, nil
}

// splat takes the parameters that a hashtable holds: those of the call itself
// come first.
func (c cmdlet) splat(arguments map[string]powershell.Word, word powershell.Word) error {
	for _, key := range slices.Sorted(maps.Keys(word.Table)) {
		value := word.Table[key]
		name, isSwitch, err := c.find(key, value.Line)
		if err != nil {
			return err
		}
		if _, again := arguments[name]; again || isSwitch && strings.EqualFold(value.Text, "$false") {
			continue
		}
		value.Several = value.Several || word.Several
		arguments[name] = value
	}
	return nil
}

// connection returns the connection that a call makes or sets the policy of.
func (c cmdlet) connection(arguments map[string]powershell.Word, line int) (windowsConnection, error) {
	connection := windowsConnection{line: line}
	// known returns what a parameter is set to.
	known := func(parameter string) (setting, error) {
		word := arguments[parameter]
		if word.Unknown == powershell.Expression {
			return setting{}, faultAt(word.Line, parameter, "is given by an expression, which is not evaluated: write its value in the line of "+c.name)
		}
		if word.Unknown != "" {
			return setting{}, faultAt(word.Line, shorten(word.Unknown), "has no value in the file, and is the "+parameter+" of "+c.name+": write its value there")
		}
		if word.Several {
			connection.doubt = "The file sets the " + parameter + " of " + c.name + " to several values, and only running it decides which of them counts: this is the last one."
		}
		return setting{word.Text, word.Line}, nil
	}
	var err error
	if connection.tunnel, err = known("TunnelType"); err != nil {
		return connection, err
	}
	for _, parameter := range []string{"ConnectionName", "Name"} {
		if name, ok := arguments[parameter]; ok {
			connection.name, connection.unnamed = name.Text, name.Unknown != ""
		}
	}
	if m, ok := arguments["AuthenticationMethod"]; ok && m.Unknown == "" && !m.Several && !strings.HasSuffix(m.Text, ",") {
		connection.methods = []string{m.Text}
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
		custom, connection.toDefault = !toDefault, toDefault
	default:
		connection.name, connection.server, connection.tunnel = "server", true, setting{}
	}
	if custom {
		connection.custom = make(map[string]setting)
		for _, e := range windowsEnums {
			if _, ok := arguments[e.parameter]; !ok {
				continue
			}
			if connection.custom[e.parameter], err = known(e.parameter); err != nil && e.keywords != nil {
				return connection, err
			}
			if err != nil { // it says nothing of the IKE SA
				delete(connection.custom, e.parameter)
			}
		}
	}
	if connection.name == "" {
		return connection, faultAt(line, c.name, "does not name a connection: add -ConnectionName")
	}
	return connection, nil
}
