package capture

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/report"
)

// noAnswer: nothing was answered.
func (c *course) noAnswer() report.CapturedVerdict {
	request := c.init.Request
	v := fails(report.LayerNetwork, "NO-ANSWER", "IKE_SA_INIT got no answer",
		fmt.Sprintf("%s to %v", tries(request), request.Destination),
		"let UDP 500 and 4500 through every firewall on the way, in both directions",
		"capture at the responder, too: do the requests arrive there, and are answers sent?",
		fmt.Sprintf("scan it from another place: ikescope %s", report.AddressText(c.Paths[0].Responder.Addr())))
	if request.Lost {
		return fragmentsLost(request, "IKE_SA_INIT", v)
	}
	if len(c.Errors) == 0 {
		v.Detail += "; a firewall, a wrong address, a responder that is down or that refuses in silence"
	}
	return addErrors(c.SA, v)
}

// retryUnanswered: an attempt was answered, and the next one was not.
func (c *course) retryUnanswered() report.CapturedVerdict {
	request := c.init.Request
	v := fails(report.LayerNetwork, "RETRY-NO-ANSWER", "IKE_SA_INIT got no answer when it was sent again as asked",
		fmt.Sprintf("%s of %d octets; an earlier form of it was answered", tries(request), request.Octets),
		"look into the responder's log: it may have refused in silence")
	if request.Octets > largeMessage || request.IPFragments > 1 {
		v.Detail += "; it is large, and IP fragments may be dropped on the way"
	}
	if request.Lost {
		return fragmentsLost(request, "IKE_SA_INIT", v)
	}
	return addErrors(c.SA, v)
}

// notAccepted: the last answer to IKE_SA_INIT chooses nothing.
func (c *course) notAccepted() report.CapturedVerdict {
	response := c.init.Response()
	if response.Content == nil {
		return unknown("ODD-ANSWER", "the answer is not read", "the capture holds too much to keep it")
	}
	request, answer := contentOf(c.init.Request), response.Content
	if method, ok := foreignMethod(request); ok {
		return unknown("SCAN", "this is a scanner's question, and its answer",
			"the KE payload is of "+keMethod(method)+", which the offer does not hold: no client does so, and scanners such as ikescope do")
	}
	if n, ok := answer.Notify(ike.NO_PROPOSAL_CHOSEN); ok {
		return fails(report.LayerNegotiation, n.Notification.String(), "the responder accepts none of the proposals",
			"no combination that the initiator offers is acceptable to it; Windows shows this as error 13868",
			fmt.Sprintf("ask what the responder accepts: ikescope %s", report.AddressText(c.Paths[0].Responder.Addr())),
			"add one of the proposals above on the responder, or one that it accepts on the initiator")
	}
	if n, ok := answer.Notify(ike.INVALID_KE_PAYLOAD); ok {
		return invalidKE(request, n)
	}
	if _, ok := answer.Notify(ike.COOKIE); ok {
		return cookieAsked(request)
	}
	if n, ok := answer.Notify(ike.REDIRECT); ok {
		return unknown("REDIRECT", "the responder sends the initiator to another gateway", notifyMeaning(n, response, c.init.Request),
			"look for an IKE SA with that gateway")
	}
	if v, ok := c.otherError(response); ok {
		return v
	}
	if err := response.Fault; err != nil {
		return fails(report.LayerNegotiation, "MALFORMED", "the answer cannot be read", err.Error())
	}
	return unknown("ODD-ANSWER", "the answer chooses nothing and names no error", "")
}

// contentOf returns what could be read of a message that may be nil.
func contentOf(m *dialog.Message) *ike.Message {
	if m == nil {
		return nil
	}
	return m.Content
}

// foreignMethod returns the method of a KE payload that its own offer lacks.
func foreignMethod(request *ike.Message) (ike.KeyExchangeMethod, bool) {
	if request == nil {
		return 0, false
	}
	ke, ok := ike.Find[*ike.KE](request)
	if !ok || offersMethod(request, ke.Method) {
		return 0, false
	}
	return ke.Method, true
}

// cookieAsked: the last answer asks for a cookie.
func cookieAsked(request *ike.Message) report.CapturedVerdict {
	if request != nil {
		if _, had := request.Notify(ike.COOKIE); had {
			return fails(report.LayerNegotiation, "COOKIE-LOOP", "the responder asks for a cookie again and again",
				"the initiator did return one: a responder of several machines that do not share their secret, or a NAT that changes the initiator's port")
		}
	}
	return fails(report.LayerClient, "COOKIE-NOT-RETURNED", "the initiator does not return the cookie",
		"it did not get the answer, or does not know cookies", "capture at the initiator: does the answer arrive there?")
}

// otherError judges by the first error that no case of its own is for.
func (c *course) otherError(response *dialog.Message) (report.CapturedVerdict, bool) {
	for _, p := range response.Content.Payloads {
		n, ok := p.(*ike.Notify)
		switch {
		case !ok:
		case n.Notification.IsError():
			id := n.Notification.String()
			if strings.Contains(id, "(") { // not registered
				id = fmt.Sprintf("ERROR-%d", uint16(n.Notification))
			}
			return fails(report.LayerNegotiation, id, "the responder answers "+n.Notification.String(), notifyMeaning(n, response, c.init.Request),
				"look into the responder's log at "+clock(response.First)), true
		case n.Notification == ike.MS_NOTIFY_STATUS:
			return fails(report.LayerNegotiation, "MS_NOTIFY_STATUS", "the responder, a Windows, refuses", notifyMeaning(n, response, c.init.Request)), true
		}
	}
	return report.CapturedVerdict{}, false
}

// invalidKE: the responder wants another KE payload, and none came.
func invalidKE(request *ike.Message, n *ike.Notify) report.CapturedVerdict {
	const id = "INVALID_KE_PAYLOAD"
	method, ok := n.InvalidKEMethod()
	if !ok {
		return fails(report.LayerNegotiation, id, "the responder wants another key exchange method, and names none", "")
	}
	name := keMethod(method)
	if request == nil {
		return unknown(id, "the responder wants a KE payload of "+name+", and none is in the capture", "")
	}
	if !offersMethod(request, method) {
		return fails(report.LayerNegotiation, id, "the responder wants "+name+", which the initiator does not offer",
			"scanners ask so on purpose; of a client, the responder breaks RFC 7296, Section 1.2, or the two share no method",
			"offer "+name+" on the initiator, or a method that it offers on the responder")
	}
	if ke, ok := ike.Find[*ike.KE](request); ok && ke.Method == method {
		return fails(report.LayerNegotiation, id, "the responder wants "+name+" and gets it, and still asks for it",
			"it does not like the public value, or forgets what it asked for", "look into the responder's log")
	}
	return fails(report.LayerClient, id, "the initiator does not try again with "+name+", which it offers",
		"the answer did not reach it, or it gives up; a client that works sends IKE_SA_INIT again at once",
		"capture at the initiator: does the answer arrive there?",
		"make "+name+" the initiator's first method")
}

// notContinued: the responder accepted, and nothing follows.
func (c *course) notContinued() report.CapturedVerdict {
	if n, ok := c.NAT(); ok && (n.Initiator || n.Responder) && !slices.ContainsFunc(c.Paths, usesNATTraversal) {
		return unknown("NOTHING-ON-4500", "the responder accepts, and nothing on UDP 4500 is in the capture",
			"there is NAT, so that IKE_AUTH goes to UDP 4500: the capture's filter leaves that port out, or the initiator does not send there",
			"capture with the filter 'udp port 500 or udp port 4500'", "let UDP 4500 through the initiator's own firewall")
	}
	return fails(report.LayerClient, "NOT-CONTINUED", "the responder accepts, and the initiator does not go on to IKE_AUTH",
		"the answer did not reach it, it does not accept the choice, or it waits for its user",
		"capture at the initiator: does the answer arrive there?",
		"look into the initiator's log at "+clock(c.Last))
}

func usesNATTraversal(p dialog.Path) bool { return p.NATTraversal }
