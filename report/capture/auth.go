package capture

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/english"
)

// judgeAuth judges authentication, which is encrypted: what tells are sizes,
// and who goes on.
func (c *course) judgeAuth() report.CapturedVerdict {
	if len(c.auth) == 0 {
		return unknown("NO-AUTH", "IKE_AUTH is not in the capture", "other exchanges are")
	}
	last := c.auth[len(c.auth)-1]
	if last.Response() == nil {
		if len(c.after) > 0 || c.ESPReceived > 0 {
			return unknown(report.CapturedOneSided, "the answer to "+last.Type.String()+" is not in the capture", "both sides go on, so that there was one")
		}
		return c.authUnanswered()
	}
	if n, ok := unprotectedError(last.Response()); ok {
		return unknown(n.Notification.String(), "the answer to "+last.Type.String()+" is an error that is not encrypted: "+n.Notification.String(),
			"anyone may have sent it, and the initiator need not believe it", "read the responder's log at "+clock(last.Response().First))
	}
	if !slices.ContainsFunc(c.auth, isAuth) {
		return fails(report.LayerClient, "NOT-CONTINUED", "the initiator does not go on from IKE_INTERMEDIATE to IKE_AUTH", "",
			"look into the initiator's log at "+clock(c.Last))
	}
	for _, judge := range []func() (report.CapturedVerdict, bool){c.gone, c.judgeESP, c.refused} {
		if v, ok := judge(); ok {
			return v
		}
	}
	return c.judgeAfter()
}

// unprotectedError returns the error that a message without encryption tells.
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

func isAuth(x *dialog.Exchange) bool { return x.Type == ike.IKE_AUTH }

// authUnanswered: the last request of authentication got no answer.
func (c *course) authUnanswered() report.CapturedVerdict {
	last := c.auth[len(c.auth)-1]
	name, m := last.Type.String(), last.Request
	v := fails(report.LayerNetwork, "AUTH-NO-ANSWER", name+" got no answer",
		fmt.Sprintf("%s of %s octets to %v, while IKE_SA_INIT was answered", tries(m), english.Grouped(int64(m.Octets)), m.Destination),
		"capture at the responder: does the request arrive there, and is it answered?",
		"read the responder's log at "+clock(m.First))
	switch {
	case m.Lost:
		return fragmentsLost(m, name, v)
	case len(c.auth) > 1:
		v.Layer, v.ID = report.LayerAuthentication, "AUTH-ROUND-NO-ANSWER"
		v.Title = fmt.Sprintf("message %d of authentication got no answer", last.MessageID)
		v.Detail = fmt.Sprintf("%s; those before were answered, so that the path is open: the responder waits for something, such as a RADIUS server, or has given up in silence", tries(m))
	case len(c.Errors) > 0:
		return addErrors(c.SA, v)
	case m.Marked && !slices.ContainsFunc(c.Paths, heardNATTraversal) && m.IPFragments < 2:
		v.ID = "4500-NO-ANSWER"
		v.Title = fmt.Sprintf("UDP %d answers, and UDP %d does not", c.Paths[0].Responder.Port(), m.Destination.Port())
		v.Fix = append([]string{"let UDP 4500 through every firewall on the way, in both directions",
			"if the responder is behind NAT, forward UDP 4500 to it as well as UDP 500"}, v.Fix...)
		if m.Octets > largeMessage {
			v.Detail += "; the request is large, too: IP fragments may be what is dropped"
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
	v.Title = name + " is large, and got no answer: IP fragments are dropped on the way, most likely"
	if m.IPFragments > 1 {
		v.Detail += fmt.Sprintf("; each is in %d IP fragments", m.IPFragments)
	}
	fix := "enable IKE fragmentation (RFC 7383) on both sides: IKEV2_FRAGMENTATION_SUPPORTED is not in both messages"
	if fragmentation(c.SA) {
		fix = "both sides speak IKE fragmentation (RFC 7383), and the initiator does not use it: lower its fragment size"
	}
	v.Fix = append([]string{"send fewer or smaller certificates", fix}, v.Fix...)
	return v
}

func heardNATTraversal(p dialog.Path) bool { return p.NATTraversal && p.Received > 0 }

// fragmentation reports whether both sides support RFC 7383.
func fragmentation(sa *dialog.SA) bool {
	var sides [2]bool
	for _, x := range sa.Exchanges {
		if x.Type != ike.IKE_SA_INIT {
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

// judgeESP goes by the ESP packets after IKE_AUTH.
func (c *course) judgeESP() (report.CapturedVerdict, bool) {
	switch {
	case c.ESPSent >= someESP && c.ESPReceived == 0:
		return fails(report.LayerNetwork, "ESP-ONE-WAY", "ESP goes from the initiator, and none comes back",
			fmt.Sprintf("%d packets went; the responder's routes, its policy, or a firewall that drops ESP", c.ESPSent),
			"check the responder's routes and filters for the client's inner address",
			"without NAT ESP is IP protocol 50: let it through, or force UDP encapsulation"), true
	case c.ESPReceived >= someESP && c.ESPSent == 0:
		return fails(report.LayerNetwork, "ESP-ONE-WAY", "ESP comes from the responder, and none goes there",
			fmt.Sprintf("%d packets came; the initiator's routes or filters, or the capture sees one direction", c.ESPReceived)), true
	}
	return report.CapturedVerdict{}, false
}

// isSmall reports whether an encrypted message has room for so many octets, and
// for no more.
func isSmall(m *dialog.Message, room int) bool {
	return m != nil && m.Encrypted() && m.Fragments == 0 && m.Sealed <= room
}

// refused: the last answer of authentication has no room for what ends it in
// success.
func (c *course) refused() (report.CapturedVerdict, bool) {
	if c.ESPSent+c.ESPReceived > 0 {
		return report.CapturedVerdict{}, false
	}
	rounds := 0
	for _, x := range c.auth {
		if isAuth(x) {
			rounds++
		}
	}
	answer := c.auth[len(c.auth)-1].Response()
	log := "read the responder's log at " + clock(answer.First) + ": it alone has the reason"
	switch {
	case rounds > 1 && isSmall(answer, sealedChild) && (len(c.after) == 0 || c.endsAtOnce()):
		v := fails(report.LayerAuthentication, "AUTH-ENDED", fmt.Sprintf("authentication ends after %d rounds of IKE_AUTH", rounds),
			fmt.Sprintf("the last answer, of %d octets, has no room for an AUTH payload and a Child SA: EAP failed, as for a wrong password, or the client waits for its user", answer.Octets),
			"read the responder's log, or that of its RADIUS server, at "+clock(answer.First))
		if len(c.after) > 0 {
			v.Detail = fmt.Sprintf("the last answer, of %d octets, has no room for an AUTH payload and a Child SA, and an INFORMATIONAL exchange ends it at once: EAP failed, most likely, as for a wrong password", answer.Octets)
		}
		return v, true
	case rounds > 1 || !isSmall(answer, sealedNotify):
		return report.CapturedVerdict{}, false
	case slices.ContainsFunc(c.after, isAnswered):
		return fails(report.LayerNegotiation, "CHILD-REFUSED", "the responder refuses what IKE_AUTH asks for, and keeps the IKE SA",
			fmt.Sprintf("the answer is encrypted, and its %d octets have room for a notify only; as it answers exchanges afterwards, it refuses the Child SA rather than the authentication: NO_PROPOSAL_CHOSEN or TS_UNACCEPTABLE, for ESP suites or networks that do not fit", answer.Octets),
			log, "compare the ESP proposals and the traffic selectors of both sides"), true
	}
	return fails(report.LayerAuthentication, "AUTH-REFUSED", "the responder refuses IKE_AUTH",
		fmt.Sprintf("the answer is encrypted, and its %d octets have room for a notify, not for the responder's identity and AUTH: most likely AUTHENTICATION_FAILED, for a wrong identity, key, certificate or method", answer.Octets),
		log), true
}

// isAnswered reports whether an exchange has both messages.
func isAnswered(x *dialog.Exchange) bool { return x.Request != nil && x.Response() != nil }
