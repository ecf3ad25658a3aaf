package ike

import "golang.org/x/crypto/cryptobyte"

// An Auth payload proves who its sender is. RFC 7296, Section 3.8.
type Auth struct {
	Method AuthMethod
	Data   []byte
}

var _ Payload = (*Auth)(nil)

// Type returns PayloadAUTH.
func (a *Auth) Type() PayloadType { return PayloadAUTH }

func parseAuth(s cryptobyte.String) (*Auth, *ParseError) {
	have := len(s)
	var method uint8
	if !s.ReadUint8(&method) || !s.Skip(3) {
		return nil, tooShort("AUTH payload", have, 4)
	}
	return &Auth{AuthMethod(method), readRest(&s)}, nil
}

func (a *Auth) appendBody(b []byte) ([]byte, error) {
	b = append(b, byte(a.Method), 0, 0, 0)
	return append(b, a.Data...), nil
}
