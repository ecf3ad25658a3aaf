package iketest

import (
	"cmp"
	"io"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/internal/offers"
)

// A Forgery is a datagram that the gateway did not mean.
type Forgery uint8

const (
	NoForgery Forgery = iota

	// These answer any datagram. As Faults.Instead there is no one behind them
	// who negotiates.

	Echo                // the very octets received
	Garbage             // random octets, as many as came
	Text                // a line of another protocol
	IKEv1Answer         // NO-PROPOSAL-CHOSEN with a header of version 1.0
	InvalidMajorVersion // INVALID_MAJOR_VERSION, the version being 1
	Malformed           // an IKEv2 header that fits, and a payload that is longer than the message
	Contradiction       // NO_PROPOSAL_CHOSEN and INVALID_KE_PAYLOAD in one message
	AsksForOne          // INVALID_KE_PAYLOAD that names MODP 2048
	AsksForAny          // INVALID_KE_PAYLOAD that names one from 14 to 21, by the SPI

	// These take an answer and spoil it.

	Truncated         // half of it
	Overlong          // the header's Length is 4 octets more than there are
	WrongInitiatorSPI // one bit is not the request's
	WrongResponderSPI // one bit is not the gateway's
	NoResponderSPI    // zero
	NoResponseFlag    // it looks like a request

	// These spoil an accepted answer, and leave others as they are.

	NoKE             // the payload is missing
	NoNonce          // the payload is missing
	ShortKE          // its value is an octet short
	OtherKE          // its method is not that of the chosen Proposal
	TwoProposals     // two are chosen
	TwoCiphers       // two ENCR transforms are chosen
	UnofferedCipher  // one that no one can have offered: ID 65535
	AcceptedAndError // NO_PROPOSAL_CHOSEN stands beside the chosen Proposal

	// These spoil an INVALID_KE_PAYLOAD, and leave other answers as they are.

	NoMethod      // it names none
	UnknownMethod // it names 65535

	// These can be sent by anyone who sees a request (RFC 7296, Section
	// 2.21.1).

	Refusal         // NO_PROPOSAL_CHOSEN
	FalseInvalidKE  // INVALID_KE_PAYLOAD that names a method of the offer
	FalseAcceptance // the first transforms of the offer, with keys of no one
)

// blind reports whether a forgery does without IKEv2.
func (f Forgery) blind() bool { return f >= Echo && f <= AsksForAny }

// forge returns a datagram, nil where there is nothing to forge; NoForgery is
// the true answer.
func (f Forgery) forge(in arrival, answer []byte, random io.Reader) ([]byte, error) {
	switch f {
	case Echo:
		return slices.Clone(in.raw), nil
	case Garbage:
		d := make([]byte, len(in.raw))
		_, err := io.ReadFull(random, d)
		return d, err
	case Text:
		return []byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), nil
	case IKEv1Answer, InvalidMajorVersion, Malformed, Contradiction, AsksForOne, AsksForAny, Refusal, FalseInvalidKE, FalseAcceptance:
		message, err := f.invent(in, random)
		return in.frame(message), err
	}
	if answer == nil {
		return nil, nil
	}
	answer, err := f.spoil(slices.Clone(answer))
	return in.frame(answer), err
}

// invent forges the messages that need nothing but the request.
func (f Forgery) invent(in arrival, random io.Reader) ([]byte, error) {
	if in.octets == nil {
		return nil, nil
	}
	asked, _, _, err := ike.ParseHeader(in.octets)
	if err != nil {
		return nil, nil
	}
	request, _ := ike.ParseMessage(in.octets) // as far as it can be read
	h := responseHeader(asked)
	refusal := &ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN}
	var payloads []ike.Payload
	switch f {
	case IKEv1Answer:
		return ikev1NoProposalChosen(h.SPIi), nil
	case InvalidMajorVersion:
		payloads = []ike.Payload{&ike.Notify{Notification: ike.INVALID_MAJOR_VERSION, Data: []byte{1}}}
	case Malformed:
		message, err := (&ike.Message{Header: h, Payloads: []ike.Payload{refusal}}).AppendBinary(nil)
		if err == nil {
			message[len(message)-8+2] = 0xff // its Payload Length
		}
		return message, err
	case Contradiction:
		payloads = []ike.Payload{refusal, invalidKENotify(cmp.Or(unkeyed(request), ike.KE_MODP_2048))}
	case AsksForOne:
		payloads = []ike.Payload{invalidKENotify(ike.KE_MODP_2048)}
	case AsksForAny:
		payloads = []ike.Payload{invalidKENotify(ike.KE_MODP_2048 + ike.KeyExchangeMethod(asked.SPIi[7]%8))}
	case Refusal:
		payloads = []ike.Payload{refusal}
	case FalseInvalidKE:
		m := unkeyed(request)
		if m == ike.KE_NONE {
			return nil, nil
		}
		payloads = []ike.Payload{invalidKENotify(m)}
	case FalseAcceptance:
		if payloads, err = falseAcceptance(request, &h, random); payloads == nil || err != nil {
			return nil, err
		}
	}
	return (&ike.Message{Header: h, Payloads: payloads}).AppendBinary(nil)
}

// unkeyed returns the first method of the offer that the KE payload does not
// have, or KE_NONE.
func unkeyed(request *ike.Message) ike.KeyExchangeMethod {
	sa, hasSA := ike.Find[*ike.SA](request)
	ke, hasKE := ike.Find[*ike.KE](request)
	if !hasSA || !hasKE {
		return ike.KE_NONE
	}
	for _, p := range sa.Proposals {
		for _, t := range p.Transforms {
			if m := ike.KeyExchangeMethod(t.ID); t.Type == ike.TransformKE && m != ke.Method {
				return m
			}
		}
	}
	return ike.KE_NONE
}

// invalidKENotify names a method, 2 octets (RFC 7296, Section 1.3).
func invalidKENotify(m ike.KeyExchangeMethod) *ike.Notify {
	return &ike.Notify{Notification: ike.INVALID_KE_PAYLOAD, Data: []byte{byte(m >> 8), byte(m)}}
}

// falseAcceptance returns the payloads of an accepted answer, and gives its
// header an SPI; none where the request has no offer.
func falseAcceptance(request *ike.Message, h *ike.Header, random io.Reader) ([]ike.Payload, error) {
	sa, ok := ike.Find[*ike.SA](request)
	if !ok {
		return nil, nil
	}
	chosen, ok := offers.First(sa.Proposals)
	if !ok {
		return nil, nil
	}
	method := offers.MethodOf(chosen)
	octets := make([]byte, len(h.SPIr)+nonceLength+publicLength(method))
	if _, err := io.ReadFull(random, octets); err != nil {
		return nil, err
	}
	copy(h.SPIr[:], octets)
	nonce := octets[len(h.SPIr):][:nonceLength]
	return []ike.Payload{
		&ike.SA{Proposals: []ike.Proposal{chosen}},
		&ike.KE{Method: method, Data: octets[len(h.SPIr)+nonceLength:]},
		&ike.Nonce{Data: nonce},
	}, nil
}

// ikev1NoProposalChosen is an ISAKMP Informational exchange with one
// Notification payload (RFC 2408, Sections 3.1 and 3.14).
func ikev1NoProposalChosen(spii ike.SPI) []byte {
	d := append(spii[:], make([]byte, 8)...)
	return append(d,
		11, 0x10, 5, 0, // Notification payload, version 1.0, Informational, no flags
		0, 0, 0, 0, 0, 0, 0, 40, // Message ID, Length
		0, 0, 0, 12, // no next payload, Payload Length
		0, 0, 0, 1, // Domain of Interpretation: IPsec
		1, 0, 0, 14, // PROTO_ISAKMP, no SPI, NO-PROPOSAL-CHOSEN
	)
}

// frame puts the non-ESP marker before an IKE message where it belongs.
func (in arrival) frame(message []byte) []byte {
	if !in.marker || message == nil {
		return message
	}
	return append(ike.AppendNonESPMarker(nil), message...)
}
