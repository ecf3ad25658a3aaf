package iketest

import "github.com/ikescope/ikescope/ike"

// Request returns an IKE_SA_INIT request of 208 octets with one proposal, for tests
// of what carries messages: it fits any packet, and its octets are the same each
// time.
func Request() []byte {
	m := &ike.Message{
		Header: ike.Header{SPIi: ike.SPI{1, 2, 3, 4, 5, 6, 7, 8}, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator},
		Payloads: []ike.Payload{&ike.SA{Proposals: []ike.Proposal{{Number: 1, Protocol: ike.ProtocolIKE, Transforms: []ike.Transform{
			{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_GCM_16), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}},
			{Type: ike.TransformPRF, ID: uint16(ike.PRF_HMAC_SHA2_384)},
			{Type: ike.TransformKE, ID: uint16(ike.KE_ECP_384)},
		}}}}, &ike.KE{Method: ike.KE_ECP_384, Data: make([]byte, 96)}, &ike.Nonce{Data: make([]byte, 32)}},
	}
	octets, err := m.AppendBinary(nil)
	if err != nil {
		panic("iketest: internal error: " + err.Error()) // a message of constants
	}
	return octets
}
