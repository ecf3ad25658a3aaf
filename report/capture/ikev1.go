package capture

import (
	"fmt"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/report"
)

// retired is said of what IKEv1 alone does.
const retired = "move both sides to IKEv2: RFC 9395 deprecates IKEv1"

// ikev1Course is the way of an IKE SA of IKEv1 through its exchanges.
type ikev1Course struct {
	*dialog.SA
	// first are the pairs of messages of Main Mode, Aggressive Mode or Base,
	// quick those of Quick Mode, informational and other what is left.
	first, quick, informational, other []*dialog.Exchange
	// foreign is an answer in IKEv2, nil if there is none.
	foreign *dialog.Exchange
	// sent and heard: the capture has messages of the initiator, of the
	// responder.
	sent, heard bool
	authIP      bool
}

func ikev1CourseOf(sa *dialog.SA) *ikev1Course {
	c := &ikev1Course{SA: sa}
	for _, x := range sa.Exchanges {
		if x.Version != 1 {
			c.foreign = x
			continue
		}
		for i, m := range []*dialog.Message{x.Request, x.Response()} {
			byInitiator := (i == 0) == x.ByInitiator
			c.sent = c.sent || m != nil && byInitiator
			c.heard = c.heard || m != nil && !byInitiator
		}
		switch {
		case ikev1.IsAuthIP(x.Type):
			c.authIP = true
		case x.Type == ikev1.MainMode, x.Type == ikev1.AggressiveMode, x.Type == ikev1.Base, x.Type == ikev1.AuthenticationOnly:
			c.first = append(c.first, x)
		case x.Type == ikev1.QuickMode:
			c.quick = append(c.quick, x)
		case x.Type == ikev1.Informational:
			c.informational = append(c.informational, x)
		default:
			c.other = append(c.other, x)
		}
	}
	return c
}

// judgeIKEv1 says how far IKEv1 came, as far as the clear part and what follows
// it show.
func judgeIKEv1(sa *dialog.SA) report.CapturedVerdict {
	c := ikev1CourseOf(sa)
	switch {
	case flows(sa):
		return flowing(sa)
	case c.authIP:
		return unknown("AUTHIP", "this is AuthIP, a Windows protocol, and not an IKE client",
			"it has the header of IKEv1, and only Windows uses it, alongside IKE")
	case c.foreign != nil && !c.heard:
		return c.otherVersion()
	case !c.sent && len(c.Exchanges) == 1:
		return answerAlone()
	case !c.sent:
		return oneSided("initiator")
	case !c.heard && c.answerIsProven():
		return oneSided("responder")
	case !c.heard:
		return c.noAnswer()
	}
	if v, ok := c.refused(); ok {
		return v
	}
	if len(c.quick) > 0 {
		return c.judgeQuick()
	}
	return c.judgeFirst()
}

func (c *ikev1Course) otherVersion() report.CapturedVerdict {
	v := fails(report.LayerNegotiation, "INVALID_MAJOR_VERSION", "the responder answers in IKEv2: it does not support IKEv1",
		"anyone may have sent the answer, which is not encrypted", "set the client to IKEv2: RFC 9395 deprecates IKEv1")
	if n, ok := unprotectedError(c.foreign.First()); ok {
		v.Detail = "it sent " + n.Notification.String() + "; " + v.Detail
	}
	return v
}

// answerIsProven reports whether the initiator goes on as only with an answer: it
// names the responder's SPI, or sends another message than the first.
func (c *ikev1Course) answerIsProven() bool {
	if c.SPIr != (ike.SPI{}) || len(c.quick)+len(c.other) > 0 {
		return true
	}
	return len(c.first) > 1
}

func (c *ikev1Course) noAnswer() report.CapturedVerdict {
	if len(c.first) == 0 || c.first[0].Request == nil {
		return unknown("IKEV1", "the capture has too little of this IKEv1 SA", "it begins later, or has only one message", "capture from before the client connects")
	}
	request := c.first[0].Request
	if len(c.Errors) == 0 && !waited(c.SA, request) {
		return captureEnds(c.SA, request, "the request", "whether IKEv1 is answered")
	}
	v := fails(report.LayerNetwork, "IKEV1-NO-ANSWER", "the IKEv1 initiator got no answer",
		fmt.Sprintf("%s to %v; a gateway that supports only IKEv2 does not answer IKEv1, and neither does, as a rule, one that does not know the client", tries(request), request.Destination),
		"set the client to IKEv2", "let UDP 500 and 4500 through every firewall on the way, in both directions")
	if request.Lost {
		return requestLost(request, "message 1", v)
	}
	return addErrors(c.SA, v)
}

// refused: a notify that is not encrypted says so, and no other message comes
// after it: anyone may have sent it.
func (c *ikev1Course) refused() (report.CapturedVerdict, bool) {
	if len(c.informational) == 0 {
		return report.CapturedVerdict{}, false
	}
	last := c.informational[len(c.informational)-1]
	m := last.First()
	n, ok := clearNotify(m)
	if !ok || !n.IsError() {
		return report.CapturedVerdict{}, false
	}
	for _, x := range slices.Concat(c.first, c.quick, c.other) {
		for _, later := range []*dialog.Message{x.Request, x.Response()} {
			// What is sent again was not answered.
			if later != nil && isLater(later, m) {
				return report.CapturedVerdict{}, false
			}
		}
	}
	who, whom := "responder", "initiator"
	if (last.Request != nil) == last.ByInitiator {
		who, whom = whom, who
	}
	v := fails(report.LayerNegotiation, "IKEV1-REFUSED", "the "+who+" refuses IKEv1: "+n.String(),
		"the notification is not encrypted, so anyone may have sent it, and nothing follows it", "read the "+who+"'s log at "+clock(m.First), retired)
	switch {
	case n == ikev1.NoProposalChosen && who == "responder":
		v.Detail = "it accepts none of the proposals, or has no IKEv1 connection for this client; " + v.Detail
		v.Fix = append([]string{addProposal}, v.Fix...)
	case n == ikev1.AuthenticationFailed || c.keysAgreed() && isKeyTrouble(n):
		v.Layer, v.ID = report.LayerAuthentication, "IKEV1-AUTH-REFUSED"
		v.Title = "the " + who + " refuses the authentication: " + n.String()
		v.Detail = "the pre-shared key, the certificate or the identity is not what it expects from the " + whom + "; " + v.Detail
	}
	return v, true
}

// isLater reports whether a message was sent first after another one.
func isLater(m, than *dialog.Message) bool {
	if m.First.IsZero() || than.First.IsZero() {
		return m.Packet > than.Packet
	}
	return m.First.After(than.First)
}

// isKeyTrouble reports whether a notify is what an implementation says of a
// message that it decrypts with the wrong key.
func isKeyTrouble(n ikev1.NotifyType) bool {
	switch n {
	case 1, 16, 17, 18, 23, 25, 30:
		return true
	}
	return false
}

// clearNotify returns the notify of a message that is not encrypted.
func clearNotify(m *dialog.Message) (ikev1.NotifyType, bool) {
	if m == nil || m.IKEv1 == nil {
		return 0, false
	}
	return m.IKEv1.Notify()
}

// keysAgreed reports whether the sides have exchanged their public values.
func (c *ikev1Course) keysAgreed() bool {
	return slices.ContainsFunc(c.first, func(x *dialog.Exchange) bool {
		m := x.Response()
		if m == nil || m.IKEv1 == nil {
			return false
		}
		_, ok := m.IKEv1.Find(ikev1.PayloadKE)
		return ok || m.Encrypted()
	})
}

// choice returns what the responder chose, or nil.
func (c *ikev1Course) choice() *ikev1.Transform { return ikev1Choice(c.SA) }

func ikev1Choice(sa *dialog.SA) *ikev1.Transform {
	for _, x := range sa.Exchanges {
		m := x.Response()
		if m == nil || m.IKEv1 == nil {
			continue
		}
		if p, ok := m.IKEv1.Find(ikev1.PayloadSA); ok {
			if all, ok := p.Transforms(); ok && len(all) > 0 {
				return &all[0]
			}
		}
	}
	return nil
}

// judgeFirst judges an IKE SA without Quick Mode.
func (c *ikev1Course) judgeFirst() report.CapturedVerdict {
	if len(c.first) == 0 {
		return unknown("CAPTURE-BEGINS-LATE", "the beginning of this IKE SA is not in the capture",
			"it is IKEv1, and what follows its first messages is encrypted", "capture from before the client connects")
	}
	last := c.first[len(c.first)-1]
	request, response := last.Request, last.Response()
	switch {
	case request == nil:
		return unknown("IKEV1", "the capture lacks messages of this IKE SA", "it is IKEv1; the capture contains an answer, but not its request", "capture both directions")
	case response != nil && !response.Encrypted() && last.Type != ikev1.AggressiveMode:
		return c.notContinued(last)
	case response != nil && last.Type == ikev1.AggressiveMode:
		return c.notContinued(last)
	case response != nil: // the last message of Main Mode
		return c.authenticated(response)
	case last.Type == ikev1.AggressiveMode && len(c.first) > 1:
		return c.authenticated(request) // the third message has no answer
	}
	return c.unanswered(last)
}

// notContinued: the responder answered in the clear, and nothing follows.
func (c *ikev1Course) notContinued(last *dialog.Exchange) report.CapturedVerdict {
	request, response := last.Request, last.Response()
	again := request.Unheeded
	switch {
	case response.Source != request.Destination:
		return fails(report.LayerNetwork, "ANSWERED-FROM-ELSEWHERE", fmt.Sprintf("the answer comes from %v, but the request went to %v", response.Source, request.Destination),
			"the initiator drops answers from another address or port, and so does a NAT or a firewall in front of it",
			"let the responder answer from the address that the request went to: check its routes, and the NAT or load balancer in front of it")
	case again > 1 || again > 0 && goesOn(c.SA, response.Last, atOnce):
		return answersLost(last, "IKEv1")
	case !goesOn(c.SA, response.Last, atOnce):
		return captureEnds(c.SA, response, "the answer", "whether the initiator continues")
	case last.Type == ikev1.AggressiveMode:
		return fails(report.LayerAuthentication, "IKEV1-AUTH-REFUSED", "the initiator does not continue after the answer to Aggressive Mode",
			"the answer contains the responder's proof: most likely, "+c.keyWords(), "compare the key, the certificate and the identities of both sides",
			"read the initiator's log at "+clock(response.First), retired)
	}
	if n, ok := c.NAT(); ok && (n.Initiator || n.Responder) && !slices.ContainsFunc(c.Paths, usesNATTraversal) {
		return unknown("NOTHING-ON-4500", "the responder answers, and nothing on UDP 4500 is in the capture",
			"there is a NAT, so what follows goes to UDP 4500: the filter of the capture left that port out, or the initiator does not send to it",
			"capture with the filter 'udp port 500 or udp port 4500'", "let UDP 4500 through the initiator's own firewall")
	}
	return fails(report.LayerClient, "NOT-CONTINUED", "the responder answers, and the initiator does not continue",
		"it does not retransmit its request either, so the answer most likely reached it: it does not accept the choice, or is waiting for its user",
		"read the initiator's log at "+clock(c.Last))
}

// keyWords says what is wrong where the proof of a side is.
func (c *ikev1Course) keyWords() string {
	if t := c.choice(); t != nil && t.PreSharedKey() {
		return "the pre-shared keys differ"
	}
	return "the key, the certificate or the identity is not what it expects"
}

// unanswered: the last request of the first exchange got no answer, and those
// before it did.
func (c *ikev1Course) unanswered(last *dialog.Exchange) report.CapturedVerdict {
	m := last.Request
	// A notify in answer to a proof, encrypted or not, refuses it.
	notified := slices.ContainsFunc(c.informational, func(x *dialog.Exchange) bool { return !isLater(m, x.First()) })
	if m.Encrypted() && notified {
		return fails(report.LayerAuthentication, "IKEV1-AUTH-REFUSED", "the initiator's proof is answered with a notification",
			"it is encrypted, or does not show the reason: most likely, "+c.keyWords(),
			"compare the key, the certificate and the identities of both sides", "read the responder's log at "+clock(m.First), retired)
	}
	if len(c.Errors) == 0 && !waited(c.SA, m) {
		return captureEnds(c.SA, m, "the request", "whether it is answered")
	}
	name := fmt.Sprintf("message %d of %s", 2*len(c.first)-1, ikev1.ExchangeName(last.Type))
	detail := fmt.Sprintf("%s of %d octets to %v, while the first messages were answered", tries(m), m.Octets, m.Destination)
	v := fails(report.LayerNetwork, "IKEV1-NO-ANSWER", name+" got no answer", detail, "read the responder's log at "+clock(m.First))
	switch {
	case m.Lost:
		return requestLost(m, name, v)
	case len(c.Errors) > 0:
		return addErrors(c.SA, v)
	case m.IPFragments > 1 || m.Octets > largeMessage && m.Fragments == 0:
		v.ID, v.Title = "IP-FRAGMENTS-DROPPED", name+" is large and got no answer: most likely, IP fragments are dropped on the way"
		return v
	case !m.Encrypted():
		return v
	case m.Marked && !slices.ContainsFunc(c.Paths, heardNATTraversal):
		return unknown("IKEV1-NO-ANSWER", name+" got no answer: UDP 4500 is blocked, or the keys differ",
			detail+", and it is the first on UDP 4500; a responder does not answer a proof that it cannot decrypt",
			"capture at the responder: does it arrive there?", "compare the keys and the identities of both sides", retired)
	}
	return fails(report.LayerAuthentication, "IKEV1-AUTH-NO-ANSWER", name+" got no answer: most likely, "+c.keyWords(),
		detail+"; it contains the initiator's proof, and a responder does not answer what it cannot decrypt",
		"compare the keys and the identities of both sides", "read the responder's log at "+clock(m.First)+": only that shows the reason", retired)
}

// authenticated: the first exchange is complete, and Quick Mode is not in the
// capture.
func (c *ikev1Course) authenticated(last *dialog.Message) report.CapturedVerdict {
	if !goesOn(c.SA, later(last, c.SA), atOnce) {
		return captureEnds(c.SA, last, "the first exchange", "whether Quick Mode makes an IPsec SA")
	}
	if len(c.other) > 0 {
		return unknown("IKEV1-NO-QUICK-MODE", "the IKE SA is established, and ends within Transaction exchanges: XAUTH or Mode Config",
			"they are encrypted; this is how XAUTH refuses a password", "read the responder's log, or that of its RADIUS server, at "+clock(last.First), retired)
	}
	return unknown("IKEV1-NO-QUICK-MODE", "the IKE SA is established, and no Quick Mode follows",
		"whether both sides accept it is encrypted: one ends it, or waits for something to send", "read either side's log at "+clock(last.First), retired)
}

// later returns when the SA said its last word, at least that of m.
func later(m *dialog.Message, sa *dialog.SA) time.Time {
	at := m.Last
	if sa.Last.After(at) {
		return sa.Last
	}
	return at
}

// judgeQuick judges an IKE SA with Quick Mode: of three messages, the third
// shows that both sides accept.
func (c *ikev1Course) judgeQuick() report.CapturedVerdict {
	if v, ok := oneWay(c.SA); ok {
		return v
	}
	byID := map[uint32]int{} // messages of each Quick Mode
	answered := map[uint32]bool{}
	for _, x := range c.quick {
		if x.Request != nil {
			byID[x.MessageID]++
		}
		if x.Response() != nil {
			byID[x.MessageID]++
			answered[x.MessageID] = true
		}
	}
	last := c.quick[len(c.quick)-1]
	for id, n := range byID {
		if n > 2 && answered[id] {
			return works("QUICK-MODE", "connected: Quick Mode is complete", "all three of its messages are in the capture, which make an IPsec SA; no ESP of it is")
		}
	}
	first := c.quick[slices.IndexFunc(c.quick, func(x *dialog.Exchange) bool { return x.MessageID == last.MessageID })]
	m := first.First()
	notified := slices.ContainsFunc(c.informational, func(x *dialog.Exchange) bool { return isLater(x.First(), m) })
	switch {
	case answered[last.MessageID] && !goesOn(c.SA, c.Last, atOnce):
		return captureEnds(c.SA, last.First(), "Quick Mode", "its third message")
	case answered[last.MessageID]:
		return unknown("QUICK-MODE", "Quick Mode is answered, and its third message is not in the capture", "that would show whether the initiator of Quick Mode accepts the answer")
	case notified:
		return fails(report.LayerChild, "QUICK-MODE-REFUSED", "most likely, Quick Mode is refused",
			"it is answered with an encrypted Informational: NO-PROPOSAL-CHOSEN or INVALID-ID-INFORMATION, because the ESP suites, PFS or networks do not match",
			"read the responder's log at "+clock(m.First), "compare the ESP proposals, PFS and the networks of both sides", retired)
	case !waited(c.SA, m):
		return captureEnds(c.SA, m, "Quick Mode", "whether Quick Mode is answered")
	}
	return fails(report.LayerChild, "QUICK-MODE-NO-ANSWER", "Quick Mode got no answer",
		tries(m)+", while the IKE SA was established: most likely, the ESP suites, PFS or networks do not match",
		"read the responder's log at "+clock(m.First), "compare the ESP proposals, PFS and the networks of both sides", retired)
}
