package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// jsonValue is a value of a JSON text: a scalar as its text, or what it holds.
type jsonValue struct {
	line   int
	text   string               // "" for null
	fields map[string]jsonValue // by their names in lower case
	items  []jsonValue
}

// maxDepth bounds how deep values stand in each other.
const maxDepth = 16

// field returns the field of that name; PowerShell does not care about case.
func (v jsonValue) field(name string) (jsonValue, bool) {
	f, ok := v.fields[strings.ToLower(name)]
	return f, ok
}

// jsonReader reads values with their lines.
type jsonReader struct {
	*json.Decoder
	data []byte
	at   int // up to where the lines are counted
	line int
}

// token returns the next token and its line.
func (r *jsonReader) token() (json.Token, int, error) {
	token, err := r.Token()
	end := int(r.InputOffset())
	r.line += bytes.Count(r.data[r.at:end], []byte("\n"))
	r.at = end
	if err != nil {
		var syntax *json.SyntaxError
		problem := "is cut off"
		if errors.As(err, &syntax) {
			problem = "is not JSON: " + shorten(syntax.Error())
		}
		return nil, 0, fault(r.line, "", "the text "+problem)
	}
	return token, r.line, nil
}

func (r *jsonReader) value(depth int) (jsonValue, error) {
	token, line, err := r.token()
	if err != nil {
		return jsonValue{}, err
	}
	v := jsonValue{line: line}
	switch token {
	case nil:
		return v, nil
	case json.Delim('{'):
		v.fields = make(map[string]jsonValue)
	case json.Delim('['):
		v.items = []jsonValue{}
	default:
		v.text = fmt.Sprint(token)
		return v, nil
	}
	if depth == maxDepth {
		return v, fault(line, "", fmt.Sprintf("values are nested more than %d deep", maxDepth))
	}
	for r.More() {
		var name json.Token
		if v.fields != nil {
			if name, _, err = r.token(); err != nil {
				return v, err
			}
		}
		item, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		if v.fields != nil {
			v.fields[strings.ToLower(fmt.Sprint(name))] = item
		} else {
			v.items = append(v.items, item)
		}
	}
	_, _, err = r.token() // the closing bracket
	return v, err
}

// connectionsOfJSON reads what ConvertTo-Json makes of Get-VpnConnection or of
// Set-VpnConnectionIPsecConfiguration -PassThru: an object, an array of them,
// or the object around an array that Windows PowerShell 5 makes.
func connectionsOfJSON(data []byte) ([]windowsConnection, error) {
	r := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	r.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.Token(); err != io.EOF {
		return nil, fault(r.line, "", "something follows the JSON text: put the connections into one array")
	}
	objects := root.items
	if objects == nil {
		objects = []jsonValue{root}
	}
	if inner, ok := root.field("value"); ok && inner.items != nil {
		objects = inner.items
	}
	var connections []windowsConnection
	for _, o := range objects {
		c, err := connectionOfJSON(o)
		if err != nil {
			return nil, err
		}
		connections = append(connections, c)
	}
	return connections, nil
}

func connectionOfJSON(o jsonValue) (windowsConnection, error) {
	c := windowsConnection{name: "custom policy", line: o.line}
	if o.fields == nil {
		return c, fault(o.line, o.text, "is not an object of Get-VpnConnection")
	}
	for _, name := range []string{"ConnectionName", "Name"} {
		if f, ok := o.field(name); ok && f.text != "" {
			c.name = f.text
		}
	}
	if f, ok := o.field("TunnelType"); ok {
		c.tunnel = setting{f.text, f.line}
	}
	if f, ok := o.field("AuthenticationMethod"); ok {
		for _, m := range append(f.items, f) {
			if m.text != "" {
				c.methods = append(c.methods, m.text)
			}
		}
	}
	if f, ok := o.field("EapConfigXmlStream"); ok {
		c.eap = f.text
		if inner, ok := f.field("InnerXml"); ok {
			c.eap = inner.text
		}
	}
	custom, ok := o.field("IPSecCustomPolicy")
	if _, is := o.field(windowsEncryption.parameter); is && !ok {
		custom, ok = o, true // the object of -PassThru
	}
	switch {
	case !ok && c.tunnel.value == "":
		return c, faultAt(o.line, "", "an object has neither a TunnelType nor an IPSecCustomPolicy: it is not from Get-VpnConnection")
	case !ok, custom.text == "" && custom.fields == nil && len(custom.items) == 0:
		return c, nil
	case len(custom.items) == 1:
		custom = custom.items[0]
	}
	if custom.fields == nil {
		return c, faultNear(custom.line, custom.text, "is the name of the custom policy's type, not the policy: write it with ConvertTo-Json -Depth 5", []string{"VpnConnectionIPsecConfiguration"})
	}
	c.custom = make(map[string]setting)
	for _, e := range windowsEnums {
		if f, ok := custom.field(e.parameter); ok {
			c.custom[e.parameter] = setting{f.text, f.line}
		}
	}
	return c, nil
}

var listLine = lazyregexp.New(`^\s*([A-Za-z][\w()]*)\s*:\s*(.*?)\s*$`)

// listFields are the properties of the objects that PowerShell prints of VPN
// connections, in lower case: of Get-VpnConnection, of
// Set-VpnConnectionIPsecConfiguration -PassThru and of
// Get-VpnServerConfiguration. Other lines of that form are not of them.
var listFields = func() map[string]bool {
	fields := make(map[string]bool)
	for _, name := range []string{"Name", "ConnectionName", "ServerAddress", "AllUserConnection", "Guid", "TunnelType",
		"AuthenticationMethod", "EncryptionLevel", "L2tpIPsecAuth", "UseWinlogonCredential", "EapConfigXmlStream",
		"ConnectionStatus", "RememberCredential", "SplitTunneling", "DnsSuffix", "IdleDisconnectSeconds",
		"IPSecCustomPolicy", "CustomPolicy", "EncryptionType", "Ikev2Ports", "L2tpPorts", "SstpPorts",
		"IdleDisconnect(s)", "SALifeTime(s)", "MMSALifeTime(s)", "SADataSizeForRenegotiation(KB)"} {
		fields[strings.ToLower(name)] = true
	}
	for _, e := range windowsEnums {
		fields[strings.ToLower(e.parameter)] = true
	}
	return fields
}()

// connectionsOfList reads objects as PowerShell prints them, "Name : Value" on
// each line, in any order, with or without blank lines between. A field that
// comes again begins the next object. An object is a connection if it says which
// tunnel it has, or names one of the algorithms.
func connectionsOfList(text string) ([]windowsConnection, error) {
	type object struct {
		windowsConnection
		seen map[string]setting
	}
	var objects []*object
	number := 0
	for line := range strings.Lines(text) {
		number++
		m := listLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil || !listFields[strings.ToLower(m[1])] {
			continue
		}
		name, value := strings.ToLower(m[1]), setting{m[2], number}
		if len(objects) == 0 || objects[len(objects)-1].seen[name].line > 0 {
			objects = append(objects, &object{windowsConnection{name: "custom policy", line: number}, make(map[string]setting)})
		}
		o := objects[len(objects)-1]
		o.seen[name] = value
		switch name {
		case "name", "connectionname":
			o.name = value.value
		case "tunneltype":
			o.tunnel = value
		case "authenticationmethod": // as {Eap}
			o.methods = strings.FieldsFunc(value.value, func(r rune) bool { return strings.ContainsRune("{}, ", r) })
		case "custompolicy": // of Get-VpnServerConfiguration
			o.name, o.server = "server", true
		}
		for _, e := range windowsEnums {
			if strings.EqualFold(name, e.parameter) && value.value != "" {
				if o.custom == nil {
					o.custom = make(map[string]setting)
				}
				o.custom[e.parameter] = value
			}
		}
	}
	var connections []windowsConnection
	for _, o := range objects {
		if o.custom == nil && o.tunnel.value == "" && !o.server {
			continue
		}
		policy, shown := o.seen["ipseccustompolicy"]
		switch {
		case o.custom != nil || o.server:
		case policy.value != "":
			return nil, faultAt(policy.line, "IPSecCustomPolicy", "shows that there is a custom policy, but not which one: write the connection with ConvertTo-Json -Depth 5")
		case !shown:
			o.doubt = "A list does not show whether the connection has a custom policy: Get-VpnConnection | ConvertTo-Json -Depth 5 does."
		}
		connections = append(connections, o.windowsConnection)
	}
	return connections, nil
}
