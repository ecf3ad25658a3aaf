package client

import "fmt"

// Error tells what is wrong in a configuration, and what would be right.
type Error struct {
	Line    int    // from 1; 0 where the file has no lines
	Token   string // the word at fault; "" if it is not one word
	Problem string // a predicate of Token, or a sentence
}

// Error returns one line without the name of the file. Token is quoted, so
// that it is safe to show.
func (e *Error) Error() string {
	text := e.Problem
	if e.Token != "" {
		text = fmt.Sprintf("%q %s", e.Token, e.Problem)
	}
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}
