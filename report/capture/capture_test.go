package capture

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/dialog"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/text/capturetext"
)

// talk is a capture in the making: messages between a client and a gateway.
type talk struct {
	t *testing.T
	dialog.Tracker
	at     time.Time
	packet int
	spi    ike.SPI
	port   uint16 // of the initiator, if not that of the responder
	ends   bool   // the capture ends with the last message, else a minute later
}

var (
	talker  = netip.MustParseAddr("192.0.2.10")
	talkee  = netip.MustParseAddr("198.51.100.7")
	offered = offerOf("aes256-sha256-prfsha256-modp2048-ecp256")
)

func offerOf(keywords string) *ike.SA {
	p, err := proposals.ParseProduct(keywords)
	if err != nil {
		panic(err)
	}
	return &ike.SA{Proposals: []ike.Proposal{p.Proposal(1)}}
}

// say adds a message of the initiator (by "i") or the responder ("r").
func (s *talk) say(by string, port uint16, exchange ike.ExchangeType, id uint32, response bool, payloads ...ike.Payload) {
	s.t.Helper()
	m := &ike.Message{Header: ike.Header{SPIi: s.spi, MajorVersion: 2, Exchange: exchange, MessageID: id}, Payloads: payloads}
	from, to := netip.AddrPortFrom(talker, port), netip.AddrPortFrom(talkee, port)
	if s.port != 0 {
		from = netip.AddrPortFrom(talker, s.port)
	}
	if by == "i" {
		m.Flags |= ike.FlagInitiator
	} else {
		from, to = to, from
	}
	if response {
		m.Flags |= ike.FlagResponse
	}
	octets, err := m.AppendBinary(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.at = s.at.Add(100 * time.Millisecond)
	s.packet++
	s.Add(dialog.Datagram{Packet: s.packet, Time: s.at, Octets: octets,
		Source: from, Destination: to, Marked: port == 4500})
}

func (s *talk) init(payloads ...ike.Payload) {
	s.t.Helper()
	s.say("i", 500, ike.IKE_SA_INIT, 0, false, payloads...)
}
func (s *talk) answer(payloads ...ike.Payload) {
	s.t.Helper()
	s.say("r", 500, ike.IKE_SA_INIT, 0, true, payloads...)
}

func sealedIn(octets int) ike.Payload {
	return &ike.Encrypted{First: ike.PayloadIDi, Body: make([]byte, octets)}
}

func notifyOf(t ike.NotifyType, data ...byte) *ike.Notify {
	return &ike.Notify{Notification: t, Data: data}
}

var talks = []struct {
	name string
	run  func(s *talk)
	want string // result, layer and id
}{
	{"cookie not returned", func(s *talk) { s.init(offered); s.answer(notifyOf(ike.COOKIE, 1)) }, "fails: client COOKIE-NOT-RETURNED"},
	{"cookie loop", func(s *talk) {
		s.init(offered)
		s.answer(notifyOf(ike.COOKIE, 1))
		s.init(notifyOf(ike.COOKIE, 1), offered)
		s.answer(notifyOf(ike.COOKIE, 2))
	}, "fails: negotiation COOKIE-LOOP"},
	{"no answer to the cookie", func(s *talk) {
		s.init(offered)
		s.answer(notifyOf(ike.COOKIE, 1))
		s.init(notifyOf(ike.COOKIE, 1), offered)
	}, "fails: network RETRY-NO-ANSWER"},
	{"method not offered", func(s *talk) { s.init(offered); s.answer(notifyOf(ike.INVALID_KE_PAYLOAD, 0, 20)) }, "fails: negotiation INVALID_KE_PAYLOAD"},
	{"method not tried", func(s *talk) { s.init(offered); s.answer(notifyOf(ike.INVALID_KE_PAYLOAD, 0, 19)) }, "fails: client INVALID_KE_PAYLOAD"},
	{"method tried", func(s *talk) {
		s.init(offered, &ike.KE{Method: 19, Data: make([]byte, 64)})
		s.answer(notifyOf(ike.INVALID_KE_PAYLOAD, 0, 19))
	}, "fails: negotiation INVALID_KE_PAYLOAD"},
	{"scanner", func(s *talk) {
		s.init(offered, &ike.KE{Method: 20, Data: make([]byte, 96)})
		s.answer(notifyOf(ike.INVALID_KE_PAYLOAD, 0, 14))
	}, "unknown SCAN"},
	{"method not named", func(s *talk) { s.init(offered); s.answer(notifyOf(ike.INVALID_KE_PAYLOAD)) }, "fails: negotiation INVALID_KE_PAYLOAD"},
	{"syntax", func(s *talk) { s.init(offered); s.answer(notifyOf(ike.INVALID_SYNTAX)) }, "fails: negotiation INVALID_SYNTAX"},
	{"private error", func(s *talk) { s.init(offered); s.answer(notifyOf(8192)) }, "fails: negotiation ERROR-8192"},
	{"Windows error", func(s *talk) { s.init(offered); s.answer(notifyOf(ike.MS_NOTIFY_STATUS, 0, 0, 0x36, 0x2c)) }, "fails: negotiation MS_NOTIFY_STATUS"},
	{"redirect", func(s *talk) { s.init(offered); s.answer(notifyOf(ike.REDIRECT, 1, 4, 192, 0, 2, 1)) }, "unknown REDIRECT"},
	{"forged error before a choice", func(s *talk) {
		s.init(offered)
		s.answer(notifyOf(ike.NO_PROPOSAL_CHOSEN))
		s.answer(offerOf("aes256-sha256-prfsha256-modp2048"))
	}, "fails: client NOT-CONTINUED"},
	{"NAT, and nothing on 4500", func(s *talk) {
		nat := []ike.Payload{offered, notifyOf(ike.NAT_DETECTION_SOURCE_IP, make([]byte, 20)...), notifyOf(ike.NAT_DETECTION_DESTINATION_IP, make([]byte, 20)...)}
		s.init(nat...)
		s.answer(nat...)
	}, "unknown NOTHING-ON-4500"},
	{"answers are missing", func(s *talk) { s.init(offered); s.say("i", 500, ike.IKE_AUTH, 1, false, sealedIn(200)) }, "unknown ONE-SIDED"},
	{"requests are missing", func(s *talk) { s.answer(offered); s.say("r", 500, ike.IKE_AUTH, 1, true, sealedIn(200)) }, "unknown ONE-SIDED"},
	{"begins late", func(s *talk) { s.say("i", 4500, ike.INFORMATIONAL, 7, false, sealedIn(32)) }, "unknown CAPTURE-BEGINS-LATE"},
	{"large IKE_AUTH", func(s *talk) {
		s.init(offered)
		s.answer(offered)
		s.say("i", 500, ike.IKE_AUTH, 1, false, sealedIn(3000))
	}, "fails: network IP-FRAGMENTS-DROPPED"},
	{"small IKE_AUTH", func(s *talk) {
		s.init(offered)
		s.answer(offered)
		s.say("i", 500, ike.IKE_AUTH, 1, false, sealedIn(300))
	}, "fails: network AUTH-NO-ANSWER"},
	{"RADIUS does not answer", func(s *talk) {
		s.authenticate(1000)
		s.say("i", 4500, ike.IKE_AUTH, 2, false, sealedIn(60))
	}, "fails: authentication AUTH-ROUND-NO-ANSWER"},
	{"EAP fails", func(s *talk) {
		s.authenticate(1000)
		s.say("i", 4500, ike.IKE_AUTH, 2, false, sealedIn(60))
		s.say("r", 4500, ike.IKE_AUTH, 2, true, sealedIn(48))
	}, "fails: authentication AUTH-ENDED"},
	{"client refuses the certificate", func(s *talk) {
		s.authenticate(1000)
		s.say("i", 4500, ike.INFORMATIONAL, 2, false, sealedIn(48))
	}, "unknown ENDED-AT-ONCE"},
	{"the gateway is gone", func(s *talk) {
		s.authenticate(1000)
		s.detect(2, true)
		s.detect(3, false)
		s.detect(3, false)
	}, "fails: network PEER-GONE"},
	{"the last request is not answered yet", func(s *talk) {
		s.authenticate(1000)
		s.at = s.at.Add(10 * time.Second)
		s.detect(2, true)
		s.detect(3, false)
	}, "works GOES-ON"},
	{"the client is gone", func(s *talk) {
		s.authenticate(1000)
		s.say("r", 4500, ike.INFORMATIONAL, 0, false, sealedIn(32))
		s.say("r", 4500, ike.INFORMATIONAL, 0, false, sealedIn(32))
	}, "fails: network PEER-GONE"},
	{"gone, in a capture that begins late", func(s *talk) {
		s.detect(7, true)
		s.detect(8, false)
		s.detect(8, false)
	}, "fails: network PEER-GONE"},
	{"the gateway has forgotten", func(s *talk) {
		s.authenticate(1000)
		s.detect(2, true)
		s.detect(3, false)
		s.say("r", 4500, ike.INFORMATIONAL, 3, true, notifyOf(ike.INVALID_IKE_SPI))
	}, "unknown INVALID_IKE_SPI"},
	{"an error that is not encrypted", func(s *talk) {
		s.init(offered)
		s.answer(offerOf("aes256-sha256-prfsha256-ecp256"))
		s.say("i", 4500, ike.IKE_AUTH, 1, false, sealedIn(300))
		s.say("r", 4500, ike.IKE_AUTH, 1, true, notifyOf(ike.INVALID_SYNTAX))
	}, "unknown INVALID_SYNTAX"},
	{"rekeying is refused", func(s *talk) {
		s.authenticate(1000)
		s.rekey(2, 400)
		s.rekey(3, 48)
		s.detect(4, true)
	}, "fails: child CREATE-CHILD-REFUSED"},
	{"rekeying with another method", func(s *talk) {
		s.authenticate(1000)
		s.rekey(2, 48)
		s.rekey(3, 400)
	}, "works GOES-ON"},
	{"EAP succeeds", func(s *talk) {
		s.authenticate(1000)
		s.say("i", 4500, ike.IKE_AUTH, 2, false, sealedIn(60))
		s.say("r", 4500, ike.IKE_AUTH, 2, true, sealedIn(200))
		s.detect(3, true)
	}, "unknown ENDED-AT-ONCE"},
	{"EAP fails, and the client says so", func(s *talk) {
		s.authenticate(1000)
		s.say("i", 4500, ike.IKE_AUTH, 2, false, sealedIn(60))
		s.say("r", 4500, ike.IKE_AUTH, 2, true, sealedIn(82))
		s.detect(3, true)
	}, "fails: authentication AUTH-ENDED"},
	{"ESP, and then silence", func(s *talk) {
		s.authenticate(300)
		s.esp(9, 9)
		s.detect(2, false)
		s.detect(2, false)
	}, "fails: network PEER-GONE"},
	{"ESP both ways", func(s *talk) { s.authenticate(300); s.esp(3, 2) }, "works ESP-FLOWS"},
	{"ESP one way", func(s *talk) { s.authenticate(300); s.esp(9, 0) }, "fails: network ESP-ONE-WAY"},
	{"ESP the other way", func(s *talk) { s.authenticate(300); s.esp(0, 9) }, "fails: network ESP-ONE-WAY"},
}

// authenticate is IKE_SA_INIT, and an IKE_AUTH answered with so many octets.
func (s *talk) authenticate(octets int) {
	s.t.Helper()
	s.init(offered)
	s.answer(offerOf("aes256-sha256-prfsha256-ecp256"))
	s.say("i", 4500, ike.IKE_AUTH, 1, false, sealedIn(300))
	s.say("r", 4500, ike.IKE_AUTH, 1, true, sealedIn(octets))
}

// detect is an INFORMATIONAL exchange of the initiator.
func (s *talk) detect(id uint32, answered bool) {
	s.t.Helper()
	s.say("i", 4500, ike.INFORMATIONAL, id, false, sealedIn(32))
	if answered {
		s.say("r", 4500, ike.INFORMATIONAL, id, true, sealedIn(32))
	}
}

func (s *talk) rekey(id uint32, octets int) {
	s.t.Helper()
	s.say("i", 4500, ike.CREATE_CHILD_SA, id, false, sealedIn(400))
	s.say("r", 4500, ike.CREATE_CHILD_SA, id, true, sealedIn(octets))
}

// esp is packets of ESP in UDP, two a second.
func (s *talk) esp(sent, received int) {
	a, b := netip.AddrPortFrom(talker, 4500), netip.AddrPortFrom(talkee, 4500)
	for i := range sent + received {
		s.at = s.at.Add(500 * time.Millisecond)
		s.packet++
		p := dialog.ChildPacket{Packet: s.packet, Time: s.at, Source: a, Destination: b, SPI: 1}
		if i >= sent {
			p.Source, p.Destination, p.SPI = b, a, 2
		}
		s.AddChild(p)
	}
}

func (s *talk) document(file string) *report.Capture {
	if !s.ends {
		s.See(s.at.Add(time.Minute))
	}
	s.Finish()
	counts := report.CaptureCounts{Packets: s.packet, IKE: s.packet}
	return New(report.Tool{Name: "ikescope"}, []View{{Files: []report.CaptureFile{{Name: file, Complete: true, Counts: counts}}, SAs: s.SAs}})
}

func newTalk(t *testing.T) *talk {
	return &talk{t: t, spi: ike.SPI{1}, at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

func TestCaptureVerdicts(t *testing.T) {
	for _, tt := range talks {
		t.Run(tt.name, func(t *testing.T) {
			s := newTalk(t)
			tt.run(s)
			c := s.document("FILE")
			if len(c.SAs) != 1 {
				t.Fatalf("%d IKE SAs", len(c.SAs))
			}
			v := c.SAs[0].Verdict
			if got := v.String() + " " + v.ID; got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if v.Title == "" || v.Result == report.ResultFails && v.Layer == "" {
				t.Errorf("%+v", v)
			}
			var b bytes.Buffer
			if err := report.WriteJSON(&b, c); err != nil {
				t.Fatal(err)
			}
			reporttest.Validate(t, report.CaptureSchema(), b.Bytes())
		})
	}
}

// Of a message with more payloads than any honest one the first are told.
func TestCaptureManyPayloads(t *testing.T) {
	s := newTalk(t)
	payloads := []ike.Payload{offered}
	for range 2 * toldPayloads {
		payloads = append(payloads, notifyOf(ike.REDIRECT_SUPPORTED))
	}
	s.init(payloads...)
	m := s.document("FILE").SAs[0].Exchanges[0].Request
	if len(m.Payloads) != toldPayloads || len(m.Notifies) != toldPayloads-1 || m.Fault != "it has 257 payloads, of which 128 are shown" {
		t.Errorf("%d payloads, %d notifies, %q", len(m.Payloads), len(m.Notifies), m.Fault)
	}
}

// Exchanges that are alike are told in one line, and those of a kind in few.
func TestCaptureFolds(t *testing.T) {
	s := newTalk(t)
	s.authenticate(1000)
	for id := range uint32(40) {
		s.detect(id+2, true)
	}
	s.detect(42, false)
	var b bytes.Buffer
	if err := capturetext.Write(&b, s.document("FILE"), layout.Options{Width: 200}); err != nil {
		t.Fatal(err)
	}
	if want := "+0.400   INFORMATIONAL 2 to 41: 40 requests of 64 octets, each answered with 64, until +8.200, packet 5 to packet 84, encrypted"; !strings.Contains(b.String(), want) {
		t.Errorf("%s\nlacks %s", b.String(), want)
	}
	if !strings.Contains(b.String(), "INFORMATIONAL 42 request") || strings.Contains(b.String(), "INFORMATIONAL 41 ") {
		t.Errorf("%s\nfolds too much, or too little", b.String())
	}

	s = newTalk(t)
	for i := range byte(20) {
		s.spi = ike.SPI{1, i, i, i, i, i, i * 3, i * 7}
		s.init(offered)
	}
	b.Reset()
	if err := capturetext.Write(&b, s.document("FILE"), layout.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\nIKE SA "); n != 3 || !strings.Contains(b.String(), "17 IKE SAs are not shown") {
		t.Errorf("%d of 20 alike are told", n)
	}
}

// An IKE SA that two places saw is told for both.
func TestCaptureOfTwoPlaces(t *testing.T) {
	here, there := newTalk(t), newTalk(t)
	here.init(offered)
	here.init(offered)
	there.spi = ike.SPI{9}
	there.init(offered)
	there.spi = here.spi
	there.init(offered)
	there.answer(offerOf("aes256-sha256-prfsha256-ecp256"))
	view := func(name string, s *talk) View {
		for _, sa := range s.SAs {
			sa.File = name
		}
		return View{Files: []report.CaptureFile{{Name: name, Complete: name != "b", Counts: report.CaptureCounts{IKE: s.packet}}}, SAs: s.SAs}
	}
	c := New(report.Tool{Name: "ikescope"}, []View{view("a", here), view("b", there)})
	if c.File != "a, b" || c.Complete || c.Counts.IKE != here.packet+there.packet || len(c.SAs) != 3 {
		t.Fatalf("%+v", c)
	}
	if got := c.SAs[0].Elsewhere; len(got) != 1 || got[0] != (report.CapturedElsewhere{Number: 3, File: "b", FromInitiator: 1, FromResponder: 1}) {
		t.Errorf("%+v", got)
	}
	if got := c.SAs[2].Elsewhere; len(got) != 1 || got[0] != (report.CapturedElsewhere{Number: 1, File: "a", FromInitiator: 2}) {
		t.Errorf("%+v", got)
	}
	if len(c.SAs[1].Elsewhere) != 0 {
		t.Errorf("%+v", c.SAs[1])
	}
	var b bytes.Buffer
	if err := report.WriteJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	reporttest.Validate(t, report.CaptureSchema(), b.Bytes())
}

// What a peer wrote moves no terminal.
func TestCaptureHostile(t *testing.T) {
	s := newTalk(t)
	s.init(offered, &ike.VendorID{Data: []byte("name\x1b[31m")})
	s.answer(notifyOf(ike.REDIRECT, append([]byte{3, 6}, "\x1b]0;x\x07"...)...))
	c := s.document("evil\x1b[2J.pcap")
	var printed, document bytes.Buffer
	if err := capturetext.Write(&printed, c, layout.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(&document, c); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(printed.String()+document.String(), "\x1b\x07") {
		t.Errorf("%q", printed.String())
	}
	if !strings.Contains(printed.String(), `evil\u{1b}[2J.pcap`) || !strings.Contains(printed.String(), `go to \u{1b}]0;x\u{7}`) {
		t.Errorf("%s", printed.String())
	}
}
