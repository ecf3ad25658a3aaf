package capture

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// judgeAuth judges authentication, which is encrypted: what shows it are sizes,
// and who goes on.
func (c *course) judgeAuth() report.CapturedVerdict {
	if len(c.auth) == 0 {
		if c.flows() {
			return c.flowing()
		}
		return unknown("NO-AUTH", "IKE_AUTH is not in the capture", "other exchanges are")
	}
	last := c.auth[len(c.auth)-1]
	if last.Response() == nil {
		switch {
		case c.flows():
			return c.flowing()
		case len(c.after) > 0 || c.Received.Packets() > 0:
			return unknown(report.CapturedOneSided, "the answer to "+last.Type.String()+" is not in the capture", "both sides go on, so there was one")
		}
		return c.authUnanswered()
	}
	if n, ok := unprotectedError(last.Response()); ok && !c.flows() {
		return unknown(n.Notification.String(), "the answer to "+last.Type.String()+" is an unencrypted error: "+n.Notification.String(),
			"anyone may have sent it, and the initiator does not have to believe it", "read the responder's log at "+clock(last.Response().First))
	}
	if !slices.ContainsFunc(c.auth, (*dialog.Exchange).IsAuth) && !c.flows() {
		if !goesOn(c.SA, last.Response().Last, atOnce) {
			return captureEnds(c.SA, last.Response(), "the answer to IKE_INTERMEDIATE", "whether the initiator continues with IKE_AUTH")
		}
		return fails(report.LayerClient, "NOT-CONTINUED", "the initiator does not continue from IKE_INTERMEDIATE to IKE_AUTH", "",
			"read the initiator's log at "+clock(c.Last))
	}
	for _, judge := range []func() (report.CapturedVerdict, bool){c.gone, c.rekeyRefused, c.judgeFlows, c.notArrived, c.refused} {
		if v, ok := judge(); ok {
			return v
		}
	}
	return c.judgeAfter()
}

// unprotectedError returns the error that a message without encryption holds.
func unprotectedError(m *dialog.Message) (*ike.Notify, bool) {
	content := contentOf(m)
	if content == nil || m.Encrypted() {
		return nil, false
	}
	for _, p := range content.Payloads {
		if n, ok := p.(*ike.Notify); ok && n.Notification.IsError() {
			return n, true
		}
	}
	return nil, false
}

// authUnanswered: the last request of authentication got no answer.
func (c *course) authUnanswered() report.CapturedVerdict {
	last := c.auth[len(c.auth)-1]
	name, m := last.Type.String(), last.Request
	if len(c.Errors) == 0 && !waited(c.SA, m) {
		return captureEnds(c.SA, m, "the request", "whether "+name+" is answered")
	}
	detail := fmt.Sprintf("%s of %s octets to %v", tries(m), english.Grouped(int64(m.Octets)), m.Destination)
	if c.init != nil {
		detail += ", while IKE_SA_INIT was answered"
	}
	v := fails(report.LayerNetwork, "AUTH-NO-ANSWER", name+" got no answer", detail,
		"capture at the responder: does the request arrive there, and is it answered?",
		"read the responder's log at "+clock(m.First))
	switch {
	case m.Lost:
		return requestLost(m, name, v)
	case len(c.auth) > 1:
		v.Layer, v.ID = report.LayerAuthentication, "AUTH-ROUND-NO-ANSWER"
		v.Title = fmt.Sprintf("message %d of authentication got no answer", last.MessageID)
		v.Detail = fmt.Sprintf("%s; those before were answered, so the path is open: the responder is waiting for something, such as a RADIUS server, or has silently given up", tries(m))
	case len(c.Errors) > 0:
		return addErrors(c.SA, v)
	case c.init != nil && m.Marked && !slices.ContainsFunc(c.Paths, heardNATTraversal) && m.IPFragments < 2:
		v.ID = "4500-NO-ANSWER"
		v.Title = fmt.Sprintf("UDP %d answers, and UDP %d does not", c.Paths[0].Responder.Port(), m.Destination.Port())
		v.Fix = append([]string{"let UDP 4500 through every firewall on the way, in both directions",
			"if the responder is behind NAT, forward UDP 4500 to it as well as UDP 500"}, v.Fix...)
		if m.Octets > largeMessage {
			v.Detail += "; the request is also large, so IP fragments may be what is dropped"
		}
	case m.IPFragments > 1 || m.Octets > largeMessage && m.Fragments == 0:
		return c.fragmentsDropped(m, name, v)
	case m.Fragments > m.Captured:
		v.ID = "FRAGMENTS-LOST"
		v.Detail += fmt.Sprintf("; %d of its %d fragments are in the capture", m.Captured, m.Fragments)
	}
	return v
}

// fragmentsDropped is the verdict of a large message that got no answer.
func (c *course) fragmentsDropped(m *dialog.Message, name string, v report.CapturedVerdict) report.CapturedVerdict {
	v.ID = "IP-FRAGMENTS-DROPPED"
	v.Title = name + " is large and got no answer: most likely, IP fragments are dropped on the way"
	if m.IPFragments > 1 {
		v.Detail += fmt.Sprintf("; each is in %d IP fragments", m.IPFragments)
	}
	fix := "enable IKE fragmentation (RFC 7383) on both sides: IKEV2_FRAGMENTATION_SUPPORTED is not in both messages"
	if fragmentation(c.SA) {
		fix = "both sides support IKE fragmentation (RFC 7383), and the initiator does not use it: lower its fragment size"
	} else if c.init == nil || !c.initWhole() {
		fix = "enable IKE fragmentation (RFC 7383) on both sides"
	}
	v.Fix = append([]string{"send fewer or smaller certificates", fix}, v.Fix...)
	return v
}

// initWhole reports whether both messages of IKE_SA_INIT were captured whole.
func (c *course) initWhole() bool {
	request, response := c.init.Request, c.init.Response()
	return request != nil && response != nil && request.Whole() && response.Whole()
}

func heardNATTraversal(p dialog.Path) bool { return p.NATTraversal && p.Received > 0 }

// fragmentation reports whether both sides support RFC 7383.
func fragmentation(sa *dialog.SA) bool {
	var sides [2]bool
	for _, x := range sa.Exchanges {
		if !x.IsInit() {
			continue
		}
		for i, m := range []*dialog.Message{x.Request, x.Response()} {
			if m != nil && m.Content != nil {
				_, ok := m.Content.Notify(ike.IKEV2_FRAGMENTATION_SUPPORTED)
				sides[i] = sides[i] || ok
			}
		}
	}
	return sides[0] && sides[1]
}

// requestLost is the verdict on a request whose IP fragments did not all reach
// the place of the capture.
func requestLost(m *dialog.Message, name string, v report.CapturedVerdict) report.CapturedVerdict {
	v.ID = "IP-FRAGMENTS-LOST"
	v.Title = name + " arrived without some of its IP fragments"
	v.Detail = lostWords(m) + "; either something before the capture point drops IP fragments, and the responder cannot answer, or the filter of the capture left them out"
	v.Fix = fragmentFixes()
	return v
}

func lostWords(m *dialog.Message) string {
	return fmt.Sprintf("%[2]s of %[1]s octets are missing", english.Grouped(int64(m.Octets)), english.Grouped(int64(m.Missing)))
}

func fragmentFixes() []string {
	return []string{
		"enable IKE fragmentation (RFC 7383) on both sides",
		"let IP fragments through every firewall on the way",
		"capture with a filter that keeps fragments, such as 'udp port 500 or udp port 4500 or ip[6:2] & 0x1fff != 0'",
	}
}

// inPart reports whether the answer came in part: IP fragments of it, or
// fragments of RFC 7383, are not in the capture. What a snapshot length cut off
// was there.
func inPart(m *dialog.Message) bool { return m.Lost || m.Captured < m.Fragments }

// notArrived: the initiator sends again what was answered, or the answer came in
// part.
func (c *course) notArrived() (report.CapturedVerdict, bool) {
	last := c.auth[len(c.auth)-1]
	answer, name := last.Response(), last.Type.String()
	if len(c.after) > 0 || c.Sent.Packets() > 0 || c.Received.Packets() > 0 {
		return report.CapturedVerdict{}, false
	}
	again := last.Request != nil && c.unheeded(last)
	switch {
	case !inPart(answer) && again:
		return answersLost(last, name), true
	case !inPart(answer):
		return report.CapturedVerdict{}, false
	case answer.Lost && again:
		v := fails(report.LayerNetwork, "IP-FRAGMENTS-LOST", "the answer to "+name+" does not arrive: some of its IP fragments are missing",
			lostWords(answer)+fmt.Sprintf("; the initiator retransmitted its request %s, so the answer does not reach it whole", times(last.Request.Unheeded)))
		v.Fix = fragmentFixes()
		return v, true
	case again:
		return fails(report.LayerNetwork, "FRAGMENTS-LOST", "the answer to "+name+" does not arrive: some of its fragments are missing",
			fmt.Sprintf("%d of its %d IKE fragments are in the capture; the initiator retransmitted its request %s, so the answer does not reach it whole",
				answer.Captured, answer.Fragments, times(last.Request.Unheeded)),
			"lower the responder's fragment size", "capture at the responder: does it send all of them?"), true
	}
	detail := lostWords(answer)
	if !answer.Lost {
		detail = fmt.Sprintf("%d of its %d IKE fragments are in the capture", answer.Captured, answer.Fragments)
	}
	return unknown("ANSWER-IN-PART", "only a part of the answer to "+name+" is in the capture, and nothing follows",
		detail+"; the filter of the capture left the rest out, or it was lost on the way",
		"capture with a filter that keeps fragments, such as 'udp port 500 or udp port 4500 or ip[6:2] & 0x1fff != 0'",
		"read either side's log at "+clock(answer.First)), true
}

// refused: the last answer of authentication has no room for what ends it in
// success.
func (c *course) refused() (report.CapturedVerdict, bool) {
	answer := c.auth[len(c.auth)-1].Response()
	if c.Sent.Packets()+c.Received.Packets() > 0 || inPart(answer) || !answer.Encrypted() {
		return report.CapturedVerdict{}, false
	}
	rounds := 0
	for _, x := range c.auth {
		if x.IsAuth() {
			rounds++
		}
	}
	switch {
	case rounds > 1 && isSmall(answer, sealedChild) && (len(c.after) == 0 || c.endsAtOnce()):
		return c.authEnded(answer, rounds), true
	case rounds > 1:
		return report.CapturedVerdict{}, false
	case isSmall(answer, sealedNotify):
		return c.authRefused(answer), true
	}
	return c.childRefused(answer)
}

// authEnded: EAP ends with a small answer.
func (c *course) authEnded(answer *dialog.Message, rounds int) report.CapturedVerdict {
	if len(c.after) == 0 && !goesOn(c.SA, answer.Last, atOnce) {
		return captureEnds(c.SA, answer, "the last answer", "whether authentication continues")
	}
	v := fails(report.LayerAuthentication, "AUTH-ENDED", "authentication ends after "+english.Counted(int64(rounds), "round", "rounds")+" of IKE_AUTH",
		fmt.Sprintf("the last answer, of %d octets, has no room for an AUTH payload and a Child SA: EAP failed, for example because of a wrong password, or the client is waiting for its user", answer.Octets),
		"read the responder's log, or that of its RADIUS server, at "+clock(answer.First))
	if len(c.after) > 0 {
		v.Detail = fmt.Sprintf("the last answer, of %d octets, has no room for an AUTH payload and a Child SA, and an INFORMATIONAL exchange follows at once: most likely, EAP failed, for example because of a wrong password", answer.Octets)
	}
	return v
}

// authRefused: the answer has room for a notify only.
func (c *course) authRefused(answer *dialog.Message) report.CapturedVerdict {
	log := "read the responder's log at " + clock(answer.First) + ": only that shows the reason"
	if slices.ContainsFunc(c.after, isAnswered) {
		if c.laterChild() {
			return works("GOES-ON", "authenticated: exchanges follow IKE_AUTH",
				fmt.Sprintf("the answer to IKE_AUTH, of %d octets, has room only for a notification, and CREATE_CHILD_SA is answered in full afterwards; no ESP of it is in the capture", answer.Octets))
		}
		return fails(report.LayerChild, "CHILD-REFUSED", "the responder refuses what IKE_AUTH asks for, and keeps the IKE SA",
			fmt.Sprintf("the answer is encrypted, and its %d octets have room only for a notification; because the responder answers exchanges afterwards, it refuses the Child SA rather than the authentication: NO_PROPOSAL_CHOSEN or TS_UNACCEPTABLE, because the ESP suites or networks do not match", answer.Octets),
			log, "compare the ESP proposals and the traffic selectors of both sides")
	}
	return fails(report.LayerAuthentication, "AUTH-REFUSED", "the responder refuses IKE_AUTH",
		fmt.Sprintf("the answer is encrypted, and its %d octets have room for a notification, but not for the responder's identity and AUTH: most likely AUTHENTICATION_FAILED, because of a wrong identity, key, certificate or method", answer.Octets),
		log)
}

// childRefused: the answer has room for IDr, AUTH and a notify, and not for a
// Child SA. "If creating the Child SA during the IKE_AUTH exchange fails for some
// reason, the IKE SA is still created as usual" (RFC 7296, Section 1.2). With
// CHILDLESS_IKEV2_SUPPORTED there may be none on purpose (RFC 6023), and EAP
// begins with such an answer, too.
func (c *course) childRefused(answer *dialog.Message) (report.CapturedVerdict, bool) {
	s := sizesOf(chosenBy(c.SA))
	if !isSmall(answer, answer.Sealed) || s.child(answer) || !s.authenticates(answer) || c.childless() || c.laterChild() {
		return report.CapturedVerdict{}, false
	}
	said := fmt.Sprintf("the answer is encrypted, and its %d octets have no room for IDr, AUTH, SA and two traffic selectors", answer.Octets)
	log := "read the responder's log at " + clock(answer.First) + ": only that shows the reason"
	if len(c.after) == 0 {
		return unknown("CHILD-REFUSED", "the answer to IKE_AUTH does not make a Child SA, and nothing follows",
			said+": the Child SA is refused, or EAP begins and the initiator does not continue", log), true
	}
	v := fails(report.LayerChild, "CHILD-REFUSED", "most likely, the responder refuses the Child SA",
		said+", only for IDr, AUTH and a notification: NO_PROPOSAL_CHOSEN or TS_UNACCEPTABLE, because the ESP suites or networks do not match",
		log, "compare the ESP proposals and the traffic selectors of both sides")
	if c.endsAtOnce() {
		v.Detail += "; INFORMATIONAL requests, such as a Delete, end the IKE SA at once"
	}
	return v, true
}

// childless reports whether the responder may make an IKE SA without a Child
// SA.
func (c *course) childless() bool {
	if c.init == nil {
		return false
	}
	answer := contentOf(c.init.Response())
	if answer == nil {
		return false
	}
	_, ok := answer.Notify(ike.CHILDLESS_IKEV2_SUPPORTED)
	return ok
}

// laterChild reports whether a CREATE_CHILD_SA makes a Child SA after IKE_AUTH.
func (c *course) laterChild() bool {
	return slices.ContainsFunc(c.after, func(x *dialog.Exchange) bool {
		return x.Type == ike.CREATE_CHILD_SA && x.Response() != nil && !isSmall(x.Response(), sealedNotify)
	})
}

// isAnswered reports whether an exchange has both messages.
func isAnswered(x *dialog.Exchange) bool { return x.Request != nil && x.Response() != nil }
