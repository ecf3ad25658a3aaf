package client

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// xmlElement is an element of an XML file.
type xmlElement struct {
	name     string
	line     int    // on which its start tag ends
	text     string // what stands in it, without the blanks around; "" if it has children
	children []*xmlElement
}

// child returns the first child of that name, or nil; of nil it is nil.
func (e *xmlElement) child(name string) *xmlElement {
	if all := e.all(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

// all returns the children of that name.
func (e *xmlElement) all(name string) []*xmlElement {
	var found []*xmlElement
	if e != nil {
		for _, c := range e.children {
			if c.name == name {
				found = append(found, c)
			}
		}
	}
	return found
}

// content returns the text of the first child of that name, or "".
func (e *xmlElement) content(name string) string {
	if c := e.child(name); c != nil {
		return c.text
	}
	return ""
}

// maxXMLDepth bounds how deep elements stand in each other.
const maxXMLDepth = 64

// readXML returns a root element that holds those of data: an excerpt of a file
// may have several.
func readXML(data []byte) (*xmlElement, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	// Names of encodings do not matter: what is not UTF-8 was made it before.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &xmlElement{}
	open := []*xmlElement{root}
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
				return nil, &Error{Line: syntax.Line, Problem: "the XML is not well-formed: " + shorten(syntax.Msg)}
			}
			return nil, &Error{Line: line, Problem: "the XML cannot be read: " + shorten(err.Error())}
		}
		last := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) > maxXMLDepth {
				return nil, &Error{line, token.Name.Local, fmt.Sprintf("stands more than %d elements deep", maxXMLDepth)}
			}
			e := &xmlElement{name: token.Name.Local, line: line}
			last.children = append(last.children, e)
			open = append(open, e)
			text.Reset()
		case xml.EndElement:
			if len(last.children) == 0 {
				last.text = strings.TrimSpace(text.String())
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(last.children) == 0 {
				text.Write(token)
			}
		}
	}
}
