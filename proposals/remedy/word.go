package remedy

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// Word returns how a syntax names an algorithm, "" if it has no word for it, or is none
// that a remedy can be written in.
func Word(syntax client.Syntax, a proposals.Algorithm) string {
	for _, s := range syntaxes {
		if s.name == syntax && s.word != nil {
			return s.word(a)
		}
	}
	return ""
}
