// Package eap reads and writes packets of the Extensible Authentication Protocol (RFC
// 3748) as EAP payloads carry them (RFC 7296, Section 3.16). It has no sockets, clock
// or randomness.
package eap

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Code is what a packet is. RFC 3748, Section 4.
type Code uint8

// Codes.
const (
	Request  Code = 1
	Response Code = 2
	Success  Code = 3
	Failure  Code = 4
)

// String returns the name of RFC 3748.
func (c Code) String() string {
	switch c {
	case Request:
		return "EAP-Request"
	case Response:
		return "EAP-Response"
	case Success:
		return "EAP-Success"
	case Failure:
		return "EAP-Failure"
	}
	return fmt.Sprintf("EAP code %d", uint8(c))
}

// Type is an authentication method, or Identity, Notification or Nak. The numbers are
// IANA's "Method Types" of EAP.
type Type uint8

// Types that IKEv2 gateways are known to ask for.
const (
	Identity     Type = 1
	Notification Type = 2
	Nak          Type = 3
	MD5          Type = 4
	GTC          Type = 6
	TLS          Type = 13
	SIM          Type = 18
	TTLS         Type = 21
	AKA          Type = 23
	PEAP         Type = 25
	MSCHAPv2     Type = 26
	FAST         Type = 43
	AKAPrime     Type = 50
	PWD          Type = 52
	TEAP         Type = 55
)

var names = map[Type]string{
	Identity: "identity", Notification: "notification", Nak: "nak",
	MD5: "eap-md5", GTC: "eap-gtc", TLS: "eap-tls", SIM: "eap-sim", TTLS: "eap-ttls", AKA: "eap-aka",
	PEAP: "eap-peap", MSCHAPv2: "eap-mschapv2", FAST: "eap-fast", AKAPrime: "eap-aka-prime",
	PWD: "eap-pwd", TEAP: "eap-teap",
}

// String returns strongSwan's keyword for the method, as "eap-mschapv2", or
// "eap-type-99".
func (t Type) String() string {
	if name, ok := names[t]; ok {
		return name
	}
	return fmt.Sprintf("eap-type-%d", uint8(t))
}

// IsMethod reports whether t is a method of authentication, not a packet about one.
func (t Type) IsMethod() bool { return t > Nak }

// HasTLS reports whether the method is EAP-TLS, or one of those that put another method
// inside TLS in the same packets.
func (t Type) HasTLS() bool { return t == TLS || t == TTLS || t == PEAP }

// HasTunnel reports whether the method puts another one inside TLS.
func (t Type) HasTunnel() bool { return t == TTLS || t == PEAP }

// Methods returns the methods that have a name here, ascending.
func Methods() []Type {
	var out []Type
	for t := range names {
		if t.IsMethod() {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

// Packet is one packet.
type Packet struct {
	Code Code
	// Identifier matches a response to its request.
	Identifier uint8
	// Type and Data are of requests and responses; Data is what follows the type, of
	// at most 65,530 octets.
	Type Type
	Data []byte
}

// headerLen is the size of code, identifier and length in octets.
const headerLen = 4

// Parse reads a packet. Octets behind its Length are padding (RFC 3748, Section 4);
// the data is not copied.
func Parse(b []byte) (Packet, error) {
	if len(b) < headerLen {
		return Packet{}, fmt.Errorf("eap: %d octets, a packet has %d at least", len(b), headerLen)
	}
	p := Packet{Code: Code(b[0]), Identifier: b[1]}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < headerLen || n > len(b) {
		return Packet{}, fmt.Errorf("eap: its length is %d octets, and there are %d", n, len(b))
	}
	switch p.Code {
	case Request, Response:
		if n == headerLen {
			return Packet{}, fmt.Errorf("eap: an %v without a type", p.Code)
		}
		p.Type, p.Data = Type(b[headerLen]), b[headerLen+1:n]
	case Success, Failure:
		if n != headerLen {
			return Packet{}, fmt.Errorf("eap: an %v of %d octets, it has %d", p.Code, n, headerLen)
		}
	default:
		return Packet{}, fmt.Errorf("eap: code %d is not one of RFC 3748", b[0])
	}
	return p, nil
}

// Append appends the packet.
func (p Packet) Append(b []byte) []byte {
	start := len(b)
	b = append(b, byte(p.Code), p.Identifier, 0, 0)
	if p.Code == Request || p.Code == Response {
		b = append(append(b, byte(p.Type)), p.Data...)
	}
	binary.BigEndian.PutUint16(b[start+2:], uint16(len(b)-start))
	return b
}

// RefuseFor returns the response to request that asks for one of the methods in their
// order (RFC 3748, Section 5.3.1); with none it asks for no other.
func RefuseFor(request Packet, methods ...Type) Packet {
	data := make([]byte, 0, len(methods)+1)
	for _, m := range methods {
		data = append(data, byte(m))
	}
	if len(data) == 0 {
		data = append(data, 0)
	}
	return Packet{Code: Response, Identifier: request.Identifier, Type: Nak, Data: data}
}

// Refused returns the methods that a Nak asks for instead.
func (p Packet) Refused() []Type {
	var out []Type
	for _, b := range p.Data {
		if b != 0 {
			out = append(out, Type(b))
		}
	}
	return out
}

// ServerName returns the name that the challenge of MSCHAPv2 holds (draft-kamath-
// pppext-eap-mschapv2, Section 2.1): of the server, and often of its maker. It comes
// from the peer and is not escaped. It is "" for other packets.
func (p Packet) ServerName() string {
	const head = 1 + 1 + 2 + 1 + 16 // op code, identifier, length, value size, challenge
	if p.Code != Request || p.Type != MSCHAPv2 || len(p.Data) < head || p.Data[0] != 1 || p.Data[4] != 16 {
		return ""
	}
	return strings.TrimRight(string(p.Data[head:]), "\x00")
}
