package client

import (
	"strconv"

	"github.com/ikescope/ikescope/proposals"
)

// Error tells what is wrong in a configuration, and what would be right.
type Error proposals.FileError

// Error returns one line without the name of the file.
func (e *Error) Error() string { return (*proposals.FileError)(e).Error() }

// In returns e with the name of the file.
func (e *Error) In(file string) error { return (*proposals.FileError)(e).In(file) }

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
