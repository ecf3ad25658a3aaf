package peer

import (
	"crypto/md5"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike/eap"
)

// once is for methods of one request, which make no key.
type once struct{ answered bool }

func (o *once) begin(t eap.Type) error {
	if o.answered {
		return fmt.Errorf("%w: %v asks for the password a second time", ErrProtocol, t)
	}
	o.answered = true
	return nil
}

func (o *once) Complete() bool { return o.answered }
func (o *once) MSK() []byte    { return nil }

// md5Challenge is MD5-Challenge: RFC 3748, Section 5.4, and RFC 1994.
type md5Challenge struct {
	once
	password []byte
}

// NewMD5 returns MD5-Challenge. It makes no key and does not prove the server.
func NewMD5(password []byte) Method { return &md5Challenge{password: password} }

func (m *md5Challenge) Type() eap.Type { return eap.MD5 }

func (m *md5Challenge) Respond(request eap.Packet) ([]byte, error) {
	if len(request.Data) < 1 || request.Data[0] == 0 || len(request.Data) < 1+int(request.Data[0]) {
		return nil, fmt.Errorf("%w: the challenge of eap-md5 is not of the length that it says", ErrProtocol)
	}
	if err := m.begin(eap.MD5); err != nil {
		return nil, err
	}
	challenge := request.Data[1 : 1+int(request.Data[0])]
	// "The Response Value is the one-way hash calculated over a stream of octets
	// consisting of the Identifier, followed by (concatenated with) the "secret",
	// followed by (concatenated with) the Challenge Value" (RFC 1994, Section 4.1).
	sum := md5.Sum(slices.Concat([]byte{request.Identifier}, m.password, challenge))
	return append([]byte{md5.Size}, sum[:]...), nil
}

// tokenCard is Generic Token Card: RFC 3748, Section 5.6.
type tokenCard struct {
	once
	password []byte
}

// NewGTC returns Generic Token Card, which sends the password as it is, to whoever asks
// for it. It makes no key and does not prove the server.
func NewGTC(password []byte) Method { return &tokenCard{password: password} }

func (g *tokenCard) Type() eap.Type { return eap.GTC }

func (g *tokenCard) Respond(eap.Packet) ([]byte, error) {
	if err := g.begin(eap.GTC); err != nil {
		return nil, err
	}
	return slices.Clone(g.password), nil
}
