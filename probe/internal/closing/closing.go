// Package closing holds what ends a half-open IKE SA at a gateway, so that it need
// not wait for its timeout, and says for which suites that can be computed.
package closing

import (
	"fmt"
	"net/netip"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
)

// Keys derives the keys of the IKE SA that an accepted answer to req began.
func Keys(req *initiator.Request, a initiator.Answer) (*keymat.Keys, error) {
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

// Auth returns the payloads of an IKE_AUTH request that is complete, and whose
// authentication fails: mac, of 32 random octets, is of no pre-shared key. The
// gateway answers AUTHENTICATION_FAILED and forgets the IKE SA (RFC 7296, Section
// 2.21.2).
func Auth(mac []byte) []ike.Payload {
	return append([]ike.Payload{identification(), &ike.Auth{Method: ike.AuthSharedKey, Data: mac}}, child(mac[:4:4])...)
}

// Identity returns the payloads of an IKE_AUTH request without AUTH, which asks for EAP
// (RFC 7296, Section 2.16), and for certificates of any authority. A gateway for EAP
// shows its own; others answer AUTHENTICATION_FAILED. spi is that of a Child SA, 4
// octets.
func Identity(spi []byte) []ike.Payload {
	const x509 = 4 // X.509 Certificate - Signature, RFC 7296, Section 3.6
	return append([]ike.Payload{identification(), &ike.CertReq{Encoding: x509}}, child(spi)...)
}

// identification is an identity that nobody has (RFC 6761, Section 6.4).
func identification() ike.Payload {
	return &ike.ID{Payload: ike.PayloadIDi, IDType: ike.ID_FQDN, Data: []byte("ikescope.invalid")}
}

// child returns what asks for a Child SA.
func child(spi []byte) []ike.Payload {
	all4 := ike.TrafficSelector{
		TSType: ike.TS_IPV4_ADDR_RANGE, EndPort: 65535,
		Start: netip.IPv4Unspecified(), End: netip.AddrFrom4([4]byte{255, 255, 255, 255}),
	}
	esp := ike.Proposal{Number: 1, Protocol: ike.ProtocolESP, SPI: spi, Transforms: []ike.Transform{
		{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_CBC), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}},
		{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_HMAC_SHA2_256_128)},
		{Type: ike.TransformSN},
	}}
	return []ike.Payload{
		&ike.SA{Proposals: []ike.Proposal{esp}},
		&ike.TS{Payload: ike.PayloadTSi, Selectors: []ike.TrafficSelector{all4}},
		&ike.TS{Payload: ike.PayloadTSr, Selectors: []ike.TrafficSelector{all4}},
	}
}
