package initiator

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/proposals"
)

// Reading is what one datagram says about one request.
type Reading struct {
	// Outcome is NotTried for what is not an answer at all; Detail then says
	// what it is.
	Outcome Outcome
	Detail  string         // printable, whatever the datagram holds
	Notify  ike.NotifyType // that decides the outcome, as in Exchange
	Group   ike.KeyExchangeMethod
	Suite   *proposals.Suite
	// Cookie is set, and the outcome NoAnswer, where the gateway wants the
	// request again with that cookie.
	Cookie  []byte
	Message *ike.Message
	Octets  []byte // the IKE message, without the non-ESP marker
	// Genuine: the answer is protected by the keys of the IKE SA.
	Genuine bool
	// Elsewhere is the source of an answer that did not come from where the
	// request went, and so is none; invalid otherwise.
	Elsewhere netip.AddrPort
	// OtherSPI: it would be an answer, but for its initiator SPI.
	OtherSPI bool
}

// conclusive reports whether r ends an exchange. The other outcomes are
// remembered, while a better answer may still come.
func (r Reading) conclusive() bool {
	switch r.Outcome {
	case Accepted, InvalidKEPayload, NoProposalChosen, OtherError:
		return true
	}
	return false
}

// agrees reports whether two readings say the same of the gateway. Their
// octets may differ: a responder that treats each retransmission as a new
// request draws a new SPI.
func (r Reading) agrees(other Reading) bool {
	sameSuite := r.Suite == other.Suite || r.Suite != nil && other.Suite != nil && *r.Suite == *other.Suite
	return r.Outcome == other.Outcome && r.Group == other.Group && sameSuite &&
		(r.Outcome != OtherError || r.Detail == other.Detail)
}

// noAnswer and malformed are shorthands for the many ways to be neither.
func noAnswer(format string, args ...any) Reading {
	return Reading{Detail: fmt.Sprintf(format, args...)}
}

func malformed(format string, args ...any) Reading {
	return Reading{Outcome: Malformed, Detail: fmt.Sprintf(format, args...)}
}

// misdirected is what an IKEv2 message is that has our SPI but does not answer the
// request. Only who speaks IKEv2 sends one that is whole: it has a Message then.
func misdirected(d received, format string, args ...any) Reading {
	r := malformed(format, args...)
	if m, err := ike.ParseMessage(d.octets); err == nil && d.whole() {
		r.Message = m
	}
	return r
}

// Classify reads a datagram, as it came from the network, as an answer to req.
// It has no side effects, and anyone may have sent the datagram.
func Classify(req *Request, datagram []byte, from netip.AddrPort) Reading {
	in := receive(datagram, from)
	in.tcp = req.offer.Transport.IsTCP()
	return classify(req, in)
}

func classify(req *Request, d received) Reading {
	marked := req.offer.Transport.marked()
	switch {
	case d.tcp != req.offer.Transport.IsTCP():
		return noAnswer("an answer came over another transport")
	case d.from != req.remote:
		r := noAnswer("an answer came from %v, the request went to %v", d.from, req.remote)
		if d.has(req.SPI()) && d.whole() && d.header.Flags&ike.FlagResponse != 0 {
			r.Elsewhere = d.from
		}
		return r
	case marked && ike.IsKeepalive(d.datagram):
		return noAnswer("a NAT keepalive")
	case marked && !d.marked && d.has(req.SPI()):
		return malformed("no non-ESP marker on port 4500")
	case marked && !d.marked:
		return Reading{Outcome: NotIKE, Detail: "neither IKE nor a keepalive: " + quote(d.datagram)}
	case !marked && d.marked:
		return Reading{Outcome: NotIKE, Detail: "not IKE: " + quote(d.datagram), Octets: d.datagram}
	}
	r := classifyMessage(req, d)
	if req.read != nil && d.has(req.SPI()) {
		r = req.read(d.octets)
	}
	r.Octets = d.octets
	return r
}

// classifyMessage judges the header.
func classifyMessage(req *Request, d received) Reading {
	ours, h := d.has(req.SPI()), d.header
	switch {
	case d.err != nil && ours:
		return malformed("%v", d.err)
	case d.err != nil:
		return Reading{Outcome: NotIKE, Detail: "not IKE: " + quote(d.octets)}
	case h.MajorVersion == 1 && (ours || d.whole()):
		return Reading{Outcome: NotIKE, Detail: "an IKEv1 answer" + ikev1Notify(d.octets)}
	case !ours && h.MajorVersion == 2 && d.whole():
		r := noAnswer("an IKEv2 message with another initiator SPI, %v", h.SPIi)
		r.OtherSPI = h.Flags&ike.FlagResponse != 0 && h.Exchange == req.header.Exchange && h.MessageID == req.header.MessageID
		return r
	case !ours:
		return Reading{Outcome: NotIKE, Detail: "not IKE: " + quote(d.octets)}
	case h.MajorVersion != 2:
		return Reading{Outcome: NotIKE, Detail: fmt.Sprintf("an answer of IKE version %d.%d", h.MajorVersion, h.MinorVersion)}
	case h.Flags&ike.FlagResponse == 0 && h.Flags&ike.FlagInitiator != 0 &&
		h.Exchange == req.header.Exchange && h.MessageID == req.header.MessageID && !d.bare():
		return Reading{Outcome: Echo, Detail: "our own request came back"}
	case h.Flags&ike.FlagResponse == 0:
		return misdirected(d, "the Response flag is not set")
	case h.Exchange != req.header.Exchange:
		return misdirected(d, "the exchange type is %v, the request's %v", h.Exchange, req.header.Exchange)
	case h.MessageID != req.header.MessageID:
		return misdirected(d, "the message ID is %d, the request's %d", h.MessageID, req.header.MessageID)
	case req.open != nil:
		return classifySealed(req, d.octets)
	}
	m, err := ike.ParseMessage(d.octets)
	if unpadded, ok := withoutPadding(d.octets); err != nil && ok {
		m, err = ike.ParseMessage(unpadded)
	}
	if err != nil {
		r := malformed("%v", err)
		r.Message = m
		return r
	}
	r := classifyInit(req, m)
	r.Message = m
	return r
}

// classifyInit judges the payloads of an answer to IKE_SA_INIT.
func classifyInit(req *Request, m *ike.Message) Reading {
	if r, ok := unknownCritical(m); ok {
		return r
	}
	_, hasSA := ike.Find[*ike.SA](m)
	errs := errorNotifies(m)
	switch {
	case len(errs) > 1:
		return malformed("errors that exclude each other: %v and %v", errs[0].Notification, errs[1].Notification)
	case len(errs) == 1 && hasSA:
		return malformed("an SA payload beside the error %v", errs[0].Notification)
	case len(errs) == 1:
		r := classifyError(req, errs[0])
		r.Notify = errs[0].Notification
		return r
	case hasSA:
		return classifyChoice(req, m)
	}
	if n, ok := m.Notify(ike.COOKIE); ok {
		cookie, ok := n.Cookie()
		if !ok {
			return malformed("a COOKIE of %d octets, 1 to 64 are allowed", len(n.Data))
		}
		return Reading{Outcome: NoAnswer, Cookie: cookie}
	}
	if n, ok := m.Notify(ike.REDIRECT); ok {
		return Reading{Outcome: OtherError, Notify: ike.REDIRECT, Detail: "REDIRECT to " + gatewayName(req, n)}
	}
	return malformed("neither an SA payload nor an error")
}

func classifyError(req *Request, n *ike.Notify) Reading {
	switch n.Notification {
	case ike.NO_PROPOSAL_CHOSEN:
		return Reading{Outcome: NoProposalChosen}
	case ike.INVALID_KE_PAYLOAD:
		group, ok := n.InvalidKEMethod()
		if !ok {
			return malformed("an INVALID_KE_PAYLOAD with %d octets of data, not 2", len(n.Data))
		}
		r := Reading{Outcome: InvalidKEPayload, Group: group}
		switch {
		case group == req.offer.KE:
			r.Detail = fmt.Sprintf("it wants %v, of which our KE payload was", group)
		case !proposals.HasKeyExchange(req.offer.Products, group):
			r.Detail = fmt.Sprintf("it wants %v, which was not offered", group)
		}
		return r
	case ike.INVALID_MAJOR_VERSION:
		return Reading{Outcome: NotIKE, Detail: "INVALID_MAJOR_VERSION: it does not take IKEv2"}
	}
	return Reading{Outcome: OtherError, Detail: n.Notification.String()}
}

// classifyChoice judges an answer with an SA payload: the responder "MUST
// choose a single suite, which may be any subset of the SA proposal" (RFC
// 7296, Section 2.7), and its KE is of the suite's method.
func classifyChoice(req *Request, m *ike.Message) Reading {
	var sas []*ike.SA
	var kes []*ike.KE
	var nonces []*ike.Nonce
	for _, p := range m.Payloads {
		switch p := p.(type) {
		case *ike.SA:
			sas = append(sas, p)
		case *ike.KE:
			kes = append(kes, p)
		case *ike.Nonce:
			nonces = append(nonces, p)
		}
	}
	if len(sas) != 1 || len(kes) != 1 || len(nonces) != 1 {
		return malformed("%d SA, %d KE and %d Nonce payloads, not one of each", len(sas), len(kes), len(nonces))
	}
	if n := len(sas[0].Proposals); n != 1 {
		return malformed("it chose %d proposals", n)
	}
	proposal := sas[0].Proposals[0]
	if req.offer.Packet != nil {
		// It may repeat what the client's transforms hold beside.
		proposal = withoutAttributes(proposal)
	}
	suite, err := proposals.SuiteOf(proposal)
	if err != nil {
		return malformed("its choice: %v", err)
	}
	chosen := -1
	for i, p := range req.offer.Products {
		if p.Contains(suite) && (chosen < 0 || req.number(i) == proposal.Number) {
			chosen = i
		}
	}
	ke, nonce, method := kes[0], nonces[0], ike.KeyExchangeMethod(suite[proposals.KE].ID)
	_, size, known := keyexchange.Sizes(method)
	leftOut := chosen < 0 && req.offersWithMore(suite)
	switch {
	case chosen < 0 && !leftOut:
		return malformed("it chose what was not offered: %v", suite)
	case m.SPIr == ike.SPI{}:
		return malformed("its SPI is zero")
	case ke.Method != method:
		return malformed("it chose %v, but its KE payload is of %v", method, ke.Method)
	case known && len(ke.Data) != size:
		return malformed("its KE payload has %d octets, %v has %d", len(ke.Data), method, size)
	case len(nonce.Data) < 16 || len(nonce.Data) > 256:
		return malformed("its nonce has %d octets, 16 to 256 are allowed", len(nonce.Data))
	}
	r := Reading{Outcome: Accepted, Suite: &suite}
	switch {
	case leftOut:
		r.Detail = "it left transform types out that were offered"
	case method != req.offer.KE:
		// It should have sent INVALID_KE_PAYLOAD (RFC 7296, Section 1.2).
		// What it chose is known all the same.
		r.Detail = fmt.Sprintf("it chose %v, though our KE payload was of %v", method, req.offer.KE)
	case proposal.Number != req.number(chosen):
		r.Detail = fmt.Sprintf("it chose of proposal %d, but numbered it %d", req.number(chosen), proposal.Number)
	}
	return r
}

// withoutPadding returns a message without the zero octets, three at most, that
// stand behind its payloads and within its Length. libreswan 3.20 to 3.23 and
// Openswan pad to a multiple of four so, which RFC 7296 does not know.
func withoutPadding(octets []byte) ([]byte, bool) {
	const most = 3
	for n := 1; n <= most && n < len(octets)-ike.HeaderLen && octets[len(octets)-n] == 0; n++ {
		shorter := bytes.Clone(octets[:len(octets)-n])
		binary.BigEndian.PutUint32(shorter[24:], uint32(len(shorter)))
		if _, err := ike.ParseMessage(shorter); err == nil {
			return shorter, true
		}
	}
	return nil, false
}

// classifySealed judges an answer to a protected request. Only what the keys
// open is sure to be the gateway's; an error in the clear is taken with doubt
// (RFC 7296, Section 2.21.4).
func classifySealed(req *Request, octets []byte) Reading {
	m, err := req.open(octets)
	if errors.Is(err, keymat.ErrIncomplete) {
		return Reading{} // an answer so far only in part
	}
	genuine := err == nil
	if !genuine {
		plain, parseErr := ike.ParseMessage(octets)
		if parseErr != nil || isSealed(plain) || len(errorNotifies(plain)) == 0 {
			return malformed("it does not open: %v", err)
		}
		m = plain
	}
	r, bad := unknownCritical(m)
	switch errs := errorNotifies(m); {
	case bad:
	case len(errs) > 0:
		r = Reading{Outcome: OtherError, Notify: errs[0].Notification, Detail: errs[0].Notification.String()}
	default:
		r = Reading{Outcome: Accepted}
	}
	if !genuine {
		r.Detail += ", unprotected"
	}
	r.Message, r.Genuine = m, genuine
	return r
}

// isSealed reports whether m holds an Encrypted or an Encrypted Fragment payload.
func isSealed(m *ike.Message) bool {
	_, whole := ike.Find[*ike.Encrypted](m)
	_, fragment := ike.Find[*ike.EncryptedFragment](m)
	return whole || fragment
}

// unknownCritical finds what forbids to read the rest: "If the critical flag is
// set and the payload type is unrecognized, the message MUST be rejected" (RFC
// 7296, Section 2.5).
func unknownCritical(m *ike.Message) (Reading, bool) {
	for _, p := range m.Payloads {
		if u, ok := p.(*ike.Unknown); ok && u.Critical {
			return malformed("an unknown critical payload, %v", u.PayloadType), true
		}
	}
	return Reading{}, false
}

// errorNotifies returns the first Notify of each error type.
func errorNotifies(m *ike.Message) []*ike.Notify {
	var errs []*ike.Notify
	for _, p := range m.Payloads {
		n, ok := p.(*ike.Notify)
		if ok && n.Notification.IsError() && !slices.ContainsFunc(errs, func(e *ike.Notify) bool {
			return e.Notification == n.Notification
		}) {
			errs = append(errs, n)
		}
	}
	return errs
}

// gatewayName returns where a REDIRECT points, and whether it repeats our
// nonce, as it has to (RFC 5685, Section 3).
func gatewayName(req *Request, n *ike.Notify) string {
	gw, ok := n.Redirect()
	if !ok {
		return "a gateway that cannot be read"
	}
	name := quote([]byte(gw.Name))
	if gw.Addr.IsValid() {
		name = gw.Addr.String()
	}
	if !bytes.Equal(gw.Nonce, req.nonce) {
		name += ", without our nonce"
	}
	return name
}

// ikev1Notify names the notify of an IKEv1 message, if there is one that can be
// read. RFC 2408, Section 3.14.1.
func ikev1Notify(octets []byte) string {
	// What comes before a fault counts, too.
	m, _ := ikev1.Parse(octets)
	n, ok := m.Notify()
	if !ok {
		return ""
	}
	return ", " + n.String()
}

// quote shows the beginning of what came from the network: as text where it is
// text, else in hexadecimal.
func quote(b []byte) string {
	const most = 40
	more := ""
	if len(b) > most {
		b, more = b[:most], "…"
	}
	text := strings.TrimSpace(string(b))
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return r >= 0x7f || r < ' ' && r != '\r' && r != '\n' && r != '\t' }) < 0 {
		return fmt.Sprintf("%q%s", text, more)
	}
	return fmt.Sprintf("%x%s", b, more)
}
