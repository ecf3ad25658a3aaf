package iketest

import (
	"bytes"
	"cmp"
	"crypto/sha1" // NAT detection hashes with it
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/offers"
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
		return s.reject(h, ike.Notify{Notification: ike.UNSUPPORTED_CRITICAL_PAYLOAD, Data: []byte{byte(critical)}})
	}
	if malformed != nil || !hasSA || !hasKE || !hasNonce || len(ni.Data) < 16 || len(ni.Data) > 256 {
		return s.reject(h, ike.Notify{Notification: ike.INVALID_SYNTAX})
	}
	if answer, done, err := s.redirect(m, ni); done {
		return answer, err
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

// redirect sends initiators elsewhere (RFC 5685, Section 3), with their own
// nonce; it is not done with those that are served.
func (s *server) redirect(m *ike.Message, ni *ike.Nonce) (answer []byte, done bool, err error) {
	if s.profile.RedirectTo == "" {
		return nil, false, nil
	}
	_, ok := m.Notify(ike.REDIRECT_SUPPORTED)
	if _, again := m.Notify(ike.REDIRECTED_FROM); !ok && !again && !s.profile.RedirectAll {
		if s.profile.Unredirected == ByRFC {
			return nil, false, nil
		}
		return s.react(s.profile.Unredirected, m.Header)
	}
	s.stats.Redirected++
	kind, identity := ike.GatewayFQDN, []byte(s.profile.RedirectTo)
	if a, err := netip.ParseAddr(s.profile.RedirectTo); err == nil {
		kind, identity = ike.GatewayIPv6, a.AsSlice()
		if a.Is4() {
			kind = ike.GatewayIPv4
		}
	}
	data := append([]byte{byte(kind), byte(len(identity))}, identity...)
	answer, err = s.refuse(m.Header, ike.Notify{Notification: ike.REDIRECT, Data: append(data, ni.Data...)})
	return answer, true, err
}

// negotiate selects a suite, and then looks at the KE payload.
func (s *server) negotiate(in arrival, m *ike.Message, sa *ike.SA, ke *ike.KE, ni *ike.Nonce, now time.Time) ([]byte, error) {
	if unknown := s.profile.UnknownKE; unknown != ByRFC && ke.Method != ike.KE_NONE && !registered(ke.Method) {
		if unknown == AsSyntax {
			return s.reject(m.Header, ike.Notify{Notification: ike.INVALID_SYNTAX})
		}
		if answer, done, err := s.react(unknown, m.Header); done {
			return answer, err
		}
	}
	if wanted, ok := s.profile.wantedKE(s.policy, sa.Proposals); ok && ke.Method != wanted {
		return s.invalidKE(m.Header, wanted)
	}
	if s.profile.rejects(sa.Proposals) {
		return s.refuse(m.Header, ike.Notify{Notification: ike.INVALID_SYNTAX})
	}
	if s.profile.tooLong(sa) {
		if answer, done, err := s.react(cmp.Or(s.profile.TooLong, AsRefusal), m.Header); done {
			return answer, err
		}
	}
	_, intermediate := m.Notify(ike.INTERMEDIATE_EXCHANGE_SUPPORTED)
	chosen, ok := s.choose(request{sa.Proposals, ke.Method, intermediate})
	if !ok {
		return s.refuseOffer(m.Header)
	}
	method := offers.MethodOf(chosen)
	if s.faults.InvalidKELoop {
		return s.invalidKE(m.Header, anotherMethod(ke.Method))
	}
	if ke.Method != method {
		reaction := s.profile.ForeignKE
		if offers.HasMethod(sa.Proposals, ke.Method) {
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
	if s.faults.Unredeemed || (hasAdditional(chosen) && !intermediate) {
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

// choose selects a suite, or what the faults make of it.
func (s *server) choose(r request) (ike.Proposal, bool) {
	chosen, ok := s.profile.choose(s.policy, r)
	switch {
	case ok && s.faults.happens(s.faults.FalseRefusal):
		return ike.Proposal{}, false
	case !ok && s.faults.happens(s.faults.FalseAcceptance):
		return offers.First(r.offer)
	}
	return chosen, ok
}

// react answers in place of an accepted answer; it is not done if that is to
// follow.
func (s *server) react(r Reaction, h ike.Header) (answer []byte, done bool, err error) {
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

// invalidKE names the method that the KE payload should have had.
func (s *server) invalidKE(h ike.Header, m ike.KeyExchangeMethod) ([]byte, error) {
	s.stats.InvalidKE++
	now := time.Now()
	s.sas.keepClosed(now.Add(s.profile.ClosedFor), now)
	return s.refuse(h, *invalidKENotify(m))
}

// accept answers with the chosen suite and leaves a half-open SA.
func (s *server) accept(in arrival, m *ike.Message, chosen ike.Proposal, keys secrets, ni *ike.Nonce, now time.Time) ([]byte, error) {
	var err error
	if keys.public == nil {
		if keys.public, err = s.random(publicLength(offers.MethodOf(chosen))); err != nil {
			return nil, err
		}
	}
	nr, err := s.nonce()
	if err != nil {
		return nil, err
	}
	h := responseHeader(m.Header)
	if h.SPIr, err = s.newSPI(); err != nil {
		return nil, err
	}
	nat, err := s.natDetection(in, m, h)
	if err != nil {
		return nil, err
	}
	payloads := []ike.Payload{
		&ike.SA{Proposals: []ike.Proposal{chosen}},
		&ike.KE{Method: offers.MethodOf(chosen), Data: keys.public},
		&ike.Nonce{Data: nr},
	}
	payloads = append(payloads, nat...)
	if s.profile.CertReq != nil {
		payloads = append(payloads, s.profile.CertReq)
	}
	payloads = append(payloads, s.status(m, chosen)...)
	for _, id := range s.profile.VendorIDs {
		payloads = append(payloads, &ike.VendorID{Data: id})
	}
	answer, err := s.encode(h, payloads...)
	if err != nil {
		return nil, err
	}
	s.stats.Accepted++
	s.sas.add(&gatewaySA{
		spii: h.SPIi, spir: h.SPIr, source: in.remote.Addr(), expires: now.Add(cmp.Or(s.profile.HalfOpenFor, defaultHalfOpenFor)),
		nextID: 1, chosen: chosen, secret: keys.shared, ni: ni.Data, nr: nr, request: bytes.Clone(in.octets), init: answer, hashes: announced(m), fragmentation: s.fragments(m),
	})
	return answer, nil
}

// fragments reports whether both sides support fragments of IKE messages (RFC 7383,
// Section 2.3).
func (s *server) fragments(m *ike.Message) bool {
	_, asked := m.Notify(ike.IKEV2_FRAGMENTATION_SUPPORTED)
	return asked && slices.ContainsFunc(s.profile.Notifies, func(n ike.Notify) bool { return n.Notification == ike.IKEV2_FRAGMENTATION_SUPPORTED })
}

// announced returns the hash algorithms of a request's SIGNATURE_HASH_ALGORITHMS.
func announced(m *ike.Message) []ike.HashAlgorithm {
	n, ok := m.Notify(ike.SIGNATURE_HASH_ALGORITHMS)
	if !ok {
		return nil
	}
	hashes, _ := n.SignatureHashes()
	return hashes
}

// natDetection returns the notifies of RFC 7296, Section 2.23: one or more of
// the source, one of the destination.
func (s *server) natDetection(in arrival, m *ike.Message, h ike.Header) ([]ike.Payload, error) {
	_, source := m.Notify(ike.NAT_DETECTION_SOURCE_IP)
	_, destination := m.Notify(ike.NAT_DETECTION_DESTINATION_IP)
	asked := source && destination
	if s.profile.NATDetection == NATDetectionNever || (s.profile.NATDetection == NATDetectionIfAsked && !asked) {
		return nil, nil
	}
	hash := func(t ike.NotifyType, a netip.AddrPort) ike.Payload {
		data := ike.NATDetectionHash(h.SPIi, h.SPIr, a)
		return &ike.Notify{Notification: t, Data: data[:]}
	}
	var payloads []ike.Payload
	for _, a := range s.otherAddresses {
		payloads = append(payloads, hash(ike.NAT_DETECTION_SOURCE_IP, netip.AddrPortFrom(a.Unmap(), in.local.Port())))
	}
	if s.profile.FakeNAT {
		data, err := s.random(sha1.Size)
		if err != nil {
			return nil, err
		}
		payloads = append(payloads, &ike.Notify{Notification: ike.NAT_DETECTION_SOURCE_IP, Data: data})
	} else {
		own := in.local
		if s.address.IsValid() {
			own = netip.AddrPortFrom(s.address.Unmap(), own.Port())
		}
		payloads = append(payloads, hash(ike.NAT_DETECTION_SOURCE_IP, own))
	}
	return append(payloads, hash(ike.NAT_DETECTION_DESTINATION_IP, in.remote)), nil
}
