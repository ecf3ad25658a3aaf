// Package config reads what users set for good: files ikescope.yaml, of the working folder
// and of the user, and variables of the environment.
package config

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/ike/printable"
)

// Key is what can be set: a flag of that name is set by it, where a command has it.
type Key struct {
	Name string
	many bool // there may be several values
	path bool // a value may be a path
	// toggle: the value is true or false.
	toggle bool
	unset  string // what the default is, where the flag has none
	// Unless are flags that decide the same, and so go before it.
	Unless []string
	// NotFor are commands for which the flag means something else.
	NotFor []string
}

// Keys are all of them, in the order in which they are shown. None is a secret, none
// names a command to run, and none says whom to ask.
var Keys = []Key{
	{Name: "rate"}, {Name: "window"}, {Name: "tries"}, {Name: "timeout"}, {Name: "parallel"}, {Name: "deadline"}, {Name: "max-exchanges"},
	{Name: "profile", Unless: []string{"axes", "suite"}},
	{Name: "transport", unset: "udp500,udp4500"}, {Name: "source", Unless: []string{"ipv4", "ipv6"}}, {Name: "outside", many: true},
	{Name: "policy", many: true, path: true},
	{Name: "client", many: true, path: true, NotFor: []string{"explain", "login"}}, // there it says what to do
	// A login trusts, and so hands over a password to, nobody for a file's sake.
	{Name: "trust", path: true, Unless: []string{"identity", "no-identity"}, NotFor: []string{"explain", "login"}},
	{Name: "warn-days", NotFor: []string{"explain"}},
	{Name: "names", unset: "strongswan"}, {Name: "color", unset: "auto", Unless: []string{"no-color"}}, {Name: "ascii", toggle: true}, {Name: "width"},
	{Name: "output-dir", path: true},
}

// fileName is that of a file, in either folder.
const fileName = "ikescope.yaml"

// Prefix begins the names of variables, which go on in capitals with _ for hyphens.
const Prefix = "IKESCOPE_"

// fileVariable names the file, as --config does.
const fileVariable = Prefix + "CONFIG"

// None as the value of --config stands for no file.
const None = "none"

// separator is between several values of a variable.
const separator = ";"

// Origin is where a value is from.
type Origin string

// The origins, each of which goes before those after it.
const (
	Environment Origin = "environment"
	Named       Origin = "file" // of --config
	Working     Origin = "working folder"
	User        Origin = "user folder"
	Default     Origin = "default"
)

// Value is what a key is set to.
type Value struct {
	Key    Key
	Texts  []string // as a flag takes them, one or more
	Origin Origin
	Where  string // "ikescope.yaml:3" or "IKESCOPE_RATE"
}

// File is one that was looked for.
type File struct {
	Path   string
	Origin Origin
	Read   bool // it is there
}

// Source is where to look.
type Source struct {
	// File is the value of --config; "" if that is not given.
	File string
	// Environment returns the environment as [os.Environ] has it.
	Environment func() []string
	// UserFolder returns the folder of the user's configuration files.
	UserFolder func() (string, error)
}

// System is what this process looks at.
func System(file string) Source {
	return Source{File: file, Environment: os.Environ, UserFolder: os.UserConfigDir}
}

// Config is what is set, and by what.
type Config struct {
	Files []File
	// Unknown are variables that begin as ours do but are not settings.
	Unknown []string
	values  map[string]Value
}

// Of returns what a key is set to.
func (c *Config) Of(k Key) (Value, bool) {
	v, ok := c.values[k.Name]
	return v, ok
}

// For returns what is set for a command, in the order of Keys: not what a flag that was
// given decides, which changed reports.
func (c *Config) For(command string, changed func(flag string) bool) []Value {
	var out []Value
	for _, k := range Keys {
		v, ok := c.values[k.Name]
		if ok && !slices.Contains(k.NotFor, command) && !changed(k.Name) && !slices.ContainsFunc(k.Unless, changed) {
			out = append(out, v)
		}
	}
	return out
}

// Read reads the files and the environment. An error is one line that names the file and
// the line, or the variable.
func (s Source) Read() (*Config, error) {
	c := &Config{values: make(map[string]Value)}
	variables := c.environment(s.Environment())
	named := cmp.Or(s.File, variables[fileVariable])
	switch named {
	case None:
	case "":
		c.Files = []File{{Path: fileName, Origin: Working}}
		if folder, err := s.UserFolder(); err == nil {
			c.Files = append(c.Files, File{Path: filepath.Join(folder, "ikescope", fileName), Origin: User})
		}
	default:
		c.Files = []File{{Path: named, Origin: Named}}
	}
	for i := range c.Files {
		if err := c.file(&c.Files[i]); err != nil {
			if c.Files[i].Origin == Named {
				return nil, fmt.Errorf("--config: %w", err)
			}
			return nil, err
		}
	}
	return c, nil
}

// set sets a key, unless what goes before has set it.
func (c *Config) set(v Value) {
	if _, ok := c.values[v.Key.Name]; !ok {
		c.values[v.Key.Name] = v
	}
}

// others are variables that are read elsewhere: by login and mock, by the template of
// GitLab, and by the tests.
var others = []string{"METHOD", "USER", "PASSWORD", "PSK", "SECOND_METHOD", "CERTIFICATE", "KEY", "IDENTITY", "REMOTE_IDENTITY", "SIGNATURE",
	"TARGETS", "ARGS", "VERSION", "LAB", "LAB_CACHE", "TRUTH_SCANS"}

// environment takes what variables set, and returns ours.
func (c *Config) environment(all []string) map[string]string {
	ours := make(map[string]string)
	for _, line := range all {
		name, value, _ := strings.Cut(line, "=")
		word, ok := strings.CutPrefix(name, Prefix)
		if !ok || value == "" || slices.Contains(others, word) {
			continue
		}
		ours[name] = value
		at := slices.IndexFunc(Keys, func(k Key) bool { return variableOf(k) == name })
		switch {
		case at >= 0 && Keys[at].many:
			c.set(Value{Keys[at], strings.Split(value, separator), Environment, name})
		case at >= 0:
			c.set(Value{Keys[at], []string{Keys[at].plain(value)}, Environment, name})
		case name != fileVariable:
			c.Unknown = append(c.Unknown, name)
		}
	}
	slices.Sort(c.Unknown)
	return ours
}

// mostSlips bounds the variables that a warning names.
const mostSlips = 5

// Slips returns a line on the variables that begin as ours do but are not settings, each with the
// one that is nearest; "" if there are none.
func (s Source) Slips() string {
	c := &Config{values: make(map[string]Value)}
	c.environment(s.Environment())
	if len(c.Unknown) == 0 {
		return ""
	}
	known := []string{strings.TrimPrefix(fileVariable, Prefix)}
	for _, k := range Keys {
		known = append(known, strings.TrimPrefix(variableOf(k), Prefix))
	}
	known = append(known, others...)
	var all []string
	for _, name := range c.Unknown[:min(len(c.Unknown), mostSlips)] {
		slip := printable.Text(name)
		if near := flagvalue.Nearest(strings.TrimPrefix(name, Prefix), known); near != "" {
			slip += " (did you mean " + Prefix + near + "?)"
		}
		all = append(all, slip)
	}
	if more := len(c.Unknown) - len(all); more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return "not a setting, and ignored: " + strings.Join(all, ", ")
}

// variableOf names the variable of a key.
func variableOf(k Key) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(k.Name, "-", "_"))
}

// plain returns a value as the flag takes it: yes and on are true, in a toggle.
func (k Key) plain(text string) string {
	switch lower := strings.ToLower(text); {
	case !k.toggle:
	case lower == "yes" || lower == "on":
		return "true"
	case lower == "no" || lower == "off":
		return "false"
	}
	return text
}

// Wrong says of a value that the flag does not take why, in one line.
func (v Value) Wrong(err error) error {
	if v.Key.toggle {
		err = fmt.Errorf("%q is neither true nor false", v.Texts[0])
	}
	err = fmt.Errorf("%s: %s: %w", v.Where, v.Key.Name, err)
	if v.Origin == Named {
		err = fmt.Errorf("--config: %w", err)
	}
	return err
}

// names returns those of the keys.
func names() []string {
	var out []string
	for _, k := range Keys {
		out = append(out, k.Name)
	}
	return out
}

// meant says which key a word may have been meant for.
func meant(word string) string {
	if near := flagvalue.Nearest(word, names()); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ": they are " + strings.Join(names(), ", ")
}
