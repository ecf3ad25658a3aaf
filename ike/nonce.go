package ike

// A Nonce payload carries random octets of its sender. "The size of the Nonce
// Data MUST be between 16 and 256 octets, inclusive": this is not checked here.
// RFC 7296, Section 3.9.
type Nonce struct {
	Data []byte
}

var _ Payload = (*Nonce)(nil)

// Type returns PayloadNonce.
func (n *Nonce) Type() PayloadType { return PayloadNonce }

func (n *Nonce) appendBody(b []byte) ([]byte, error) { return append(b, n.Data...), nil }
