package spelling

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/remedy"
)

// Names is whose names algorithms have; "" is StrongSwan. What a product has no name for
// has IANA's, without what says of which kind it is.
type Names string

// The values of --names.
const (
	IANA       Names = "iana"
	StrongSwan Names = "strongswan"
	Libreswan  Names = "libreswan"
	IOS        Names = "ios"
	FortiOS    Names = "fortios"
	Windows    Names = "windows"
)

// All are the values of --names.
var All = []string{string(IANA), string(StrongSwan), string(Libreswan), string(IOS), string(FortiOS), string(Windows)}

var syntaxes = map[Names]client.Syntax{
	"": client.SyntaxSwanctl, StrongSwan: client.SyntaxSwanctl, Libreswan: client.SyntaxLibreswan,
	IOS: client.SyntaxCisco, FortiOS: client.SyntaxFortiGate, Windows: client.SyntaxWindows,
}

// lastGroup is the last method that products name by a number of Diffie-Hellman groups.
const lastGroup = 34

// GroupNumber returns the number of a Diffie-Hellman group; false for other algorithms.
func GroupNumber(a proposals.Algorithm) (int, bool) {
	return int(a.ID), a.Axis >= proposals.KE && a.ID > 0 && a.ID <= lastGroup
}

// Label returns a's name where its kind is plain from the place, such as a column of a
// table. It does not hold the number of a group, unless that is its name.
func (n Names) Label(a proposals.Algorithm) string {
	if a.IsNone() {
		return "none"
	}
	if a.Axis > proposals.KE {
		a.Axis = proposals.KE
	}
	if n == IANA {
		return ianaName(a)
	}
	if w := remedy.Word(syntaxes[n], a); w != "" {
		return w
	}
	return short(a)
}

// short is the name of what a product has no name for: IANA's without its kind.
func short(a proposals.Algorithm) string { return strings.ReplaceAll(a.Label(), " ", "_") }

// Listed is a's name in a list of its kind: Label, but what a number is the number of, with the number of a Diffie-Hellman group behind it.
func (n Names) Listed(a proposals.Algorithm) string {
	label := n.Label(a)
	if !a.IsNone() && isNumber(label) {
		label = n.inSuite(a)
	}
	if id, ok := GroupNumber(a); ok && !endsIn(label, id) {
		label += fmt.Sprintf(" (%d)", id)
	}
	return label
}

// InText returns a's name as it stands in sentences, with the number of a group; the name
// of a PRF that is also that of an integrity algorithm follows the word PRF.
func (n Names) InText(a proposals.Algorithm) string {
	if a.IsNone() {
		return "none"
	}
	word := n.inSuite(a)
	if a.Axis == proposals.PRF && n != IANA && !strings.HasPrefix(strings.ToLower(word), "prf") {
		return "PRF " + word
	}
	id, isGroup := GroupNumber(a)
	if isGroup && !endsIn(word, id) {
		word += fmt.Sprintf("%s%d)", groupMark, id)
	}
	return word
}

// IsNumber reports whether the name of a group is its number alone.
func (n Names) IsNumber(a proposals.Algorithm) bool {
	_, isGroup := GroupNumber(a)
	return isGroup && isNumber(n.Label(a))
}

// GroupWord is the word for groups that have numbers alone as names: group, or what the
// product says.
func (n Names) GroupWord() string {
	if n == FortiOS {
		return "dhgrp"
	}
	return "group"
}

// endsIn reports whether the number at the end of a name is id, as in dh19.
func endsIn(name string, id int) bool {
	return name[len(strings.TrimRight(name, "0123456789")):] == fmt.Sprint(id)
}

// inSuite is a's name beside names of other kinds.
func (n Names) inSuite(a proposals.Algorithm) string {
	plain := a
	if a.Axis > proposals.KE {
		plain.Axis = proposals.KE
	}
	word := ""
	if n != IANA {
		word = remedy.Word(syntaxes[n], plain)
	}
	switch {
	case word != "":
	case n == "" || n == IANA || n == StrongSwan:
		word = ianaName(plain)
	default:
		word = short(plain)
	}
	switch {
	case plain.Axis != proposals.KE || !isNumber(word):
	default:
		word = n.GroupWord() + " " + word
	}
	return word
}

// isNumber reports whether a group is named by its number alone.
func isNumber(word string) bool { return strings.Trim(word, "0123456789") == "" }

// ianaName is IANA's name, with the bits of the key.
func ianaName(a proposals.Algorithm) string {
	name := a.Name()
	if strings.Contains(name, "(") {
		return a.Keyword() // which has no name
	}
	if a.KeyBits > 0 {
		name += fmt.Sprintf("_%d", a.KeyBits)
	}
	return name
}

// product names what a proposal holds.
func (n Names) product(p proposals.Product) string {
	if n == FortiOS {
		return n.fortiOS(p)
	}
	separator := "-"
	if n == IANA || n == IOS {
		separator = "/"
	}
	var words []string
	for axis, list := range p {
		for _, a := range list {
			word := n.inSuite(a)
			if a.IsNone() {
				if axis == int(proposals.INTEG) {
					continue
				}
				word = "none"
			}
			// One word names the hash of integrity and PRF.
			if len(words) == 0 || words[len(words)-1] != word || axis > int(proposals.INTEG) {
				words = append(words, word)
			}
		}
	}
	return strings.Join(words, separator)
}
