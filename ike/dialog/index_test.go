package dialog

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// Which messages are one SA.
func TestWhichSA(t *testing.T) {
	other := netip.MustParseAddrPort("203.0.113.5:500")
	moved := netip.MustParseAddrPort("192.0.2.77:4500")
	asks := message(ike.IKE_SA_INIT, 0, request)
	refusal := message(ike.IKE_SA_INIT, 0, response, notify(ike.NO_PROPOSAL_CHOSEN))
	swapped := sealed(ike.INFORMATIONAL, 0, request, "x")
	swapped.SPIi, swapped.SPIr = spir, spii
	v1 := func(spir ike.SPI) []byte {
		b := append(append([]byte{}, spii[:]...), spir[:]...)
		return binary.BigEndian.AppendUint32(append(b, 11, 0x10, 5, 0, 0, 0, 0, 0), 28)
	}
	begin := func(s *script) {
		s.send(asks, client, gateway)
		s.send(accepted(), gateway, client)
	}
	for _, tt := range []struct {
		name string
		run  func(s *script)
		want int
	}{
		{"one SPI for two", func(s *script) { s.send(asks, client, gateway); s.send(asks, client, other) }, 2},
		{"each answered", func(s *script) {
			s.send(asks, client, gateway)
			s.send(asks, client, other)
			s.send(refusal, gateway, client)
			s.send(refusal, other, client)
		}, 2},
		{"of the former responder", func(s *script) { s.send(asks, client, gateway); s.send(asks, gateway, client) }, 2},
		{"again, when it is past its beginning", func(s *script) {
			begin(s)
			s.send(sealed(ike.IKE_AUTH, 1, request, "x"), clientT, gatewayT)
			s.send(message(ike.IKE_SA_INIT, 0, request, &ike.Nonce{Data: []byte("new")}), client, gateway)
		}, 2},
		{"the first request again, late", func(s *script) {
			begin(s)
			s.send(sealed(ike.IKE_AUTH, 1, request, "x"), clientT, gatewayT)
			s.send(asks, client, gateway)
		}, 1},
		{"MOBIKE", func(s *script) { begin(s); s.send(sealed(ike.INFORMATIONAL, 2, request, "x"), moved, gatewayT) }, 1},
		{"the wrong way round", func(s *script) { begin(s); s.send(swapped, gateway, client) }, 1},
		{"answered from elsewhere", func(s *script) { s.send(asks, client, gateway); s.send(accepted(), other, client) }, 1},
		{"answered in IKEv1", func(s *script) { s.send(asks, client, gateway); s.add(v1(ike.SPI{}), gateway, client) }, 1},
		{"asked in IKEv1, too", func(s *script) { s.send(asks, client, gateway); s.add(v1(ike.SPI{}), client, gateway) }, 2},
	} {
		s := newScript(t)
		tt.run(s)
		s.Finish()
		if len(s.SAs) != tt.want {
			t.Errorf("%s: %d IKE SAs", tt.name, len(s.SAs))
		}
	}

	s := newScript(t)
	begin(s)
	s.send(swapped, gateway, client)
	if sa := s.SAs[0]; sa.Swapped != 1 || sa.SPIi != spii || sa.SPIr != spir || told(sa) != "34/0 1,1; 37/0r 1" {
		t.Errorf("%d swapped: %s", sa.Swapped, told(sa))
	}
	s = newScript(t)
	s.send(asks, client, gateway)
	s.add(v1(ike.SPI{}), gateway, client)
	if x := s.SAs[0].Exchanges[1]; x.Version != 1 || x.ByInitiator || x.Request == nil || x.Request.IKEv1 == nil {
		t.Errorf("%+v", x)
	}
	s = newScript(t)
	s.send(message(ike.IKE_SA_INIT, 0, 0), client, gateway)
	if sa := s.SAs[0]; sa.Misflagged != 1 || !sa.Began() || told(sa) != "34/0 1" {
		t.Errorf("%d with wrong flags: %s", sa.Misflagged, told(sa))
	}
}

// An initiator that uses one SPI for all costs no more than another.
func TestOneSPIForMany(t *testing.T) {
	s := newScript(t)
	const hosts = 3000
	for i := range uint16(hosts) {
		to := netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)}), 500)
		s.send(message(ike.IKE_SA_INIT, 0, request), client, to)
	}
	s.Finish()
	if len(s.SAs) != hosts || s.Omitted != 0 {
		t.Errorf("%d IKE SAs, %d omitted", len(s.SAs), s.Omitted)
	}
}
