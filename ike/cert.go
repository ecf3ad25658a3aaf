package ike

import "golang.org/x/crypto/cryptobyte"

// A Cert payload carries a certificate or what leads to one. RFC 7296, Section
// 3.6.
type Cert struct {
	Encoding CertEncoding
	Data     []byte
}

var _ Payload = (*Cert)(nil)

// Type returns PayloadCERT.
func (c *Cert) Type() PayloadType { return PayloadCERT }

func parseCert(s cryptobyte.String) (*Cert, *ParseError) {
	var encoding uint8
	if !s.ReadUint8(&encoding) {
		return nil, tooShort("CERT payload", 0, 1)
	}
	return &Cert{CertEncoding(encoding), readRest(&s)}, nil
}

func (c *Cert) appendBody(b []byte) ([]byte, error) {
	b = append(b, byte(c.Encoding))
	return append(b, c.Data...), nil
}
