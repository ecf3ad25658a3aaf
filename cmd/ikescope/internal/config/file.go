package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/plaintext"
	"github.com/ikescope/ikescope/proposals/yamlfile"
)

// What a file may have: octets, values of a key, and octets of a value.
const (
	maxFile   = 1 << 16
	maxValues = 100
	maxValue  = 4096
)

// file reads a file, which need not be there unless the user named it.
func (c *Config) file(f *File) error {
	if _, err := os.Stat(f.Path); f.Origin != Named && absent(err) {
		return nil
	}
	data, _, err := argfile.ReadRegular(f.Path, maxFile)
	if err != nil {
		return err
	}
	f.Read = true
	values, err := parse(plaintext.Bytes(data), *f)
	if err != nil {
		return err
	}
	for _, v := range values {
		c.set(v)
	}
	return nil
}

// absent reports whether a file is not there, or in a folder that is not ours to look
// into, such as the home of another user whom a service runs for.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrPermission)
}

// parse reads what a file sets.
func parse(data []byte, f File) ([]Value, error) {
	top, err := yamlfile.Top(data)
	var wrong *yamlfile.Error
	switch {
	case errors.Is(err, yamlfile.ErrEmpty):
		return nil, nil
	case errors.As(err, &wrong) && wrong.Line > 0: // without what the library quotes of a file that may be one of secrets
		return nil, fmt.Errorf("%s:%d: %w", f.Path, wrong.Line, wrong.Err)
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%s: %w", f.Path, wrong.Err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	case top.Kind == yaml.ScalarNode && top.Tag == "!!null":
		return nil, nil
	case top.Kind != yaml.MappingNode:
		return nil, fmt.Errorf("%s:%d: is not a list of settings, as in rate: 20", f.Path, top.Line)
	}
	var out []Value
	for i := 0; i+1 < len(top.Content); i += 2 {
		name, node := top.Content[i], top.Content[i+1]
		where := fmt.Sprintf("%s:%d", f.Path, name.Line)
		at := slices.IndexFunc(Keys, func(k Key) bool {
			return name.Kind == yaml.ScalarNode && strings.EqualFold(k.Name, strings.ReplaceAll(name.Value, "_", "-"))
		})
		if at < 0 {
			return nil, fmt.Errorf("%s: %q is not a setting%s", where, printable.Text(name.Value[:min(len(name.Value), 40)]), meant(name.Value))
		}
		k := Keys[at]
		if slices.ContainsFunc(out, func(v Value) bool { return v.Key.Name == k.Name }) {
			return nil, fmt.Errorf("%s: %s is given twice", where, k.Name)
		}
		texts, err := scalars(node, k)
		for j := range texts {
			if err == nil {
				texts[j], err = f.place(k, texts[j])
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", where, k.Name, err)
		}
		out = append(out, Value{k, texts, f.Origin, where})
	}
	return out, nil
}

// scalars returns the values of a key: one, or a list.
func scalars(n *yaml.Node, k Key) ([]string, error) {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode && k.many {
		nodes = n.Content
	}
	if len(nodes) == 0 || len(nodes) > maxValues {
		return nil, fmt.Errorf("has %d values: from 1 to %d may be", len(nodes), maxValues)
	}
	var out []string
	for _, one := range nodes {
		switch {
		case one.Kind != yaml.ScalarNode && k.many:
			return nil, errors.New("is not a value, or a list of them")
		case one.Kind != yaml.ScalarNode:
			return nil, errors.New("takes one value")
		case one.Tag == "!!null" || one.Value == "":
			return nil, errors.New("has no value")
		case len(one.Value) > maxValue:
			return nil, fmt.Errorf("has %d octets, more than %d", len(one.Value), maxValue)
		}
		out = append(out, one.Value)
	}
	return out, nil
}

// below reports whether a path stays below the working folder, wherever its symbolic links
// lead.
func below(path string) bool {
	folder, err := os.OpenRoot(".")
	if err != nil {
		return false
	}
	defer folder.Close()
	_, err = folder.Stat(path)
	return filepath.IsLocal(path) && (err == nil || errors.Is(err, fs.ErrNotExist))
}

// place returns the path in a value of k as seen from the working folder: what begins
// with ./ or ../ is seen from that of the file. A file of the working folder, which may
// have come with what others wrote, has nothing put elsewhere.
func (f File) place(k Key, text string) (string, error) {
	if k.Name == "output-dir" && f.Origin == Working && !below(text) {
		return "", fmt.Errorf("%q is not below the working folder: set it in your own file, in %s or by the flag", text, variableOf(k))
	}
	if k.path && (strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../")) {
		return filepath.Join(filepath.Dir(f.Path), text), nil
	}
	return k.plain(text), nil
}
