// Package login reads credentials: of a file, of the environment, and of whom it asks.
package login

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe/login"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/yamlfile"
)

// fields are the words of a file of credentials. In the environment each has the prefix
// IKESCOPE_ and is in capitals.
var fields = []string{"method", "user", "password", "psk", "certificate", "key", "identity", "remote_identity", "signature", "second_method", "eap_server"}

// Prefix begins the names in the environment.
const Prefix = "IKESCOPE_"

// maxFile is the largest file of credentials in octets, and of certificates and keys.
const maxFile = 1 << 18

// value is a word with where it stands.
type value struct {
	text  string
	where string // "creds.yaml:3: password"
	dir   string // that paths are relative to
}

// Source is where credentials come from.
type Source struct {
	// File is one in YAML; "" for none.
	File string
	// Environment returns a variable, "" if it is not set.
	Environment func(name string) string
	// Ask asks the user for a secret, without echo; nil if there is nobody to ask.
	Ask func(prompt string) ([]byte, error)
}

// Read reads and checks credentials: what the file lacks is of the environment, and a
// password or key that both lack is asked for. An error is one line that names where
// the fault is, and never holds a secret.
func (s Source) Read(now time.Time) (login.Credentials, error) {
	var c login.Credentials
	values := make(map[string]value)
	if s.File != "" {
		if err := readFile(s.File, values); err != nil {
			return c, fmt.Errorf("--credentials: %w", err)
		}
	}
	for _, name := range fields {
		if _, ok := values[name]; ok {
			continue
		}
		variable := Prefix + strings.ToUpper(name)
		if text := s.Environment(variable); text != "" {
			values[name] = value{text, variable, ""}
		}
	}
	if len(values) == 0 {
		return c, fmt.Errorf("no credentials: name a file with --credentials, or set %sMETHOD and the others in the environment", Prefix)
	}
	if values["method"].text == "" {
		return c, fmt.Errorf("%smethod is missing: %s", s.begin(), methods())
	}
	method, ok := parseMethod(values["method"].text)
	if !ok {
		return c, fmt.Errorf("%s: %q is not a method: %s", values["method"].where, shown(values["method"].text), methods())
	}
	c.Method = method
	asked := method
	if v, ok := values["second_method"]; ok {
		if c.Second, ok = parseMethod(v.text); !ok {
			return c, fmt.Errorf("%s: %q is not a method: %s", v.where, shown(v.text), methods())
		}
		asked = c.Second
	}
	if err := s.ask(asked, values); err != nil {
		return c, err
	}
	if err := fill(&c, values); err != nil {
		return c, err
	}
	var wrong *login.FieldError
	if err := c.Check(now); errors.As(err, &wrong) {
		if v, ok := values[wrong.Field]; ok {
			return c, fmt.Errorf("%s: %w", v.where, wrong.Err)
		}
		return c, fmt.Errorf("%s%w", s.begin(), err)
	} else if err != nil {
		return c, err
	}
	return c, nil
}

// begin names the file, if there is one.
func (s Source) begin() string {
	if s.File == "" {
		return "credentials: "
	}
	return "--credentials: " + s.File + ": "
}

func methods() string {
	var all []string
	for _, m := range login.Methods() {
		all = append(all, string(m))
	}
	return english.List(all, "or")
}

// plain is a word as it is compared: the case does not count, nor which character joins
// its parts.
func plain(word, joined string) string {
	return strings.NewReplacer("-", joined, "_", joined, " ", joined).Replace(strings.ToLower(word))
}

// parseMethod reads a method, also as other tools write it: PSK, mschapv2, pubkey.
func parseMethod(word string) (login.Method, bool) {
	word = plain(word, "-")
	switch word {
	case "pre-shared-key", "secret":
		return login.PSK, true
	case "cert", "pubkey", "rsa", "ecdsa":
		return login.Certificate, true
	case "mschap-v2", "eap-mschap-v2":
		return login.MSCHAPv2, true
	}
	for _, m := range []login.Method{login.Method(word), login.Method("eap-" + word)} {
		if slices.Contains(login.Methods(), m) {
			return m, true
		}
	}
	return "", false
}

// shown is a word that is not secret, as far as it may be shown.
func shown(s string) string { return s[:min(len(s), 40)] }

// ask asks for the secret of a method that is not given.
func (s Source) ask(m login.Method, values map[string]value) error {
	name, prompt := "password", "Password of "+printable.Text(values["user"].text)+": "
	switch {
	case m.HasCertificate():
		return nil
	case m == login.PSK:
		name, prompt = "psk", "Pre-shared key: "
	}
	if _, ok := values[name]; ok || s.Ask == nil || m != login.PSK && values["user"].text == "" {
		return nil
	}
	secret, err := s.Ask(prompt)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	values[name] = value{string(secret), name, ""}
	return nil
}

// fill puts the words into c.
func fill(c *login.Credentials, values map[string]value) error {
	c.User = values["user"].text
	c.Password = login.NewSecret([]byte(values["password"].text))
	if v, ok := values["psk"]; ok {
		key, err := sharedKey(v.text)
		if err != nil {
			return fmt.Errorf("%s: %w", v.where, err)
		}
		c.PSK = login.NewSecret(key)
	}
	if v, ok := values["signature"]; ok {
		switch v.text {
		case "rsa-pkcs1":
		case "rsa-pss":
			c.PSS = true
		default:
			return fmt.Errorf("%s: %q is not a signature: rsa-pkcs1 or rsa-pss", v.where, shown(v.text))
		}
	}
	if err := fillKeys(c, values); err != nil {
		return err
	}
	for name, id := range map[string]*login.Identity{"identity": &c.Identity, "remote_identity": &c.RemoteIdentity, "eap_server": &c.EAPServer} {
		v, ok := values[name]
		if !ok {
			continue
		}
		of := c.Chain
		if name != "identity" {
			of = nil
		}
		var err error
		if len(of) > 0 {
			*id, err = login.ParseIdentity(v.text, of[0])
		} else {
			*id, err = login.ParseIdentity(v.text, nil)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", v.where, err)
		}
	}
	return nil
}

// sharedKey reads a pre-shared key as strongSwan does: text, or in hexadecimal after
// 0x, or in Base64 after 0s. The error does not hold it.
func sharedKey(text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		key, err := hex.DecodeString(digits)
		if err != nil {
			return nil, errors.New("what follows 0x is not hexadecimal")
		}
		return key, nil
	}
	if digits, ok := strings.CutPrefix(text, "0s"); ok {
		key, err := base64.StdEncoding.DecodeString(digits)
		if err != nil {
			return nil, errors.New("what follows 0s is not Base64")
		}
		return key, nil
	}
	return []byte(text), nil
}

// readPrivate reads a file that nobody else may read.
func readPrivate(path string) ([]byte, error) { return read(path, true) }

// read reads a file of limited size. The error begins with its path.
func read(path string, private bool) ([]byte, error) {
	data, mode, err := argfile.ReadRegular(path, maxFile)
	switch {
	case err != nil:
		return nil, err
	case private && isReport(data):
		return nil, fmt.Errorf("%s: is a report of ikescope, not credentials: these are in YAML, as in method: psk", path)
	case private && othersRead(mode):
		return nil, fmt.Errorf("%s: others may read it (mode %04o), and it holds secrets: chmod 600 %s", path, mode.Perm(), path)
	}
	return data, nil
}

// isReport reports whether a file is what ikescope writes as JSON.
func isReport(data []byte) bool {
	data = bytes.TrimSpace(data)
	return len(data) > 0 && data[0] == '{' && bytes.Contains(data[:min(len(data), 1024)], []byte(`"schema_version"`))
}

// othersRead reports whether a file is for others than its owner, where modes say so.
func othersRead(m fs.FileMode) bool { return runtime.GOOS != "windows" && m.Perm()&0o077 != 0 }

// readFile reads the words of a file into values.
func readFile(path string, values map[string]value) error {
	data, err := readPrivate(path)
	if err != nil {
		return err
	}
	top, err := yamlfile.Top(data)
	var wrong *yamlfile.Error
	switch {
	case errors.Is(err, yamlfile.ErrSecond):
		return fmt.Errorf("%s: holds more than one YAML document", path)
	case errors.As(err, &wrong): // nothing else of it is shown, which may quote a secret
		at := ""
		if wrong.Line > 0 {
			at = fmt.Sprintf(":%d", wrong.Line)
		}
		return fmt.Errorf("%s%s: is not YAML: put values with special characters in quotes", path, at)
	case top.Kind != yaml.MappingNode:
		return fmt.Errorf("%s: is not a list of words with their values, as in method: psk", path)
	}
	pairs := top.Content
	for i := 0; i+1 < len(pairs); i += 2 {
		name, node := pairs[i], pairs[i+1]
		where := fmt.Sprintf("%s:%d: ", path, name.Line)
		field, ok := fieldOf(name)
		switch {
		case !ok:
			// A word that is not known may be a secret that went astray.
			hint := "known are " + english.List(fields, "and")
			if near := proposals.Nearest(plain(name.Value, "_"), fields); len(near) > 0 {
				hint = "did you mean " + english.List(near, "or") + "?"
			}
			return fmt.Errorf("%sthe word before the colon is not known; %s", where, hint)
		case values[field].where != "":
			return fmt.Errorf("%s%s is given twice", where, field)
		case node.Kind != yaml.ScalarNode || node.Tag == "!!null" || node.Value == "":
			return fmt.Errorf("%s%s has no value, or more than one", where, field)
		}
		values[field] = value{node.Value, "--credentials: " + where + field, filepath.Dir(path)}
	}
	return nil
}

// fieldOf returns the field that a node names.
func fieldOf(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		return "", false
	}
	name := plain(n.Value, "_")
	switch name {
	case "username":
		name = "user"
	case "cert":
		name = "certificate"
	case "remote_id", "idr":
		name = "remote_identity"
	case "aaa_id", "aaa_identity", "server_name":
		name = "eap_server"
	case "id", "idi":
		name = "identity"
	}
	return name, slices.Contains(fields, name)
}
