package dialog

import (
	"net/netip"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// addAt adds a message so long after the beginning.
func (s *script) addAt(after time.Duration, m *ike.Message, from, to netip.AddrPort) {
	s.t.Helper()
	octets, err := m.AppendBinary(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.at = began.Add(after)
	s.again(octets, from, to)
}

// A file that is not in order of time is put in it.
func TestOrderOfTime(t *testing.T) {
	s := newScript(t)
	s.addAt(30*time.Millisecond, sealed(ike.IKE_AUTH, 1, request, "auth"), clientT, gatewayT)
	s.addAt(50*time.Millisecond, sealed(ike.IKE_AUTH, 1, response, "answer"), gatewayT, clientT)
	s.addAt(20*time.Millisecond, accepted(), gateway, client)
	s.addAt(0, message(ike.IKE_SA_INIT, 0, request), client, gateway)
	s.See(began.Add(time.Minute))
	for range 2 { // once more changes nothing
		s.Finish()
	}
	sa := s.SAs[0]
	if len(s.SAs) != 1 || told(sa) != "34/0 1,1; 35/1 1,1" || sa.Paths[0].Initiator != client || !sa.First.Equal(began) || !sa.Until.Equal(began.Add(time.Minute)) {
		t.Errorf("%d IKE SAs: %s, %+v, first %v, until %v", len(s.SAs), told(sa), sa.Paths, sa.First, sa.Until)
	}
}

// A request that is sent again after its answer was not heeded.
func TestUnheeded(t *testing.T) {
	s := newScript(t)
	first := message(ike.IKE_SA_INIT, 0, request)
	for _, after := range []time.Duration{0, 2 * time.Second, 6 * time.Second} {
		s.addAt(after, first, client, gateway)
	}
	s.addAt(2100*time.Millisecond, accepted(), gateway, client)
	s.Finish()
	if m := s.SAs[0].Exchanges[0].Request; m.Sent != 3 || m.Unheeded != 1 {
		t.Errorf("sent %d times, %d of them after the answer", m.Sent, m.Unheeded)
	}
}

// Where each time is that of the epoch there are no times, and what looked like
// copies was sent again.
func TestNoTimes(t *testing.T) {
	s := newScript(t)
	octets, err := message(ike.IKE_SA_INIT, 0, request).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.at = time.Unix(0, 0)
	for range 3 {
		s.again(octets, client, gateway)
	}
	s.Finish()
	sa := s.SAs[0]
	if m := sa.Exchanges[0].Request; !sa.First.IsZero() || !sa.Until.IsZero() || m.Sent != 3 || m.Copies != 0 || !m.Last.IsZero() {
		t.Errorf("first %v, until %v, %+v", sa.First, sa.Until, m)
	}
}

// Packets of a Child SA are of the SA that was last authenticated when their SPI
// was new.
func TestFlows(t *testing.T) {
	second := func(m *ike.Message) *ike.Message {
		m.SPIi, m.SPIr = ike.SPI{3}, ike.SPI{4}
		return m
	}
	room := string(make([]byte, 200))
	s := newScript(t)
	s.esp(clientT, gatewayT, 1) // of nobody
	s.send(sealed(ike.IKE_AUTH, 1, request, room), clientT, gatewayT)
	s.send(sealed(ike.IKE_AUTH, 1, response, room), gatewayT, clientT)
	s.esp(clientT, gatewayT, 1)
	s.esp(clientT, gatewayT, 2)
	s.send(second(sealed(ike.IKE_AUTH, 1, request, room)), clientT, gatewayT)
	s.send(second(sealed(ike.IKE_AUTH, 1, response, "refused")), gatewayT, clientT)
	s.esp(clientT, gatewayT, 2)
	s.esp(gatewayT, clientT, 5) // by whoever it was that made the last one
	s.AddChild(ChildPacket{Packet: 99, Time: s.at, Source: gatewayT, Destination: clientT, SPI: 6, AH: true})
	s.Finish()
	one, two := s.SAs[0], s.SAs[1]
	if one.Sent.ESP != 2 || one.Received.ESP != 1 || one.Received.AH != 1 || one.Received.Packets() != 1 || two.Sent.Packets()+two.Received.Packets() != 0 {
		t.Errorf("of the first %+v and %+v, of the second %+v and %+v", one.Sent, one.Received, two.Sent, two.Received)
	}
	if !s.AddError(ICMPError{Source: clientT, Destination: gatewayT, Octets: []byte{0, 0, 0, 2}, Time: s.at}) {
		t.Error("an ICMP error about ESP is of nobody")
	}
	s.Finish()
	if len(one.ChildErrors) != 1 || len(one.Errors) != 0 {
		t.Errorf("%d errors about ESP, %d about IKE", len(one.ChildErrors), len(one.Errors))
	}
	for i := range uint32(2 * maxFlows) {
		s.AddChild(ChildPacket{Source: clientT, Destination: gatewayT, SPI: i})
	}
	if len(s.flows) > maxFlows {
		t.Errorf("%d flows are held", len(s.flows))
	}
}

// The initiator's next SA is known, soon after an answer.
func TestNext(t *testing.T) {
	for wait, want := range map[time.Duration]bool{time.Second: true, time.Hour: false} {
		s := newScript(t)
		s.addAt(0, message(ike.IKE_SA_INIT, 0, request), client, gateway)
		s.addAt(20*time.Millisecond, message(ike.IKE_SA_INIT, 0, response, notify(ike.NO_PROPOSAL_CHOSEN)), gateway, client)
		again := message(ike.IKE_SA_INIT, 0, request)
		again.SPIi = ike.SPI{9}
		s.addAt(wait, again, client, gateway)
		s.Finish()
		if got := s.SAs[0].Next == s.SAs[1]; got != want || s.SAs[1].Next != nil {
			t.Errorf("after %v: %t", wait, got)
		}
	}
}
