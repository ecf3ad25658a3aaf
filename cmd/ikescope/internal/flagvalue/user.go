package flagvalue

import "fmt"

// maxUser is the longest name of a user in octets.
const maxUser = 253

// user is the name of a user.
type user struct{ p *string }

// User returns a value for the name of a user.
func User(p *string) Value { return user{p} }

func (u user) Set(s string) error {
	if s == "" || len(s) > maxUser {
		return fmt.Errorf("the name of a user has 1 to %d octets, and this has %d", maxUser, len(s))
	}
	*u.p = s
	return nil
}

func (user) Type() string   { return "name" }
func (user) String() string { return "" }

// keywords are suites that are read elsewhere.
type keywords struct{ p *string }

// Keywords returns a value for suites in strongSwan's keywords, as they are.
func Keywords(p *string) Value { return keywords{p} }

func (k keywords) Set(s string) error {
	if s == "" {
		return fmt.Errorf("%q names no suite", s)
	}
	*k.p = s
	return nil
}

func (keywords) Type() string   { return "suites" }
func (keywords) String() string { return "" }
