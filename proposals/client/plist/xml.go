package plist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// Element is an element of an XML file.
type Element struct {
	Name     string // without a namespace
	Line     int    // on which its start tag ends, from 1
	Text     string // what stands in it, without the blanks around; "" if it has children
	Children []*Element
}

// Child returns the first child of that name, or nil; of nil it is nil.
func (e *Element) Child(name string) *Element {
	if all := e.All(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

// All returns the children of that name.
func (e *Element) All(name string) []*Element {
	var found []*Element
	if e != nil {
		for _, c := range e.Children {
			if c.Name == name {
				found = append(found, c)
			}
		}
	}
	return found
}

// Content returns the text of the first child of that name, or "".
func (e *Element) Content(name string) string {
	if c := e.Child(name); c != nil {
		return c.Text
	}
	return ""
}

// maxDepth bounds how deep elements stand in each other.
const maxDepth = 64

// IsXML reports whether data begins as XML does.
func IsXML(data []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("<")) }

// ParseXML returns a root element that holds those of data: an excerpt of a file
// may have several. Its error is a [*proposals.FileError].
func ParseXML(data []byte) (*Element, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	// Names of encodings do not matter: what is not UTF-8 was made it before.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &Element{}
	open := []*Element{root}
	var text strings.Builder // of the last of open, up to its first child
	for {
		token, err := d.Token()
		line, _ := d.InputPos()
		if err == io.EOF {
			return root, nil
		}
		if err != nil {
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) {
				return nil, fault(syntax.Line, "", "the XML is not well-formed"+reason(syntax.Msg))
			}
			return nil, fault(line, "", "the XML cannot be read: write XML 1.0 in UTF-8")
		}
		last := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) > maxDepth {
				return nil, fault(line, "", fmt.Sprintf("elements are nested more than %d deep", maxDepth))
			}
			e := &Element{Name: token.Name.Local, Line: line}
			last.Children = append(last.Children, e)
			open = append(open, e)
			text.Reset()
		case xml.EndElement:
			if len(last.Children) == 0 {
				last.Text = strings.TrimSpace(text.String())
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(last.Children) == 0 {
				text.Write(token)
			}
		}
	}
}

// reasons are how messages of encoding/xml about a damaged text begin, and what
// is said of them: some quote the text, which may hold a secret.
var reasons = []struct{ begin, reason string }{
	{"unexpected EOF", "unexpected EOF"},
	{"element <", "an end tag does not match the start tag"},
	{"unexpected end element", "an end tag has no start tag"},
	{"invalid character entity", "an & does not begin an entity; write &amp;"},
	{"expected element name after <", "a < does not begin a tag; write &lt;"},
	{"expected attribute name", "a tag is not closed"},
	{"attribute name without =", "an attribute has no value"},
	{"unquoted or missing attribute value", "the value of an attribute is not in quotes"},
	{"unescaped < inside quoted string", "the value of an attribute is not closed"},
	{"invalid UTF-8", "it is not UTF-8"},
	{"illegal character code", "it contains a control character"},
}

// reason returns ": " and what is said of a message, or "".
func reason(message string) string {
	for _, r := range reasons {
		if strings.HasPrefix(message, r.begin) {
			return ": " + r.reason
		}
	}
	return ""
}

func fault(line int, token, problem string) *proposals.FileError {
	return &proposals.FileError{Line: line, Token: token, Problem: problem}
}
