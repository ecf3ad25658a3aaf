package client

import (
	"strconv"

	"github.com/ikescope/ikescope/proposals"
)

// fault returns what is wrong at a line of a configuration; 0 if it has none.
func fault(line int, token, problem string) *proposals.FileError {
	return &proposals.FileError{Line: line, Token: token, Problem: problem}
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
