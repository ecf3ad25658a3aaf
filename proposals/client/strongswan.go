package client

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

const strongSwan = "strongSwan"

// strongSwanOffer collects the proposals of a connection of strongSwan, and
// what it completes in them.
type strongSwanOffer struct {
	products []proposals.Product
	notes    []note
	doubt    string
}

// note takes a note on a line; 0 if it is on none.
func (o *strongSwanOffer) note(line int, text string) {
	o.notes = append(o.notes, note{line, text})
}

// addDefault appends the default proposals; why is a sentence on a line.
func (o *strongSwanOffer) addDefault(line int, why string) {
	p := defaultOf("strongswan-6")
	o.products = append(o.products, p.Offer...)
	o.note(line, why)
	o.doubt = p.Doubt
}

// add appends one proposal, as strongSwan completes it.
func (o *strongSwanOffer) add(text string, line int) error {
	words := strings.Split(text, "-")
	for i, word := range words {
		words[i] = strings.TrimSpace(word)
		if why := notStrongSwan(words[i]); why != "" {
			return fault(line, words[i], why)
		}
	}
	text = strings.Join(words, "-")
	p, completed, err := proposals.CompleteProduct(text)
	if err != nil {
		return faultOfProposal(line, text, err)
	}
	if completed != "" {
		o.note(line, fmt.Sprintf("%s %s: %v.", text, completed, p))
	}
	o.products = append(o.products, p)
	return nil
}

// faultOfProposal is what [proposals.CompleteProduct] says of a proposal; of one
// that has other words than algorithms, only what is wrong with the first of
// them.
func faultOfProposal(line int, text string, err error) error {
	var syntax *proposals.SyntaxError
	if isLikeAlgorithm(text) || !errors.As(err, &syntax) {
		return fault(line, "", err.Error())
	}
	if len(syntax.Nearest) > 0 {
		return faultAt(line, syntax.Token, syntax.Problem+question(syntax.Nearest))
	}
	return fault(line, syntax.Token, syntax.Problem)
}

// notStrongSwan says why a keyword that [proposals.ParseAlgorithm] reads is none
// of strongSwan, or returns "".
func notStrongSwan(word string) string {
	if word != strings.ToLower(word) && isLikeAlgorithm(word) {
		return "is not a keyword of strongSwan, whose keywords are in lower case: write " + strings.ToLower(word)
	}
	number := word
	for _, prefix := range []string{"encr_", "prf_", "integ_", "ke_"} {
		number = strings.TrimPrefix(number, prefix)
	}
	if len(word) > 4 && word[:2] == "ke" && word[3] == '_' {
		number = word[4:]
	}
	if number != word && strings.Trim(number, "0123456789_") == "" {
		return "is an algorithm by its number, which strongSwan does not read: write its keyword"
	}
	return ""
}

// policy returns the policy of the connection name.
func (o *strongSwanOffer) policy(name string, line int) (Policy, error) {
	o.promote()
	p, err := policyOf(strongSwan, name, line, o.products)
	if err != nil {
		return Policy{}, err
	}
	p.lineNotes, p.Doubt = o.notes, o.doubt
	return p, nil
}

// promote puts the proposals into the order in which strongSwan sends them: its
// KE payload is of the first method of the first proposal; the proposals that
// have this method come first, and it comes first in each (ike_init.c,
// build_payloads).
func (o *strongSwanOffer) promote() {
	method := o.products[0][proposals.KE][0]
	var with, without []proposals.Product
	moved := false
	for _, p := range o.products {
		i := slices.Index(p[proposals.KE], method)
		if i < 0 {
			without = append(without, p)
			continue
		}
		moved = moved || i > 0 || len(without) > 0
		p[proposals.KE] = slices.Insert(slices.Delete(slices.Clone(p[proposals.KE]), i, i+1), 0, method)
		with = append(with, p)
	}
	if moved {
		o.note(0, fmt.Sprintf(
			"Its KE payload is of %[1]v, so strongSwan sends the proposals that have %[1]v first, and it first in each.", method))
	}
	o.products = append(with, without...)
}
