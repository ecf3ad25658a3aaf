package capture

import (
	"fmt"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/report"
)

// ikev1Exchange names the exchanges that IKEv1 has numbers of its own for. RFC
// 2408, Section 3.1; RFC 2409, Section 5.
func ikev1Exchange(t ike.ExchangeType) string {
	switch t {
	case 2:
		return "Identity Protection"
	case 4:
		return "Aggressive"
	case 5:
		return "Informational"
	case 32:
		return "Quick Mode"
	}
	return fmt.Sprintf("exchange %d", uint8(t))
}

// ikev1Error names an error of IKEv1. RFC 2408, Section 3.14.1.
func ikev1Error(n uint16) string {
	switch n {
	case 4:
		return "INVALID-COOKIE"
	case 5:
		return "INVALID-MAJOR-VERSION"
	case 7:
		return "INVALID-EXCHANGE-TYPE"
	case 14:
		return "NO-PROPOSAL-CHOSEN"
	case 16:
		return "PAYLOAD-MALFORMED"
	case 17:
		return "INVALID-KEY-INFORMATION"
	case 18:
		return "INVALID-ID-INFORMATION"
	case 24:
		return "AUTHENTICATION-FAILED"
	}
	return fmt.Sprintf("notify %d", n)
}

// leastIKEv1Status is the first number that is no error but a status, or of
// private use.
const leastIKEv1Status = 8192

// judgeIKEv1 says only whether IKEv1 was answered.
func judgeIKEv1(sa *dialog.SA) report.CapturedVerdict {
	answered := false
	for _, x := range sa.Exchanges {
		m := x.Response()
		if m == nil {
			continue
		}
		answered = true
		if m.Error > 0 && m.Error < leastIKEv1Status {
			return fails(report.LayerNegotiation, "IKEV1-REFUSED", "the responder refuses IKEv1: "+ikev1Error(m.Error),
				"it may speak IKEv2 alone, or has no IKEv1 connection that fits; RFC 9395 retires IKEv1", "set the client to IKEv2")
		}
	}
	if answered {
		return unknown("IKEV1", "this is IKEv1, which is historic and not looked into", "both sides speak it; RFC 9395 retires it",
			"move both sides to IKEv2")
	}
	v := fails(report.LayerNetwork, "IKEV1-NO-ANSWER", "the IKEv1 initiator gets no answer", "a gateway for IKEv2 alone does not answer IKEv1",
		"set the client to IKEv2")
	return addErrors(sa, v)
}
