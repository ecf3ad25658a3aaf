package client

import (
	"fmt"
	"strconv"
)

// Error tells what is wrong in a configuration, and what would be right.
type Error struct {
	Line    int    // from 1; 0 where the file has no lines
	Token   string // the word at fault; "" if it is not one word
	Problem string // a predicate of Token, or a sentence
}

// Error returns one line without the name of the file. Token is quoted and cut
// where it is long, so that it is safe to show.
func (e *Error) Error() string {
	text := e.Problem
	if e.Token != "" {
		text = fmt.Sprintf("\"%s\" %s", shorten(e.Token), e.Problem)
	}
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: %s", e.Line, text)
	}
	return text
}

// shorten returns what of s fits a line, escaped so that it is safe to show.
func shorten(s string) string {
	const most = 100
	end := ""
	if len(s) > most {
		s, end = s[:most], "..."
	}
	quoted := strconv.Quote(s)
	return quoted[1:len(quoted)-1] + end
}
