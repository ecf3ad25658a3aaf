package peer

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike/eap"
)

// zeros are no randomness.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// challenge is a request of MSCHAPv2 with a challenge.
func challenge(id uint8, value []byte, name string) eap.Packet {
	data := slices.Concat([]byte{opChallenge, id, 0, 0, byte(len(value))}, value, []byte(name))
	data[3] = byte(len(data))
	return eap.Packet{Code: eap.Request, Identifier: id, Type: eap.MSCHAPv2, Data: data}
}

// says is a Success or Failure of MSCHAPv2.
func says(op byte, text string) eap.Packet {
	data := append([]byte{op, 1, 0, byte(4 + len(text))}, text...)
	return eap.Packet{Code: eap.Request, Identifier: 2, Type: eap.MSCHAPv2, Data: data}
}

// What strongSwan 6.0 took of alice with s3cret, when all challenges were zeros.
const (
	aliceResponse = "51abc3932a03daa83cf51b550d170e88695bd5ba09e6c00d"
	aliceProof    = "S=5973CAF0BAB53396FDC2C271C4F25BB5DDC2FB4C"
	aliceMSK      = "7d291a7d9061812654377b8c24142cbe610fd740f20b5fb07ae46544a5dd33c6"
)

func TestMSCHAPv2(t *testing.T) {
	for _, user := range []string{"alice", `EXAMPLE\alice`} {
		m := NewMSCHAPv2(user, []byte("s3cret"), zeros{})
		out, err := m.Respond(challenge(7, make([]byte, 16), "strongSwan"))
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Concat([]byte{2, 7, 0, byte(54 + len(user)), 49}, make([]byte, 24), unhex(t, aliceResponse), []byte{0}, []byte(user))
		if !bytes.Equal(out, want) || m.ServerName != "strongSwan" || m.Complete() || m.MSK() != nil {
			t.Errorf("%x, want %x; from %q", out, want, m.ServerName)
		}
		if out, err = m.Respond(says(opSuccess, aliceProof+" M=Welcome")); err != nil || !bytes.Equal(out, []byte{3}) || !m.Complete() {
			t.Errorf("%x, %v", out, err)
		}
		if want := append(unhex(t, aliceMSK), make([]byte, 32)...); !bytes.Equal(m.MSK(), want) {
			t.Errorf("the MSK is %x, want %x", m.MSK(), want)
		}
	}
}

// TestRFC2759 is the vector of RFC 2759, Section 9.2.
func TestRFC2759(t *testing.T) {
	peerChallenge := unhex(t, "21402324255E262A28295F2B3A337C7E")
	m := NewMSCHAPv2("User", []byte("clientPass"), bytes.NewReader(peerChallenge))
	out, err := m.Respond(challenge(1, unhex(t, "5B5D7C7D7B3F2F3E3C2C602132262628"), ""))
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF"); !bytes.Equal(out[29:53], want) || !bytes.Equal(out[5:21], peerChallenge) {
		t.Errorf("%x, want %x", out[29:53], want)
	}
	if m.success != "S=407A5589115FD0D6209F510FE9C04566932CDA56" {
		t.Errorf("the server has to prove itself by %s", m.success)
	}
}

// TestMSCHAPv2Refuses: a password is answered for once, and only a server that proves
// itself ends it well.
func TestMSCHAPv2Refuses(t *testing.T) {
	first := challenge(1, make([]byte, 16), "")
	for _, tt := range []struct {
		name    string
		packets []eap.Packet // of which the last is refused
		want    error
	}{
		{"the same challenge again", []eap.Packet{first, first}, ErrProtocol},
		{"another challenge", []eap.Packet{first, challenge(2, bytes.Repeat([]byte{1}, 16), "")}, ErrProtocol},
		{"a challenge after a failure", []eap.Packet{first, says(opFailure, "E=691 R=1 C=00 V=3 M=x"), first}, ErrProtocol},
		{"a challenge after success", []eap.Packet{first, says(opSuccess, aliceProof), first}, ErrProtocol},
		{"success without proof", []eap.Packet{first, says(opSuccess, "")}, ErrServer},
		{"success with a wrong proof", []eap.Packet{first, says(opSuccess, strings.Replace(aliceProof, "5", "6", 1))}, ErrServer},
		{"success after failure", []eap.Packet{first, says(opFailure, "E=691"), says(opSuccess, aliceProof)}, ErrProtocol},
		{"success before the challenge", []eap.Packet{says(opSuccess, aliceProof)}, ErrProtocol},
		{"failure before the challenge", []eap.Packet{says(opFailure, "E=691")}, ErrProtocol},
		{"a short challenge", []eap.Packet{challenge(1, make([]byte, 8), "12345678")}, ErrProtocol},
		{"a challenge cut off", []eap.Packet{{Code: eap.Request, Type: eap.MSCHAPv2, Data: first.Data[:20]}}, ErrProtocol},
		{"nothing", []eap.Packet{{Code: eap.Request, Type: eap.MSCHAPv2}}, ErrProtocol},
		{"another op code", []eap.Packet{first, says(7, "")}, ErrProtocol},
	} {
		m := NewMSCHAPv2("alice", []byte("s3cret"), zeros{})
		for i, p := range tt.packets {
			out, err := m.Respond(p)
			if last := i == len(tt.packets)-1; last && (!errors.Is(err, tt.want) || out != nil) || !last && err != nil {
				t.Errorf("%s: packet %d is answered by %x, %v", tt.name, i, out, err)
			}
		}
	}
}

func TestMSCHAPv2Failure(t *testing.T) {
	for text, want := range map[string]string{
		"E=691 R=1 C=00112233445566778899aabbccddeeff V=3 M=FAIL": "691 FAIL",
		"E=648 R=0 V=3 M=change E=691":                            "648 change E=691",
		"M=no code":                                               "-1 no code",
		"E=99999999999":                                           "-1 ",
		"":                                                        "-1 ",
	} {
		m := NewMSCHAPv2("alice", []byte("s3cret"), zeros{})
		if _, err := m.Respond(challenge(1, make([]byte, 16), "")); err != nil {
			t.Fatal(err)
		}
		out, err := m.Respond(says(opFailure, text))
		if got := fmt.Sprint(m.Failure, " ", m.Message); err != nil || !bytes.Equal(out, []byte{4}) || got != want || m.Complete() {
			t.Errorf("%q is %q, %x, %v; want %q", text, got, out, err, want)
		}
	}
}

func TestPlainMethods(t *testing.T) {
	// RFC 1994, Section 4.1, computed by openssl: printf '\x05s3cret\x01\x02\x03\x04' | openssl md5
	request := eap.Packet{Code: eap.Request, Identifier: 5, Type: eap.MD5, Data: []byte{4, 1, 2, 3, 4, 'n', 'a', 's'}}
	m := NewMD5([]byte("s3cret"))
	out, err := m.Respond(request)
	if want := append([]byte{16}, unhex(t, md5Vector)...); err != nil || !bytes.Equal(out, want) || !m.Complete() || m.MSK() != nil {
		t.Errorf("%x, %v; want %x", out, err, want)
	}
	if out, err := m.Respond(request); !errors.Is(err, ErrProtocol) || out != nil {
		t.Errorf("a second time: %x, %v", out, err)
	}
	for _, data := range [][]byte{nil, {0}, {4, 1, 2, 3}} {
		if out, err := NewMD5([]byte("s3cret")).Respond(eap.Packet{Type: eap.MD5, Data: data}); !errors.Is(err, ErrProtocol) || out != nil {
			t.Errorf("%x: %x, %v", data, out, err)
		}
	}
	g := NewGTC([]byte("s3cret"))
	if g.Complete() {
		t.Error("complete before the password was asked for")
	}
	if out, err := g.Respond(eap.Packet{Data: []byte("Password:")}); err != nil || string(out) != "s3cret" || !g.Complete() || g.MSK() != nil {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := g.Respond(eap.Packet{Data: []byte("Password:")}); !errors.Is(err, ErrProtocol) || out != nil {
		t.Errorf("a second time: %q, %v", out, err)
	}
}

const md5Vector = "c4f6ccc2e5e13d30da769322ae85500e"

// TestConversation: what is answered to which packets, and how it ends.
func TestConversation(t *testing.T) {
	request := func(id uint8, of eap.Type, data ...byte) eap.Packet {
		return eap.Packet{Code: eap.Request, Identifier: id, Type: of, Data: data}
	}
	identity, success, failure := request(0, eap.Identity), eap.Packet{Code: eap.Success}, eap.Packet{Code: eap.Failure}
	ask := request(1, eap.GTC)
	for _, tt := range []struct {
		name string
		in   []eap.Packet
		want string // responses as type:data, then how it ended
	}{
		{"well", []eap.Packet{identity, ask, success}, "identity:carol eap-gtc:pw EAP-Success"},
		{"without identity", []eap.Packet{ask, success}, "eap-gtc:pw EAP-Success"},
		{"notified", []eap.Packet{request(4, eap.Notification, 'h', 'i'), ask, failure}, "notification: eap-gtc:pw EAP-Failure"},
		{"refused", []eap.Packet{identity, failure}, "identity:carol EAP-Failure"},
		{"another method first", []eap.Packet{identity, request(1, eap.MSCHAPv2, 1), ask, success}, "identity:carol nak:\x06 eap-gtc:pw EAP-Success"},
		{"another method only", []eap.Packet{request(1, eap.MSCHAPv2, 1), failure}, "nak:\x06 EAP-Failure"},
		{"a second other method", []eap.Packet{request(1, eap.MSCHAPv2, 1), request(2, eap.MD5, 1)}, "nak:\x06 error"},
		{"another method within", []eap.Packet{ask, request(2, eap.MD5, 1, 1)}, "eap-gtc:pw error"},
		{"identity within", []eap.Packet{ask, identity}, "eap-gtc:pw error"},
		{"password twice", []eap.Packet{ask, ask}, "eap-gtc:pw error"},
		{"success at once", []eap.Packet{success}, "error"},
		{"success after the identity", []eap.Packet{identity, success}, "identity:carol error"},
		{"after the end", []eap.Packet{failure, ask}, "EAP-Failure error"},
		{"a response", []eap.Packet{{Code: eap.Response, Type: eap.GTC}}, "error"},
		{"a Nak", []eap.Packet{request(1, eap.Nak, 6)}, "error"},
	} {
		c := &Conversation{Identity: "carol", Method: NewGTC([]byte("pw"))}
		var got []string
		for _, in := range tt.in {
			out, err := c.Respond(in)
			switch {
			case err != nil:
				if !errors.Is(err, ErrProtocol) || out != nil {
					t.Errorf("%s: %v, %v", tt.name, out, err)
				}
				got = append(got, "error")
			case out == nil:
				got = append(got, c.Ended.String())
			default:
				if out.Code != eap.Response || out.Identifier != in.Identifier {
					t.Errorf("%s: %+v in answer to %+v", tt.name, out, in)
				}
				got = append(got, fmt.Sprintf("%v:%s", out.Type, out.Data))
			}
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// endless asks for whatever it is asked, forever.
type endless struct{ Method }

func (endless) Type() eap.Type                     { return eap.TTLS }
func (endless) Respond(eap.Packet) ([]byte, error) { return nil, nil }
func (endless) Complete() bool                     { return false }

// TestEndless: EAP that never ends is ended.
func TestEndless(t *testing.T) {
	for of, most := range map[eap.Type]int{eap.TTLS: maxRequests, eap.Identity: maxAside, eap.Notification: maxAside} {
		c := &Conversation{Method: endless{}}
		answered := 0
		for range 1000 {
			if _, err := c.Respond(eap.Packet{Code: eap.Request, Type: of}); err != nil {
				break
			}
			answered++
		}
		if answered != most || len(c.Notices) > maxAside {
			t.Errorf("%v: %d requests were answered, want %d", of, answered, most)
		}
	}
}

// FuzzConversation: whatever a server sends, no method answers for its password twice,
// and success needs what the method wants.
func FuzzConversation(f *testing.F) {
	add := func(packets ...eap.Packet) {
		var b []byte
		for _, p := range packets {
			b = p.Append(b)
		}
		f.Add(b)
	}
	first := challenge(1, make([]byte, 16), "x")
	add(eap.Packet{Code: eap.Request, Type: eap.Identity}, first, says(opSuccess, aliceProof), eap.Packet{Code: eap.Success})
	add(first, says(opFailure, "E=691 R=1"), first)
	add(eap.Packet{Code: eap.Request, Type: eap.MD5, Data: []byte{1, 1}}, eap.Packet{Code: eap.Success})
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, m := range []Method{NewMSCHAPv2("alice", []byte("s3cret"), zeros{}), NewMD5([]byte("s3cret")), NewGTC([]byte("s3cret"))} {
			c := &Conversation{Identity: "alice", Method: m}
			passwords := 0
			for rest := in; ; {
				p, err := eap.Parse(rest)
				if err != nil {
					break
				}
				rest = rest[len(p.Append(nil)):]
				out, err := c.Respond(p)
				if err != nil {
					break
				}
				if out != nil && out.Type == m.Type() && (m.Type() != eap.MSCHAPv2 || len(out.Data) > 1) {
					passwords++
				}
			}
			if passwords > 1 || c.Ended == eap.Success && !m.Complete() {
				t.Fatalf("%v: %d answers with the password, ended by %v", m.Type(), passwords, c.Ended)
			}
		}
	})
}
