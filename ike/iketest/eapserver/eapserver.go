// Package eapserver is the server's side of EAP methods, for gateways that are test
// doubles. It does nothing against whoever guesses passwords.
package eapserver

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"layeh.com/radius/rfc2759"
	"layeh.com/radius/rfc3079"

	"github.com/ikescope/ikescope/ike/eap"
)

// Config says how a server behaves.
type Config struct {
	// Name stands in challenges.
	Name string
	// Passwords are those of users by name.
	Passwords map[string]string
	Rand      io.Reader
	// Refused, unless nil, is told why somebody is not let in.
	Refused func(why string)

	// Cryptobinding asks for that of PEAP, and goes on without where it does not come.
	Cryptobinding bool

	// Faults, of servers that do not keep to the method.

	// Replays sends the same challenge again when it is answered, forever.
	Replays bool
	// Unproven claims success without knowing the password.
	Unproven bool
	// Hasty says EAP-Success in place of the first request of the method.
	Hasty bool
	// Inside, unless nil, says all that is said inside TTLS and PEAP; EAP ends well if it
	// returns nil.
	Inside func(io.ReadWriter) error
	// Bound has the last word on what is sent of cryptobinding, for servers that do not
	// compute it as they ought to; BoundRefused refuses whatever answers it.
	Bound        func(tlv []byte) []byte
	BoundRefused bool
}

// Supported reports whether New knows the method.
func Supported(t eap.Type) bool { return t == eap.MSCHAPv2 || t == eap.MD5 || t == eap.GTC }

// Server is the server's side of one conversation, after the EAP identity is known.
type Server struct {
	Config
	method    eap.Type
	user      string
	challenge []byte
	id        uint8
	stage     int
	msk       []byte
	passed    bool
	// Responses counts the answers that a password was needed for.
	Responses int
}

// New returns one that asks user by a method.
func New(t eap.Type, user string, c Config) *Server { return &Server{Config: c, method: t, user: user} }

// challengeLen is the size of challenges in octets.
const challengeLen = 16

// Op codes of MSCHAPv2.
const (
	opChallenge = 1
	opResponse  = 2
	opSuccess   = 3
	opFailure   = 4
)

// MSK is the key of a conversation that ended well, nil if the method makes none.
func (s *Server) MSK() []byte { return s.msk }

// Start returns the first request of the method.
func (s *Server) Start(id uint8) (eap.Packet, error) {
	s.id = id
	if s.Hasty {
		return eap.Packet{Code: eap.Success, Identifier: id}, nil
	}
	s.challenge = make([]byte, challengeLen)
	if _, err := io.ReadFull(s.Rand, s.challenge); err != nil {
		return eap.Packet{}, err
	}
	return s.first(), nil
}

func (s *Server) first() eap.Packet {
	switch s.method {
	case eap.MSCHAPv2:
		data := slices.Concat([]byte{opChallenge, s.id, 0, 0, challengeLen}, s.challenge, []byte(s.Name))
		binary.BigEndian.PutUint16(data[2:], uint16(len(data)))
		return s.request(data)
	case eap.MD5:
		return s.request(slices.Concat([]byte{challengeLen}, s.challenge, []byte(s.Name)))
	}
	return s.request([]byte("Password: "))
}

func (s *Server) request(data []byte) eap.Packet {
	return eap.Packet{Code: eap.Request, Identifier: s.id, Type: s.method, Data: data}
}

// Next answers a response of the method, by a request, or by EAP-Success or
// EAP-Failure.
func (s *Server) Next(in eap.Packet) eap.Packet {
	s.id++
	if s.Replays {
		return s.first()
	}
	switch s.method {
	case eap.MSCHAPv2:
		return s.mschapv2(in)
	case eap.MD5:
		s.Responses++
		sum := md5.Sum(slices.Concat([]byte{in.Identifier}, []byte(s.Passwords[s.user]), s.challenge))
		return s.end(bytes.HasPrefix(in.Data, append([]byte{md5.Size}, sum[:]...)))
	}
	s.Responses++
	return s.end(string(in.Data) == s.Passwords[s.user])
}

// end ends the conversation; nobody has an empty password.
func (s *Server) end(right bool) eap.Packet {
	if right && s.Passwords[s.user] != "" || s.Unproven {
		return eap.Packet{Code: eap.Success, Identifier: s.id}
	}
	if _, known := s.Passwords[s.user]; s.Refused != nil && known {
		s.Refused("another password")
	} else if s.Refused != nil {
		s.Refused("a user that it does not know")
	}
	return eap.Packet{Code: eap.Failure, Identifier: s.id}
}

// mschapv2 is the method's challenge, response, and success or failure
// (draft-kamath-pppext-eap-mschapv2-02).
func (s *Server) mschapv2(in eap.Packet) eap.Packet {
	s.stage++
	if s.stage > 1 {
		return s.end(s.passed)
	}
	s.Responses++
	const ours, response, size = 5, 5 + 24, 5 + 49
	proof := "S=0000000000000000000000000000000000000000"
	if len(in.Data) >= size && in.Data[0] == opResponse && in.Data[4] == size-ours {
		peer, given, user := in.Data[ours:ours+challengeLen], in.Data[response:response+24], in.Data[size:]
		if i := bytes.LastIndexByte(user, '\\'); i >= 0 {
			user = user[i+1:]
		}
		password := []byte(s.Passwords[string(in.Data[size:])])
		want, err := rfc2759.GenerateNTResponse(s.challenge, peer, user, password)
		s.passed = err == nil && len(password) > 0 && bytes.Equal(given, want)
		if s.passed {
			proof, _ = rfc2759.GenerateAuthenticatorResponse(s.challenge, peer, given, user, password)
			send, _ := rfc3079.MakeKey(given, password, true)
			receive, _ := rfc3079.MakeKey(given, password, false)
			s.msk = slices.Concat(receive, send, make([]byte, 32))
		}
	}
	op, text := byte(opFailure), fmt.Sprintf("E=691 R=1 C=%X V=3 M=FAIL", s.challenge)
	if s.passed || s.Unproven {
		op, text = opSuccess, proof+" M=Welcome"
		if s.Unproven {
			text = "S=0000000000000000000000000000000000000000 M=Welcome"
		}
	}
	data := append([]byte{op, in.Identifier, 0, byte(4 + len(text))}, text...)
	return s.request(data)
}
