package iketest

import (
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
)

// answerAuth answers the first IKE_AUTH request (RFC 7296, Section 1.2) of a
// half-open SA. What its keys do not open is not answered, or anyone could end
// it.
func (s *server) answerAuth(in arrival, h ike.Header) ([]byte, error) {
	sa := s.halfOpen.sas[h.SPIr]
	if sa == nil || sa.spii != h.SPIi || sa.secret == nil {
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
	m, err := keys.Open(keymat.Initiator, in.octets)
	if err != nil {
		return nil, nil
	}
	if _, ok := ike.Find[*ike.Auth](m); !ok && len(s.identity) > 0 {
		return keys.Seal(keymat.Responder, responseHeader(h), slices.Clone(s.identity), s.rand)
	}
	failed := &ike.Notify{Notification: ike.AUTHENTICATION_FAILED}
	answer, err := keys.Seal(keymat.Responder, responseHeader(h), []ike.Payload{failed}, s.rand)
	if err != nil {
		return nil, err
	}
	delete(s.halfOpen.sas, sa.spir)
	s.stats.Closed++
	return answer, nil
}
