package peer

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"layeh.com/radius/rfc2759"
	"layeh.com/radius/rfc3079"

	"github.com/ikescope/ikescope/ike/eap"
)

// Op codes of draft-kamath-pppext-eap-mschapv2-02, Section 2.
const (
	opChallenge = 1
	opResponse  = 2
	opSuccess   = 3
	opFailure   = 4
)

// challengeLen is the size of the challenges of both sides in octets (RFC 2759).
const challengeLen = 16

// MSCHAPv2 is the method of draft-kamath-pppext-eap-mschapv2-02.
type MSCHAPv2 struct {
	// ServerName is the name in the challenge; it comes from the server and is not
	// escaped.
	ServerName string
	// Failure is the error code of the server's Failure packet, 0 if none came: 691 for
	// a wrong name or password (RFC 2759, Section 6). Message is its M field, which
	// comes from the server and is not escaped.
	Failure int
	Message string

	user, password []byte
	rand           io.Reader
	response       []byte // the NT-Response, once it is sent
	success        string // what the server has to prove itself by
	msk            []byte // once it has
}

// NewMSCHAPv2 returns the method for a user, as "carol" or "DOMAIN\carol". It reads
// the peer's challenge, 16 octets, from rand, which must be unpredictable.
func NewMSCHAPv2(user string, password []byte, rand io.Reader) *MSCHAPv2 {
	return &MSCHAPv2{user: []byte(user), password: password, rand: rand}
}

var _ Method = (*MSCHAPv2)(nil)

// Type returns eap.MSCHAPv2.
func (m *MSCHAPv2) Type() eap.Type { return eap.MSCHAPv2 }

// Complete reports whether the server proved that it knows the password.
func (m *MSCHAPv2) Complete() bool { return m.msk != nil }

// MSK returns 64 octets, once the server has proved itself.
func (m *MSCHAPv2) MSK() []byte { return m.msk }

// Respond answers a Challenge once, a Success that proves the server, and a Failure.
func (m *MSCHAPv2) Respond(request eap.Packet) ([]byte, error) {
	if len(request.Data) == 0 {
		return nil, fmt.Errorf("%w: an empty request of eap-mschapv2", ErrProtocol)
	}
	op := request.Data[0]
	switch {
	case op == opChallenge && m.response != nil:
		// A second response would be a second try at the password.
		return nil, fmt.Errorf("%w: eap-mschapv2 sends a second challenge", ErrProtocol)
	case op == opChallenge:
		return m.respond(request.Data)
	case m.response == nil:
		return nil, fmt.Errorf("%w: eap-mschapv2 does not begin with a challenge", ErrProtocol)
	case op == opSuccess && m.msk == nil && m.Failure == 0:
		return m.succeed(request.Data)
	case op == opFailure && m.msk == nil && m.Failure == 0:
		m.fail(request.Data)
		return []byte{opFailure}, nil
	}
	return nil, fmt.Errorf("%w: eap-mschapv2 sends op code %d out of turn", ErrProtocol, op)
}

// respond answers the challenge: op code, identifier, length of two octets, the size of
// the value, the value and the server's name.
func (m *MSCHAPv2) respond(data []byte) ([]byte, error) {
	const head = 5
	if len(data) < head+challengeLen || data[4] != challengeLen || int(binary.BigEndian.Uint16(data[2:])) != len(data) {
		return nil, fmt.Errorf("%w: the challenge of eap-mschapv2 is malformed", ErrProtocol)
	}
	m.ServerName = strings.TrimRight(string(data[head+challengeLen:]), "\x00")
	value, err := m.answer(data[head : head+challengeLen])
	if err != nil {
		return nil, err
	}
	out := slices.Concat([]byte{opResponse, data[1], 0, 0, byte(len(value))}, value, m.user)
	binary.BigEndian.PutUint16(out[2:], uint16(len(out)))
	return out, nil
}

// answer is the response to a challenge: Peer-Challenge, 8 reserved octets, NT-Response and
// Flags.
func (m *MSCHAPv2) answer(theirs []byte) ([]byte, error) {
	ours := make([]byte, challengeLen)
	if _, err := io.ReadFull(m.rand, ours); err != nil {
		return nil, fmt.Errorf("eap-mschapv2: randomness: %w", err)
	}
	// "The user name without any prepended domain name" (RFC 2759, Section 8.2).
	user := m.user
	if i := bytes.LastIndexByte(user, '\\'); i >= 0 {
		user = user[i+1:]
	}
	response, err := rfc2759.GenerateNTResponse(theirs, ours, user, m.password)
	if err == nil {
		m.success, err = rfc2759.GenerateAuthenticatorResponse(theirs, ours, response, user, m.password)
	}
	if err != nil {
		return nil, fmt.Errorf("eap-mschapv2: %w", err)
	}
	m.response = response
	return slices.Concat(ours, make([]byte, 8), response, []byte{0}), nil
}

// succeed reads a Success packet.
func (m *MSCHAPv2) succeed(data []byte) ([]byte, error) {
	const head = 4
	return m.proven(string(data[min(len(data), head):]))
}

// proven reads "S=<40 hexadecimal digits> M=<message>", and answers it.
func (m *MSCHAPv2) proven(text string) ([]byte, error) {
	proof, _, _ := strings.Cut(text, " ")
	if subtle.ConstantTimeCompare([]byte(strings.ToUpper(proof)), []byte(m.success)) != 1 {
		return nil, ErrServer
	}
	// Both are from the server's point of view: what it receives with, then what it
	// sends with, and 32 zeros behind.
	receive, err := rfc3079.MakeKey(m.response, m.password, false)
	if err != nil {
		return nil, fmt.Errorf("eap-mschapv2: %w", err)
	}
	send, err := rfc3079.MakeKey(m.response, m.password, true)
	if err != nil {
		return nil, fmt.Errorf("eap-mschapv2: %w", err)
	}
	m.msk = slices.Concat(receive, send, make([]byte, 32))
	return []byte{opSuccess}, nil
}

// unknownFailure stands for a Failure packet without a code that can be read.
const unknownFailure = -1

// fail reads a Failure packet.
func (m *MSCHAPv2) fail(data []byte) {
	const head = 4
	m.refused(string(data[min(len(data), head):]))
}

// refused reads "E=691 R=1 C=<challenge> V=3 M=<message>" (RFC 2759, Section 6).
func (m *MSCHAPv2) refused(text string) {
	m.Failure = unknownFailure
	text, m.Message, _ = strings.Cut(text, "M=")
	for _, field := range strings.Fields(text) {
		if digits, ok := strings.CutPrefix(field, "E="); ok {
			if n, err := strconv.ParseUint(digits, 10, 31); err == nil && n > 0 {
				m.Failure = int(n)
			}
		}
	}
}
