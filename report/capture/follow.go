package capture

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/report"
)

// follow judges IKE SAs after which the initiator began another one of the same
// attempt: some clients start over with another SPI where they are asked for
// another KE payload, a cookie or another gateway. The last come first, for
// their verdicts are those of the ones before.
func (c builder) follow(sas []*dialog.SA, numbers map[*dialog.SA]int) {
	for _, sa := range slices.Backward(sas) {
		number := numbers[sa.Next]
		if number == 0 {
			continue
		}
		captured, next := &c.SAs[numbers[sa]-1], &c.SAs[number-1]
		if captured.Verdict.Result != report.ResultWorks {
			captured.Next = number
			captured.Verdict = followed(sa, captured.Verdict, next)
		}
	}
}

// followed returns the verdict on an IKE SA that another one follows.
func followed(sa *dialog.SA, v report.CapturedVerdict, next *report.CapturedSA) report.CapturedVerdict {
	again := fmt.Sprintf("tried again as IKE SA %d", next.Number)
	asked := false // the initiator was to try again
	switch v.ID {
	case "NO-ANSWER", "RETRY-NO-ANSWER", "ICMP", "IKEV1-NO-ANSWER", "IP-FRAGMENTS-LOST":
		// The path is a finding of its own, whatever comes after it.
		v.Detail = joined(v.Detail, fmt.Sprintf("the initiator starts over as IKE SA %d%s, whose verdict is %s", next.Number, overTCP(next), next.Verdict))
		return v
	case "INVALID_KE_PAYLOAD":
		asked = v.Result != report.ResultFails || v.Layer == report.LayerClient && asWanted(sa)
	case "COOKIE-NOT-RETURNED", "REDIRECT", "TICKET_NACK":
		asked = true
	case "CAPTURE-ENDS", "ODD-ANSWER":
		asked = answered(sa)
	case "NOT-CONTINUED", "NOTHING-ON-4500":
		if next.Verdict.ID == v.ID || next.Verdict.ID == beginsAnew || next.Verdict.ID == "CAPTURE-ENDS" {
			return unknown(beginsAnew, fmt.Sprintf("the responder accepts, and the initiator starts over, as IKE SA %d", next.Number),
				"it repeatedly does not continue after an answer: the answers do not reach it, or it does not accept them",
				"capture at the initiator: do the answers arrive there?", "read the initiator's log at "+clock(sa.Last))
		}
	}
	// A refusal of who it is, is one whatever comes after it.
	if asked || next.Verdict.Result == report.ResultWorks && answered(sa) && !slices.ContainsFunc(sa.Exchanges, isEncrypted) {
		title := again + ": " + next.Verdict.Title
		if !asked {
			title = v.Title + "; " + title
		}
		return report.CapturedVerdict{
			Result: next.Verdict.Result, Layer: next.Verdict.Layer, ID: report.CapturedTriedAgain, Title: title,
			Detail: "the initiator starts over with another SPI, from the same address: the two are one attempt", Fix: []string{},
		}
	}
	v.Detail = joined(v.Detail, "the initiator starts over as IKE SA "+fmt.Sprint(next.Number))
	return v
}

// beginsAnew is of an initiator that does nothing with answers but to begin
// another IKE SA.
const beginsAnew = "BEGINS-ANEW"

func overTCP(sa *report.CapturedSA) string {
	if slices.ContainsFunc(sa.Paths, func(p report.CapturedPath) bool { return p.TCP }) {
		return ", over TCP"
	}
	return ""
}

func answered(sa *dialog.SA) bool {
	return slices.ContainsFunc(sa.Exchanges, func(x *dialog.Exchange) bool { return x.Response() != nil })
}

// asWanted reports whether the IKE SA that follows has a KE payload of the method
// that the responder asked for.
func asWanted(sa *dialog.SA) bool {
	request := firstRequest(sa.Next)
	if request == nil {
		return false
	}
	ke, ok := ike.Find[*ike.KE](request)
	if !ok {
		return false
	}
	for _, x := range sa.Exchanges {
		if m := contentOf(x.Response()); m != nil {
			if n, ok := m.Notify(ike.INVALID_KE_PAYLOAD); ok {
				if method, ok := n.InvalidKEMethod(); ok && method == ke.Method {
					return true
				}
			}
		}
	}
	return false
}
