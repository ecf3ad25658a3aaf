package peer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/cryptobinding"
)

// What goes on inside the TLS of EAP-TTLS (RFC 5281) and of PEAP (draft-josefsson-pppext-
// eap-tls-eap and MS-PEAP, version 0), where the server has proven who it is. Reading
// ends with io.EOF where the server ends EAP outside.

// Attributes of RFC 5281, Section 10, which are those of RADIUS.
const (
	avpUserName     = 1
	avpUserPassword = 2
	avpEAPMessage   = 79

	avpVendor    = 0x80
	avpMandatory = 0x40
)

// maxInside bounds a message of the server, in octets.
const maxInside = 1 << 14

// TTLSPassword sends user and password as they are (PAP): RFC 5281, Section 11.2.5. The
// server answers outside.
func TTLSPassword(conn io.Writer, user string, password []byte) error {
	// "padded to a multiple of 16 octets [...] with null octets".
	padded := append(slices.Clone(password), make([]byte, (16-len(password)%16)%16)...)
	_, err := conn.Write(append(appendAVP(nil, avpUserName, []byte(user)), appendAVP(nil, avpUserPassword, padded)...))
	return err
}

// appendAVP appends an attribute of RFC 5281, Section 10.1.
func appendAVP(b []byte, code uint32, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, code)
	b = binary.BigEndian.AppendUint32(b, avpMandatory<<24|uint32(8+len(data)))
	return append(append(b, data...), make([]byte, (4-len(data)%4)%4)...)
}

// TTLS has a conversation of EAP inside EAP-TTLS: RFC 5281, Section 11.2.1. It ends with
// nil where the server ends it, inside or outside.
func TTLS(conn io.ReadWriter, c *Conversation) error {
	// The peer begins, with its identity.
	out := eap.Packet{Code: eap.Response, Type: eap.Identity, Data: []byte(c.Identity)}
	var message, buffer []byte
	for {
		if _, err := conn.Write(appendAVP(nil, avpEAPMessage, out.Append(nil))); err != nil {
			return err
		}
		var in eap.Packet
		for {
			whole, rest, err := takeAVPs(&message, buffer)
			if err != nil {
				return err
			}
			buffer = rest
			if whole {
				if in, err = eap.Parse(message); err != nil {
					return fmt.Errorf("%w: inside of eap-ttls: %w", ErrProtocol, err)
				}
				message = nil
				break
			}
			if buffer, err = more(conn, buffer); err != nil {
				return ended(err)
			}
		}
		next, err := c.Respond(in)
		if err != nil || next == nil {
			return err
		}
		out = *next
	}
}

// avp is an attribute inside of TTLS.
type avp struct {
	code, vendor uint32
	mandatory    bool
	data         []byte
}

// unknown is the error of one that is mandatory and not understood.
func (a *avp) unknown() error {
	if a.vendor != 0 {
		return fmt.Errorf("%w: attribute %d of vendor %d inside of eap-ttls", ErrProtocol, a.code, a.vendor)
	}
	return fmt.Errorf("%w: attribute %d inside of eap-ttls", ErrProtocol, a.code)
}

// takeAVP takes the first attribute off a buffer, nil where it is not whole.
func takeAVP(buffer []byte) (*avp, []byte, error) {
	if len(buffer) < 8 {
		return nil, buffer, nil
	}
	code, flags, size, head := binary.BigEndian.Uint32(buffer), buffer[4], int(binary.BigEndian.Uint32(buffer[4:])&0xffffff), 8
	if flags&avpVendor != 0 {
		head = 12
	}
	if size < head || size > maxInside {
		return nil, nil, fmt.Errorf("%w: an attribute of %d octets inside of eap-ttls", ErrProtocol, size)
	}
	if len(buffer) < size {
		return nil, buffer, nil
	}
	a := &avp{code: code, mandatory: flags&avpMandatory != 0, data: buffer[head:size]}
	if flags&avpVendor != 0 {
		a.vendor = binary.BigEndian.Uint32(buffer[8:])
	}
	return a, buffer[min(len(buffer), (size+3)/4*4):], nil
}

// takeAVPs adds what a buffer has of EAP-Message attributes to a packet, and reports
// whether it is whole. Of other attributes those that are mandatory are an error.
func takeAVPs(packet *[]byte, buffer []byte) (whole bool, rest []byte, err error) {
	for {
		a, rest, err := takeAVP(buffer)
		if a == nil {
			return false, rest, err
		}
		buffer = rest
		switch {
		case a.code == avpEAPMessage && a.vendor == 0:
			if *packet = append(*packet, a.data...); len(*packet) > maxInside {
				return false, nil, fmt.Errorf("%w: a packet of more than %d octets inside of eap-ttls", ErrProtocol, maxInside)
			}
		case a.mandatory:
			return false, nil, a.unknown()
		}
		if p := *packet; len(p) >= 4 && len(p) >= int(binary.BigEndian.Uint16(p[2:])) {
			return true, buffer, nil
		}
	}
}

// more reads what comes next behind a buffer.
func more(conn io.Reader, buffer []byte) ([]byte, error) {
	if len(buffer) > maxInside {
		return nil, fmt.Errorf("%w: a message of more than %d octets", ErrProtocol, maxInside)
	}
	piece := make([]byte, maxInside)
	n, err := conn.Read(piece)
	if n > 0 {
		err = nil
	}
	return append(buffer, piece[:n]...), err
}

// ended is nil for the end of EAP outside.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// The Result TLV of PEAP (MS-PEAP, Section 2.2.8.1.2), in a packet of type 33: success,
// or failure.
var (
	resultSuccess = []byte{0x80, 3, 0, 2, 0, 1}
	resultFailure = []byte{0x80, 3, 0, 2, 0, 2}
)

const extensions eap.Type = 33

// agree returns what answers TLVs of a packet of type 33: success where the server says so
// and the method is complete, with cryptobinding where the server has it. The error is
// ErrBinding where that does not hold.
func (c *Conversation) agree(tlvs, tunnel []byte) ([]byte, error) {
	if !bytes.Equal(cryptobinding.Find(tlvs, cryptobinding.TypeResult), resultSuccess) || !c.Started || !c.Method.Complete() {
		return resultFailure, nil
	}
	request := cryptobinding.Find(tlvs, cryptobinding.TypeBinding)
	if request == nil {
		return resultSuccess, nil
	}
	c.Cryptobinding = true
	keys := cryptobinding.Derive(tunnel, c.Method.MSK())
	nonce, ok := keys.Verify(cryptobinding.Server, request)
	if !ok {
		return resultFailure, ErrBinding
	}
	c.Compound = keys.MSK()
	return append(slices.Clone(resultSuccess), keys.TLV(cryptobinding.Peer, nonce)...), nil
}

// PEAP has a conversation of EAP inside PEAP, whose packets have no header there but for
// those of type 33, by which the server says how it ended, and the peer agrees: with a
// success only where the method is complete, and with cryptobinding where the server asks
// for it (MS-PEAP, Section 3.1.5.5), from the key of the tunnel, of 64 octets. It ends with
// nil where the server ends EAP outside.
func PEAP(conn io.ReadWriter, c *Conversation, tunnel []byte) error {
	for results := 0; ; {
		data, err := more(conn, nil)
		if err != nil {
			return ended(err)
		}
		in := eap.Packet{Code: eap.Request}
		if p, err := eap.Parse(data); err == nil && p.Code == eap.Request && p.Type == extensions {
			if results++; results > maxAside {
				return fmt.Errorf("%w: eap-peap says how it ended more than %d times", ErrProtocol, maxAside)
			}
			result, fault := c.agree(p.Data, tunnel)
			out := eap.Packet{Code: eap.Response, Identifier: p.Identifier, Type: extensions, Data: result}
			if _, err := conn.Write(out.Append(nil)); err != nil {
				return err
			}
			if fault != nil {
				return fault
			}
			continue
		}
		if len(data) == 0 {
			return fmt.Errorf("%w: an empty message inside of eap-peap", ErrProtocol)
		}
		in.Type, in.Data = eap.Type(data[0]), data[1:]
		out, err := c.Respond(in)
		if err != nil || out == nil {
			return err
		}
		if _, err := conn.Write(append([]byte{byte(out.Type)}, out.Data...)); err != nil {
			return err
		}
	}
}
