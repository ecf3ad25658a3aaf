package iketest

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/ike/keyexchange"
)

var (
	gatewayAddress   = netip.MustParseAddr("198.51.100.7")
	initiatorAddress = netip.MustParseAddr("192.0.2.10")
)

// An initiator asks a gateway on a Network. Tests make it inside a bubble of
// testing/synctest, so that waiting for silence takes no time.
type initiator struct {
	t       *testing.T
	network *memnet.Network
	conn    net.PacketConn
	gateway netip.AddrPort
	last    uint64 // initiator SPI
	nonce   []byte
}

// patience is how long an initiator waits for an answer.
const patience = time.Second

// serve runs a gateway on UDP 500 and 4500 of a new network, until the test
// ends.
func serve(t *testing.T, r *Responder) *initiator {
	t.Helper()
	n := memnet.New()
	serveOn(t, n, gatewayAddress, r)
	return newInitiator(t, n, netip.AddrPortFrom(initiatorAddress, 0))
}

func serveOn(t *testing.T, n *memnet.Network, at netip.Addr, r *Responder) {
	t.Helper()
	conn500 := listen(t, n, netip.AddrPortFrom(at, 500))
	conn4500 := listen(t, n, netip.AddrPortFrom(at, 4500))
	done := make(chan error)
	go func() { done <- r.Serve(conn500, conn4500) }()
	t.Cleanup(func() {
		conn500.Close()
		conn4500.Close()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func listen(t *testing.T, n *memnet.Network, local netip.AddrPort) net.PacketConn {
	t.Helper()
	conn, err := n.ListenPacket(local)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func newInitiator(t *testing.T, n *memnet.Network, local netip.AddrPort) *initiator {
	t.Helper()
	return &initiator{
		t: t, network: n, conn: listen(t, n, local),
		gateway: netip.AddrPortFrom(gatewayAddress, 500),
		nonce:   bytes.Repeat([]byte{7}, 32),
	}
}

// request returns the octets of an IKE_SA_INIT request with a fresh SPI.
func (i *initiator) request(ke *ike.KE, offer []ike.Proposal, notifies ...ike.NotifyType) []byte {
	i.t.Helper()
	m := i.message(ke, offer)
	for _, n := range notifies {
		m.Payloads = append(m.Payloads, &ike.Notify{Notification: n})
	}
	return i.encode(m)
}

func (i *initiator) message(ke *ike.KE, offer []ike.Proposal) *ike.Message {
	i.last++
	var spi ike.SPI
	binary.BigEndian.PutUint64(spi[:], i.last)
	return &ike.Message{
		Header: ike.Header{SPIi: spi, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator},
		Payloads: []ike.Payload{
			&ike.SA{Proposals: offer}, ke, &ike.Nonce{Data: i.nonce},
		},
	}
}

func (i *initiator) encode(m *ike.Message) []byte {
	i.t.Helper()
	octets, err := m.AppendBinary(nil)
	if err != nil {
		i.t.Fatal(err)
	}
	return octets
}

func (i *initiator) send(octets []byte) {
	i.t.Helper()
	if _, err := i.conn.WriteTo(octets, net.UDPAddrFromAddrPort(i.gateway)); err != nil {
		i.t.Fatal(err)
	}
}

// receive returns the next datagram, nil for silence.
func (i *initiator) receive() []byte {
	i.t.Helper()
	octets, _ := i.receiveFrom()
	return octets
}

// receiveWithin returns the next datagram, nil for silence of that length.
func (i *initiator) receiveWithin(d time.Duration) []byte {
	i.t.Helper()
	octets, _ := i.receiveFromWithin(d)
	return octets
}

func (i *initiator) receiveFrom() ([]byte, netip.AddrPort) {
	i.t.Helper()
	return i.receiveFromWithin(patience)
}

func (i *initiator) receiveFromWithin(d time.Duration) ([]byte, netip.AddrPort) {
	i.t.Helper()
	if err := i.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		i.t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	n, from, err := i.conn.ReadFrom(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, netip.AddrPort{}
	}
	if err != nil {
		i.t.Fatal(err)
	}
	return buf[:n], from.(*net.UDPAddr).AddrPort()
}

// ask sends a request and parses the answer, nil for silence.
func (i *initiator) ask(octets []byte) *ike.Message {
	i.t.Helper()
	i.send(octets)
	answer := i.receive()
	if answer == nil {
		return nil
	}
	m, err := ike.ParseMessage(answer)
	if err != nil {
		i.t.Fatalf("answer: %v", err)
	}
	if m.SPIi != ike.SPI(octets[:8]) || m.Flags != ike.FlagResponse || m.Exchange != ike.ExchangeType(octets[18]) {
		i.t.Fatalf("answer does not fit the request: %+v", m.Header)
	}
	return m
}

// outcome asks and returns in a word what came: "accepted", "silence" or a
// notify with the method of INVALID_KE_PAYLOAD.
func (i *initiator) outcome(octets []byte) string {
	i.t.Helper()
	return outcomeOf(i.ask(octets))
}

func outcomeOf(m *ike.Message) string {
	if m == nil {
		return "silence"
	}
	if _, ok := ike.Find[*ike.SA](m); ok {
		return "accepted"
	}
	n, ok := ike.Find[*ike.Notify](m)
	if !ok {
		return "nothing"
	}
	if method, ok := n.InvalidKEMethod(); ok {
		return "INVALID_KE_PAYLOAD " + method.String()
	}
	return n.Notification.String()
}

// validKE returns a KE payload with a fresh public value.
func validKE(t *testing.T, m ike.KeyExchangeMethod) *ike.KE {
	t.Helper()
	return &ike.KE{Method: m, Data: privateKey(t, m).Public()}
}

func privateKey(t *testing.T, m ike.KeyExchangeMethod) *keyexchange.PrivateKey {
	t.Helper()
	k, err := keyexchange.Generate(m, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// proposal returns number 1 of transforms.
func proposal(transforms ...ike.Transform) ike.Proposal {
	return ike.Proposal{Number: 1, Protocol: ike.ProtocolIKE, Transforms: transforms}
}

func offer(proposals ...ike.Proposal) []ike.Proposal {
	for i := range proposals {
		proposals[i].Number = uint8(i + 1)
	}
	return proposals
}

func encr(id ike.EncryptionID, bits int) ike.Transform {
	t := ike.Transform{Type: ike.TransformENCR, ID: uint16(id)}
	if bits > 0 {
		t.Attributes = []ike.Attribute{ike.KeyLengthAttribute(bits)}
	}
	return t
}

func prf(id ike.PRFID) ike.Transform {
	return ike.Transform{Type: ike.TransformPRF, ID: uint16(id)}
}

func integ(id ike.IntegrityID) ike.Transform {
	return ike.Transform{Type: ike.TransformINTEG, ID: uint16(id)}
}

func ke(m ike.KeyExchangeMethod) ike.Transform {
	return ike.Transform{Type: ike.TransformKE, ID: uint16(m)}
}

func addke(n int, m ike.KeyExchangeMethod) ike.Transform {
	return ike.Transform{Type: ike.TransformADDKE1 + ike.TransformType(n-1), ID: uint16(m)}
}

// Transforms that most tests use.
var (
	gcm256   = encr(ike.ENCR_AES_GCM_16, 256)
	gcm128   = encr(ike.ENCR_AES_GCM_16, 128)
	cbc256   = encr(ike.ENCR_AES_CBC, 256)
	cbc128   = encr(ike.ENCR_AES_CBC, 128)
	des3     = encr(ike.ENCR_3DES, 0)
	prf256   = prf(ike.PRF_HMAC_SHA2_256)
	prf384   = prf(ike.PRF_HMAC_SHA2_384)
	mac256   = integ(ike.AUTH_HMAC_SHA2_256_128)
	mac384   = integ(ike.AUTH_HMAC_SHA2_384_192)
	noInteg  = integ(ike.AUTH_NONE)
	ecp256   = ke(ike.KE_ECP_256)
	ecp384   = ke(ike.KE_ECP_384)
	modp2048 = ke(ike.KE_MODP_2048)
	x25519   = ke(ike.KE_CURVE25519)
)

// policy accepts AES-GCM with ECP-256 and AES-CBC with MODP-2048.
var policy = []ike.Proposal{
	proposal(gcm256, gcm128, prf256, prf384, ecp256),
	proposal(cbc256, prf256, mac256, modp2048),
}

var (
	hostA = netip.MustParseAddrPort("192.0.2.1:1000")
	hostB = netip.MustParseAddrPort("[2001:db8::2]:2000")
)
