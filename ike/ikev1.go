package ike

import "golang.org/x/crypto/cryptobyte"

// IKEv1Notify returns the Notify Message Type of the first Notification payload
// of an IKEv1 message, as a responder that does not speak IKEv2 may send one. It
// is not ok if there is none, or the message is encrypted or cut off before it.
// RFC 2408, Sections 3.1 and 3.14.
func IKEv1Notify(message []byte) (notify uint16, ok bool) {
	const (
		encrypted    = 0x01 // flag
		notification = 11   // payload
	)
	h, next, _, err := ParseHeader(message)
	if err != nil || h.MajorVersion != 1 || uint8(h.Flags)&encrypted != 0 {
		return 0, false
	}
	s := cryptobyte.String(message[HeaderLen:])
	for payload := uint8(next); payload != 0; {
		var following uint8
		var length uint16
		var body []byte
		if !s.ReadUint8(&following) || !s.Skip(1) || !s.ReadUint16(&length) ||
			length < payloadHeaderLen || !s.ReadBytes(&body, int(length)-payloadHeaderLen) {
			return 0, false
		}
		if payload == notification {
			b := cryptobyte.String(body)
			// The domain of interpretation, the protocol and the SPI's size
			// come first.
			ok = b.Skip(4+1+1) && b.ReadUint16(&notify)
			return notify, ok
		}
		payload = following
	}
	return 0, false
}
