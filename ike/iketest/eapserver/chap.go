package eapserver

import (
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"

	"layeh.com/radius/rfc2759"
)

// Attributes of Microsoft's in EAP-TTLS (RFC 2548), and their vendor ID.
const (
	vendorMicrosoft    = 311
	avpMSCHAPError     = 2
	avpMSCHAPChallenge = 11
	avpMSCHAP2Response = 25
	avpMSCHAP2Success  = 26
)

// attributes reads those of a message of EAP-TTLS (RFC 5281, Section 10.1), by vendor and
// code. It is not ok if one is malformed.
func attributes(data []byte) (all map[[2]uint32][]byte, ok bool) {
	all = make(map[[2]uint32][]byte)
	for len(data) >= 8 {
		code, length, head, vendor := binary.BigEndian.Uint32(data), int(binary.BigEndian.Uint32(data[4:])&0xffffff), 8, uint32(0)
		if data[4]&0x80 != 0 {
			head = 12
		}
		if length < head || length > len(data) {
			return nil, false
		}
		if head > 8 {
			vendor = binary.BigEndian.Uint32(data[8:])
		}
		all[[2]uint32{vendor, code}] = data[head:length]
		data = data[min((length+3)/4*4, len(data)):]
	}
	return all, len(data) == 0
}

// isCHAP reports whether a message has a response of MS-CHAP-V2.
func isCHAP(data []byte) bool {
	all, _ := attributes(data)
	return all[[2]uint32{vendorMicrosoft, avpMSCHAP2Response}] != nil
}

// admitsCHAP reports whether a message authenticates a user of c by MS-CHAP-V2 (RFC 5281,
// Section 11.2.4), to the challenge of the tunnel, and proves that it knows the password, or
// says that it is wrong.
func (c *Config) admitsCHAP(conn io.ReadWriter, data []byte) (bool, error) {
	const size = 50 // Ident, Flags, Peer-Challenge, 8 reserved octets, Response
	all, ok := attributes(data)
	given, user := all[[2]uint32{vendorMicrosoft, avpMSCHAP2Response}], all[[2]uint32{0, avpUserName}]
	inTLS, isTLS := conn.(interface{ ConnectionState() tls.ConnectionState })
	if !ok || len(given) != size || !isTLS {
		return false, nil
	}
	state := inTLS.ConnectionState()
	challenge, err := state.ExportKeyingMaterial("ttls challenge", nil, challengeLen+1)
	if err != nil {
		return false, err
	}
	theirs, ident := challenge[:challengeLen], challenge[challengeLen]
	if !bytes.Equal(all[[2]uint32{vendorMicrosoft, avpMSCHAPChallenge}], theirs) || given[0] != ident {
		return false, nil
	}
	password, peer, response := []byte(c.Passwords[string(user)]), given[2:2+challengeLen], given[size-24:]
	if i := bytes.LastIndexByte(user, '\\'); i >= 0 {
		user = user[i+1:]
	}
	want, err := rfc2759.GenerateNTResponse(theirs, peer, user, password)
	if err != nil {
		return false, err
	}
	code, text := uint32(avpMSCHAPError), fmt.Sprintf("E=691 R=0 C=%X V=3 M=FAIL", theirs)
	right := len(password) > 0 && subtle.ConstantTimeCompare(want, response) == 1
	if right || c.Unproven {
		code, text = avpMSCHAP2Success, "S=0000000000000000000000000000000000000000"
	}
	if right && !c.Unproven {
		if text, err = rfc2759.GenerateAuthenticatorResponse(theirs, peer, response, user, password); err != nil {
			return false, err
		}
	}
	b := binary.BigEndian.AppendUint32(nil, code)
	b = binary.BigEndian.AppendUint32(b, 0xc0<<24|uint32(12+1+len(text)))
	b = append(append(binary.BigEndian.AppendUint32(b, vendorMicrosoft), ident), text...)
	_, err = conn.Write(append(b, make([]byte, (4-len(b)%4)%4)...))
	return right || c.Unproven, err
}
