package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
)

// Results of a captured IKE SA, the worst first.
const (
	resultFails   = "fails"
	resultUnknown = "unknown"
	resultWorks   = "works"
)

// Layers that a failure points to.
const (
	layerNetwork        = "network"
	layerNegotiation    = "negotiation"
	layerAuthentication = "authentication"
	layerClient         = "client"
)

const (
	// largeMessage is the size from which IKE messages commonly become IP
	// fragments, in octets: the least MTU of IPv6.
	largeMessage = 1280
	// sealedNotify is the most that an Encrypted payload with a single notify
	// has: an IV of 16 octets, 16 of ciphertext and 32 of ICV. The least that a
	// responder needs to authenticate itself, IDr and AUTH, is more.
	sealedNotify = 64
	// atOnce is the time in which a side reacts to what it just got.
	atOnce = 2 * time.Second
	// someESP is how many packets in one direction tell that none come back.
	someESP = 5
)

func fails(layer, id, title, detail string, fix ...string) CapturedVerdict {
	return CapturedVerdict{Result: resultFails, Layer: layer, ID: id, Title: title, Detail: detail, Fix: append([]string{}, fix...)}
}

func unknown(id, title, detail string, fix ...string) CapturedVerdict {
	return CapturedVerdict{Result: resultUnknown, ID: id, Title: title, Detail: detail, Fix: append([]string{}, fix...)}
}

// judgeCapture says how far an IKE SA came, and which layer that points to.
func judgeCapture(sa *dialog.SA) CapturedVerdict {
	if sa.Version == 1 {
		return judgeIKEv1(sa)
	}
	if !sa.Began() {
		return unknown("CAPTURE-BEGINS-LATE", "IKE_SA_INIT is not in the capture",
			"it began after the IKE SA did, or the IKE SA came of rekeying another one; all of this is encrypted",
			"capture from before the client connects")
	}
	var init *dialog.Exchange
	var later []*dialog.Exchange
	requests, responses := 0, 0
	for _, x := range sa.Exchanges {
		if x.Request != nil && x.ByInitiator {
			requests++
		}
		if x.Response() != nil && x.ByInitiator {
			responses++
		}
		if x.Type == ike.IKE_SA_INIT {
			init = x
		} else if x.Type != ike.INFORMATIONAL || x.MessageID != 0 {
			later = append(later, x)
		}
	}
	switch {
	case requests == 0 || responses == 0 && len(later) > 0:
		missing := "initiator's"
		if requests > 0 {
			missing = "responder's"
		}
		return unknown("ONE-SIDED", "the "+missing+" messages are not in the capture",
			"the other side goes on, so that it got them: the capture sees one direction only",
			"capture both directions, on a host rather than on one of several paths")
	case responses == 0:
		return noAnswer(sa, init)
	case init.Response() == nil:
		return retryUnanswered(sa, init)
	}
	answer := init.Response().Content
	if _, ok := ike.Find[*ike.SA](answer); !ok {
		return notAccepted(sa, init, answer)
	}
	if len(later) == 0 {
		return notContinued(sa)
	}
	return judgeAuth(sa, later)
}

func judgeIKEv1(sa *dialog.SA) CapturedVerdict {
	for _, x := range sa.Exchanges {
		if x.Response() != nil {
			return unknown("IKEV1", "this is IKEv1, which is historic and not looked into", "both sides speak it; RFC 9395 retires it",
				"move both sides to IKEv2")
		}
	}
	v := fails(layerNetwork, "IKEV1-NO-ANSWER", "the IKEv1 initiator gets no answer", "a gateway for IKEv2 alone does not answer IKEv1",
		"set the client to IKEv2")
	return icmpVerdict(sa, v)
}

// icmpVerdict adds what ICMP errors said to a verdict of no answer.
func icmpVerdict(sa *dialog.SA, v CapturedVerdict) CapturedVerdict {
	if len(sa.Errors) == 0 {
		return v
	}
	e := sa.Errors[len(sa.Errors)-1]
	v.ID = "ICMP"
	v.Detail = fmt.Sprintf("%s says of %v: %s (packet %d); %s", addressText(e.Reporter), e.Destination, e.Text, e.Packet, v.Detail)
	switch e.Text {
	case "port unreachable":
		v.Fix = append([]string{"start the IKE service of the responder, and check that it listens on this address"}, v.Fix...)
	case "administratively prohibited":
		v.Fix = append([]string{"let UDP 500 and 4500 through the filter at " + addressText(e.Reporter)}, v.Fix...)
	case "fragmentation needed", "packet too big":
		v.Fix = append([]string{"mind the MTU at " + addressText(e.Reporter)}, v.Fix...)
	}
	return v
}

// tries tells how often a request was sent.
func tries(m *dialog.Message) string {
	if m.Sent < 2 || m.First.IsZero() {
		return counted(int64(m.Sent), "try", "tries")
	}
	return fmt.Sprintf("%d tries in %s", m.Sent, seconds(m.Last.Sub(m.First)))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func noAnswer(sa *dialog.SA, init *dialog.Exchange) CapturedVerdict {
	v := fails(layerNetwork, "NO-ANSWER", "IKE_SA_INIT got no answer",
		fmt.Sprintf("%s to %v", tries(init.Request), init.Request.Destination),
		"let UDP 500 and 4500 through every firewall on the way, in both directions",
		"capture at the responder, too: do the requests arrive there, and are answers sent?",
		fmt.Sprintf("scan it from another place: ikescope %s", addressText(sa.Paths[0].Responder.Addr())))
	if init.Request.Lost {
		return fragmentsLost(init.Request, "IKE_SA_INIT", v)
	}
	if len(sa.Errors) == 0 {
		v.Detail += "; a firewall, a wrong address, a responder that is down or that refuses in silence"
	}
	return icmpVerdict(sa, v)
}

// fragmentsLost is the verdict of a message whose IP fragments did not all
// reach the place of the capture.
func fragmentsLost(m *dialog.Message, name string, v CapturedVerdict) CapturedVerdict {
	v.ID = "IP-FRAGMENTS-LOST"
	v.Title = name + " came without all of its IP fragments"
	v.Detail = fmt.Sprintf("of %s octets %s are missing; something before the place of the capture drops IP fragments, and then the responder cannot answer, or the capture's filter leaves them out",
		grouped(int64(m.Octets)), grouped(int64(m.Missing)))
	v.Fix = []string{
		"enable IKE fragmentation (RFC 7383) on both sides",
		"let IP fragments through every firewall on the way",
		"capture with a filter that keeps fragments, such as 'udp port 500 or udp port 4500 or ip[6:2] & 0x1fff != 0'",
	}
	return v
}

// retryUnanswered: an attempt was answered, and the next one was not.
func retryUnanswered(sa *dialog.SA, init *dialog.Exchange) CapturedVerdict {
	v := fails(layerNetwork, "RETRY-NO-ANSWER", "IKE_SA_INIT got no answer when it was sent again as asked",
		fmt.Sprintf("%s of %d octets; an earlier form of it was answered", tries(init.Request), init.Request.Octets),
		"look into the responder's log: it may have refused in silence")
	if init.Request.Octets > largeMessage || init.Request.IPFragments > 1 {
		v.Detail += "; it is large, and IP fragments may be dropped on the way"
	}
	if init.Request.Lost {
		return fragmentsLost(init.Request, "IKE_SA_INIT", v)
	}
	return icmpVerdict(sa, v)
}

// notAccepted: the last answer to IKE_SA_INIT chooses nothing.
func notAccepted(sa *dialog.SA, init *dialog.Exchange, answer *ike.Message) CapturedVerdict {
	if request := init.Request; request != nil && request.Content != nil {
		if ke, ok := ike.Find[*ike.KE](request.Content); ok && !offersMethod(request.Content, ke.Method) {
			return unknown("SCAN", "this is a scanner's question, and its answer",
				"the KE payload is of "+keMethod(ke.Method)+", which the offer does not hold: no client does so, and scanners such as ikescope do")
		}
	}
	if n, ok := answer.Notify(ike.NO_PROPOSAL_CHOSEN); ok {
		return fails(layerNegotiation, n.Notification.String(), "the responder accepts none of the proposals",
			"no combination that the initiator offers is acceptable to it; Windows shows this as error 13868",
			fmt.Sprintf("ask what the responder accepts: ikescope %s", addressText(sa.Paths[0].Responder.Addr())),
			"add one of the proposals above on the responder, or one that it accepts on the initiator")
	}
	if n, ok := answer.Notify(ike.INVALID_KE_PAYLOAD); ok {
		return invalidKE(init, n)
	}
	if _, ok := answer.Notify(ike.COOKIE); ok {
		if request := init.Request; request != nil && request.Content != nil {
			if _, had := request.Content.Notify(ike.COOKIE); had {
				return fails(layerNegotiation, "COOKIE-LOOP", "the responder asks for a cookie again and again",
					"the initiator did return one: a responder of several machines that do not share their secret, or a NAT that changes the initiator's port")
			}
		}
		return fails(layerClient, "COOKIE-NOT-RETURNED", "the initiator does not return the cookie",
			"it did not get the answer, or does not know cookies", "capture at the initiator: does the answer arrive there?")
	}
	if n, ok := answer.Notify(ike.REDIRECT); ok {
		return unknown("REDIRECT", "the responder sends the initiator to another gateway", notifyMeaning(n, init.Response(), init.Request),
			"look for an IKE SA with that gateway")
	}
	for _, p := range answer.Payloads {
		if n, ok := p.(*ike.Notify); ok && n.Notification.IsError() {
			id := n.Notification.String()
			if strings.Contains(id, "(") { // not registered
				id = fmt.Sprintf("ERROR-%d", uint16(n.Notification))
			}
			return fails(layerNegotiation, id, "the responder answers "+n.Notification.String(), notifyMeaning(n, init.Response(), init.Request),
				"look into the responder's log at "+clock(init.Response().First))
		}
		if n, ok := p.(*ike.Notify); ok && n.Notification == ike.MS_NOTIFY_STATUS {
			return fails(layerNegotiation, "MS_NOTIFY_STATUS", "the responder, a Windows, refuses", notifyMeaning(n, init.Response(), init.Request))
		}
	}
	if err := init.Response().Fault; err != nil {
		return fails(layerNegotiation, "MALFORMED", "the answer cannot be read", err.Error())
	}
	return unknown("ODD-ANSWER", "the answer chooses nothing and names no error", "")
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "the time of the packet"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// invalidKE: the responder wants another KE payload, and none came.
func invalidKE(init *dialog.Exchange, n *ike.Notify) CapturedVerdict {
	const id = "INVALID_KE_PAYLOAD"
	method, ok := n.InvalidKEMethod()
	if !ok {
		return fails(layerNegotiation, id, "the responder wants another key exchange method, and names none", "")
	}
	name := keMethod(method)
	if init.Request == nil || init.Request.Content == nil {
		return unknown(id, "the responder wants a KE payload of "+name+", and none is in the capture", "")
	}
	if !offersMethod(init.Request.Content, method) {
		return fails(layerNegotiation, id, "the responder wants "+name+", which the initiator does not offer",
			"scanners ask so on purpose; of a client, the responder breaks RFC 7296, Section 1.2, or the two share no method",
			"offer "+name+" on the initiator, or a method that it offers on the responder")
	}
	if ke, ok := ike.Find[*ike.KE](init.Request.Content); ok && ke.Method == method {
		return fails(layerNegotiation, id, "the responder wants "+name+" and gets it, and still asks for it",
			"it does not like the public value, or forgets what it asked for", "look into the responder's log")
	}
	return fails(layerClient, id, "the initiator does not try again with "+name+", which it offers",
		"the answer did not reach it, or it gives up; a client that works sends IKE_SA_INIT again at once",
		"capture at the initiator: does the answer arrive there?",
		"make "+name+" the initiator's first method")
}

// notContinued: the responder accepted, and nothing follows.
func notContinued(sa *dialog.SA) CapturedVerdict {
	v := fails(layerClient, "NOT-CONTINUED", "the responder accepts, and the initiator does not go on to IKE_AUTH",
		"the answer did not reach it, it does not accept the choice, or it waits for its user",
		"capture at the initiator: does the answer arrive there?",
		"look into the initiator's log at "+clock(sa.Last))
	if n, ok := sa.NAT(); ok && (n.Initiator || n.Responder) && !spoke(sa, 4500) {
		v.Result, v.Layer, v.ID = resultUnknown, "", "NOTHING-ON-4500"
		v.Title = "the responder accepts, and nothing on UDP 4500 is in the capture"
		v.Detail = "there is NAT, so that IKE_AUTH goes to UDP 4500: the capture's filter leaves that port out, or the initiator does not send there"
		v.Fix = []string{"capture with the filter 'udp port 500 or udp port 4500'", "let UDP 4500 through the initiator's own firewall"}
	}
	return v
}

// spoke reports whether anything to or from a port of the responder was
// captured.
func spoke(sa *dialog.SA, port uint16) bool {
	for _, p := range sa.Paths {
		if p.Responder.Port() == port {
			return true
		}
	}
	return false
}

// judgeAuth judges the exchanges after IKE_SA_INIT, which are encrypted.
func judgeAuth(sa *dialog.SA, later []*dialog.Exchange) CapturedVerdict {
	var auth, after []*dialog.Exchange
	for _, x := range later {
		if x.Type == ike.IKE_AUTH || x.Type == ike.IKE_INTERMEDIATE {
			auth = append(auth, x)
		} else {
			after = append(after, x)
		}
	}
	if len(auth) == 0 {
		return unknown("NO-AUTH", "IKE_AUTH is not in the capture", "other exchanges are")
	}
	last := auth[len(auth)-1]
	if last.Response() == nil {
		if len(after) > 0 || sa.ESPReceived > 0 {
			return unknown("ONE-SIDED", "the answer to "+last.Type.String()+" is not in the capture", "both sides go on, so that there was one")
		}
		return authUnanswered(sa, auth)
	}
	answer := last.Response()
	var first *dialog.Exchange
	rounds := 0
	for _, x := range auth {
		if x.Type == ike.IKE_AUTH {
			if first == nil {
				first = x
			}
			rounds++
		}
	}
	switch {
	case first == nil:
		return fails(layerClient, "NOT-CONTINUED", "the initiator does not go on from IKE_INTERMEDIATE to IKE_AUTH", "",
			"look into the initiator's log at "+clock(sa.Last))
	case sa.ESPSent >= someESP && sa.ESPReceived == 0:
		return fails(layerNetwork, "ESP-ONE-WAY", "ESP goes from the initiator, and none comes back",
			fmt.Sprintf("%d packets went; the responder's routes, its policy, or a firewall that drops ESP", sa.ESPSent),
			"check the responder's routes and filters for the client's inner address",
			"without NAT ESP is IP protocol 50: let it through, or force UDP encapsulation")
	case sa.ESPReceived >= someESP && sa.ESPSent == 0:
		return fails(layerNetwork, "ESP-ONE-WAY", "ESP comes from the responder, and none goes there",
			fmt.Sprintf("%d packets came; the initiator's routes or filters, or the capture sees one direction", sa.ESPReceived))
	case sa.ESPSent > 0 && sa.ESPReceived > 0:
		return CapturedVerdict{Result: resultWorks, ID: "ESP-FLOWS", Title: "connected: ESP flows in both directions",
			Detail: fmt.Sprintf("%d packets from the initiator, %d to it", sa.ESPSent, sa.ESPReceived), Fix: []string{}}
	}
	small := answer.Encrypted() && answer.Fragments == 0 && answer.Sealed <= sealedNotify
	switch {
	case small && rounds == 1 && answered(after):
		return fails(layerNegotiation, "CHILD-REFUSED", "the responder refuses what IKE_AUTH asks for, and keeps the IKE SA",
			fmt.Sprintf("the answer is encrypted, and its %d octets have room for a notify only; as it answers exchanges afterwards, it refuses the Child SA rather than the authentication: NO_PROPOSAL_CHOSEN or TS_UNACCEPTABLE, for ESP suites or networks that do not fit", answer.Octets),
			"read the responder's log at "+clock(answer.First)+": it alone has the reason",
			"compare the ESP proposals and the traffic selectors of both sides")
	case small && rounds == 1:
		return fails(layerAuthentication, "AUTH-REFUSED", "the responder refuses IKE_AUTH",
			fmt.Sprintf("the answer is encrypted, and its %d octets have room for a notify, not for the responder's identity and AUTH: most likely AUTHENTICATION_FAILED, for a wrong identity, key, certificate or method", answer.Octets),
			"read the responder's log at "+clock(answer.First)+": it alone has the reason")
	case small && len(after) == 0:
		return fails(layerAuthentication, "AUTH-ENDED", fmt.Sprintf("authentication ends after %d rounds of IKE_AUTH", rounds),
			fmt.Sprintf("the last answer, of %d octets, has no room for an AUTH payload: a failure of EAP, such as a wrong password, or a client that waits for its user", answer.Octets),
			"read the responder's log, or that of its RADIUS server, at "+clock(answer.First))
	}
	return judgeAfter(sa, answer, after)
}

// answered reports whether any of some exchanges was.
func answered(exchanges []*dialog.Exchange) bool {
	return slices.ContainsFunc(exchanges, func(x *dialog.Exchange) bool { return x.Request != nil && x.Response() != nil })
}

// authUnanswered: the last request of authentication got no answer.
func authUnanswered(sa *dialog.SA, auth []*dialog.Exchange) CapturedVerdict {
	last := auth[len(auth)-1]
	name := last.Type.String()
	m := last.Request
	if m == nil {
		return unknown("ONE-SIDED", "the request of "+name+" is not in the capture", "")
	}
	v := fails(layerNetwork, "AUTH-NO-ANSWER", name+" got no answer",
		fmt.Sprintf("%s of %s octets to %v, while IKE_SA_INIT was answered", tries(m), grouped(int64(m.Octets)), m.Destination),
		"capture at the responder: does the request arrive there, and is it answered?",
		"read the responder's log at "+clock(m.First))
	supported := fragmentation(sa)
	switch {
	case m.Lost:
		return fragmentsLost(m, name, v)
	case len(auth) > 1:
		v.Layer, v.ID = layerAuthentication, "AUTH-ROUND-NO-ANSWER"
		v.Title = fmt.Sprintf("message %d of authentication got no answer", last.MessageID)
		v.Detail = fmt.Sprintf("%s; those before were answered, so that the path is open: the responder waits for something, such as a RADIUS server, or has given up in silence", tries(m))
	case len(sa.Errors) > 0:
		return icmpVerdict(sa, v)
	case m.Destination.Port() == 4500 && !heard(sa, 4500) && m.IPFragments < 2:
		v.ID = "4500-NO-ANSWER"
		v.Title = "UDP 500 answers, and UDP 4500 does not"
		v.Fix = append([]string{"let UDP 4500 through every firewall on the way, in both directions",
			"if the responder is behind NAT, forward UDP 4500 to it as well as UDP 500"}, v.Fix...)
		if m.Octets > largeMessage {
			v.Detail += "; the request is large, too: IP fragments may be what is dropped"
		}
	case m.IPFragments > 1 || m.Octets > largeMessage && m.Fragments == 0:
		v.ID = "IP-FRAGMENTS-DROPPED"
		v.Title = name + " is large, and got no answer: IP fragments are dropped on the way, most likely"
		if m.IPFragments > 1 {
			v.Detail += fmt.Sprintf("; each is in %d IP fragments", m.IPFragments)
		}
		if supported {
			v.Fix = append([]string{"both sides speak IKE fragmentation (RFC 7383), and the initiator does not use it: lower its fragment size"}, v.Fix...)
		} else {
			v.Fix = append([]string{"enable IKE fragmentation (RFC 7383) on both sides: IKEV2_FRAGMENTATION_SUPPORTED is not in both messages"}, v.Fix...)
		}
		v.Fix = append([]string{"send fewer or smaller certificates"}, v.Fix...)
	case m.Fragments > m.Captured:
		v.ID = "FRAGMENTS-LOST"
		v.Detail += fmt.Sprintf("; %d of its %d fragments are in the capture", m.Captured, m.Fragments)
	}
	return v
}

// heard reports whether anything came from a port of the responder.
func heard(sa *dialog.SA, port uint16) bool {
	for _, p := range sa.Paths {
		if p.Responder.Port() == port && p.Received > 0 {
			return true
		}
	}
	return false
}

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

// judgeAfter: IKE_AUTH was answered in full, and what counts is what follows.
func judgeAfter(sa *dialog.SA, answer *dialog.Message, after []*dialog.Exchange) CapturedVerdict {
	said := fmt.Sprintf("the answer to IKE_AUTH, of %d octets, has room for the responder's identity and AUTH", answer.Octets)
	if len(after) == 0 {
		return unknown("AUTH-ANSWERED", "IKE_AUTH was answered in full, and nothing follows",
			said+"; whether the initiator was content, and a Child SA made, is encrypted",
			"read either side's log at "+clock(answer.First))
	}
	x := after[0]
	ends := x.Type == ike.INFORMATIONAL && len(after) == 1 && x.Request != nil && x.Request.First.Sub(answer.Last) < atOnce
	if !ends {
		return CapturedVerdict{Result: resultWorks, ID: "GOES-ON", Title: "authenticated: exchanges follow IKE_AUTH",
			Detail: said + fmt.Sprintf("; %s; no ESP is in the capture", counted(int64(len(after)), "exchange follows", "exchanges follow")), Fix: []string{}}
	}
	who, reason := "responder", "the initiator's identity or what it asks for"
	if x.ByInitiator {
		who, reason = "initiator", "the responder's certificate, identity or Child SA"
	}
	v := fails(layerAuthentication, "ENDED-AT-ONCE", "the "+who+" ends it, or objects, right after IKE_AUTH",
		fmt.Sprintf("%s; an INFORMATIONAL request of the %s, %d octets, follows within %s and is the last exchange: a Delete, or a notify; it does not accept %s, or was told to disconnect",
			said, who, x.Request.Octets, seconds(atOnce), reason),
		"read the "+who+"'s log at "+clock(x.Request.First))
	v.Result, v.Layer = resultUnknown, ""
	return v
}
