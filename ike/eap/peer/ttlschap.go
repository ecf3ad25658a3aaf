package peer

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MS-CHAP-V2 in attributes of EAP-TTLS, which are those of RFC 2548 in RADIUS, of
// Microsoft's vendor ID.
const (
	vendorMicrosoft = 311

	avpMSCHAPError     = 2
	avpMSCHAPChallenge = 11
	avpMSCHAP2Response = 25
	avpMSCHAP2Success  = 26
)

// TTLSChallengeLabel is that of the exporter of TLS, without a context, from which both
// sides take the challenge of [TTLSMSCHAPv2] (RFC 5281, Section 11.1, and RFC 9427, Section
// 2.2), and TTLSChallengeSize is its size in octets.
const (
	TTLSChallengeLabel = "ttls challenge"
	TTLSChallengeSize  = challengeLen + 1
)

// TTLSMSCHAPv2 authenticates by MS-CHAP-V2 in attributes (RFC 5281, Section 11.2.4), to a
// challenge of the tunnel. It ends with nil where the server has proven itself, in which
// case m is complete, or has refused. The error is ErrServer if it does not prove that it
// knows the password, or ErrProtocol.
func TTLSMSCHAPv2(conn io.ReadWriter, m *MSCHAPv2, challenge []byte) error {
	if len(challenge) != TTLSChallengeSize {
		return fmt.Errorf("peer: the challenge has %d octets, not %d", len(challenge), TTLSChallengeSize)
	}
	theirs, ident := challenge[:challengeLen], challenge[challengeLen]
	value, err := m.answer(theirs)
	if err != nil {
		return err
	}
	// MS-CHAP2-Response has Ident and Flags in front, and no Flags behind.
	response := slices.Concat([]byte{ident, 0}, value[:len(value)-1])
	_, err = conn.Write(slices.Concat(
		appendAVP(nil, avpUserName, m.user),
		appendVendorAVP(nil, avpMSCHAPChallenge, theirs),
		appendVendorAVP(nil, avpMSCHAP2Response, response)))
	if err != nil {
		return err
	}
	var buffer []byte
	for {
		a, rest, err := takeAVP(buffer)
		if err != nil {
			return err
		}
		if a == nil {
			if buffer, err = more(conn, buffer); err != nil {
				return ended(err)
			}
			continue
		}
		buffer = rest
		microsoft := a.vendor == vendorMicrosoft
		switch {
		case microsoft && a.code == avpMSCHAP2Success && len(a.data) > 0 && a.data[0] == ident:
			_, err := m.proven(string(a.data[1:]))
			return err
		case microsoft && a.code == avpMSCHAPError:
			// FreeRADIUS keeps it as a string, which an identifier of 0 may end: it is a
			// refusal whatever is in front of the text.
			_, text, _ := strings.Cut(string(a.data), "E=")
			m.refused("E=" + text)
			return nil
		case a.mandatory:
			return a.unknown()
		}
	}
}

// appendVendorAVP appends an attribute of Microsoft's (RFC 5281, Section 10.1).
func appendVendorAVP(b []byte, code uint32, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, code)
	b = binary.BigEndian.AppendUint32(b, (avpVendor|avpMandatory)<<24|uint32(12+len(data)))
	b = binary.BigEndian.AppendUint32(b, vendorMicrosoft)
	return append(append(b, data...), make([]byte, (4-len(data)%4)%4)...)
}
