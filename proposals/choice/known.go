package choice

import "fmt"

// Known is what was found out about a yes-or-no question.
type Known uint8

const (
	Unknown Known = iota // not asked, or without an answer that shows it
	Yes
	No
)

// String returns "unknown", "yes" or "no".
func (k Known) String() string {
	switch k {
	case Unknown:
		return "unknown"
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return fmt.Sprintf("Known(%d)", uint8(k))
}
