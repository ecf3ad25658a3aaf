// Package flagvalue reads the values of flags, each with the bounds and the words
// that it may have, and says in the error what would be right.
package flagvalue

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Value is the value of a flag, as [github.com/spf13/pflag.Value] has it.
type Value interface {
	Set(string) error
	Type() string
	String() string
}

// Choosable is a value that is one of few words.
type Choosable interface{ Choices() []string }

// ranged is a value that has bounds.
type ranged[T cmp.Ordered] struct {
	p        *T
	min, max T
	parse    func(string) (T, error)
	kind     string // "number" or "duration"
}

// Number stores a whole number from lo to hi in p, which holds the default.
func Number[T int | uint16](p *T, lo, hi T) Value {
	return &ranged[T]{p, lo, hi, func(s string) (T, error) {
		n, err := strconv.ParseInt(s, 10, 32)
		if err == nil && (n < int64(lo) || n > int64(hi)) {
			err = strconv.ErrRange // before the conversion cuts it
		}
		return T(n), err
	}, "number"}
}

// Decimal stores a number from lo to hi in p, which holds the default.
func Decimal(p *float64, lo, hi float64) Value {
	return &ranged[float64]{p, lo, hi, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }, "number"}
}

// Duration stores a duration from lo to hi in p, which holds the default.
func Duration(p *time.Duration, lo, hi time.Duration) Value {
	return &ranged[time.Duration]{p, lo, hi, time.ParseDuration, "duration"}
}

// mostNumber is how long a wrong number is shown, if it has letters.
const mostNumber = 4

func (r *ranged[T]) Set(s string) error {
	v, err := r.parse(s)
	// A NaN is in no range.
	if err != nil || !(v >= r.min && v <= r.max) {
		what := strconv.Quote(s)
		if len(s) > mostNumber && r.kind == "number" && strings.ContainsFunc(s, unicode.IsLetter) {
			what = "a word (not shown, because it may be a secret)" // other programs take a password behind -p
		}
		return fmt.Errorf("%s is not a %s from %v to %v", what, r.kind, r.min, r.max)
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

// Toggle stores in p whether a flag is there.
func Toggle(p *bool) Value { return toggle{p} }

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

// Word stores one of words in p, which holds the default.
func Word(p *string, words []string) Value { return enum{p, words} }

type enum struct {
	p     *string
	words []string
}

func (e enum) Set(s string) error {
	word := strings.ToLower(s)
	if !slices.Contains(e.words, word) {
		return fmt.Errorf("%q is not one of %s%s", s, strings.Join(e.words, ", "), meant(word, e.words))
	}
	*e.p = word
	return nil
}

func (enum) Type() string { return "name" }

func (e enum) Choices() []string { return e.words }

func (e enum) String() string {
	if e.p == nil {
		return ""
	}
	return *e.p
}

// File stores the name of a file in p.
func File(p *string) Value { return file{p} }

type file struct{ p *string }

func (f file) Set(s string) error {
	if s == "" || s == "-" {
		return fmt.Errorf("%q names no file", s)
	}
	*f.p = s
	return nil
}

func (file) Type() string   { return "file" }
func (file) String() string { return "" }

// Folder stores the name of a folder in p.
func Folder(p *string) Value { return folder{file{p}} }

type folder struct{ file }

func (folder) Type() string { return "folder" }
