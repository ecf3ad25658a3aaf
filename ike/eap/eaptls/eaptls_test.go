package eaptls_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/eaptls"
)

// certificate is one whose extension makes it as long as asked.
func certificate(t testing.TB, octets int) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "radius"}, NotAfter: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC),
		ExtraExtensions: []pkix.Extension{{Id: []int{1, 2, 3, 4}, Value: make([]byte, octets)}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestHandshake: crypto/tls shakes hands through EAP in all versions, with flights of one
// fragment and of many, and both ends hear what the other says inside.
func TestHandshake(t *testing.T) {
	for _, method := range []eap.Type{eap.TLS, eap.TTLS, eap.PEAP} {
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
			for _, octets := range []int{0, 12000} {
				server := eaptls.NewServer(method, &tls.Config{
					Certificates: []tls.Certificate{certificate(t, octets)}, MinVersion: version, MaxVersion: version,
				}, func(c *tls.Conn) error {
					heard := make([]byte, 5)
					if _, err := io.ReadFull(c, heard); err != nil || string(heard) != "hello" {
						return errors.New("not hello")
					}
					_, err := c.Write(bytes.Repeat([]byte("world"), 1000))
					return err
				})
				packets := 0
				c, err := eaptls.New(server.Start(7), func(p eap.Packet) (eap.Packet, error) {
					if len(p.Append(nil)) > 1100 {
						t.Errorf("a response of %d octets", len(p.Append(nil)))
					}
					packets++
					return server.Answer(p), nil
				})
				if err != nil {
					t.Fatal(err)
				}
				client := tls.Client(c, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10})
				if _, err := client.Write([]byte("hello")); err != nil {
					t.Fatalf("%v %x %d: %v", method, version, octets, err)
				}
				heard := make([]byte, 5000)
				if _, err := io.ReadFull(client, heard); err != nil || !bytes.HasSuffix(heard, []byte("world")) {
					t.Fatalf("%v %x %d: %v", method, version, octets, err)
				}
				end, err := c.Finish()
				if err != nil || end.Code != eap.Success || c.End() == nil {
					t.Errorf("%v %x %d: %v, %v", method, version, octets, end.Code, err)
				}
				if got := client.ConnectionState().Version; got != version || packets > 40 || octets > 0 && packets < 18 {
					t.Errorf("version %x, want %x; %d packets", got, version, packets)
				}
				server.Close()
			}
		}
	}
}

// TestAbort: who does not want to go on says so in an alert, and EAP ends.
func TestAbort(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server := eaptls.NewServer(eap.TLS, &tls.Config{
			Certificates: []tls.Certificate{certificate(t, 0)}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: version,
		}, nil)
		defer server.Close()
		packets := 0
		c, err := eaptls.New(server.Start(0), func(p eap.Packet) (eap.Packet, error) {
			packets++
			return server.Answer(p), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		refusal := errors.New("no certificate for you")
		client := tls.Client(c, &tls.Config{InsecureSkipVerify: true, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return nil, refusal
		}})
		if err := client.Handshake(); !errors.Is(err, refusal) {
			t.Errorf("%x: %v", version, err)
		}
		if err := c.Abort(); err != nil || c.End() == nil || c.End().Code != eap.Failure || packets > 5 {
			t.Errorf("%x: %v, %v after %d packets", version, c.End(), err, packets)
		}
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("reading on: %v", err)
		}
		if _, err := c.Write([]byte{0}); err == nil {
			t.Error("written after the end")
		}
	}
}

// TestHostile: whatever the server sends, the dialogue ends, and soon.
func TestHostile(t *testing.T) {
	request := func(data ...byte) eap.Packet {
		return eap.Packet{Code: eap.Request, Type: eap.TLS, Data: data}
	}
	const most = 210
	for name, answer := range map[string]func(n int) eap.Packet{
		"stalls":               func(int) eap.Packet { return request(0) },
		"stalls without flags": func(int) eap.Packet { return request() },
		"fragments for ever":   func(int) eap.Packet { return request(append([]byte{0x40}, make([]byte, 1000)...)...) },
		"empty fragments":      func(int) eap.Packet { return request(0x40) },
		"huge length":          func(int) eap.Packet { return request(0xc0, 0xff, 0xff, 0xff, 0xff) },
		"length cut off":       func(int) eap.Packet { return request(0x80, 0, 0) },
		"starts again":         func(int) eap.Packet { return request(0x20) },
		"notifies for ever":    func(int) eap.Packet { return eap.Packet{Code: eap.Request, Type: eap.Notification} },
		"another method":       func(int) eap.Packet { return eap.Packet{Code: eap.Request, Type: eap.MD5} },
		"a response":           func(int) eap.Packet { return eap.Packet{Code: eap.Response, Type: eap.TLS} },
		"records for ever": func(int) eap.Packet {
			return request(append([]byte{0, 22, 3, 3, 0x3f, 0xff}, make([]byte, 30000)...)...)
		},
		"early data": func(n int) eap.Packet { return request(0, 1, 2, 3) },
	} {
		packets := 0
		c, err := eaptls.New(request(0x20), func(eap.Packet) (eap.Packet, error) {
			packets++
			return answer(packets), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = tls.Client(c, &tls.Config{InsecureSkipVerify: true}).Handshake()
		if name == "stalls" && (!errors.Is(err, eaptls.ErrStalled) || packets > 4) {
			t.Errorf("%s: %v after %d packets", name, err, packets)
		}
		if err == nil || packets > most {
			t.Errorf("%s: %v after %d packets", name, err, packets)
		}
		if _, err := c.Finish(); err == nil || packets > 2*most {
			t.Errorf("%s: finished after %d packets", name, packets)
		}
	}
	if _, err := eaptls.New(request(0), nil); !errors.Is(err, eaptls.ErrNotStart) {
		t.Errorf("%v", err)
	}
	failed := errors.New("no answer")
	c, _ := eaptls.New(request(0x20), func(eap.Packet) (eap.Packet, error) { return eap.Packet{}, failed })
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
}

// FuzzConn: no server makes the peer read without end, or more than it sent.
func FuzzConn(f *testing.F) {
	f.Add([]byte{5, 0, 22, 3, 3, 0}, uint16(40))
	f.Add([]byte{3, 0x40, 1, 2, 6, 0x80, 0, 0, 0, 1, 9}, uint16(2000))
	f.Fuzz(func(t *testing.T, script []byte, written uint16) {
		sent, packets, rest := 0, 0, script
		c, err := eaptls.New(eap.Packet{Code: eap.Request, Type: eap.TLS, Data: []byte{0x20}}, func(p eap.Packet) (eap.Packet, error) {
			packets++
			if len(rest) == 0 {
				return eap.Packet{Code: eap.Failure}, nil
			}
			n := min(int(rest[0]), len(rest)-1)
			data := rest[1 : 1+n]
			rest = rest[1+n:]
			sent += n
			return eap.Packet{Code: eap.Request, Type: eap.TLS, Data: data}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write(make([]byte, written)); err != nil {
			t.Fatal(err)
		}
		if read, _ := io.Copy(io.Discard, c); int(read) > sent || packets > 400 {
			t.Errorf("%d octets of %d, %d packets", read, sent, packets)
		}
	})
}
