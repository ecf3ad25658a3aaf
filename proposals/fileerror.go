package proposals

import (
	"fmt"

	"github.com/ikescope/ikescope/ike/printable"
)

// FileError says what is wrong in a file that a user wrote, and what would be
// right.
type FileError struct {
	File    string // "" where it is not known
	Line    int    // from 1; 0 if it is the file as a whole, or has no lines
	Token   string // the word at fault; "" if it is not one word
	Problem string // a predicate of Token, or a sentence
}

// Error returns one line, as compilers write it: `ipsec.conf:12: "aes265" is
// ...`, or `line 12: "aes265" is ...` without a file. Token is quoted, and cut
// where it is long, so that it is safe to show.
func (e *FileError) Error() string {
	file := printable.Text(e.File)
	switch {
	case file != "" && e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", file, e.Line, e.problem())
	case file != "":
		return fmt.Sprintf("%s: %s", file, e.problem())
	case e.Line > 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.problem())
	}
	return e.problem()
}

// In returns a copy of e that is about the file of that name.
func (e *FileError) In(file string) *FileError {
	in := *e
	in.File = file
	return &in
}

func (e *FileError) problem() string {
	const most = 100
	switch {
	case e.Token == "":
		return e.Problem
	case len(e.Token) > most:
		return fmt.Sprintf("%q... %s", e.Token[:most], e.Problem)
	}
	return fmt.Sprintf("%q %s", e.Token, e.Problem)
}
