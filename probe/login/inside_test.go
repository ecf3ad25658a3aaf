package login

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/ike/eap"
)

// attribute is one of EAP-TTLS, mandatory, whose length may be a lie.
func attribute(code uint32, size int, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, code)
	b = binary.BigEndian.AppendUint32(b, 0x40<<24|uint32(size))
	return append(append(b, data...), make([]byte, (4-len(data)%4)%4)...)
}

// TestHostileInside: whatever a server says inside TTLS and PEAP, it gets one answer to a
// challenge at most, and the login ends with a cause, after few messages, and with no IKE
// SA left.
func TestHostileInside(t *testing.T) {
	const begun = "negotiate+ gateway+ eap_method+ authenticate-"
	const eapMessage = 79
	request := func(of eap.Type, data ...byte) eap.Packet { return eap.Packet{Code: eap.Request, Type: of, Data: data} }
	challenge := append([]byte{1, 0, 0, 25, 16}, append(make([]byte, 16), "mock"...)...)
	ttls := func(p eap.Packet) []byte {
		b := p.Append(nil)
		return attribute(eapMessage, 8+len(b), b)
	}
	peap := func(p eap.Packet) []byte { return append([]byte{byte(p.Type)}, p.Data...) }
	// say writes messages one by one, each after an answer, and the last without end.
	say := func(method eap.Type, messages ...[]byte) func(io.ReadWriter) error {
		return func(conn io.ReadWriter) error {
			buffer := make([]byte, 1<<14)
			for n := 0; ; n++ {
				if n > 0 || method == eap.TTLS {
					if _, err := conn.Read(buffer); err != nil {
						return err
					}
				}
				if _, err := conn.Write(messages[min(n, len(messages)-1)]); err != nil {
					return err
				}
			}
		}
	}
	both := func(packets ...eap.Packet) map[eap.Type]func(io.ReadWriter) error {
		out := make(map[eap.Type]func(io.ReadWriter) error)
		for method, frame := range map[eap.Type]func(eap.Packet) []byte{eap.TTLS: ttls, eap.PEAP: peap} {
			var all [][]byte
			for _, p := range packets {
				all = append(all, frame(p))
			}
			out[method] = say(method, all...)
		}
		return out
	}
	inTTLS := func(message []byte) map[eap.Type]func(io.ReadWriter) error {
		return map[eap.Type]func(io.ReadWriter) error{eap.TTLS: say(eap.TTLS, message)}
	}
	inPEAP := func(message []byte) map[eap.Type]func(io.ReadWriter) error {
		return map[eap.Type]func(io.ReadWriter) error{eap.PEAP: say(eap.PEAP, message)}
	}
	inCHAP := func(message []byte) map[eap.Type]func(io.ReadWriter) error {
		return map[eap.Type]func(io.ReadWriter) error{0: say(eap.TTLS, message)} // 0 stands for TTLS with MSCHAPv2 in attributes
	}
	// once says something and ends as f does.
	once := func(message []byte, end error) map[eap.Type]func(io.ReadWriter) error {
		inside := func(conn io.ReadWriter) error {
			if _, err := conn.Write(message); err != nil {
				return err
			}
			return end
		}
		return map[eap.Type]func(io.ReadWriter) error{eap.TTLS: inside, eap.PEAP: inside}
	}
	success := (&eap.Packet{Code: eap.Request, Type: 33, Data: []byte{0x80, 3, 0, 2, 0, 1}}).Append(nil)
	for _, tt := range []struct {
		name          string
		inside        map[eap.Type]func(io.ReadWriter) error
		cause, detail string
	}{
		{"an identity asked for again and again", both(request(eap.Identity)), CauseProtocol, "more than 4 requests that belong to no method"},
		{"notifications for ever", both(request(eap.Notification, 33)), CauseProtocol, "the server violates EAP: more than 4 requests that belong to no method"},
		{"a challenge again and again", both(request(eap.MSCHAPv2, challenge...)), CauseProtocol, "sends a second challenge"},
		{"a method after the method", both(request(eap.MSCHAPv2, challenge...), request(eap.GTC)), CauseProtocol, "a request for eap-gtc within eap-mschapv2"},
		{"the identity within the method", both(request(eap.MSCHAPv2, challenge...), request(eap.Identity)), CauseProtocol, "asks for the identity again"},
		{"TTLS inside", both(request(eap.TTLS, 0x20)), CauseProtocol, "after a Nak for eap-mschapv2 it asks for eap-ttls"},
		{"PEAP inside", both(request(eap.PEAP, 0x20)), CauseProtocol, "after a Nak for eap-mschapv2 it asks for eap-peap"},
		{"a challenge of the wrong length", both(request(eap.MSCHAPv2, challenge[:9]...)), CauseProtocol, "malformed"},
		{"no op code", both(request(eap.MSCHAPv2)), CauseProtocol, "an empty request"},
		{"a success that proves nothing", both(request(eap.MSCHAPv2, challenge...), request(eap.MSCHAPv2, append([]byte{3, 0, 0, 46}, []byte("S="+strings.Repeat("0", 40))...)...)), CauseServer, ""},
		{"a success before the challenge", both(request(eap.MSCHAPv2, 3, 0, 0, 4)), CauseProtocol, "does not begin with a challenge"},
		{"EAP-Success inside, at once", inTTLS(ttls(eap.Packet{Code: eap.Success})), CauseProtocol, "EAP-Success before eap-mschapv2 is complete"},
		{"a response", inTTLS(ttls(eap.Packet{Code: eap.Response, Type: eap.MSCHAPv2})), CauseProtocol, "an EAP-Response from the server"},
		{"an attribute of no octets", inTTLS(attribute(eapMessage, 0, nil)), CauseProtocol, "an attribute of 0 octets"},
		{"an attribute shorter than its head", inTTLS(attribute(eapMessage, 7, nil)), CauseProtocol, "an attribute of 7 octets"},
		{"an attribute longer than any", inTTLS(attribute(eapMessage, 0xffffff, []byte{1})), CauseProtocol, "an attribute of 16777215 octets"},
		{"an attribute as long as any", inTTLS(attribute(eapMessage, 16384, make([]byte, 16376))), CauseProtocol, "its length is 0 octets"},
		{"a packet longer than any, in pieces", inTTLS(bytes.Repeat(attribute(eapMessage, 1008, append([]byte{1, 0, 0xff, 0xff}, make([]byte, 996)...)), 17)), CauseProtocol, "a packet of more than 16384 octets"},
		{"another attribute", inTTLS(attribute(1, 13, []byte("carol"))), CauseProtocol, "attribute 1 inside of eap-ttls"},
		{"EAP where there is none", inCHAP(ttls(request(eap.Identity))), CauseProtocol, "attribute 79 inside of eap-ttls"},
		{"an attribute of no octets, without EAP", inCHAP(attribute(26, 0, nil)), CauseProtocol, "an attribute of 0 octets"},
		{"nothing but what does not matter", inCHAP(bytes.Repeat([]byte{0, 0, 0, 18, 0, 0, 0, 8}, 30_000)), CauseProtocol, "more than any handshake needs"},
		{"results for ever", inPEAP(success), CauseProtocol, "says how it ended more than 4 times"},
		{"noise", once(bytes.Repeat([]byte{0xff}, 200_000), nil), CauseProtocol, "more than any handshake needs"},
		{"nothing, and success outside", once([]byte{}, nil), CauseServer, ""},
		{"nothing, and failure outside", once([]byte{}, io.ErrClosedPipe), "eap-refused", ""},
	} {
		for method, inside := range tt.inside {
			t.Run(fmt.Sprintf("%v %s", method, tt.name), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newScene(t)
					byTLS(tls.VersionTLS13)(s)
					by := map[eap.Type]Method{0: TTLSMSCHAPv2, eap.TTLS: TTLS, eap.PEAP: PEAP}[method]
					s.connection().Methods = []eap.Type{eap.PEAP}
					if by.Outer() == TTLS {
						s.connection().Methods[0] = eap.TTLS
					}
					s.connection().TLS.ClientAuth = tls.NoClientCert
					s.connection().Login.Server.Inside = inside
					s.client.Credentials = user(by, "carol", "Ar3etTnp")
					r := s.login(t.Context())
					hostile(t, s, r, begun+tt.cause, tt.detail, 100)
				})
			})
		}
	}
}

// hostile checks how a login ended at a hostile server.
func hostile(t *testing.T, s *scene, r *Result, want, detail string, most int) {
	t.Helper()
	got, stats := told(r), s.gateway.Stats()
	f := r.Failure()
	if got != want && got != want+" end+" || f == nil || !strings.Contains(f.Detail, detail) {
		t.Errorf("%s, want %s; %+v", got, want, f)
	}
	if r.LoggedIn || r.Left != Ended || stats.HalfOpen+stats.Established > 0 || len(r.Exchanges) > most {
		t.Errorf("logged in: %v; %d IKE SAs are left, and it says %d; %d exchanges", r.LoggedIn, stats.HalfOpen+stats.Established, r.Left, len(r.Exchanges))
	}
}

// TestHostileTLS: the same of TLS itself, and of the packets of EAP that carry it.
func TestHostileTLS(t *testing.T) {
	const begun = "negotiate+ gateway+ eap_method+ authenticate-"
	// from has the last word on the packet of TLS with a number, and on those behind it:
	// those of the server are the start, an acknowledgement of half a ClientHello, its
	// flight, the end of that of TLS 1.2, and what is inside.
	from := func(first int, say func(out eap.Packet) eap.Packet) func(*scene) {
		return func(s *scene) {
			n := 0
			s.connection().Converse = func(_, out eap.Packet) []byte {
				if n > 0 || out.Type.HasTLS() {
					if n++; n >= first {
						out = say(out)
					}
				}
				return out.Append(nil)
			}
		}
	}
	with := func(data ...byte) func(eap.Packet) eap.Packet {
		return func(out eap.Packet) eap.Packet {
			return eap.Packet{Code: eap.Request, Identifier: out.Identifier, Type: eap.TTLS, Data: data}
		}
	}
	record := func(kind byte, data ...byte) []byte {
		return append([]byte{0, kind, 3, 3, 0, byte(len(data))}, data...)
	}
	chain := func(count, octets int) func(*scene) {
		return func(s *scene) {
			chain := &s.connection().TLS.Certificates[0].Certificate
			for range count {
				*chain = append(*chain, newSigner(s.t, newKey(s.t), s.ca, "between", func(c *x509.Certificate) {
					c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3, 4}, Value: make([]byte, octets)}}
				}).cert.Raw)
			}
		}
	}
	for _, tt := range []struct {
		name          string
		set           func(*scene)
		cause, detail string
		most          int
	}{
		{"fragments for ever", from(3, with(append([]byte{0x40}, make([]byte, 900)...)...)), CauseProtocol, "more than any handshake needs", 90},
		{"empty fragments for ever", from(3, with(0x40)), CauseProtocol, "more than any handshake needs", 220},
		{"a length of 4 GB", from(3, with(0xc0, 0xff, 0xff, 0xff, 0xff, 22)), CauseProtocol, "more than any handshake needs", 12},
		{"a length that is cut off", from(3, with(0x80, 0, 0)), CauseProtocol, "2 octets where the length", 12},
		{"nothing for ever", from(3, with(0)), CauseProtocol, "does not go on", 12},
		{"TLS is started again", from(3, with(0x20)), CauseProtocol, "the server violates EAP-TLS: it starts TLS again", 12},
		{"another method", from(3, func(out eap.Packet) eap.Packet {
			return eap.Packet{Code: eap.Request, Identifier: out.Identifier, Type: eap.GTC}
		}), CauseProtocol, "a request of eap-gtc in the middle of eap-ttls", 12},
		{"EAP-Success before TLS", from(3, func(eap.Packet) eap.Packet { return eap.Packet{Code: eap.Success} }), CauseProtocol, "EAP-Success before eap-ttls is complete", 12},
		{"EAP-Success before the end of TLS", from(4, func(eap.Packet) eap.Packet { return eap.Packet{Code: eap.Success} }), CauseProtocol, "EAP-Success before eap-ttls is complete", 12},
		{"EAP-Success before the password", from(5, func(eap.Packet) eap.Packet { return eap.Packet{Code: eap.Success} }), CauseServer, "", 12},
		{"an alert", from(3, with(record(21, 2, 40)...)), "eap-tls", "handshake failure", 12},
		{"an alert in the clear, in the tunnel", from(5, with(record(21, 2, 80)...)), "eap-tls", "tls: ", 12},
		{"renegotiation before the first handshake", from(3, with(record(22, 0, 0, 0, 0)...)), "eap-tls", "tls: ", 12},
		{"renegotiation in the clear, in the tunnel", from(5, with(record(22, 0, 0, 0, 0)...)), "eap-tls", "tls: ", 12},
		{"records that say they are longer", from(3, with(append([]byte{0, 22, 3, 3, 0x3f, 0xff}, make([]byte, 30)...)...)), CauseProtocol, "more than any handshake needs", 220},
		{"a certificate of 70,000 octets", chain(1, 70_000), CauseProtocol, "more than any handshake needs", 90},
		{"300 certificates", chain(300, 0), CauseProtocol, "more than any handshake needs", 90},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				byTLS(tls.VersionTLS12)(s)
				s.connection().Methods = []eap.Type{eap.TTLS}
				s.connection().TLS.ClientAuth = tls.NoClientCert
				s.client.Credentials = user(TTLS, "carol", "Ar3etTnp")
				tt.set(s)
				hostile(t, s, s.login(t.Context()), begun+tt.cause, tt.detail, tt.most)
			})
		})
	}
}
