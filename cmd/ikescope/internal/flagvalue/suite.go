package flagvalue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// Noted is a value that was not taken quite as it was typed.
type Noted interface {
	// Notes are sentences on that.
	Notes() []string
}

// Suites adds the suites of a flag that may be repeated to p, as [proposals.ReadProducts]
// reads them.
func Suites(p *[]proposals.Product) Value { return &suites{p: p} }

type suites struct {
	p     *[]proposals.Product
	notes []string
}

func (s *suites) Set(text string) error {
	list, completed, err := proposals.ReadProducts(text)
	if err != nil {
		return err
	}
	*s.p, s.notes = append(*s.p, list...), append(s.notes, completed...)
	return nil
}

func (*suites) Type() string   { return "proposals" }
func (*suites) String() string { return "" }

func (s *suites) Notes() []string { return s.notes }

// Axes adds the axes of a flag that may be repeated to p.
func Axes(p *[]proposals.Axis) Value { return axes{p} }

type axes struct{ p *[]proposals.Axis }

// AxisWords are the axes as users name them; addke stands for all seven.
var AxisWords = []string{"encr", "prf", "integ", "ke", "addke"}

func (a axes) Set(s string) error {
	var list []proposals.Axis
	for word := range strings.SplitSeq(s, ",") {
		n := slices.Index(AxisWords, strings.ToLower(word))
		if n < 0 {
			return fmt.Errorf("%q is not one of %s", word, strings.Join(AxisWords, ", "))
		}
		first, last := proposals.Axis(n), proposals.Axis(n)
		if first == proposals.ADDKE1 {
			last = proposals.ADDKE7
		}
		for axis := first; axis <= last; axis++ {
			list = append(list, axis)
		}
	}
	*a.p = append(*a.p, list...)
	return nil
}

func (axes) Type() string   { return "list" }
func (axes) String() string { return "" }

func (axes) Choices() []string { return AxisWords }
