package main

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// ranged is the value of a flag that has bounds.
type ranged[T cmp.Ordered] struct {
	p        *T
	min, max T
	parse    func(string) (T, error)
	kind     string // "number" or "duration"
}

// wholeNumber stores a number from lo to hi in p.
func wholeNumber[T int | uint16](p *T, lo, hi T) *ranged[T] {
	return &ranged[T]{p, lo, hi, func(s string) (T, error) {
		n, err := strconv.ParseInt(s, 10, 32)
		if err == nil && (n < int64(lo) || n > int64(hi)) {
			err = strconv.ErrRange // before the conversion cuts it
		}
		return T(n), err
	}, "number"}
}

func decimal(p *float64, lo, hi float64) *ranged[float64] {
	return &ranged[float64]{p, lo, hi, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }, "number"}
}

func duration(p *time.Duration, lo, hi time.Duration) *ranged[time.Duration] {
	return &ranged[time.Duration]{p, lo, hi, time.ParseDuration, "duration"}
}

func (r *ranged[T]) Set(s string) error {
	v, err := r.parse(s)
	// A NaN is in no range.
	if err != nil || !(v >= r.min && v <= r.max) {
		return fmt.Errorf("%q is not a %s from %v to %v", s, r.kind, r.min, r.max)
	}
	*r.p = v
	return nil
}

func (r *ranged[T]) Type() string { return r.kind }

// String shows the default in the help text; pflag calls it on the zero value
// too.
func (r *ranged[T]) String() string {
	if r.p == nil {
		return ""
	}
	var zero T
	if *r.p == zero {
		return "0"
	}
	return fmt.Sprint(*r.p)
}

// toggle is a flag that is there or not. Unlike pflag's own, it does not show
// that --flag=false can be written.
type toggle struct{ p *bool }

// addToggle adds a toggle; short is its letter or "".
func addToggle(flags *pflag.FlagSet, p *bool, name, short, usage string) {
	flags.VarPF(toggle{p}, name, short, usage).NoOptDefVal = "true"
}

func (t toggle) Set(s string) error {
	on, err := strconv.ParseBool(s)
	if err != nil {
		return fmt.Errorf("takes no value, but %q was given", s)
	}
	*t.p = on
	return nil
}

func (toggle) Type() string { return "bool" }

func (t toggle) String() string { return strconv.FormatBool(t.p != nil && *t.p) }

// address is the value of a flag that is an IP address.
type address struct{ p *netip.Addr }

func (a address) Set(s string) error {
	addr, err := parseAddress(s)
	if err != nil {
		return err
	}
	*a.p = addr
	return nil
}

func (address) Type() string { return "address" }

func (a address) String() string {
	if a.p == nil || !a.p.IsValid() {
		return ""
	}
	return a.p.String()
}

// addresses is the value of a flag that may be given more than once.
type addresses struct{ p *[]netip.Addr }

func (a addresses) Set(s string) error {
	for text := range strings.SplitSeq(s, ",") {
		addr, err := parseAddress(text)
		if err != nil {
			return err
		}
		*a.p = append(*a.p, addr)
	}
	return nil
}

func (addresses) Type() string   { return "address" }
func (addresses) String() string { return "" }

func parseAddress(s string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.IsMulticast() {
		return netip.Addr{}, fmt.Errorf("%q is not an IPv4 or IPv6 address", s)
	}
	return addr.Unmap(), nil
}

// transports is the value of --transport.
type transports struct{ p *[]initiator.Transport }

func (t transports) Set(s string) error {
	var list []initiator.Transport
	for word := range strings.SplitSeq(s, ",") {
		switch word {
		case initiator.UDP500.String():
			list = append(list, initiator.UDP500)
		case initiator.UDP4500.String():
			list = append(list, initiator.UDP4500)
		default:
			return fmt.Errorf("%q is not a transport: write udp500, udp4500 or both with a comma", word)
		}
	}
	if len(list) == 2 && list[0] == list[1] || len(list) > 2 {
		return fmt.Errorf("%q names a transport twice", s)
	}
	*t.p = list
	return nil
}

func (transports) Type() string   { return "list" }
func (transports) String() string { return "" }

func (transports) choices() []string {
	return []string{initiator.UDP500.String(), initiator.UDP4500.String()}
}

// suites is the value of --suite.
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

// axes is the value of --axes.
type axes struct{ p *[]proposals.Axis }

// axisWords are the axes as users name them; addke stands for all seven.
var axisWords = []string{"encr", "prf", "integ", "ke", "addke"}

func (a axes) Set(s string) error {
	var list []proposals.Axis
	for word := range strings.SplitSeq(s, ",") {
		n := slices.Index(axisWords, strings.ToLower(word))
		if n < 0 {
			return fmt.Errorf("%q is not one of %s", word, strings.Join(axisWords, ", "))
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

func (axes) choices() []string { return axisWords }

// enum is the value of a flag that is one of some words.
type enum struct {
	p     *string
	words []string
}

func (c enum) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return fmt.Errorf("%q is not one of %s", s, strings.Join(c.words, ", "))
	}
	*c.p = s
	return nil
}

func (enum) Type() string { return "name" }

func (c enum) choices() []string { return c.words }

func (c enum) String() string {
	if c.p == nil {
		return ""
	}
	return *c.p
}
