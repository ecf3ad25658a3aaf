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
		"also capture at the responder: do the requests arrive there, and are answers sent?",
		fmt.Sprintf("scan it from another network: ikescope %s", report.AddressText(c.Paths[0].Responder.Addr())))
	if request.Lost {
		return requestLost(request, name, v)
	}
	if len(c.Errors) == 0 {
		v.Detail += "; a firewall, a wrong address, or a responder that is down or silently refuses"
	}
	return addErrors(c.SA, v)
}

// retryUnanswered: an attempt was answered, and the next one was not.
func (c *course) retryUnanswered() report.CapturedVerdict {
	request, name := c.init.Request, c.init.Type.String()
	if len(c.Errors) == 0 && !waited(c.SA, request) {
		return captureEnds(c.SA, request, "the request", "whether "+name+" is answered when it is sent again as requested")
	}
	v := fails(report.LayerNetwork, "RETRY-NO-ANSWER", name+" got no answer when it was sent again as requested",
		fmt.Sprintf("%s of %d octets; an earlier form of it was answered", tries(request), request.Octets),
		"read the responder's log: it may have silently refused")
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
	v := fails(report.LayerNegotiation, "INVALID_MAJOR_VERSION", "the responder answers in IKEv1: it does not support IKEv2",
		"anyone may have sent the answer, which is not encrypted",
		"enable IKEv2 on the responder, or use another gateway; RFC 9395 deprecates IKEv1")
	if m := c.foreign.First(); m.IKEv1 != nil {
		if n, ok := m.IKEv1.Notify(); ok {
			v.Detail = "it sent " + n.String() + "; " + v.Detail
			if n != ikev1.InvalidMajorVersion {
				v.Title = "the responder answers in IKEv1, and does not accept the request"
			}
		}
	}
	return v
}

// addProposal is what to do about proposals that do not meet. What the initiator
// offers may be weak: to let that in comes last.
const addProposal = "let the initiator offer a proposal that the responder accepts, or the responder accept the soundest of those above"

// notAccepted: the last answer to IKE_SA_INIT chooses nothing.
func (c *course) notAccepted() report.CapturedVerdict {
	response := c.init.Response()
	if response.Content == nil {
		return unknown("ODD-ANSWER", "the answer was not kept", "the capture is too large to keep every message")
	}
	request, answer := contentOf(c.init.Request), response.Content
	if method, ok := foreignMethod(request); ok {
		return unknown("SCAN", "this is a scanner's question, and its answer",
			"the KE payload is of "+keMethod(method)+", which the offer does not contain: no client does this, but scanners such as ikescope do")
	}
	if n, ok := answer.Notify(ike.NO_PROPOSAL_CHOSEN); ok {
		return fails(report.LayerNegotiation, n.Notification.String(), "the responder accepts none of the proposals",
			"it does not accept any combination that the initiator offers; Windows shows this as error 13868",
			fmt.Sprintf("ask which change brings the two together: ikescope explain %s --client FILE, which is this capture", report.AddressText(c.Paths[0].Responder.Addr())),
			addProposal)
	}
	if n, ok := answer.Notify(ike.INVALID_KE_PAYLOAD); ok {
		return c.invalidKE(request, n)
	}
	if _, ok := answer.Notify(ike.COOKIE); ok {
		return c.cookieAsked(request)
	}
	if n, ok := answer.Notify(ike.REDIRECT); ok {
		return unknown("REDIRECT", "the responder redirects the initiator to another gateway", notifyMeaning(n, response, c.init.Request),
			"look for an IKE SA with that gateway")
	}
	if _, ok := answer.Notify(ike.TICKET_NACK); ok && c.init.Type == ike.IKE_SESSION_RESUME {
		return unknown("TICKET_NACK", "the responder does not resume the IKE SA",
			"it does not accept the ticket; a client continues with IKE_SA_INIT", "look for the next IKE SA of the initiator")
	}
	if v, ok := c.otherError(response); ok {
		return v
	}
	if response.Missing > 0 {
		return unknown("ODD-ANSWER", "the answer is truncated before its content", "capture without a snapshot length (tcpdump -s 0)")
	}
	if err := response.Fault; err != nil {
		return fails(report.LayerNegotiation, "MALFORMED", "the answer cannot be parsed", err.Error())
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
// arrive. Else, if the capture ends too soon to know, that is the verdict.
func (c *course) ignored(awaited string) (report.CapturedVerdict, bool) {
	request, response := c.init.Request, c.init.Response()
	switch {
	case request != nil && response.Source != request.Destination && !c.heardFrom(request):
		return fails(report.LayerNetwork, "ANSWERED-FROM-ELSEWHERE", fmt.Sprintf("the answer comes from %v, but the request went to %v", response.Source, request.Destination),
			"the initiator drops answers from another address or port, and so does a NAT or a firewall in front of it",
			"let the responder answer from the address that the request went to: check its routes, and the NAT or load balancer in front of it"), true
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
		fmt.Sprintf("it retransmitted its request %s after the answer was captured, as it does only without an answer", times(x.Request.Unheeded)),
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
			return fails(report.LayerNegotiation, "COOKIE-LOOP", "the responder keeps asking for a cookie",
				"the initiator did return one: the responder is several machines that do not share their secret, or a NAT changes the initiator's port")
		}
	}
	if v, ok := c.ignored("whether the initiator returns the cookie"); ok {
		return v
	}
	return fails(report.LayerClient, "COOKIE-NOT-RETURNED", "the initiator does not return the cookie",
		"it did not receive the answer, or does not support cookies", "capture at the initiator: does the answer arrive there?")
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
				"read the responder's log at "+clock(response.First)), true
		case n.Notification == ike.MS_NOTIFY_STATUS:
			return fails(report.LayerNegotiation, "MS_NOTIFY_STATUS", "the responder, which is Windows, refuses", notifyMeaning(n, response, c.init.Request)), true
		}
	}
	return report.CapturedVerdict{}, false
}

// invalidKE: the responder wants another KE payload, and none came.
func (c *course) invalidKE(request *ike.Message, n *ike.Notify) report.CapturedVerdict {
	const id = "INVALID_KE_PAYLOAD"
	method, ok := n.InvalidKEMethod()
	if !ok {
		return fails(report.LayerNegotiation, id, "the responder wants another key exchange method and does not name it", "")
	}
	name := keMethod(method)
	if request == nil {
		return unknown(id, "the responder wants a KE payload of "+name+", and none is in the capture", "")
	}
	if ke, ok := ike.Find[*ike.KE](request); ok && ke.Method == method {
		return fails(report.LayerNegotiation, id, "the responder wants "+name+", gets it, and asks for it again",
			"it does not accept the public value, or forgets that it asked", "read the responder's log")
	}
	if !hasOffer(request) {
		return unknown(id, "the responder wants "+name+", and the initiator's offer cannot be parsed",
			"the request is truncated in the capture, or malformed, so it does not show whether "+name+" is offered",
			"capture without a snapshot length (tcpdump -s 0)")
	}
	if !offersMethod(request, method) {
		return fails(report.LayerNegotiation, id, "the responder wants "+name+", which the initiator does not offer",
			"scanners do this on purpose; with a client, the responder violates RFC 7296, Section 1.2, or the two have no method in common",
			"offer "+name+" on the initiator, or a method that it offers on the responder")
	}
	if v, ok := c.ignored("whether the initiator tries again with " + name); ok {
		return v
	}
	return fails(report.LayerClient, id, "the initiator does not try again with "+name+", which it offers",
		"the answer did not reach it, or it gives up; a working client sends IKE_SA_INIT again at once",
		"capture at the initiator: does the answer arrive there?",
		"make "+name+" the initiator's first method")
}

// notContinued: the responder accepted, and nothing follows.
func (c *course) notContinued() report.CapturedVerdict {
	n, detection := c.NAT()
	nothingMarked := !slices.ContainsFunc(c.Paths, usesNATTraversal)
	behindNAT := detection && (n.Initiator || n.Responder) && nothingMarked
	if v, ok := c.ignored("whether the initiator continues with IKE_AUTH"); ok && (!behindNAT || v.Result == report.ResultFails) {
		return v
	}
	switch {
	case behindNAT:
		return unknown("NOTHING-ON-4500", "the responder accepts, and nothing on UDP 4500 is in the capture",
			"there is a NAT, so IKE_AUTH goes to UDP 4500: the filter of the capture left that port out, or the initiator does not send to it",
			"capture with the filter 'udp port 500 or udp port 4500'", "let UDP 4500 through the initiator's own firewall")
	case n.Supported == [2]bool{true, true} && nothingMarked:
		return unknown("NOTHING-ON-4500", "the responder accepts, and nothing on UDP 4500 is in the capture",
			"many clients continue there even without a NAT: the filter of the capture left that port out, or the initiator does not continue",
			"capture with the filter 'udp port 500 or udp port 4500'", "read the initiator's log at "+clock(c.Last))
	}
	return fails(report.LayerClient, "NOT-CONTINUED", "the responder accepts, and the initiator does not continue with IKE_AUTH",
		"it does not retransmit its request either, so the answer most likely reached it: it does not accept the choice, or is waiting for its user",
		"capture at the initiator: does the answer arrive there?",
		"read the initiator's log at "+clock(c.Last))
}

func usesNATTraversal(p dialog.Path) bool { return p.NATTraversal }
