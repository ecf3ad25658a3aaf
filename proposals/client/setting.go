package client

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals"
)

// setting is a value, or another word, in a file.
type setting struct {
	value string
	line  int
}

// tooLong is the error that what key sets is longer than what people write.
func tooLong(key setting) *proposals.FileError {
	return faultAt(key.line, key.value, fmt.Sprintf("is longer than the %d octets that are read", maxValue))
}
