package iketest

import (
	"encoding/binary"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// accepts reports whether an answer leaves a half-open IKE SA.
func accepts(answer []byte) bool {
	if answer == nil {
		return false
	}
	m, err := ike.ParseMessage(answer)
	if err != nil && len(m.Payloads) == 0 {
		return false
	}
	_, ok := ike.Find[*ike.SA](m)
	return ok && m.Exchange == ike.IKE_SA_INIT
}

// spoil changes an answer in place, or returns another one.
func (f Forgery) spoil(answer []byte) ([]byte, error) {
	switch f {
	case Truncated:
		return answer[:len(answer)/2], nil
	case Overlong:
		binary.BigEndian.PutUint32(answer[24:], uint32(len(answer)+4))
	case WrongInitiatorSPI:
		answer[0] ^= 0x80
	case WrongResponderSPI:
		answer[8] ^= 0x80
	case NoResponderSPI:
		clear(answer[8:16])
	case NoResponseFlag:
		answer[19] &^= byte(ike.FlagResponse)
	case NoKE, NoNonce, ShortKE, OtherKE, TwoProposals, TwoCiphers, UnofferedCipher, AcceptedAndError:
		if accepts(answer) {
			return f.spoilAccepted(answer)
		}
	case NoMethod, UnknownMethod:
		return f.spoilInvalidKE(answer)
	}
	return answer, nil
}

// spoilAccepted changes the payloads of an accepted answer.
func (f Forgery) spoilAccepted(answer []byte) ([]byte, error) {
	m, _ := ike.ParseMessage(answer)
	sa, _ := ike.Find[*ike.SA](m)
	ke, _ := ike.Find[*ike.KE](m)
	chosen := &sa.Proposals[0]
	without := func(t ike.PayloadType) {
		m.Payloads = slices.DeleteFunc(m.Payloads, func(p ike.Payload) bool { return p.Type() == t })
	}
	switch f {
	case NoKE:
		without(ike.PayloadKE)
	case NoNonce:
		without(ike.PayloadNonce)
	case ShortKE:
		ke.Data = ke.Data[:len(ke.Data)-1]
	case OtherKE:
		ke.Method = anotherMethod(ke.Method)
	case TwoProposals:
		second := *chosen
		second.Number++
		sa.Proposals = append(sa.Proposals, second)
	case TwoCiphers:
		chosen.Transforms = append(chosen.Transforms, ike.Transform{Type: ike.TransformENCR, ID: uint16(ike.ENCR_3DES)})
	case UnofferedCipher:
		i := slices.IndexFunc(chosen.Transforms, func(t ike.Transform) bool { return t.Type == ike.TransformENCR })
		if i >= 0 {
			chosen.Transforms[i] = ike.Transform{Type: ike.TransformENCR, ID: 65535}
		}
	case AcceptedAndError:
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN})
	}
	return m.AppendBinary(nil)
}

// spoilInvalidKE changes the method that an INVALID_KE_PAYLOAD names.
func (f Forgery) spoilInvalidKE(answer []byte) ([]byte, error) {
	m, _ := ike.ParseMessage(answer)
	n, ok := m.Notify(ike.INVALID_KE_PAYLOAD)
	if !ok {
		return answer, nil
	}
	n.Data = nil
	if f == UnknownMethod {
		n.Data = []byte{0xff, 0xff}
	}
	return m.AppendBinary(nil)
}
