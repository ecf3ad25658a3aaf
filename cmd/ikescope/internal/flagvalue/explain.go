package flagvalue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report/incident/how"
)

// LogProduct stores the product whose log is meant in p.
func LogProduct(p *string) Value { return product{p} }

type product struct{ p *string }

func (p product) Set(word string) error {
	if _, ok := how.Of(word); !ok {
		hint := "they are " + strings.Join(how.Products(), ", ")
		if near := Nearest(word, how.Products()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Errorf("%q is not a product whose log is known; %s", word, hint)
	}
	*p.p = word
	return nil
}

func (product) Type() string      { return "product" }
func (product) String() string    { return "" }
func (product) Choices() []string { return how.Products() }

// Syntaxes adds the syntaxes of remedies of a flag that may be repeated to p.
func Syntaxes(p *[]client.Syntax) Value { return syntaxes{p} }

type syntaxes struct{ p *[]client.Syntax }

func (s syntaxes) Set(word string) error {
	if !slices.Contains(syntaxNames(), word) {
		hint := "they are " + strings.Join(syntaxNames(), ", ")
		if near := Nearest(word, syntaxNames()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Errorf("%q is not a syntax that remedies are written in; %s", word, hint)
	}
	if syntax := client.Syntax(word); !slices.Contains(*s.p, syntax) {
		*s.p = append(*s.p, syntax)
	}
	return nil
}

func (syntaxes) Type() string      { return "syntax" }
func (syntaxes) String() string    { return "" }
func (syntaxes) Choices() []string { return syntaxNames() }

func syntaxNames() []string {
	var names []string
	for _, side := range []remedy.Side{remedy.ClientSide, remedy.GatewaySide} {
		for _, s := range remedy.Syntaxes(side) {
			if !slices.Contains(names, string(s)) {
				names = append(names, string(s))
			}
		}
	}
	return names
}
