package baseline

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
	"github.com/ikescope/ikescope/proposals/yamlfile"
)

// key is one of a mapping.
type key struct {
	name     string
	required bool
	read     func(*yaml.Node) error
}

const (
	required = true
	optional = false
)

// mapping reads n, which is a mapping of these keys and no others.
func mapping(n *yaml.Node, what string, keys []key) error {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	list := strings.Join(names, ", ")
	if n.Kind != yaml.MappingNode {
		return fault(n.Line, "", what+" is written as lines of key: value, with the keys "+list)
	}
	var faults Errors
	seen := map[string]bool{}
	misspelt := false // a key, which is then not missed, too
	for i := 0; i+1 < len(n.Content); i += 2 {
		at := slices.IndexFunc(keys, func(k key) bool {
			return n.Content[i].Kind == yaml.ScalarNode && k.name == n.Content[i].Value
		})
		switch {
		case at < 0:
			misspelt = true
			faults.add(fault(n.Content[i].Line, n.Content[i].Value, "is not a key of "+what+": they are "+list))
		case seen[keys[at].name]:
			faults.add(fault(n.Content[i].Line, keys[at].name, "is given twice"))
		default:
			seen[keys[at].name] = true
			faults.add(keys[at].read(n.Content[i+1]))
		}
	}
	for _, k := range keys {
		if k.required && !seen[k.name] && !misspelt {
			faults.add(fault(n.Line, "", fmt.Sprintf("%s needs the key %s", what, k.name)))
		}
	}
	return faults.err()
}

// items reads a list of scalars, which is not empty.
func items(n *yaml.Node, name, of string, read func(*yaml.Node) error) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return fault(n.Line, name, "is a list of "+of)
	}
	var faults Errors
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			faults.add(fault(c.Line, name, "is a list of "+of))
			continue
		}
		faults.add(read(c))
	}
	return faults.err()
}

// line reads a text, whose line breaks are as good as spaces.
func line(n *yaml.Node, into *string) error {
	if n.Kind != yaml.ScalarNode {
		return fault(n.Line, "", "text is required here, in quotes if it has a colon")
	}
	text := strings.Join(strings.Fields(n.Value), " ")
	if text == "" {
		return fault(n.Line, "", "text is required here, and it is empty")
	}
	if printable.Text(text) != text {
		return fault(n.Line, text, "has characters that cannot be printed")
	}
	*into = text
	return nil
}

var wordPattern = lazyregexp.New(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func word(n *yaml.Node, into *string) error {
	if err := line(n, into); err != nil {
		return err
	}
	if !wordPattern.MatchString(*into) {
		return fault(n.Line, *into, "is not a name: write up to 64 of a to z, 0 to 9, dot, hyphen and underscore")
	}
	return nil
}

func oneOf[W ~string](n *yaml.Node, words []W, what string) (W, error) {
	if n.Kind == yaml.ScalarNode && slices.Contains(words, W(n.Value)) {
		return W(n.Value), nil
	}
	return "", fault(n.Line, n.Value, "is not "+what+": write "+english.List(words, "or"))
}

// yamlError puts an error of package yamlfile into our form.
func yamlError(err error) error {
	var e *yamlfile.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Err {
	case yamlfile.ErrEmpty:
		return fault(0, "", "it is empty: a policy has name, title and rules")
	case yamlfile.ErrSecond:
		return fault(e.Line, "", "a second document begins here: a file contains one policy")
	}
	return fault(e.Line, "", e.Error())
}
