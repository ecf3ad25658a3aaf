package dialog

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/ikescope/ikescope/ike"
)

// ikev1Notify returns what the first Notification payload of an IKEv1 message
// says, if the message is not encrypted. RFC 2408, Sections 3.1 and 3.14.
func ikev1Notify(octets []byte) (uint16, bool) {
	const (
		encrypted    = 0x01 // flag
		notification = 11   // payload
	)
	h, next, _, err := ike.ParseHeader(octets)
	if err != nil || uint8(h.Flags)&encrypted != 0 {
		return 0, false
	}
	s := cryptobyte.String(octets[headerLen:])
	for payload := uint8(next); payload != 0; {
		var (
			following uint8
			length    uint16
			body      []byte
		)
		if !s.ReadUint8(&following) || !s.Skip(1) || !s.ReadUint16(&length) || length < 4 || !s.ReadBytes(&body, int(length)-4) {
			return 0, false
		}
		if payload == notification {
			b := cryptobyte.String(body)
			var code uint16
			// The domain of interpretation, the protocol and the SPI's size
			// come first.
			return code, b.Skip(4+1+1) && b.ReadUint16(&code)
		}
		payload = following
	}
	return 0, false
}
