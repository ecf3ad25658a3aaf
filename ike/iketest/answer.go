package iketest

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/answers"
)

// answer returns the message that answers a datagram, or the fragments of it; nil for
// silence.
func (s *server) answer(in arrival) ([][]byte, error) {
	whole, fragments, err := s.answerWhole(in)
	if whole != nil {
		fragments = [][]byte{whole}
	}
	return fragments, err
}

// answerWhole returns one or the other.
func (s *server) answerWhole(in arrival) (whole []byte, fragments [][]byte, err error) {
	if s.profile.MaxDatagram > 0 && len(in.raw) > s.profile.MaxDatagram {
		return nil, nil, nil
	}
	h, _, _, err := ike.ParseHeader(in.octets)
	if err != nil || h.Flags&ike.FlagResponse != 0 {
		s.stats.Answers += s.own.Answer(in.octets)
		return nil, nil, nil
	}
	if h.MajorVersion > 2 {
		// "SHOULD send an unauthenticated Notify message of type
		// INVALID_MAJOR_VERSION containing the highest (closest) version
		// number it supports" (RFC 7296, Section 2.5).
		whole, err = s.reject(h, ike.Notify{Notification: ike.INVALID_MAJOR_VERSION, Data: []byte{2}})
		return whole, nil, err
	}
	if h.MajorVersion < 2 || h.Flags&ike.FlagInitiator == 0 {
		return nil, nil, nil
	}
	s.stats.Requests++

	now := time.Now()
	s.sas.expire(s.profile.ClosedFor, now)
	key := answers.KeyOf(in.local, in.remote, in.octets)
	if answer, ok := s.answers.Get(key, now); ok {
		s.stats.Retransmissions++
		return nil, answer, nil
	}
	switch h.Exchange {
	case ike.IKE_SA_INIT:
		whole, err = s.answerInit(in, h, now)
	case ike.IKE_INTERMEDIATE, ike.IKE_AUTH, ike.INFORMATIONAL, ike.CREATE_CHILD_SA:
		fragments, err = s.answerProtected(in, h, now)
		if s.sas.bySPI[h.SPIr] == nil {
			// The IKE SA is forgotten, and its answers with it: strongSwan,
			// libreswan and OpenIKED do not answer such an IKE_AUTH again.
			return nil, fragments, err
		}
	}
	if whole != nil {
		fragments = [][]byte{whole}
	}
	if fragments != nil {
		s.answers.Put(key, fragments, now)
	}
	return nil, fragments, err
}

// responseHeader answers a request's header.
func responseHeader(h ike.Header) ike.Header {
	return ike.Header{
		SPIi: h.SPIi, SPIr: h.SPIr, MajorVersion: 2,
		Exchange: h.Exchange, Flags: ike.FlagResponse, MessageID: h.MessageID,
	}
}

// encode returns the octets of a message that is not protected.
func (s *server) encode(h ike.Header, payloads ...ike.Payload) ([]byte, error) {
	octets, err := (&ike.Message{Header: h, Payloads: payloads}).AppendBinary(nil)
	if err != nil || s.profile.PadTo <= 0 || len(octets)%s.profile.PadTo == 0 {
		return octets, err
	}
	octets = append(octets, make([]byte, s.profile.PadTo-len(octets)%s.profile.PadTo)...)
	binary.BigEndian.PutUint32(octets[24:], uint32(len(octets))) // Length
	return octets, nil
}

// reject returns an error answer to a request that makes no sense.
func (s *server) reject(h ike.Header, n ike.Notify) ([]byte, error) {
	return s.encode(responseHeader(h), &n)
}

// refuse returns an error answer to an IKE_SA_INIT request that was read.
func (s *server) refuse(h ike.Header, n ike.Notify) ([]byte, error) {
	h = responseHeader(h)
	if s.profile.ErrorSPI {
		var err error
		if h.SPIr, err = s.newSPI(); err != nil {
			return nil, err
		}
	}
	return s.encode(h, &n)
}

// refuseOffer answers an offer with nothing acceptable.
func (s *server) refuseOffer(h ike.Header) ([]byte, error) {
	s.stats.Refused++
	if s.faults.DropRefused {
		return nil, nil
	}
	n := s.profile.Refusal
	if n == 0 {
		n = ike.NO_PROPOSAL_CHOSEN
	}
	return s.refuse(h, ike.Notify{Notification: n})
}

// oneSPI is that of a gateway that has no other.
var oneSPI = ike.SPI{1, 1, 1, 1, 1, 1, 1, 1}

// newSPI returns one that is not zero and not taken, with the profile's prefix.
func (s *server) newSPI() (ike.SPI, error) {
	for {
		var spi ike.SPI
		if _, err := io.ReadFull(s.rand, spi[:]); err != nil {
			return spi, err
		}
		copy(spi[:4], s.profile.SPIPrefix)
		if s.profile.OneSPI && s.sas.bySPI[oneSPI] == nil {
			spi = oneSPI
		}
		if _, taken := s.sas.bySPI[spi]; !taken && spi != (ike.SPI{}) {
			return spi, nil
		}
	}
}

// nonceLength is of our nonces, at least half the key size of any PRF here
// (RFC 7296, Section 2.10).
const nonceLength = 32

// nonce returns that of an IKE SA.
func (s *server) nonce() ([]byte, error) {
	if s.oneNonce != nil {
		return s.oneNonce, nil
	}
	b, err := s.random(cmp.Or(s.profile.NonceLength, nonceLength))
	if s.profile.OneNonce {
		s.oneNonce = b
	}
	return b, err
}

func (s *server) random(octets int) ([]byte, error) {
	b := make([]byte, octets)
	_, err := io.ReadFull(s.rand, b)
	return b, err
}

// status returns the notifies of an accepted answer but NAT detection.
func (s *server) status(request *ike.Message, chosen ike.Proposal) []ike.Payload {
	var payloads []ike.Payload
	for _, n := range s.profile.Notifies {
		switch n.Notification {
		case ike.IKEV2_FRAGMENTATION_SUPPORTED, ike.SIGNATURE_HASH_ALGORITHMS:
			if _, ok := request.Notify(n.Notification); !ok {
				continue
			}
		}
		payloads = append(payloads, &n)
	}
	if hasAdditional(chosen) {
		payloads = append(payloads, &ike.Notify{Notification: ike.INTERMEDIATE_EXCHANGE_SUPPORTED})
	}
	return payloads
}

func hasAdditional(p ike.Proposal) bool {
	return slices.ContainsFunc(p.Transforms, func(t ike.Transform) bool { return t.Type >= ike.TransformADDKE1 })
}
