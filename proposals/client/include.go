package client

import (
	"fmt"
	"strings"
)

// includes are the files that a configuration includes. They are not followed,
// only told about.
type includes []setting

// add takes one, while they are not too many to tell.
func (in *includes) add(file string, line int) {
	if len(*in) < maxNesting {
		*in = append(*in, setting{file, line})
	}
}

// doubt is that of an offer of a file of which parts are elsewhere, or "".
func (in includes) doubt() string {
	var sentences []string
	for _, file := range in {
		sentences = append(sentences, fmt.Sprintf("Line %d includes %s, which was not read and may change this offer.", file.line, file.value))
	}
	return strings.Join(sentences, " ")
}

// notFollowed is the error of a file without a connection of its own, or nil if
// it includes nothing.
func (in includes) notFollowed() error {
	if len(in) == 0 {
		return nil
	}
	return faultAt(in[0].line, in[0].value, "is not followed: import the files that it includes")
}
