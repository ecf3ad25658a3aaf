package iketest

import (
	"cmp"
	"net/netip"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// answerInit answers an IKE_SA_INIT request (RFC 7296, Section 1.2).
func (s *server) answerInit(in arrival, h ike.Header, now time.Time) ([]byte, error) {
	if h.SPIi == (ike.SPI{}) || h.SPIr != (ike.SPI{}) || h.MessageID != 0 {
		return nil, nil
	}
	s.stats.InitRequests++
	if s.laterFrom > 0 && s.stats.InitRequests > s.laterFrom {
		s.policy, s.profile = s.laterPolicy, *s.laterProfile
	}
	m, malformed := ike.ParseMessage(in.octets)
	ke, hasKE := ike.Find[*ike.KE](m)
	if hasKE && s.profile.DeafAboveKE > 0 && ke.Method > s.profile.DeafAboveKE {
		return nil, nil
	}
	// Cookies come before anything that costs memory or time.
	if answer, pass, err := s.guard(in, m, now); !pass {
		return answer, err
	}
	sa, hasSA := ike.Find[*ike.SA](m)
	ni, hasNonce := ike.Find[*ike.Nonce](m)
	if critical, ok := unknownCritical(m); ok {
		return reject(h, ike.Notify{Notification: ike.UNSUPPORTED_CRITICAL_PAYLOAD, Data: []byte{byte(critical)}})
	}
	if malformed != nil || !hasSA || !hasKE || !hasNonce || len(ni.Data) < 16 || len(ni.Data) > 256 {
		return reject(h, ike.Notify{Notification: ike.INVALID_SYNTAX})
	}
	if n, ok := s.redirect(m, ni); ok {
		return s.refuse(h, n)
	}
	return s.negotiate(in, m, sa, ke, ni, now)
}

// unknownCritical returns the type of a payload that the initiator wants to be
// understood, and that is not (RFC 7296, Section 2.5).
func unknownCritical(m *ike.Message) (ike.PayloadType, bool) {
	for _, p := range m.Payloads {
		if u, ok := p.(*ike.Unknown); ok && u.Critical {
			return u.PayloadType, true
		}
	}
	return 0, false
}

// redirect returns the notify that sends an initiator elsewhere, with its own
// nonce (RFC 5685, Section 3), if it said that it would go.
func (s *server) redirect(m *ike.Message, ni *ike.Nonce) (ike.Notify, bool) {
	if _, ok := m.Notify(ike.REDIRECT_SUPPORTED); !ok || s.profile.RedirectTo == "" {
		return ike.Notify{}, false
	}
	kind, identity := ike.GatewayFQDN, []byte(s.profile.RedirectTo)
	if a, err := netip.ParseAddr(s.profile.RedirectTo); err == nil {
		kind, identity = ike.GatewayIPv6, a.AsSlice()
		if a.Is4() {
			kind = ike.GatewayIPv4
		}
	}
	data := append([]byte{byte(kind), byte(len(identity))}, identity...)
	return ike.Notify{Notification: ike.REDIRECT, Data: append(data, ni.Data...)}, true
}

// negotiate selects a suite, and then looks at the KE payload.
func (s *server) negotiate(in arrival, m *ike.Message, sa *ike.SA, ke *ike.KE, ni *ike.Nonce, now time.Time) ([]byte, error) {
	if unknown := s.profile.UnknownKE; unknown != ByRFC && ke.Method != ike.KE_NONE && !registered(ke.Method) {
		if unknown == AsSyntax {
			return reject(m.Header, ike.Notify{Notification: ike.INVALID_SYNTAX})
		}
		if answer, done, err := s.react(unknown, m.Header); done {
			return answer, err
		}
	}
	if s.profile.UnknownAttribute == RefuseMessage && anyUnknownAttribute(sa.Proposals) {
		return s.refuse(m.Header, ike.Notify{Notification: ike.INVALID_SYNTAX})
	}
	_, intermediate := m.Notify(ike.INTERMEDIATE_EXCHANGE_SUPPORTED)
	chosen, ok := s.profile.choose(s.policy, request{sa.Proposals, ke.Method, intermediate})
	if !ok {
		return s.refuseOffer(m.Header)
	}
	method := methodOf(chosen)
	if s.faults.InvalidKELoop {
		return s.invalidKE(m.Header, anotherMethod(ke.Method))
	}
	if ke.Method != method {
		reaction := s.profile.ForeignKE
		if offers(sa.Proposals, ke.Method) {
			reaction = s.profile.UnchosenKE
		}
		if reaction == ByRFC {
			return s.invalidKE(m.Header, method)
		}
		if answer, done, err := s.react(reaction, m.Header); done {
			return answer, err
		}
		return s.accept(in, m, chosen, secrets{}, ni, now)
	}
	if hasAdditional(chosen) && !intermediate {
		return s.refuseOffer(m.Header)
	}
	keys, reaction, err := s.exchangeKeys(ke)
	if err != nil {
		return nil, err
	}
	if answer, done, err := s.react(reaction, m.Header); done {
		return answer, err
	}
	return s.accept(in, m, chosen, keys, ni, now)
}

// react answers in place of an accepted answer; it is not done if that is to
// follow.
func (s *server) react(r KEReaction, h ike.Header) (answer []byte, done bool, err error) {
	switch r {
	case AsAccepted:
		return nil, false, nil
	case AsRefusal:
		answer, err = s.refuseOffer(h)
	case ByRFC, AsSyntax:
		answer, err = s.refuse(h, ike.Notify{Notification: ike.INVALID_SYNTAX})
	}
	return answer, true, err
}

// invalidKE names the method that the KE payload should have had, 2 octets
// (RFC 7296, Section 1.3).
func (s *server) invalidKE(h ike.Header, m ike.KeyExchangeMethod) ([]byte, error) {
	s.stats.InvalidKE++
	return s.refuse(h, ike.Notify{Notification: ike.INVALID_KE_PAYLOAD, Data: []byte{byte(m >> 8), byte(m)}})
}

// accept answers with the chosen suite and leaves a half-open SA.
func (s *server) accept(in arrival, m *ike.Message, chosen ike.Proposal, keys secrets, ni *ike.Nonce, now time.Time) ([]byte, error) {
	var err error
	if keys.public == nil {
		if keys.public, err = s.random(publicLength(methodOf(chosen))); err != nil {
			return nil, err
		}
	}
	nr, err := s.random(nonceLength)
	if err != nil {
		return nil, err
	}
	h := responseHeader(m.Header)
	if h.SPIr, err = s.newSPI(); err != nil {
		return nil, err
	}
	payloads := []ike.Payload{
		&ike.SA{Proposals: []ike.Proposal{chosen}},
		&ike.KE{Method: methodOf(chosen), Data: keys.public},
		&ike.Nonce{Data: nr},
	}
	payloads = append(payloads, s.natDetection(in, m, h)...)
	if s.profile.CertReq != nil {
		payloads = append(payloads, s.profile.CertReq)
	}
	payloads = append(payloads, s.status(m, chosen)...)
	for _, id := range s.profile.VendorIDs {
		payloads = append(payloads, &ike.VendorID{Data: id})
	}
	answer, err := (&ike.Message{Header: h, Payloads: payloads}).AppendBinary(nil)
	if err != nil {
		return nil, err
	}
	s.stats.Accepted++
	s.halfOpen.add(&halfOpenSA{
		spii: h.SPIi, spir: h.SPIr, source: in.remote.Addr(), expires: now.Add(cmp.Or(s.profile.HalfOpenFor, defaultHalfOpenFor)),
		chosen: chosen, secret: keys.shared, ni: ni.Data, nr: nr,
	})
	return answer, nil
}

// natDetection returns the two notifies of RFC 7296, Section 2.23.
func (s *server) natDetection(in arrival, m *ike.Message, h ike.Header) []ike.Payload {
	_, source := m.Notify(ike.NAT_DETECTION_SOURCE_IP)
	_, destination := m.Notify(ike.NAT_DETECTION_DESTINATION_IP)
	asked := source && destination
	if s.profile.NATDetection == NATDetectionNever || (s.profile.NATDetection == NATDetectionIfAsked && !asked) {
		return nil
	}
	own := in.local
	if s.address.IsValid() {
		own = netip.AddrPortFrom(s.address.Unmap(), own.Port())
	}
	mine, theirs := ike.NATDetectionHash(h.SPIi, h.SPIr, own), ike.NATDetectionHash(h.SPIi, h.SPIr, in.remote)
	return []ike.Payload{
		&ike.Notify{Notification: ike.NAT_DETECTION_SOURCE_IP, Data: mine[:]},
		&ike.Notify{Notification: ike.NAT_DETECTION_DESTINATION_IP, Data: theirs[:]},
	}
}
