package ike

// An Unknown is a payload that this package does not read. With the number of
// a payload that it does read, it writes a body of any octets.
type Unknown struct {
	PayloadType PayloadType

	// Critical is the C bit of the generic payload header: a receiver that
	// does not know the payload must reject the message. RFC 7296, Section 2.5.
	Critical bool

	// Body is what follows the generic header.
	Body []byte
}

var _ Payload = (*Unknown)(nil)

// Type returns u.PayloadType.
func (u *Unknown) Type() PayloadType { return u.PayloadType }

func (u *Unknown) appendBody(b []byte) ([]byte, error) { return append(b, u.Body...), nil }
