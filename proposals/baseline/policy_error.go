package baseline

import (
	_ "embed"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// Error tells what is wrong in a policy file, and what would be right.
type Error proposals.FileError

// Error returns one line without the name of the file.
func (e *Error) Error() string { return (*proposals.FileError)(e).Error() }

// In returns e with the name of the file.
func (e *Error) In(file string) error { return (*proposals.FileError)(e).In(file) }

// Errors are what is wrong in a policy file, in the order of its lines.
type Errors []*Error

// Error returns a line for each.
func (e Errors) Error() string {
	var lines []string
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// add takes in err, which is nil, an [*Error] or [Errors].
func (e *Errors) add(err error) {
	switch err := err.(type) {
	case *Error:
		*e = append(*e, err)
	case Errors:
		*e = append(*e, err...)
	}
}

// err returns e as an error, which is nil if e is empty.
func (e Errors) err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}
