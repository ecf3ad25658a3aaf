package baseline

import (
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// fault returns what is wrong at a line of a policy file; 0 if it has none.
func fault(line int, token, problem string) *proposals.FileError {
	return &proposals.FileError{Line: line, Token: token, Problem: problem}
}

// Errors are what is wrong in a policy file, in the order of its lines.
type Errors []*proposals.FileError

// Error returns a line for each.
func (e Errors) Error() string {
	var lines []string
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns each, for [errors.As].
func (e Errors) Unwrap() []error {
	var all []error
	for _, one := range e {
		all = append(all, one)
	}
	return all
}

// In returns a copy of e that is about the file of that name.
func (e Errors) In(file string) Errors {
	var all Errors
	for _, one := range e {
		all = append(all, one.In(file))
	}
	return all
}

// add takes in err, which is nil, a [*proposals.FileError] or [Errors].
func (e *Errors) add(err error) {
	switch err := err.(type) {
	case *proposals.FileError:
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
