package eapserver

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/cryptobinding"
)

// ErrRefused is why a tunnel ends badly.
var ErrRefused = errors.New("eapserver: refused")

const (
	avpUserName     = 1
	avpUserPassword = 2
	avpEAPMessage   = 79
	extensions      = 33 // the type of the Result TLV
)

// Tunnel is what a server does inside the TLS of EAP-TTLS, where it takes PAP, MSCHAPv2 in
// attributes or EAP-MSCHAPv2, and of PEAP, where it asks for the latter. The error is nil if a user of c
// authenticated, and the key then that of the tunnel, of 64 octets, or in its place the one
// that cryptobinding makes.
func Tunnel(conn io.ReadWriter, method eap.Type, user string, tunnel []byte, c Config) (key []byte, err error) {
	if c.Inside != nil {
		return tunnel, c.Inside(conn)
	}
	s := New(eap.MSCHAPv2, user, c)
	buf := make([]byte, 1<<14)
	read := func() ([]byte, error) {
		n, err := conn.Read(buf)
		return buf[:n], err
	}
	frame := func(p eap.Packet) []byte { return append([]byte{byte(p.Type)}, p.Data...) }
	if method == eap.TTLS {
		frame = func(p eap.Packet) []byte {
			packet := p.Append(nil)
			head := binary.BigEndian.AppendUint32([]byte{0, 0, 0, avpEAPMessage}, 0x40<<24|uint32(8+len(packet)))
			return append(append(head, packet...), make([]byte, (4-len(packet)%4)%4)...)
		}
	} else if _, err := conn.Write([]byte{byte(eap.Identity)}); err != nil {
		return nil, err
	}
	for first := true; ; first = false {
		data, err := read()
		if err != nil {
			return nil, err
		}
		in := eap.Packet{Code: eap.Response}
		switch {
		case method == eap.TTLS && bytes.HasPrefix(data, []byte{0, 0, 0, 1}):
			admitted := c.admits(data)
			if isCHAP(data) {
				admitted, err = c.admitsCHAP(conn, data)
			}
			switch {
			case err != nil:
				return nil, err
			case !admitted && c.Refused != nil:
				c.Refused("another user or password")
				return nil, ErrRefused
			case !admitted:
				return nil, ErrRefused
			}
			return tunnel, nil
		case method == eap.TTLS && len(data) > 8:
			if in, err = eap.Parse(data[8:min(len(data), int(binary.BigEndian.Uint32(data[4:])&0xffffff))]); err != nil {
				return nil, err
			}
		case len(data) == 0:
			return nil, ErrRefused
		default:
			in.Type, in.Data = eap.Type(data[0]), bytes.Clone(data[1:])
		}
		var out eap.Packet
		if first {
			out, err = s.Start(1)
		} else {
			out = s.Next(in)
		}
		switch {
		case err != nil:
			return nil, err
		case out.Code == eap.Request:
			_, err = conn.Write(frame(out))
		case method == eap.PEAP:
			return s.result(conn, out.Code == eap.Success, tunnel, read)
		case out.Code == eap.Success:
			return tunnel, nil
		default:
			return nil, ErrRefused
		}
		if err != nil {
			return nil, err
		}
	}
}

// result says how it ended, and hears whether the peer agrees (MS-PEAP, Section
// 2.2.8.1.2). The key is that of the login.
func (s *Server) result(conn io.Writer, well bool, tunnel []byte, read func() ([]byte, error)) (key []byte, err error) {
	result := []byte{0x80, 3, 0, 2, 0, 2}
	if well {
		result[5] = 1
	}
	p := eap.Packet{Code: eap.Request, Identifier: 1, Type: extensions, Data: bytes.Clone(result)}
	binds := well && s.Cryptobinding
	var keys cryptobinding.Keys
	if binds {
		keys = cryptobinding.Derive(tunnel, s.msk)
		nonce := make([]byte, 32)
		if _, err := io.ReadFull(s.Rand, nonce); err != nil {
			return nil, err
		}
		tlv := keys.TLV(cryptobinding.Server, nonce)
		if s.Bound != nil {
			tlv = s.Bound(tlv)
		}
		p.Data = append(p.Data, tlv...)
	}
	if _, err := conn.Write(p.Append(nil)); err != nil {
		return nil, err
	}
	answer, err := read()
	if err != nil {
		return nil, err
	}
	in, err := eap.Parse(answer)
	if err != nil || !well || in.Code != eap.Response || in.Type != extensions || !bytes.Equal(cryptobinding.Find(in.Data, cryptobinding.TypeResult), result) {
		return nil, ErrRefused
	}
	if tlv := cryptobinding.Find(in.Data, cryptobinding.TypeBinding); binds && tlv != nil {
		if _, ok := keys.Verify(cryptobinding.Peer, tlv); !ok || s.BoundRefused {
			return nil, ErrRefused
		}
		return keys.MSK(), nil
	}
	return tunnel, nil
}

// admits reports whether attributes of PAP name a user of c, with the password (RFC 5281,
// Section 11.2.5).
func (c *Config) admits(data []byte) bool {
	var name, password []byte
	for len(data) >= 8 {
		code, length := binary.BigEndian.Uint32(data), int(binary.BigEndian.Uint32(data[4:])&0xffffff)
		if length < 8 || length > len(data) {
			return false
		}
		switch code {
		case avpUserName:
			name = data[8:length]
		case avpUserPassword:
			password = bytes.TrimRight(data[8:length], "\x00") // padded to 16 octets
		}
		data = data[min((length+3)/4*4, len(data)):]
	}
	want := c.Passwords[string(name)]
	return want != "" && want == string(password)
}
