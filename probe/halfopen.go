package probe

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

func (s *scan) rand() io.Reader {
	if s.Rand != nil {
		return s.Rand
	}
	return rand.Reader
}

// halfOpenLimit bounds the half-open IKE SAs at the gateway: strongSwan asks
// for cookies from the third of one address.
const halfOpenLimit = 3

// takePlace waits until a request that may open an IKE SA can be sent, which is
// then placed, and may not be sent if too many were left half-open. Others need
// no place, unless the gateway accepts what it should not: a KE payload of a
// method that is not in the offer. That is known only once it did.
func (s *scan) takePlace(mayOpen bool, purpose Purpose) (placed, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !mayOpen && !s.opensAnyway {
		return false, true
	}
	for s.places >= halfOpenLimit && s.left < halfOpenLimit {
		s.vacancy.Wait()
	}
	if s.left >= halfOpenLimit {
		s.stuck = s.stuck || purpose == PurposeMatrix || purpose == PurposeControl
		return false, false
	}
	s.places++
	return true, true
}

// leavePlace gives the place of a request to another one, unless the request
// left a half-open IKE SA.
func (s *scan) leavePlace(placed, left bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case left:
		s.left++
	case placed:
		s.places--
	}
	s.vacancy.Broadcast()
}

// placeUnasked places a request that had no place, and opened an IKE SA. From
// then on each request needs one, those too that wait to be sent.
func (s *scan) placeUnasked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places++
	s.opensAnyway = true
}

// opensUnasked reports whether each request needs a place.
func (s *scan) opensUnasked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opensAnyway
}

// opened counts a half-open IKE SA at the gateway.
func (s *scan) opened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.halfOpen++
	s.result.Cost.HalfOpenPeak = max(s.result.Cost.HalfOpenPeak, s.halfOpen)
}

// halfOpenLeft returns how many half-open IKE SAs could not be closed.
func (s *scan) halfOpenLeft() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left
}

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
		s.mu.Lock()
		s.unclosable = true
		s.mu.Unlock()
		s.note("Exchange %d left a half-open IKE SA at the gateway, which times out by itself: %v.", x.ID, err)
		return false
	}
	header := ike.Header{
		SPIi: opened.SPI(), SPIr: x.Message.SPIr, MajorVersion: 2,
		Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
	}
	mac := make([]byte, 32)
	if _, err := io.ReadFull(s.rand(), mac); err != nil {
		s.failed(err)
		return false
	}
	octets, err := keys.Seal(keymat.Initiator, header, hopelessAuth(mac), s.rand())
	if err != nil {
		s.failed(err)
		return false
	}
	var a initiator.Answer
	for tries := 0; a.Outcome == initiator.NotTried || a.Outcome == initiator.NoAnswer && tries < s.enough(); tries += a.Tries {
		req, err := s.conn.Sealed(x.Transport, octets, func(b []byte) (*ike.Message, error) {
			return keys.Open(keymat.Responder, b)
		})
		if err != nil {
			s.failed(err)
			return false
		}
		s.begin(PurposeClose)
		req.Quiet = true // perhaps it was answered: that is done only once
		if a = s.conn.Exchange(ctx, req); a.Tries == 0 {
			break // the socket is closed
		}
		s.record(req, a, PurposeClose)
	}
	switch {
	case a.Outcome == initiator.OtherError:
		s.sawClosed()
		return true
	case a.Outcome == initiator.NoAnswer:
		return s.isClosedUnseen(x.ID)
	}
	s.note("Exchange %d left a half-open IKE SA at the gateway, which times out by itself: the IKE_AUTH to close it ended with %s.", x.ID, a.Outcome)
	return false
}

// sawClosed counts an IKE SA as closed, and with the first one those, too, whose
// IKE_AUTH was not answered.
func (s *scan) sawClosed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.halfOpen--
	if !s.closes {
		s.closes = true
		s.halfOpen -= len(s.unseen)
		s.left -= len(s.unseen)
		s.places -= len(s.unseen)
		s.vacancy.Broadcast()
	}
}

// isClosedUnseen reports whether the IKE SA of an exchange counts as closed
// though its IKE_AUTH was not answered, often as that was sent. A gateway
// answers it only once: then it has forgotten the IKE SA, as strongSwan,
// libreswan and OpenIKED do. If it answers others, that answer was lost.
func (s *scan) isClosedUnseen(exchange int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unseen = append(s.unseen, exchange)
	if s.closes {
		s.halfOpen--
	}
	return s.closes
}

// noteUnseen tells of the IKE SAs that were not seen to be closed.
func (s *scan) noteUnseen() {
	if s.closes && len(s.unseen) > 0 {
		s.note("The IKE_AUTH to close the IKE SA of exchange %s was not answered, while others were. The answer, which is sent only once, was lost; the IKE SA counts as closed.",
			strings.Trim(strings.ReplaceAll(fmt.Sprint(s.unseen), " ", ", "), "[]"))
		return
	}
	for _, id := range s.unseen {
		s.note("Exchange %d left a half-open IKE SA at the gateway, which times out by itself: the IKE_AUTH to close it ended with %s.", id, initiator.NoAnswer)
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
