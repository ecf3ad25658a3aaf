package probe

import (
	"context"
	"fmt"
	"io"
	"net/netip"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// closeHalfOpen ends the half-open IKE SA of an accepted exchange by an
// IKE_AUTH that cannot succeed: a pre-shared key that nobody has. The gateway
// answers AUTHENTICATION_FAILED and forgets the SA (RFC 7296, Section
// 2.21.2), rather than keep it until it times out. Where an additional key
// exchange would be next (RFC 9370) the IKE_AUTH is out of turn, which ends
// the SA as well, strongSwan's with INVALID_SYNTAX. It goes on when ctx has
// ended, for this is what we owe the gateway. It reports whether the SA is
// closed.
func (s *scan) closeHalfOpen(ctx context.Context, opened *initiator.Request, x initiator.Answer) bool {
	ctx = context.WithoutCancel(ctx)
	keys, err := keysOf(opened, x)
	if err != nil {
		s.halfOpens.LackKeys()
		s.journal.Note(evidence.Note{Kind: evidence.NoteUnclosable, Exchanges: []int{x.ID}, Detail: err.Error()})
		return false
	}
	header := ike.Header{
		SPIi: opened.SPI(), SPIr: x.Message.SPIr, MajorVersion: 2,
		Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
	}
	mac := make([]byte, 32)
	if _, err := io.ReadFull(s.random, mac); err != nil {
		s.journal.Fail(err)
		return false
	}
	a, ok := s.askSealed(ctx, keys, x.Exchange, header, hopelessAuth(mac))
	if !ok {
		return false
	}
	switch {
	case a.Outcome == initiator.OtherError:
		if a.Genuine {
			s.journal.Confirm(x.ID)
		}
		s.halfOpens.Closed()
		return true
	case a.Outcome == initiator.NoAnswer:
		return s.halfOpens.ClosedUnseen(x.ID)
	case a.Outcome == initiator.Accepted && a.Genuine:
		s.journal.Confirm(x.ID)
		_, eap := ike.Find[*ike.EAP](a.Message)
		if s.deleteSA(ctx, keys, x.Exchange, header) && !eap {
			s.halfOpens.Closed()
			return true
		}
	}
	s.journal.Note(evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{x.ID}, Outcome: a.Outcome})
	return false
}

// deleteSA ends an IKE SA of which the gateway answered the IKE_AUTH without an
// error: it authenticates everyone, or asks for EAP. It reports whether a Delete
// was answered. The gateway forgets the IKE SA then (RFC 7296, Section 1.4.1), but
// for some that wait for EAP: strongSwan answers and keeps it.
func (s *scan) deleteSA(ctx context.Context, keys *keymat.Keys, opened initiator.Exchange, header ike.Header) bool {
	header.Exchange, header.MessageID = ike.INFORMATIONAL, header.MessageID+1
	a, ok := s.askSealed(ctx, keys, opened, header, []ike.Payload{&ike.Delete{Protocol: ike.ProtocolIKE}})
	return ok && a.Outcome == initiator.Accepted && a.Genuine
}

// askSealed sends a protected request of the IKE SA that an exchange opened until
// it is answered, or that is too unlikely to come. It reports false if something is wrong on our side.
func (s *scan) askSealed(ctx context.Context, keys *keymat.Keys, opened initiator.Exchange, header ike.Header, payloads []ike.Payload) (initiator.Answer, bool) {
	octets, err := keys.Seal(keymat.Initiator, header, payloads, s.random)
	if err != nil {
		s.journal.Fail(err)
		return initiator.Answer{}, false
	}
	var a initiator.Answer
	for tries := 0; a.Outcome == initiator.NotTried || a.Outcome == initiator.NoAnswer && tries < s.loss.Enough(); tries += a.Tries {
		req, err := s.conn.Sealed(opened.Transport, octets, func(b []byte) (*ike.Message, error) {
			return keys.Open(keymat.Responder, b)
		})
		if err != nil {
			s.journal.Fail(err)
			return initiator.Answer{}, false
		}
		s.begin(evidence.PurposeClose)
		req.Flow = opened.Flow
		req.Quiet = true // perhaps it was answered: that is done only once
		if a = s.conn.Exchange(ctx, req); a.Tries == 0 {
			break // the socket is closed
		}
		s.record(req, a, evidence.PurposeClose)
	}
	return a, true
}

// noteUnseen notes the IKE SAs that were not seen to be closed.
func (s *scan) noteUnseen() {
	unseen, closed := s.halfOpens.ClosedLate()
	if closed && len(unseen) > 0 {
		s.journal.Note(evidence.Note{Kind: evidence.NoteClosedUnseen, Exchanges: unseen})
		return
	}
	for _, id := range unseen {
		s.journal.Note(evidence.Note{Kind: evidence.NoteNotClosed, Exchanges: []int{id}, Outcome: initiator.NoAnswer})
	}
}

// keysOf derives the keys of the IKE SA that an accepted answer to req began.
func keysOf(req *initiator.Request, a initiator.Answer) (*keymat.Keys, error) {
	sa, _ := ike.Find[*ike.SA](a.Message)
	ke, _ := ike.Find[*ike.KE](a.Message)
	nonce, _ := ike.Find[*ike.Nonce](a.Message)
	if m := ike.KeyExchangeMethod(a.Suite[proposals.KE].ID); m != a.KE {
		return nil, fmt.Errorf("the gateway chose %v, and took a KE payload of %v for it", m, a.KE)
	}
	transforms, err := keymat.TransformsOf(sa.Proposals[0])
	if err != nil {
		return nil, err
	}
	secret, err := req.Key().SharedSecret(ke.Data)
	if err != nil {
		return nil, err
	}
	return keymat.Derive(transforms, secret, req.Nonce(), nonce.Data, req.SPI(), a.Message.SPIr)
}

// hopelessAuth returns the payloads of an IKE_AUTH request that is complete,
// and whose authentication fails.
func hopelessAuth(mac []byte) []ike.Payload {
	all4 := ike.TrafficSelector{
		TSType: ike.TS_IPV4_ADDR_RANGE, EndPort: 65535,
		Start: netip.IPv4Unspecified(), End: netip.AddrFrom4([4]byte{255, 255, 255, 255}),
	}
	esp := ike.Proposal{Number: 1, Protocol: ike.ProtocolESP, SPI: mac[:4:4], Transforms: []ike.Transform{
		{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_CBC), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}},
		{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_HMAC_SHA2_256_128)},
		{Type: ike.TransformSN},
	}}
	return []ike.Payload{
		&ike.ID{Payload: ike.PayloadIDi, IDType: ike.ID_FQDN, Data: []byte("ikescope.invalid")},
		&ike.Auth{Method: ike.AuthSharedKey, Data: mac},
		&ike.SA{Proposals: []ike.Proposal{esp}},
		&ike.TS{Payload: ike.PayloadTSi, Selectors: []ike.TrafficSelector{all4}},
		&ike.TS{Payload: ike.PayloadTSr, Selectors: []ike.TrafficSelector{all4}},
	}
}
