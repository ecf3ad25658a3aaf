package fortigate

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/ikescope/ikescope/report/incident/event"
)

// notifies are error notifies of RFC 7296, Section 3.10.1, by number, and what each
// stands for in an answer to IKE_AUTH.
var notifies = map[uint16]struct{ name, cause string }{
	7: {"INVALID_SYNTAX", "syntax-refused"}, 14: {"NO_PROPOSAL_CHOSEN", "child-proposal"}, 24: {"AUTHENTICATION_FAILED", "auth-refused"},
	36: {"INTERNAL_ADDRESS_FAILURE", "no-address"}, 37: {"FAILED_CP_REQUIRED", "address-wanted"}, 38: {"TS_UNACCEPTABLE", "traffic-selectors"},
}

// Of the header of an IKE message and of payloads (RFC 7296, Sections 3.1 and 3.2).
const (
	headerLen, genericLen    = 28, 4
	payloadNotify, payloadSK = 41, 46
	ikeAuth, flagResponse    = 35, 0x20
	maxDecoded               = 64 // payloads
)

// decoded reads "dec 0123...": a message of the other side without its encryption.
// Only an answer to IKE_AUTH that refuses something is an event.
func decoded(l *event.Line, text string) (event.Event, bool) {
	digits, found := strings.CutPrefix(text, "dec ")
	if !found {
		return event.Event{}, false
	}
	octets, err := hex.DecodeString(digits)
	if err != nil || len(octets) < headerLen || octets[17] != 0x20 || octets[18] != ikeAuth || octets[19]&flagResponse == 0 {
		return event.Event{}, false
	}
	next, rest := octets[16], octets[headerLen:]
	for range maxDecoded {
		if len(rest) < genericLen || next == 0 {
			break
		}
		size := int(binary.BigEndian.Uint16(rest[2:]))
		if size < genericLen || size > len(rest) {
			break
		}
		if next == payloadNotify && size >= 8 {
			if n, known := notifies[binary.BigEndian.Uint16(rest[6:])]; known {
				e := l.Event(event.Sign)
				e.Side, e.Version, e.Phase, e.Cause = event.Initiator, 2, event.PhaseAuth, n.cause
				if n.cause == "child-proposal" || n.cause == "traffic-selectors" {
					e.Phase = event.PhaseChild
				}
				e.Set("notify", n.name)
				return e, true
			}
		}
		if next == payloadSK { // its content follows as if it were payloads of its own
			size = genericLen
		}
		next, rest = rest[0], rest[size:]
	}
	return event.Event{}, false
}
