package flagvalue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// Suites adds the suites of a flag that may be repeated, in strongSwan's notation,
// to p.
func Suites(p *[]proposals.Product) Value { return suites{p} }

type suites struct{ p *[]proposals.Product }

func (s suites) Set(text string) error {
	list, err := proposals.ParseProducts(text)
	if err != nil {
		return err
	}
	*s.p = append(*s.p, list...)
	return nil
}

func (suites) Type() string   { return "proposals" }
func (suites) String() string { return "" }

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
