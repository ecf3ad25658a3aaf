package proposals

import "fmt"

// FileError tells what is wrong in a file that a user wrote, and what would be
// right.
type FileError struct {
	Line    int    // from 1; 0 if it is the file as a whole, or has no lines
	Token   string // the word at fault; "" if it is not one word
	Problem string // a predicate of Token, or a sentence
}

// Error returns one line without the name of the file. Token is quoted, and cut
// where it is long, so that it is safe to show.
func (e *FileError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %s", e.Line, e.problem())
	}
	return e.problem()
}

// In returns e with the name of the file, as compilers write it:
// "ipsec.conf:12: "aes265" is ...".
func (e *FileError) In(file string) error {
	if e.Line > 0 {
		return fmt.Errorf("%s:%d: %s", file, e.Line, e.problem())
	}
	return fmt.Errorf("%s: %s", file, e.problem())
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
