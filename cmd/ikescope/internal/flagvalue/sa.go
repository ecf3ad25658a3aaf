package flagvalue

import "errors"

// SA returns the value of --sa, which is kept at p.
func SA(p *string) *SAValue { return &SAValue{p} }

// SAValue names an IKE SA of a capture: its number, an SPI or an address.
type SAValue struct{ p *string }

// Set takes what is given.
func (s *SAValue) Set(text string) error {
	if text == "" {
		return errors.New("is empty: give a number, an SPI or an address")
	}
	*s.p = text
	return nil
}

// Type and String are those of a flag.
func (*SAValue) Type() string   { return "sa" }
func (*SAValue) String() string { return "" }
