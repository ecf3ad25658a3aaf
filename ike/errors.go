package ike

import "fmt"

// A ParseError says where and why a message cannot be read.
type ParseError struct {
	// Offset is the place of the faulty structure in octets, counted from the
	// first octet of the IKE header, or of what was parsed if that was not a
	// message.
	Offset int

	// Structure is the RFC's name of what could not be read, such as
	// "Proposal".
	Structure string

	// Problem says what is wrong with it.
	Problem string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("ike: %s at octet %d: %s", e.Structure, e.Offset, e.Problem)
}

// within moves the error of an inner structure, which begins at offset, into
// the terms of the outer one.
func (e *ParseError) within(offset int) *ParseError {
	e.Offset += offset
	return e
}
