package capture

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/text/capturetext"
)

// question is an IKE_SA_INIT with the number of a scan, and an answer if any.
func (s *talk) question(number uint16, method ike.KeyExchangeMethod, answer ...ike.Payload) {
	s.t.Helper()
	s.packet++ // so that no two SPIs are the same
	s.spi = ike.SPI{1, 2, byte(s.packet >> 8), byte(s.packet)}
	binary.BigEndian.PutUint16(s.spi[6:], number)
	s.init(offered, &ike.KE{Method: method, Data: make([]byte, 96)})
	if len(answer) > 0 {
		s.answer(answer...)
	}
}

func TestScans(t *testing.T) {
	const own, foreign = ike.KE_MODP_2048, ike.KE_ECP_384
	refuse := notifyOf(ike.NO_PROPOSAL_CHOSEN)
	for _, tt := range []struct {
		name string
		run  func(s *talk)
		want []report.CapturedScan // counts only
	}{
		{"a scan", func(s *talk) {
			s.question(1, own)
			s.question(2, foreign, notifyOf(ike.INVALID_KE_PAYLOAD, 0, 14))
			s.question(3, foreign, refuse)
			s.question(5, foreign, notifyOf(ike.INVALID_KE_PAYLOAD, 0, 16)) // which is not offered
			s.question(4, own, offerOf("aes256-sha256-prfsha256-modp2048"))
			s.question(7, foreign, notifyOf(ike.INVALID_SYNTAX))
		}, []report.CapturedScan{{Exchanges: 6, Accepted: 1, Acceptable: 1, Refused: 1, Other: 2, Silent: 1, FirstSA: 1, LastSA: 6}}},
		{"one after another", func(s *talk) {
			for range 2 {
				for i := range uint16(10) {
					s.question(i+1, foreign, refuse)
				}
			}
		}, []report.CapturedScan{{Exchanges: 10, Refused: 10, FirstSA: 1, LastSA: 10}, {Exchanges: 10, Refused: 10, FirstSA: 11, LastSA: 20}}},
		{"two at a time", func(s *talk) {
			for i := range uint16(10) {
				s.port = 40001
				s.question(i+1, foreign, refuse)
				s.port = 40002
				s.question(i+1, foreign)
			}
		}, []report.CapturedScan{{Exchanges: 10, Refused: 10, FirstSA: 1, LastSA: 19}, {Exchanges: 10, Silent: 10, FirstSA: 2, LastSA: 20}}},
		{"behind a NAT", func(s *talk) {
			for i := range uint16(10) {
				s.port = 40001 + i%2
				s.question(i+1, foreign, refuse)
			}
		}, []report.CapturedScan{{Exchanges: 10, Refused: 10, FirstSA: 1, LastSA: 10}}},
		{"among clients", func(s *talk) {
			for i := range uint16(8) {
				s.question(i+1, foreign, refuse)
				s.question(40000+i*5000, own, refuse)
			}
		}, []report.CapturedScan{{Exchanges: 8, Refused: 8, FirstSA: 1, LastSA: 15}}},
		{"as clients would ask", func(s *talk) {
			for i := range uint16(6) {
				s.question(i+1, own, refuse)
			}
		}, []report.CapturedScan{{Exchanges: 6, Refused: 6, FirstSA: 1, LastSA: 6}}},
		{"a client that tries again", func(s *talk) {
			for _, n := range []uint16{0x1234, 0x1240, 0xfedc, 0x7777, 0x0003, 0x8123} {
				s.question(n, own, refuse)
			}
		}, nil},
		{"another scanner", func(s *talk) {
			for _, n := range []uint16{0x1234, 0xfedc, 0x7777, 0x0003} {
				s.question(n, foreign, refuse)
			}
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newTalk(t)
			tt.run(s)
			c := s.document("FILE")
			if len(c.Scans) != len(tt.want) {
				t.Fatalf("%d scans, want %d", len(c.Scans), len(tt.want))
			}
			for i, got := range c.Scans {
				counts := report.CapturedScan{Exchanges: got.Exchanges, Accepted: got.Accepted, Acceptable: got.Acceptable, Refused: got.Refused,
					Other: got.Other, Silent: got.Silent, FirstSA: got.FirstSA, LastSA: got.LastSA}
				if counts != tt.want[i] {
					t.Errorf("scan %d: %+v, want %+v", i+1, counts, tt.want[i])
				}
			}
			var b bytes.Buffer
			if err := report.WriteJSON(&b, c); err != nil {
				t.Fatal(err)
			}
			reporttest.Validate(t, report.CaptureSchema(), b.Bytes())
		})
	}
}

// Clients are told beside a scan, which is told in a line.
func TestScanText(t *testing.T) {
	s := newTalk(t)
	s.question(60000, ike.KE_MODP_2048, notifyOf(ike.NO_PROPOSAL_CHOSEN))
	for i := range uint16(20) {
		s.question(i+1, ike.KE_ECP_384, notifyOf(ike.NO_PROPOSAL_CHOSEN))
	}
	c := s.document("FILE")
	var b bytes.Buffer
	if err := capturetext.Write(&b, c, layout.Options{Width: 300}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"ikescope scan: 20 questions in ", ": 0 offers acceptable, 20 refused, 0 not answered (192.0.2.10:500 > 198.51.100.7; IKE SAs 2 to 21)",
		"count from 1 to 20; 20 of 20 KE payloads are of a method that is not offered",
		"IKE SA 1  192.0.2.10:500", "20 IKE SAs are not shown",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s\nlacks %q", b.String(), want)
		}
	}
	if strings.Contains(b.String(), "IKE SA 2  ") {
		t.Errorf("%s\ntells questions of a scan", b.String())
	}
	b.Reset()
	if err := capturetext.Write(&b, c, layout.Options{All: true}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\nIKE SA "); n != 21 {
		t.Errorf("with All %d IKE SAs are told", n)
	}
	// One question of a scan, by its number.
	if err := c.Keep("3"); err != nil || len(c.SAs) != 1 || len(c.Scans) != 1 || c.SAs[0].Verdict.ID != "SCAN" {
		t.Errorf("%v: %d IKE SAs, %d scans", err, len(c.SAs), len(c.Scans))
	}
	if err := c.Keep("99"); err == nil {
		t.Error("an IKE SA that is not there is kept")
	}
}
