// Package yamlfile reads files of one YAML document, of which nothing is expanded: who
// reads its nodes says which kinds there may be.
package yamlfile

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/proposals/lazyregexp"
)

// What may be wrong with a file, in an [Error].
var (
	ErrEmpty  = errors.New("it is empty")
	ErrSecond = errors.New("a second document begins here")
	ErrSyntax = errors.New("it is not YAML")
)

// Error is why a file has no document, or more than one.
type Error struct {
	Line int // 0 if it is not known
	Err  error
	// Text is what the library says of an ErrSyntax. It may quote the file.
	Text string
}

func (e *Error) Error() string {
	if e.Text == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ": " + e.Text
}

func (e *Error) Unwrap() error { return e.Err }

var yamlLine = lazyregexp.New(`\bline (\d+)(?:: )?`)

// syntax puts an error of the library into our form.
func syntax(err error) *Error {
	out := &Error{Err: ErrSyntax, Text: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(out.Text); m != nil {
		out.Line, _ = strconv.Atoi(m[1]) // digits
		out.Text = strings.TrimPrefix(out.Text, m[0])
	}
	out.Text = printable.Text(out.Text)
	return out
}

// Top returns what the only document of a file holds. An error is an [*Error].
func Top(data []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root, second yaml.Node
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		return nil, &Error{Err: ErrEmpty}
	} else if err != nil {
		return nil, syntax(err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, &Error{Err: ErrSecond, Line: second.Line}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntax(err)
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		return root.Content[0], nil
	}
	return &root, nil
}
