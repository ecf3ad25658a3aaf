package ike

// An EAP payload carries one EAP packet (RFC 3748). RFC 7296, Section 3.16.
type EAP struct {
	Data []byte
}

var _ Payload = (*EAP)(nil)

// Type returns PayloadEAP.
func (e *EAP) Type() PayloadType { return PayloadEAP }

func (e *EAP) appendBody(b []byte) ([]byte, error) { return append(b, e.Data...), nil }
