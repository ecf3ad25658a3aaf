package evidence

import "fmt"

// Verdict is the one word on a target.
type Verdict uint8

const (
	VerdictNoAnswer    Verdict = iota // silence on every path
	VerdictIKEv2                      // an IKEv2 responder answered
	VerdictUnreachable                // ICMP errors, and no answer
	VerdictNotIKE                     // something answered that is not an IKEv2 responder
	VerdictError                      // the scan could not be done, see Result.Err
)

var verdicts = [...]string{
	VerdictNoAnswer:    "no_answer",
	VerdictIKEv2:       "ikev2",
	VerdictUnreachable: "unreachable",
	VerdictNotIKE:      "not_ike",
	VerdictError:       "error",
}

// String returns the verdict as the JSON document writes it.
func (v Verdict) String() string {
	if int(v) < len(verdicts) {
		return verdicts[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}
