package evidence

import "fmt"

// Purpose is what an exchange is for.
type Purpose uint8

const (
	PurposeReach    Purpose = iota // to see whether a responder is there, and how it answers
	PurposeControl                 // to see whether the gateway answers, or reads something, between other offers
	PurposeMatrix                  // to find out which suites are accepted
	PurposeDetail                  // to find out how the gateway chooses, and what it says beside
	PurposeClient                  // to ask as a client does
	PurposeIdentity                // to ask the gateway who it is
	PurposeClose                   // to end a half-open IKE SA
)

var purposes = [...]string{
	PurposeReach:    "reach",
	PurposeControl:  "control",
	PurposeMatrix:   "matrix",
	PurposeDetail:   "detail",
	PurposeClient:   "client",
	PurposeIdentity: "identity",
	PurposeClose:    "close",
}

// String returns the purpose as the JSON document writes it.
func (p Purpose) String() string {
	if int(p) < len(purposes) {
		return purposes[p]
	}
	return fmt.Sprintf("Purpose(%d)", uint8(p))
}
