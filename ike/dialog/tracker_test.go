package dialog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/icmp"
)

var (
	client   = netip.MustParseAddrPort("192.0.2.10:500")
	gateway  = netip.MustParseAddrPort("198.51.100.7:500")
	clientT  = netip.MustParseAddrPort("192.0.2.10:4500")
	gatewayT = netip.MustParseAddrPort("198.51.100.7:4500")
	began    = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	spii     = ike.SPI{1, 1, 1, 1, 1, 1, 1, 1}
	spir     = ike.SPI{2, 2, 2, 2, 2, 2, 2, 2}
)

// script feeds a tracker messages, a second apart unless it says otherwise.
type script struct {
	t *testing.T
	Tracker
	at     time.Time
	packet int
}

func newScript(t *testing.T) *script { return &script{t: t, at: began} }

// message builds one. A response is of the other side than a request.
func message(exchange ike.ExchangeType, id uint32, flags ike.Flags, payloads ...ike.Payload) *ike.Message {
	m := &ike.Message{Header: ike.Header{SPIi: spii, MajorVersion: 2, Exchange: exchange, Flags: flags, MessageID: id}, Payloads: payloads}
	if exchange != ike.IKE_SA_INIT || flags&ike.FlagResponse != 0 {
		m.SPIr = spir
	}
	return m
}

const (
	request  = ike.FlagInitiator // of the original initiator
	response = ike.FlagResponse  // of the original responder
)

func (s *script) send(m *ike.Message, from, to netip.AddrPort) {
	s.t.Helper()
	octets, err := m.AppendBinary(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.add(octets, from, to)
}

func (s *script) add(octets []byte, from, to netip.AddrPort) {
	s.t.Helper()
	s.at = s.at.Add(time.Second)
	s.again(octets, from, to)
}

// esp adds a packet of ESP, a second after what came before.
func (s *script) esp(from, to netip.AddrPort, spi uint32) {
	s.at = s.at.Add(time.Second)
	s.packet++
	s.AddChild(ChildPacket{Packet: s.packet, Time: s.at, Source: from, Destination: to, SPI: spi})
}

// again adds without letting time pass.
func (s *script) again(octets []byte, from, to netip.AddrPort) {
	s.t.Helper()
	s.packet++
	if !s.Add(Datagram{Packet: s.packet, Time: s.at, Source: from, Destination: to,
		Marked: to.Port() == nattPort || from.Port() == nattPort, Octets: octets}) {
		s.t.Fatalf("packet %d is no message", s.packet)
	}
}

// told writes an SA in one line, such as "34/0 3 1,1": type and message ID,
// times the request was sent, times each response was.
func told(sa *SA) string {
	var words []string
	for _, x := range sa.Exchanges {
		word := fmt.Sprintf("%d/%d", x.Type, x.MessageID)
		if !x.ByInitiator {
			word += "r"
		}
		if x.Request == nil {
			word += " -"
		} else {
			word += fmt.Sprintf(" %d", x.Request.Sent)
		}
		for _, m := range x.Responses {
			word += fmt.Sprintf(",%d", m.Sent)
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

func accepted() *ike.Message {
	return message(ike.IKE_SA_INIT, 0, response, &ike.SA{Proposals: []ike.Proposal{{Number: 1, Protocol: ike.ProtocolIKE}}})
}

func notify(t ike.NotifyType, data ...byte) *ike.Notify {
	return &ike.Notify{Notification: t, Data: data}
}

func sealed(exchange ike.ExchangeType, id uint32, flags ike.Flags, body string) *ike.Message {
	return message(exchange, id, flags, &ike.Encrypted{First: ike.PayloadIDi, Body: []byte(body)})
}

func TestTracker(t *testing.T) {
	first := message(ike.IKE_SA_INIT, 0, request, &ike.Nonce{Data: []byte("first")})
	withCookie := message(ike.IKE_SA_INIT, 0, request, notify(ike.COOKIE, 1, 2, 3), &ike.Nonce{Data: []byte("first")})
	cookie := message(ike.IKE_SA_INIT, 0, response, notify(ike.COOKIE, 1, 2, 3))
	cookie.SPIr = ike.SPI{}
	for _, tt := range []struct {
		name string
		run  func(s *script)
		want string
	}{
		{"whole", func(s *script) {
			s.send(first, client, gateway)
			s.send(accepted(), gateway, client)
			s.send(sealed(ike.IKE_AUTH, 1, request, "auth"), clientT, gatewayT)
			s.send(sealed(ike.IKE_AUTH, 1, response, "answer"), gatewayT, clientT)
			s.send(sealed(ike.INFORMATIONAL, 0, 0, "of the responder"), gatewayT, clientT)
			s.send(sealed(ike.INFORMATIONAL, 0, ike.FlagResponse|ike.FlagInitiator, ""), clientT, gatewayT)
		}, "34/0 1,1; 35/1 1,1; 37/0r 1,1"},
		{"retransmissions", func(s *script) {
			s.send(first, client, gateway)
			s.send(first, client, gateway)
			s.send(first, client, gateway)
			s.send(accepted(), gateway, client)
			s.send(accepted(), gateway, client)
		}, "34/0 3,2"},
		{"copies of one datagram", func(s *script) {
			s.send(first, client, gateway)
			octets, _ := first.AppendBinary(nil)
			s.again(octets, client, gateway)
		}, "34/0 1"},
		{"cookie", func(s *script) {
			s.send(first, client, gateway)
			s.send(cookie, gateway, client)
			s.send(withCookie, client, gateway)
			s.send(accepted(), gateway, client)
		}, "34/0 1,1; 34/0 1,1"},
		{"late retransmission of the first attempt", func(s *script) {
			s.send(first, client, gateway)
			s.send(cookie, gateway, client)
			s.send(withCookie, client, gateway)
			s.send(first, client, gateway)
			s.send(cookie, gateway, client)
			s.send(accepted(), gateway, client)
		}, "34/0 2,2; 34/0 1,1"},
		{"forged answer", func(s *script) {
			s.send(first, client, gateway)
			s.send(message(ike.IKE_SA_INIT, 0, response, notify(ike.NO_PROPOSAL_CHOSEN)), gateway, client)
			s.send(accepted(), gateway, client)
		}, "34/0 1,1,1"},
		{"responder's side only", func(s *script) {
			s.send(accepted(), gateway, client)
			s.send(sealed(ike.IKE_AUTH, 1, response, "answer"), gatewayT, clientT)
		}, "34/0 -,1; 35/1 -,1"},
		{"answers before their requests", func(s *script) {
			s.send(accepted(), gateway, client)
			s.send(first, client, gateway)
			s.send(sealed(ike.IKE_AUTH, 1, response, "answer"), gatewayT, clientT)
			s.send(sealed(ike.IKE_AUTH, 1, request, "auth"), clientT, gatewayT)
		}, "34/0 1,1; 35/1 1,1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScript(t)
			tt.run(s)
			if len(s.SAs) != 1 {
				t.Fatalf("%d IKE SAs", len(s.SAs))
			}
			if got := told(s.SAs[0]); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestPathsAndResponse(t *testing.T) {
	s := newScript(t)
	s.send(message(ike.IKE_SA_INIT, 0, request), client, gateway)
	s.send(message(ike.IKE_SA_INIT, 0, response, notify(ike.NO_PROPOSAL_CHOSEN)), gateway, client)
	s.send(accepted(), gateway, client)
	s.send(sealed(ike.IKE_AUTH, 1, request, "auth"), clientT, gatewayT)
	s.AddKeepalive(clientT, gatewayT)
	s.AddKeepalive(gatewayT, clientT)
	s.AddKeepalive(client, gatewayT) // of a path that is not known
	sa := s.SAs[0]
	if len(sa.Paths) != 2 || sa.Paths[0] != (Path{Initiator: client, Responder: gateway, Sent: 1, Received: 2, first: moment{began.Add(time.Second), 1}}) ||
		sa.Paths[1] != (Path{Initiator: clientT, Responder: gatewayT, NATTraversal: true, Sent: 1, Keepalives: 2, first: moment{began.Add(4 * time.Second), 4}}) {
		t.Errorf("paths %+v", sa.Paths)
	}
	if _, ok := ike.Find[*ike.SA](sa.Exchanges[0].Response().Content); !ok {
		t.Error("an error counts more than a choice")
	}
	if sa.SPIr != spir || !sa.Began() || sa.First != began.Add(time.Second) || sa.Last != began.Add(4*time.Second) {
		t.Errorf("%+v", sa)
	}
	if m := sa.Exchanges[1].Request; !m.Encrypted() || m.Sealed != 4 {
		t.Errorf("sealed %d, encrypted %t", m.Sealed, m.Encrypted())
	}
}

func fragment(number, total uint16, body string) *ike.Message {
	return message(ike.IKE_AUTH, 1, request, &ike.EncryptedFragment{Number: number, Total: total, Body: []byte(body)})
}

func TestFragments(t *testing.T) {
	s := newScript(t)
	for range 2 {
		for n := range uint16(3) {
			s.send(fragment(n+1, 3, strings.Repeat("x", int(n)+10)), clientT, gatewayT)
		}
	}
	m := s.SAs[0].Exchanges[0].Request
	if m.Fragments != 3 || m.Captured != 3 || m.Sent != 2 || m.Sealed != 33 || m.Variants != 0 {
		t.Errorf("%+v", m)
	}
	// Whole at first, and then in fragments.
	s = newScript(t)
	s.send(sealed(ike.IKE_AUTH, 1, request, "whole"), clientT, gatewayT)
	s.send(fragment(1, 2, "wh"), clientT, gatewayT)
	if m := s.SAs[0].Exchanges[0].Request; m.Fragments != 2 || m.Captured != 1 || m.Variants != 1 {
		t.Errorf("%+v", m)
	}
}

func TestNAT(t *testing.T) {
	hash := func(m *ike.Message, kind ike.NotifyType, a netip.AddrPort) *ike.Notify {
		h := ike.NATDetectionHash(m.SPIi, m.SPIr, a)
		return notify(kind, h[:]...)
	}
	other := netip.MustParseAddrPort("10.0.0.1:500")
	for _, tt := range []struct {
		name                         string
		source, destination          netip.AddrPort // as the initiator hashes them
		answerFrom, answerTo         netip.AddrPort // as the responder does
		wantInitiator, wantResponder bool
	}{
		{"none", client, gateway, gateway, client, false, false},
		{"initiator, seen inside", client, gateway, gateway, other, true, false},
		{"initiator, seen outside", other, gateway, gateway, client, true, false},
		{"responder, seen outside", client, gateway, other, client, false, true},
		{"responder, seen inside", client, other, gateway, client, false, true},
	} {
		s := newScript(t)
		m := message(ike.IKE_SA_INIT, 0, request)
		m.Payloads = append(m.Payloads, hash(m, ike.NAT_DETECTION_SOURCE_IP, tt.source), hash(m, ike.NAT_DETECTION_DESTINATION_IP, tt.destination))
		s.send(m, client, gateway)
		m = accepted()
		m.Payloads = append(m.Payloads, hash(m, ike.NAT_DETECTION_SOURCE_IP, tt.answerFrom), hash(m, ike.NAT_DETECTION_DESTINATION_IP, tt.answerTo))
		s.send(m, gateway, client)
		n, ok := s.SAs[0].NAT()
		if want := (NAT{[2]bool{true, true}, tt.wantInitiator, tt.wantResponder}); !ok || n != want {
			t.Errorf("%s: %+v, want %+v", tt.name, n, want)
		}
	}
	s := newScript(t)
	s.send(message(ike.IKE_SA_INIT, 0, request), client, gateway)
	if _, ok := s.SAs[0].NAT(); ok {
		t.Error("NAT detection without its notifies")
	}
}

func TestIKEv1(t *testing.T) {
	s := newScript(t)
	v1 := func(spir ike.SPI) []byte {
		b := append(append([]byte{}, spii[:]...), spir[:]...)
		b = append(b, 1, 0x10, 2, 0, 0, 0, 0, 0)
		return binary.BigEndian.AppendUint32(b, 28)
	}
	s.add(v1(ike.SPI{}), client, gateway)
	s.add(v1(spir), gateway, client)
	s.add(v1(spir), client, gateway)
	if len(s.SAs) != 1 || s.SAs[0].Version != 1 || told(s.SAs[0]) != "2/0 1,1; 2/0 1" {
		t.Errorf("%+v: %s", s.SAs, told(s.SAs[0]))
	}
	if p := s.SAs[0].Paths[0]; p.Initiator != client || p.Responder != gateway || p.Sent != 2 || p.Received != 1 {
		t.Errorf("path %+v", p)
	}
}

func TestESPAndErrors(t *testing.T) {
	s := newScript(t)
	s.esp(clientT, gatewayT, 7) // of a tunnel that is not known
	s.send(message(ike.IKE_SA_INIT, 0, request), client, gateway)
	s.send(accepted(), gateway, client)
	if !s.AddError(ICMPError{Source: client, Destination: gateway, Error: icmp.Error{Type: 3, Code: 3}}) {
		t.Error("an ICMP error about the path is of no SA")
	}
	if !s.AddError(ICMPError{Source: clientT, Destination: gatewayT, Octets: append([]byte{0, 0, 0, 0}, spii[:]...)}) {
		t.Error("an ICMP error that quotes the SPI is of no SA")
	}
	if s.AddError(ICMPError{Source: gatewayT, Destination: netip.MustParseAddrPort("192.0.2.99:4500"), Octets: spir[:]}) {
		t.Error("an ICMP error about nothing known is of an SA")
	}
	s.send(sealed(ike.IKE_AUTH, 1, request, "auth"), clientT, gatewayT)
	s.send(sealed(ike.IKE_AUTH, 1, response, "answer"), gatewayT, clientT)
	s.esp(clientT, gatewayT, 1)
	s.esp(netip.AddrPortFrom(client.Addr(), 0), netip.AddrPortFrom(gateway.Addr(), 0), 1)
	s.esp(gatewayT, clientT, 2)
	s.Finish()
	if sa := s.SAs[0]; sa.Sent.ESP != 2 || sa.Received.ESP != 1 || len(sa.Errors) != 2 {
		t.Errorf("ESP %d, %d; %d errors", sa.Sent.ESP, sa.Received.ESP, len(sa.Errors))
	}
}

func TestClassify(t *testing.T) {
	m, err := message(ike.IKE_SA_INIT, 0, request).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	other := netip.MustParseAddrPort("198.51.100.7:10500")
	for _, tt := range []struct {
		name    string
		to      netip.AddrPort
		payload []byte
		want    Kind
	}{
		{"plain", gateway, m, IKE},
		{"marker on 500", gateway, ike.AppendNonESPMarker(nil), Other},
		{"no marker on 4500", gatewayT, m, ESP},
		{"marker on 4500", gatewayT, append(ike.AppendNonESPMarker(nil), m...), IKE},
		{"marker elsewhere", other, append(ike.AppendNonESPMarker(nil), m...), IKE},
		{"plain elsewhere", other, m, IKE},
		{"keepalive", gatewayT, []byte{0xff}, Keepalive},
		{"ESP", gatewayT, make16(7), ESP},
		{"short", gatewayT, []byte{1, 2, 3}, Other},
		{"nothing", gateway, nil, Other},
		{"zero", gateway, make([]byte, 100), Other},
	} {
		if got, _ := Classify(client, tt.to, tt.payload); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// On a port that is not looked at, the responder's is named.
func TestServedPort(t *testing.T) {
	asks, err := message(ike.IKE_SA_INIT, 0, request).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	answers, _ := message(ike.IKE_SA_INIT, 0, response).AppendBinary(nil)
	from, to := netip.MustParseAddrPort("192.0.2.10:40000"), netip.MustParseAddrPort("198.51.100.7:848")
	v1 := bytes.Clone(asks)
	v1[17], v1[18], v1[19] = 0x10, 2, 0
	odd, unknown := bytes.Clone(asks), bytes.Clone(asks)
	odd[19] |= 0x40
	unknown[18] = 99
	for _, tt := range []struct {
		name     string
		from, to netip.AddrPort
		payload  []byte
		want     uint16
		ok       bool
	}{
		{"request", from, to, asks, 848, true},
		{"response", to, from, answers, 848, true},
		{"marked", from, to, append(ike.AppendNonESPMarker(nil), asks...), 848, true},
		{"IKEv1", from, to, v1, 848, true},
		{"odd flags", from, to, odd, 848, false},
		{"unknown exchange", from, to, unknown, 848, false},
		{"longer", from, to, append(bytes.Clone(asks), 0), 0, false},
		{"cut", from, to, asks[:27], 0, false},
		{"nothing", from, to, nil, 0, false},
	} {
		if got, ok := ServedPort(tt.from, tt.to, tt.payload); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %d, %t", tt.name, got, ok)
		}
	}
}

func make16(first byte) []byte { return append([]byte{first}, make([]byte, 15)...) }

// Of an SA that lives long, the beginning and the end are held.
func TestBoundsOfAnSA(t *testing.T) {
	s := newScript(t)
	for i := range uint32(2 * maxExchanges) {
		s.send(sealed(ike.INFORMATIONAL, i, request, "dpd"), netip.AddrPortFrom(client.Addr(), uint16(i+1)), gateway)
	}
	for range 2 * maxErrors {
		s.AddError(ICMPError{Source: client, Destination: gateway, Octets: spii[:]})
	}
	for i := range byte(2 * maxDatagrams) {
		s.send(sealed(ike.INFORMATIONAL, 0, request, string(i)), client, gateway)
	}
	sa := s.SAs[0]
	if len(sa.Exchanges) != maxExchanges || len(sa.Paths) != maxPaths || len(sa.Errors) != maxErrors || sa.Omitted != maxExchanges+maxErrors {
		t.Errorf("%d exchanges, %d paths, %d errors, %d omitted", len(sa.Exchanges), len(sa.Paths), len(sa.Errors), sa.Omitted)
	}
	if first, last := sa.Exchanges[0].MessageID, sa.Exchanges[maxExchanges-1].MessageID; first != 0 || last != 2*maxExchanges-1 {
		t.Errorf("from exchange %d to %d", first, last)
	}
	for i := range uint16(4 * maxPaths) {
		s.send(sealed(ike.IKE_AUTH, 1, response, "auth"), gatewayT, netip.AddrPortFrom(client.Addr(), i+1))
	}
	if len(s.latest) > maxPaths || sa.OmittedPaths == 0 {
		t.Errorf("%d paths are known, %d datagrams on others", len(s.latest), sa.OmittedPaths)
	}
	if n := len(sa.Exchanges[0].Request.seen); n != maxDatagrams {
		t.Errorf("%d datagrams of a message", n)
	}
}

// What is held stays within bounds, whatever is sent, and what is dropped makes
// room.
func TestBoundsOfAll(t *testing.T) {
	const each = costSA + costPath + costMessage + costDatagram
	s := newScript(t)
	s.Memory = &Memory{held: maxHeld - 10*each}
	for i := range uint32(100) {
		m := message(ike.IKE_SA_INIT, 0, request, &ike.VendorID{Data: make([]byte, 4000)})
		binary.BigEndian.PutUint32(m.SPIi[:], i+1)
		s.send(m, client, gateway)
	}
	if len(s.SAs) < 5 || len(s.SAs) > 10 || s.Omitted != 100-len(s.SAs) || s.Memory.held > maxHeld {
		t.Errorf("%d IKE SAs, %d omitted, %d octets", len(s.SAs), s.Omitted, s.Memory.held-maxHeld)
	}
	last := s.SAs[len(s.SAs)-1].Exchanges[0].Request
	if last.Fault != errNotKept || len(last.Content.Payloads) != 0 {
		t.Errorf("content is held without bounds: %v", last.Fault)
	}

	s = newScript(t)
	for i := range uint32(maxExchanges) {
		s.send(sealed(ike.INFORMATIONAL, i, request, "dpd"), client, gateway)
	}
	full := s.Memory.held
	for i := range uint32(10 * maxExchanges) {
		s.send(sealed(ike.INFORMATIONAL, maxExchanges+i, request, "dpd"), client, gateway)
		s.send(sealed(ike.INFORMATIONAL, maxExchanges+i, response, "dpd"), gateway, client)
	}
	if s.Memory.held > 2*full {
		t.Errorf("%d octets are held, of %d", s.Memory.held, full)
	}
}

// An SA that begins without IKE_SA_INIT came of another one.
func TestRekeyed(t *testing.T) {
	second := func(exchange ike.ExchangeType, id uint32, flags ike.Flags) *ike.Message {
		m := sealed(exchange, id, flags, "x")
		m.SPIi, m.SPIr = ike.SPI{3}, ike.SPI{4}
		return m
	}
	for _, tt := range []struct {
		name string
		run  func(s *script)
		want bool
	}{
		{"rekeyed", func(s *script) {
			s.send(sealed(ike.CREATE_CHILD_SA, 2, request, "rekey"), clientT, gatewayT)
			s.send(sealed(ike.CREATE_CHILD_SA, 2, response, "rekeyed"), gatewayT, clientT)
			s.send(second(ike.INFORMATIONAL, 0, request), clientT, gatewayT)
		}, true},
		{"the responder speaks first", func(s *script) {
			s.send(sealed(ike.CREATE_CHILD_SA, 2, request, "rekey"), clientT, gatewayT)
			s.send(sealed(ike.CREATE_CHILD_SA, 2, response, "rekeyed"), gatewayT, clientT)
			s.send(second(ike.INFORMATIONAL, 0, 0), gatewayT, clientT)
		}, true},
		{"not answered", func(s *script) {
			s.send(sealed(ike.CREATE_CHILD_SA, 2, request, "rekey"), clientT, gatewayT)
			s.send(second(ike.INFORMATIONAL, 0, request), clientT, gatewayT)
		}, false},
		{"not its first exchange", func(s *script) {
			s.send(sealed(ike.CREATE_CHILD_SA, 2, request, "rekey"), clientT, gatewayT)
			s.send(sealed(ike.CREATE_CHILD_SA, 2, response, "rekeyed"), gatewayT, clientT)
			s.send(second(ike.INFORMATIONAL, 7, request), clientT, gatewayT)
		}, false},
		{"elsewhere", func(s *script) {
			s.send(sealed(ike.CREATE_CHILD_SA, 2, request, "rekey"), clientT, gatewayT)
			s.send(sealed(ike.CREATE_CHILD_SA, 2, response, "rekeyed"), gatewayT, clientT)
			s.send(second(ike.INFORMATIONAL, 0, request), client, gateway)
		}, false},
	} {
		s := newScript(t)
		tt.run(s)
		if len(s.SAs) != 2 || (s.SAs[1].Of == s.SAs[0]) != tt.want {
			t.Errorf("%s: %d IKE SAs", tt.name, len(s.SAs))
		}
	}
}

// FuzzTracker sends two messages that a stranger made, each twice.
func FuzzTracker(f *testing.F) {
	for _, m := range []*ike.Message{accepted(), sealed(ike.IKE_AUTH, 1, request, "x"), fragment(1, 2, "x")} {
		octets, err := m.AppendBinary(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets, octets[:28])
	}
	v1 := append(append(append([]byte{}, spii[:]...), spir[:]...), 1, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 28)
	f.Add(v1, append(append([]byte{}, v1[:16]...), 132, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 37, 0, 0, 0, 9, 0, 7, 1, 1, 9))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var tracker Tracker
		for i, octets := range [][]byte{a, b, a, b} {
			_, inner := Classify(client, gateway, octets)
			tracker.Add(Datagram{Packet: i + 1, Time: began.Add(time.Duration(i) * time.Second), Source: client, Destination: gateway, Octets: inner})
			tracker.AddChild(ChildPacket{Source: gateway, Destination: client, SPI: uint32(len(a))})
			tracker.AddKeepalive(client, gateway)
			tracker.AddError(ICMPError{Source: client, Destination: gateway, Octets: octets})
			tracker.AddError(ICMPError{Source: clientT, Destination: gatewayT, Octets: octets})
			ServedPort(client, gateway, octets)
		}
		tracker.Finish()
		for _, sa := range tracker.SAs {
			sa.NAT()
			if len(sa.Paths) == 0 || len(sa.Exchanges) == 0 {
				t.Errorf("an SA of nothing: %+v", sa)
			}
			for _, x := range sa.Exchanges {
				if x.Request == nil && x.Response() == nil {
					t.Errorf("an exchange of nothing: %+v", x)
				}
			}
		}
	})
}
