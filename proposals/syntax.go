package proposals

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
)

// SyntaxError says why a string is not a proposal for IKE, and what would be.
type SyntaxError struct {
	Input      string   // the proposal, or the keyword that stood alone
	Token      string   // the keyword at fault; "" if it is the whole proposal
	Offset     int      // where Token begins in Input, in octets
	Problem    string   // what is wrong, as a predicate of Token or of Input
	Nearest    []string // known keywords like Token, the nearest first, at most three
	Correction string   // a string that parses; "" if there is none
	Example    bool     // Correction is one of many, since strongSwan has no rule for it
}

// Error returns one line. Input is quoted, so that it is safe to show.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q", e.Input)
	if e.Token != "" && e.Token != e.Input {
		fmt.Fprintf(&b, ": %q at octet %d", e.Token, e.Offset+1)
	}
	b.WriteString(" " + e.Problem)
	if len(e.Nearest) > 0 {
		b.WriteString("; did you mean " + english.List(e.Nearest, "or") + "?")
	}
	switch {
	case e.Correction == "":
	case e.Example:
		b.WriteString(": write, for example, " + e.Correction)
	default:
		b.WriteString(": write " + e.Correction)
	}
	return b.String()
}

// ParseProducts reads proposals that are separated by commas, with or without
// spaces around them, each as [ParseProduct] does.
func ParseProducts(s string) ([]Product, error) {
	var products []Product
	list := strings.Split(s, ",")
	for i, text := range list {
		p, err := ParseProduct(strings.TrimSpace(text))
		if err != nil {
			if len(list) > 1 {
				err = fmt.Errorf("proposal %d of %d: %w", i+1, len(list), err)
			}
			return nil, err
		}
		products = append(products, p)
	}
	return products, nil
}

// ParseProduct reads one proposal for an IKE SA in strongSwan's notation:
// keywords with hyphens between them, several of a kind being alternatives in
// order of preference. The kinds may come in any order and the letters in any
// case.
//
// Nothing is completed or dropped. There must be a cipher, a PRF and a key
// exchange method; classic ciphers need an integrity algorithm, and AEAD
// ciphers, which stand in a proposal of their own, must not have one. A cipher
// that is not registered goes with either. An ADDKE axis that names none alone
// is the same as one that is not named.
//
// An error is a [*SyntaxError].
func ParseProduct(s string) (Product, error) {
	p, none, err := parseKeywords(s)
	if err != nil {
		return Product{}, err
	}
	if e := faults(p, none); e != nil {
		e.Input = s
		return Product{}, e
	}
	return p, nil
}

// CompleteProduct reads one proposal as [ParseProduct] does, and completes it
// as strongSwan does: completed says of s what it has too much or lacks and
// what strongSwan does about it, and is "" if there is nothing to do. What
// strongSwan rejects is an error, a [*SyntaxError].
func CompleteProduct(s string) (p Product, completed string, err error) {
	p, none, err := parseKeywords(s)
	if err != nil {
		return Product{}, "", err
	}
	e := faults(p, none)
	if e == nil {
		return p, "", nil
	}
	c := complete(p)
	if _, _, mixed := p.splitAEAD(); mixed || c.rejected {
		e.Input = s
		return Product{}, "", e
	}
	return c.product, e.Problem, nil
}

// parseKeywords reads the keywords of a proposal into the lists of their axes.
// none is the keyword by which it names no key exchange, or "". An error is a
// *SyntaxError.
func parseKeywords(s string) (p Product, none string, err error) {
	if s == "" {
		return Product{}, "", &SyntaxError{Problem: "is empty: a proposal is written like aes256gcm16-prfsha384-ecp384"}
	}
	offset := 0
	for token := range strings.SplitSeq(s, "-") {
		fail := func(problem string) (Product, string, error) {
			return Product{}, "", &SyntaxError{Input: s, Token: token, Offset: offset, Problem: problem}
		}
		if token == "" {
			return fail(fmt.Sprintf("has no keyword at octet %d", offset+1))
		}
		a, err := ParseAlgorithm(token)
		if err != nil {
			e := err.(*SyntaxError)
			e.Input, e.Offset = s, offset
			return Product{}, "", e
		}
		switch {
		case a.Axis == INTEG && a.IsNone():
			return fail("is not an integrity algorithm: with AEAD, leave it out")
		case a.Axis == KE && a.ID == 0:
			none = a.Keyword()
		case slices.Contains(p[a.Axis], a):
			return fail(fmt.Sprintf("repeats %v", a))
		default:
			p[a.Axis] = append(p[a.Axis], a)
		}
		offset += len(token) + 1
	}
	for i := range p {
		if p.Absent(Axis(i)) {
			p[i] = nil
		}
	}
	return p, none, nil
}
