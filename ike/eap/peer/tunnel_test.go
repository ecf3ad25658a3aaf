package peer

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"testing"

	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/iketest/eapserver"
)

// tunnel is TLS as the peer sees it: what is written is answered by messages, one a read.
type tunnel struct {
	serve func(message []byte) [][]byte
	queue [][]byte
	sent  [][]byte
}

func (t *tunnel) Write(b []byte) (int, error) {
	t.sent = append(t.sent, bytes.Clone(b))
	t.queue = append(t.queue, t.serve(b)...)
	return len(b), nil
}

func (t *tunnel) Read(b []byte) (int, error) {
	if len(t.queue) == 0 {
		return 0, io.EOF // the server has ended EAP outside
	}
	n := copy(b, t.queue[0])
	t.queue = t.queue[1:]
	return n, nil
}

// server asks carol by MSCHAPv2.
func server(t testing.TB, config eapserver.Config) func(eap.Packet) eap.Packet {
	config.Name, config.Passwords, config.Rand = "mock", map[string]string{"carol": "Ar3etTnp"}, rand.Reader
	s := eapserver.New(eap.MSCHAPv2, "carol", config)
	return func(in eap.Packet) eap.Packet {
		if in.Type == eap.Identity {
			out, err := s.Start(in.Identifier + 1)
			if err != nil {
				t.Error(err)
			}
			return out
		}
		return s.Next(in)
	}
}

// peap64 is PEAP with some key of the tunnel.
func peap64(conn io.ReadWriter, c *Conversation) error { return PEAP(conn, c, make([]byte, 64)) }

func carolWith(password string) *Conversation {
	return &Conversation{Identity: "carol", Method: NewMSCHAPv2("carol", []byte(password), rand.Reader)}
}

// TestTunnels: MSCHAPv2 goes on inside TTLS and PEAP as it would outside, the peer is not
// done before the server has proven itself, and agrees to no success before.
func TestTunnels(t *testing.T) {
	ttls := func(config eapserver.Config) *tunnel {
		next := server(t, config)
		return &tunnel{serve: func(message []byte) [][]byte {
			var packet []byte
			if whole, rest, err := takeAVPs(&packet, message); !whole || len(rest) > 0 || err != nil {
				t.Errorf("%x: %v, %x, %v", message, whole, rest, err)
			}
			in, err := eap.Parse(packet)
			if err != nil {
				t.Error(err)
			}
			out := next(in)
			if out.Code != eap.Request {
				return nil
			}
			avp := appendAVP(nil, avpEAPMessage, out.Append(nil))
			return [][]byte{avp[:7], avp[7:20], avp[20:]} // in records of any size
		}}
	}
	peap := func(config eapserver.Config) *tunnel {
		next := server(t, config)
		result := func(code eap.Code) [][]byte {
			tlv := resultSuccess
			if code == eap.Failure {
				tlv = resultFailure
			}
			return [][]byte{(&eap.Packet{Code: eap.Request, Identifier: 9, Type: extensions, Data: tlv}).Append(nil)}
		}
		out := &tunnel{queue: [][]byte{{byte(eap.Identity)}}}
		out.serve = func(message []byte) [][]byte {
			if p, err := eap.Parse(message); err == nil && p.Type == extensions {
				return nil
			}
			p := next(eap.Packet{Code: eap.Response, Type: eap.Type(message[0]), Data: message[1:]})
			if p.Code != eap.Request {
				return result(p.Code)
			}
			return [][]byte{append([]byte{byte(p.Type)}, p.Data...)}
		}
		return out
	}
	for _, tt := range []struct {
		name     string
		password string
		config   eapserver.Config
		complete bool
		failure  int
		err      error
		agreed   []byte // of PEAP
	}{
		{"well", "Ar3etTnp", eapserver.Config{}, true, 0, nil, resultSuccess},
		{"a wrong password", "wrong", eapserver.Config{}, false, 691, nil, resultFailure},
		{"a server that does not know it", "Ar3etTnp", eapserver.Config{Unproven: true}, false, 0, ErrServer, nil},
		{"a success too early", "Ar3etTnp", eapserver.Config{Hasty: true}, false, 0, nil, resultFailure},
		{"a challenge again", "Ar3etTnp", eapserver.Config{Replays: true}, false, 0, ErrProtocol, nil},
	} {
		for kind, run := range map[string]func(io.ReadWriter, *Conversation) error{"ttls": TTLS, "peap": peap64} {
			tun := ttls(tt.config)
			if kind == "peap" {
				tun = peap(tt.config)
			}
			c := carolWith(tt.password)
			err := run(tun, c)
			m := c.Method.(*MSCHAPv2)
			if !errors.Is(err, tt.err) || m.Complete() != tt.complete || m.Failure != tt.failure {
				t.Errorf("%s in %s: %v, complete %v, failure %d", tt.name, kind, err, m.Complete(), m.Failure)
			}
			for _, message := range tun.sent {
				if bytes.Contains(message, []byte(tt.password)) {
					t.Errorf("%s in %s sends the password: %x", tt.name, kind, message)
				}
			}
			last := tun.sent[len(tun.sent)-1]
			if kind == "peap" && tt.agreed != nil && !bytes.HasSuffix(last, tt.agreed) {
				t.Errorf("%s: the end is %x", tt.name, last)
			}
		}
	}
}

// TestTTLSPassword: the octets of RFC 5281, Sections 10.1 and 11.2.5.
func TestTTLSPassword(t *testing.T) {
	var b bytes.Buffer
	if err := TTLSPassword(&b, "carol", []byte("Ar3etTnp")); err != nil {
		t.Fatal(err)
	}
	want := "00000001" + "4000000d" + hex.EncodeToString([]byte("carol")) + "000000" +
		"00000002" + "40000018" + hex.EncodeToString([]byte("Ar3etTnp")) + "0000000000000000"
	if got := hex.EncodeToString(b.Bytes()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// FuzzTunnels: whatever a server sends inside, it ends, and nothing is complete.
func FuzzTunnels(f *testing.F) {
	f.Add([]byte{1}, []byte{0, 0, 0, 79, 64, 0, 0, 13, 1, 1, 0, 5, 1, 0, 0, 0})
	f.Add((&eap.Packet{Code: eap.Request, Type: extensions, Data: resultSuccess}).Append(nil), []byte{0, 0, 0, 1, 0x80, 0, 0, 12, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		for _, run := range []func(io.ReadWriter, *Conversation) error{TTLS, peap64} {
			c := carolWith("Ar3etTnp")
			tun := &tunnel{serve: func([]byte) [][]byte { return nil }, queue: [][]byte{first, second}}
			_ = run(tun, c)
			if c.Method.Complete() || len(tun.sent) > 4 {
				t.Errorf("complete: %v; %x", c.Method.Complete(), tun.sent)
			}
		}
	})
}
