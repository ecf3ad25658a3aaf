package iketest

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/keymat"
)

// answerProtected answers a request in an IKE SA: an IKE_AUTH (RFC 7296, Section
// 1.2), or an INFORMATIONAL. What the SA's keys do not open is not answered, or
// anyone could end it.
func (s *server) answerProtected(in arrival, h ike.Header, now time.Time) ([][]byte, error) {
	sa := s.sas.bySPI[h.SPIr]
	if sa == nil || sa.spii != h.SPIi || sa.secret == nil || h.MessageID != sa.nextID {
		return nil, nil
	}
	transforms, err := keymat.TransformsOf(sa.chosen)
	if err != nil || !keymat.Supported(transforms) {
		return nil, nil
	}
	keys, err := keymat.Derive(transforms, sa.secret, sa.ni, sa.nr, sa.spii, sa.spir)
	if err != nil {
		return nil, err
	}
	keys = sa.further.Keys(keys)
	if sa.fragments == nil {
		sa.fragments = keys.Reassembly(keymat.Initiator)
	}
	m, err := sa.fragments.Open(in.octets)
	if err != nil {
		return nil, nil // perhaps a fragment, of which others are to come
	}
	request := sa.fragments
	sa.keys, sa.fragments = keys, nil
	var payloads []ike.Payload
	answered := true
	switch h.Exchange {
	case ike.IKE_INTERMEDIATE:
		payloads, err = sa.further.Answer(sa.chosen, keys, request, m, sa.ni, sa.nr, responseHeader(h), s.rand)
		answered = payloads != nil
	case ike.IKE_AUTH:
		payloads, answered, err = s.authenticate(sa, m, now)
	case ike.CREATE_CHILD_SA:
		if payloads, answered = s.createChild(sa, m); answered && sa.login.ChildAnswer != nil {
			payloads = sa.login.ChildAnswer(payloads)
		}
	default:
		answered = s.inform(sa, m, now)
	}
	if !answered || err != nil {
		return nil, err
	}
	sa.nextID++
	if sa.fragmentation && s.profile.FragmentSize > 0 {
		fragments, err := keys.SealFragments(keymat.Responder, responseHeader(h), payloads, s.rand, s.profile.FragmentSize)
		if s.profile.LoseFragment > 0 && len(fragments) >= s.profile.LoseFragment && len(fragments) > 1 {
			fragments = slices.Delete(fragments, s.profile.LoseFragment-1, s.profile.LoseFragment)
		}
		return fragments, err
	}
	whole, err := keys.Seal(keymat.Responder, responseHeader(h), payloads, s.rand)
	if err != nil {
		return nil, err
	}
	return [][]byte{whole}, nil
}

// authenticate returns what answers an IKE_AUTH request, if anything does.
func (s *server) authenticate(sa *gatewaySA, m *ike.Message, now time.Time) (payloads []ike.Payload, answered bool, err error) {
	switch {
	case sa.established && sa.login != nil && sa.login.RefusesSecond:
		return []ike.Payload{&ike.Notify{Notification: ike.AUTHENTICATION_FAILED}}, true, nil
	case s.profile.Auth == AuthSilent || sa.established:
		return nil, false, nil
	}
	early := sa.further.Pending(sa.chosen) // "the IKE_INTERMEDIATE exchanges [...] before the IKE_AUTH" (RFC 9370, Section 2.2.2)
	if _, ok := ike.Find[*ike.Auth](m); !ok && !early && len(s.connections) > 0 {
		if payloads, answered := s.unauthenticated(sa, m, now); payloads != nil || !answered {
			return payloads, answered, nil
		}
		s.close(sa, now)
		return []ike.Payload{&ike.Notify{Notification: ike.AUTHENTICATION_FAILED}}, true, nil
	}
	if auth, ok := ike.Find[*ike.Auth](m); ok && !early {
		if payloads, done := s.admit(sa, m, auth); done {
			return payloads, true, nil
		}
	}
	switch s.profile.Auth {
	case AuthEAP:
		// Request 0, of type Identity (RFC 3748, Section 5.1).
		return []ike.Payload{&ike.EAP{Data: []byte{1, 0, 0, 5, 1}}}, true, nil
	case AuthEstablishes:
		proof, err := s.random(sha256.Size)
		if err != nil {
			return nil, false, err
		}
		sa.established, sa.expires = true, now.Add(establishedFor)
		return []ike.Payload{
			&ike.ID{Payload: ike.PayloadIDr, IDType: ike.ID_NULL},
			&ike.Auth{Method: ike.AuthNull, Data: proof},
		}, true, nil
	}
	s.close(sa, now)
	return []ike.Payload{&ike.Notify{Notification: ike.AUTHENTICATION_FAILED}}, true, nil
}

// unauthenticated answers an IKE_AUTH without AUTH payload; without payloads it is to
// be refused.
func (s *server) unauthenticated(sa *gatewaySA, m *ike.Message, now time.Time) (payloads []ike.Payload, answered bool) {
	if sa.connection == nil {
		return s.introduce(sa, m), true
	}
	if p, ok := ike.Find[*ike.EAP](m); ok {
		if packet, err := eap.Parse(p.Data); err == nil {
			return s.converse(sa, packet, now)
		}
	}
	return s.again(sa, m), true
}

// inform reports whether an INFORMATIONAL request is answered, with an empty
// message, and ends the SA that it deletes (RFC 7296, Section 1.4.1).
func (s *server) inform(sa *gatewaySA, m *ike.Message, now time.Time) bool {
	reaction := s.profile.Delete
	if sa.established {
		reaction = DeleteEnds
	}
	if d, ok := ike.Find[*ike.Delete](m); ok && d.Protocol == ike.ProtocolESP && sa.established {
		sa.children -= len(d.SPIs)
		s.stats.ChildrenLeft -= len(d.SPIs)
	}
	if d, ok := ike.Find[*ike.Delete](m); ok && d.Protocol == ike.ProtocolIKE && reaction == DeleteEnds {
		s.close(sa, now)
	}
	return reaction != DeleteUnanswered
}

func (s *server) close(sa *gatewaySA, now time.Time) {
	s.sas.end(sa, now.Add(s.profile.ClosedFor), now)
	s.stats.Closed++
}
