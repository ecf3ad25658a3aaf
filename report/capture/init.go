package capture

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/report"
)

// noAnswer: nothing was answered.
func (c *course) noAnswer() report.CapturedVerdict {
	request, name := c.init.Request, c.init.Type.String()
	if len(c.Errors) == 0 && !waited(c.SA, request) {
		return captureEnds(c.SA, request, "the request", "whether "+name+" is answered")
	}
	v := fails(report.LayerNetwork, "NO-ANSWER", name+" got no answer",
		fmt.Sprintf("%s to %v", tries(request), request.Destination),
		"let UDP 500 and 4500 through every firewall on the way, in both directions",
		"capture at the responder, too: do the requests arrive there, and are answers sent?",
		fmt.Sprintf("scan it from another place: ikescope %s", report.AddressText(c.Paths[0].Responder.Addr())))
	if request.Lost {
		return requestLost(request, name, v)
	}
	if len(c.Errors) == 0 {
		v.Detail += "; a firewall, a wrong address, a responder that is down or that refuses in silence"
	}
	return addErrors(c.SA, v)
}

// retryUnanswered: an attempt was answered, and the next one was not.
func (c *course) retryUnanswered() report.CapturedVerdict {
	request, name := c.init.Request, c.init.Type.String()
	if len(c.Errors) == 0 && !waited(c.SA, request) {
		return captureEnds(c.SA, request, "the request", "whether "+name+" is answered when it is sent again as asked")
	}
	v := fails(report.LayerNetwork, "RETRY-NO-ANSWER", name+" got no answer when it was sent again as asked",
		fmt.Sprintf("%s of %d octets; an earlier form of it was answered", tries(request), request.Octets),
		"look into the responder's log: it may have refused in silence")
	if request.Octets > largeMessage || request.IPFragments > 1 {
		v.Detail += "; it is large, and IP fragments may be dropped on the way"
	}
	if request.Lost {
		return requestLost(request, name, v)
	}
	return addErrors(c.SA, v)
}

// otherVersion: the responder answered in IKEv1 what it was asked in IKEv2.
func (c *course) otherVersion() report.CapturedVerdict {
	v := fails(report.LayerNegotiation, "INVALID_MAJOR_VERSION", "the responder answers in IKEv1: it does not speak IKEv2",
		"anyone may have sent the answer, which is not encrypted",
		"enable IKEv2 on the responder, or look for another gateway; RFC 9395 retires IKEv1")
	if m := c.foreign.First(); m.IKEv1 != nil {
		if n, ok := m.IKEv1.Notify(); ok {
			v.Detail = "it says " + n.String() + "; " + v.Detail
			if n != ikev1.InvalidMajorVersion {
				v.Title = "the responder answers in IKEv1, and does not accept the request"
			}
		}
	}
	return v
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
		return c.invalidKE(request, n)
	}
	if _, ok := answer.Notify(ike.COOKIE); ok {
		return c.cookieAsked(request)
	}
	if n, ok := answer.Notify(ike.REDIRECT); ok {
		return unknown("REDIRECT", "the responder sends the initiator to another gateway", notifyMeaning(n, response, c.init.Request),
			"look for an IKE SA with that gateway")
	}
	if _, ok := answer.Notify(ike.TICKET_NACK); ok && c.init.Type == ike.IKE_SESSION_RESUME {
		return unknown("TICKET_NACK", "the responder does not resume the IKE SA",
			"it does not accept the ticket; a client goes on with IKE_SA_INIT", "look for an IKE SA that the initiator begins next")
	}
	if v, ok := c.otherError(response); ok {
		return v
	}
	if response.Missing > 0 {
		return unknown("ODD-ANSWER", "the answer is cut before what it says", "capture without a snapshot length (tcpdump -s 0)")
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
	if request == nil || !hasOffer(request) {
		return 0, false
	}
	ke, ok := ike.Find[*ike.KE](request)
	if !ok || offersMethod(request, ke.Method) {
		return 0, false
	}
	return ke.Method, true
}

// hasOffer reports whether the SA payload of a request is there, and can be
// read.
func hasOffer(request *ike.Message) bool {
	_, ok := ike.Find[*ike.SA](request)
	return ok
}

// ignored judges an answer to the first exchange with which the initiator does
// not go on, if the capture shows why: it comes from elsewhere, or does not
// arrive. Else, if the capture ends too soon to tell, that is the verdict.
func (c *course) ignored(awaited string) (report.CapturedVerdict, bool) {
	request, response := c.init.Request, c.init.Response()
	switch {
	case request != nil && response.Source != request.Destination && !c.heardFrom(request):
		return fails(report.LayerNetwork, "ANSWERED-FROM-ELSEWHERE", fmt.Sprintf("the answer comes from %v, and %v was asked", response.Source, request.Destination),
			"the initiator drops what comes from another address or port, as do a NAT and a firewall before it",
			"let the responder answer from the address that was asked: its routes, or the NAT or load balancer before it"), true
	case request != nil && c.unheeded(c.init):
		return answersLost(c.init, c.init.Type.String()), true
	case !goesOn(c.SA, response.Last, atOnce):
		return captureEnds(c.SA, response, "the answer", awaited), true
	}
	return report.CapturedVerdict{}, false
}

// heardFrom reports whether any answer came from where the request went to.
func (c *course) heardFrom(request *dialog.Message) bool {
	return slices.ContainsFunc(c.Paths, func(p dialog.Path) bool { return p.Responder == request.Destination && p.Received > 0 })
}

// unheeded reports whether the initiator goes on to send a request that was
// answered: at least twice, or once before a pause in which it would have done
// something with the answer that it got next.
func (c *course) unheeded(x *dialog.Exchange) bool {
	again := x.Request.Unheeded
	return again > 1 || again > 0 && goesOn(c.SA, x.Response().Last, atOnce)
}

// answersLost is the verdict on a request that is sent again though it was
// answered.
func answersLost(x *dialog.Exchange, name string) report.CapturedVerdict {
	return fails(report.LayerNetwork, "ANSWERS-LOST", "the answers to "+name+" do not reach the initiator",
		fmt.Sprintf("it sent its request again %s after the answer was captured, as long as it has none", times(x.Request.Unheeded)),
		"capture at the initiator: do the answers arrive there?",
		"let answers through every firewall and NAT on the way, from the responder's address and port")
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// cookieAsked: the last answer asks for a cookie.
func (c *course) cookieAsked(request *ike.Message) report.CapturedVerdict {
	if request != nil {
		if _, had := request.Notify(ike.COOKIE); had {
			return fails(report.LayerNegotiation, "COOKIE-LOOP", "the responder asks for a cookie again and again",
				"the initiator did return one: a responder of several machines that do not share their secret, or a NAT that changes the initiator's port")
		}
	}
	if v, ok := c.ignored("whether the initiator returns the cookie"); ok {
		return v
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
			if !n.Notification.IsRegistered() {
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
func (c *course) invalidKE(request *ike.Message, n *ike.Notify) report.CapturedVerdict {
	const id = "INVALID_KE_PAYLOAD"
	method, ok := n.InvalidKEMethod()
	if !ok {
		return fails(report.LayerNegotiation, id, "the responder wants another key exchange method, and names none", "")
	}
	name := keMethod(method)
	if request == nil {
		return unknown(id, "the responder wants a KE payload of "+name+", and none is in the capture", "")
	}
	if ke, ok := ike.Find[*ike.KE](request); ok && ke.Method == method {
		return fails(report.LayerNegotiation, id, "the responder wants "+name+" and gets it, and still asks for it",
			"it does not like the public value, or forgets what it asked for", "look into the responder's log")
	}
	if !hasOffer(request) {
		return unknown(id, "the responder wants "+name+", and the initiator's offer cannot be read",
			"the capture cut its request, or it is malformed, so that it does not show whether "+name+" is offered",
			"capture without a snapshot length (tcpdump -s 0)")
	}
	if !offersMethod(request, method) {
		return fails(report.LayerNegotiation, id, "the responder wants "+name+", which the initiator does not offer",
			"scanners ask so on purpose; of a client, the responder breaks RFC 7296, Section 1.2, or the two share no method",
			"offer "+name+" on the initiator, or a method that it offers on the responder")
	}
	if v, ok := c.ignored("whether the initiator tries again with " + name); ok {
		return v
	}
	return fails(report.LayerClient, id, "the initiator does not try again with "+name+", which it offers",
		"the answer did not reach it, or it gives up; a client that works sends IKE_SA_INIT again at once",
		"capture at the initiator: does the answer arrive there?",
		"make "+name+" the initiator's first method")
}

// notContinued: the responder accepted, and nothing follows.
func (c *course) notContinued() report.CapturedVerdict {
	n, detection := c.NAT()
	nothingMarked := !slices.ContainsFunc(c.Paths, usesNATTraversal)
	behindNAT := detection && (n.Initiator || n.Responder) && nothingMarked
	if v, ok := c.ignored("whether the initiator goes on to IKE_AUTH"); ok && (!behindNAT || v.Result == report.ResultFails) {
		return v
	}
	switch {
	case behindNAT:
		return unknown("NOTHING-ON-4500", "the responder accepts, and nothing on UDP 4500 is in the capture",
			"there is NAT, so that IKE_AUTH goes to UDP 4500: the capture's filter leaves that port out, or the initiator does not send there",
			"capture with the filter 'udp port 500 or udp port 4500'", "let UDP 4500 through the initiator's own firewall")
	case n.Supported == [2]bool{true, true} && nothingMarked:
		return unknown("NOTHING-ON-4500", "the responder accepts, and nothing on UDP 4500 is in the capture",
			"many clients go on there even without NAT: the capture's filter leaves that port out, or the initiator does not go on",
			"capture with the filter 'udp port 500 or udp port 4500'", "look into the initiator's log at "+clock(c.Last))
	}
	return fails(report.LayerClient, "NOT-CONTINUED", "the responder accepts, and the initiator does not go on to IKE_AUTH",
		"it does not send its request again either, so that the answer reached it, most likely: it does not accept the choice, or waits for its user",
		"capture at the initiator: does the answer arrive there?",
		"look into the initiator's log at "+clock(c.Last))
}

func usesNATTraversal(p dialog.Path) bool { return p.NATTraversal }
