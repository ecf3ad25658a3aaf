package ike

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/crypto/cryptobyte"
)

// Cookie returns the data of a COOKIE, which is 1 to 64 octets. RFC 7296,
// Section 2.6.
func (n *Notify) Cookie() (cookie []byte, ok bool) {
	if n.Notification != COOKIE || len(n.Data) < 1 || len(n.Data) > 64 {
		return nil, false
	}
	return n.Data, true
}

// InvalidKEMethod returns the method that the sender of INVALID_KE_PAYLOAD
// wants instead. RFC 7296, Section 1.3.
func (n *Notify) InvalidKEMethod() (m KeyExchangeMethod, ok bool) {
	if n.Notification != INVALID_KE_PAYLOAD || len(n.Data) != 2 {
		return 0, false
	}
	return KeyExchangeMethod(binary.BigEndian.Uint16(n.Data)), true
}

// NATDetection returns the hash of a NAT_DETECTION_SOURCE_IP or
// NAT_DETECTION_DESTINATION_IP, to be compared with NATDetectionHash.
func (n *Notify) NATDetection() (hash [20]byte, ok bool) {
	if n.Notification != NAT_DETECTION_SOURCE_IP && n.Notification != NAT_DETECTION_DESTINATION_IP ||
		len(n.Data) != len(hash) {
		return hash, false
	}
	return [20]byte(n.Data), true
}

// SignatureHashes returns the list of SIGNATURE_HASH_ALGORITHMS. RFC 7427,
// Section 4.
func (n *Notify) SignatureHashes() (hashes []HashAlgorithm, ok bool) {
	if n.Notification != SIGNATURE_HASH_ALGORITHMS || len(n.Data)%2 != 0 {
		return nil, false
	}
	s := cryptobyte.String(n.Data)
	for hash := uint16(0); s.ReadUint16(&hash); {
		hashes = append(hashes, HashAlgorithm(hash))
	}
	return hashes, true
}

// UnsupportedPayload returns the payload that the sender of
// UNSUPPORTED_CRITICAL_PAYLOAD does not know. RFC 7296, Section 2.5.
func (n *Notify) UnsupportedPayload() (t PayloadType, ok bool) {
	if n.Notification != UNSUPPORTED_CRITICAL_PAYLOAD || len(n.Data) != 1 {
		return 0, false
	}
	return PayloadType(n.Data[0]), true
}

// WindowsError returns the Win32 error code of an MS_NOTIFY_STATUS, with which
// Windows gateways say why they refuse. [MS-IKEE], Section 2.2.7.
func (n *Notify) WindowsError() (code uint32, ok bool) {
	if n.Notification != MS_NOTIFY_STATUS || len(n.Data) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(n.Data), true
}

// A Puzzle is the work that a busy responder asks for. RFC 8019, Section 8.1.
type Puzzle struct {
	PRF PRFID

	// Difficulty is the number of trailing zero bits wanted. At 0 the
	// initiator chooses.
	Difficulty uint8
}

// Puzzle returns the data of a PUZZLE.
func (n *Notify) Puzzle() (p Puzzle, ok bool) {
	if n.Notification != PUZZLE || len(n.Data) != 3 {
		return Puzzle{}, false
	}
	return Puzzle{PRFID(binary.BigEndian.Uint16(n.Data)), n.Data[2]}, true
}

// A Gateway is where a client is redirected to, or was redirected from.
// RFC 5685, Sections 7.2 and 7.3.
type Gateway struct {
	Type GatewayType

	// Addr is valid for GatewayIPv4 and GatewayIPv6 only.
	Addr netip.Addr

	// Name is set for GatewayFQDN only. It is as the peer wrote it, of any
	// octets.
	Name string

	// Nonce of a REDIRECT repeats the initiator's in an answer to IKE_SA_INIT.
	Nonce []byte
}

// String returns the address, or the name as the peer wrote it, of any octets.
func (gw Gateway) String() string {
	if gw.Type == GatewayFQDN {
		return gw.Name
	}
	return gw.Addr.String()
}

// Redirect returns the gateway of a REDIRECT or REDIRECTED_FROM. It is not ok
// if the type of identity is unknown or its length does not fit the type.
func (n *Notify) Redirect() (gw Gateway, ok bool) {
	if n.Notification != REDIRECT && n.Notification != REDIRECTED_FROM {
		return Gateway{}, false
	}
	var kind uint8
	var identity cryptobyte.String
	s := cryptobyte.String(n.Data)
	if !s.ReadUint8(&kind) || !s.ReadUint8LengthPrefixed(&identity) {
		return Gateway{}, false
	}
	gw = Gateway{Type: GatewayType(kind), Nonce: readRest(&s)}
	switch gw.Type {
	case GatewayIPv4:
		gw.Addr, ok = netip.AddrFromSlice(identity)
		ok = ok && gw.Addr.Is4()
	case GatewayIPv6:
		gw.Addr, ok = netip.AddrFromSlice(identity)
		ok = ok && gw.Addr.Is6()
	case GatewayFQDN:
		gw.Name, ok = string(identity), len(identity) > 0
	}
	if !ok {
		return Gateway{}, false
	}
	return gw, true
}

// An AuthAnnouncement is a way to authenticate that a peer takes: the method, a
// link to an authority and an algorithm, of which the last or the last two may
// be missing. RFC 9593, Section 3.2.
type AuthAnnouncement struct {
	Method AuthMethod

	// CertLink counts the authorities of the CERTREQ payloads of the same
	// message from 1, and says for which of them Method holds; 0 is all.
	CertLink uint8

	// Algorithm is the DER of an AlgorithmIdentifier, or nil.
	Algorithm []byte
}

// SupportedAuthMethods returns the list of SUPPORTED_AUTH_METHODS.
func (n *Notify) SupportedAuthMethods() (methods []AuthAnnouncement, ok bool) {
	if n.Notification != SUPPORTED_AUTH_METHODS {
		return nil, false
	}
	for s := cryptobyte.String(n.Data); len(s) > 0; {
		// The length counts itself: 2 without a Cert Link, 3 without an
		// algorithm.
		var length, method, certLink uint8
		if !s.ReadUint8(&length) || !s.ReadUint8(&method) || length < 2 ||
			length > 2 && !s.ReadUint8(&certLink) {
			return nil, false
		}
		algorithm, ok := readOctets(&s, max(int(length)-3, 0))
		if !ok {
			return nil, false
		}
		methods = append(methods, AuthAnnouncement{AuthMethod(method), certLink, algorithm})
	}
	return methods, true
}
