package capture

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// Ethernet addresses, and an EtherType after them.
func frame(kind int, rest []byte) []byte { return join(make([]byte, 12), be16(kind), rest) }

// B4: what a capture is of, and what it is tunnelled in, makes no difference.
func TestFieldLinks(t *testing.T) {
	inIP := func(protocol byte, inner []byte) []byte { return ip4("10.9.9.1", "10.9.9.2", protocol, inner) }
	snap := []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}
	pktap := func(ip []byte) []byte {
		h := make([]byte, 108)
		binary.LittleEndian.PutUint32(h, 108)
		h[4], h[8] = 1, 12
		copy(h[12:], "en0")
		return join(h, ip)
	}
	for name, s := range map[string]shot{
		"Ethernet": {link: 1, wrap: func(ip []byte) []byte { return frame(0x800, ip) }},
		"QinQ of 0x9100": {link: 1, wrap: func(ip []byte) []byte {
			return frame(0x9100, join(be16(100), be16(0x8100), be16(101), be16(0x800), ip))
		}},
		"PPPoE": {link: 1, wrap: func(ip []byte) []byte {
			return frame(0x8864, join([]byte{0x11, 0, 0, 5}, be16(len(ip)+2), []byte{0, 0x21}, ip))
		}},
		"PPP":  {link: 9, wrap: func(ip []byte) []byte { return join([]byte{0xff, 3, 0, 0x21}, ip) }},
		"MPLS": {link: 1, wrap: func(ip []byte) []byte { return frame(0x8847, join([]byte{0, 1, 1, 0x40}, ip)) }},
		"LLC":  {link: 1, wrap: func(ip []byte) []byte { return frame(8+len(ip), join(snap, ip)) }},
		"GRE":  {link: 1, wrap: func(ip []byte) []byte { return frame(0x800, inIP(47, join([]byte{0, 0, 8, 0}, ip))) }},
		"VXLAN": {link: 1, wrap: func(ip []byte) []byte {
			return frame(0x800, inIP(17, udp(40000, 4789, join([]byte{8, 0, 0, 0, 0, 0, 1, 0}, frame(0x800, ip)))))
		}},
		"L2TP": {link: 1, wrap: func(ip []byte) []byte {
			return frame(0x800, inIP(17, udp(1701, 1701, join([]byte{0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21}, ip))))
		}},
		"GTP-U": {link: 1, wrap: func(ip []byte) []byte {
			return frame(0x800, inIP(17, udp(2152, 2152, join([]byte{0x30, 255}, be16(len(ip)), be32(7), ip))))
		}},
		"radiotap": {link: 127, wrap: func(ip []byte) []byte { return join([]byte{0, 0, 8, 0, 0, 0, 0, 0, 8, 1}, make([]byte, 22), snap, ip) }},
		"PKTAP":    {link: 258, wrap: pktap},
		"NFLOG": {link: 239, wrap: func(ip []byte) []byte {
			return join([]byte{2, 0, 0, 0}, binary.LittleEndian.AppendUint16(nil, uint16(4+len(ip))), []byte{9, 0}, ip)
		}},
		"enc": {link: 109, wrap: func(ip []byte) []byte { return join([]byte{2, 0, 0, 0}, make([]byte, 8), ip) }},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.show(t, of(good, esp(1, 5)))
			if got := verdicts(c); got != "works ESP-FLOWS" || c.Counts.IKE != 4 || c.Counts.ESP != 10 || len(c.Notes) != 0 {
				t.Errorf("%s, %+v, %q", got, c.Counts, c.Notes)
			}
			if got := verdicts(s.show(t, of(first, first.times(2)))); got != "fails: network NO-ANSWER" {
				t.Error(got)
			}
		})
	}
	for want, s := range map[string]shot{
		"14 packets of link type 195 (802.15.4) not examined": {link: 195},
		"14 packets of MACsec not examined":                   {link: 1, wrap: func(ip []byte) []byte { return frame(0x88e5, ip) }},
		"14 packets of PPP Multilink not examined":            {link: 9, wrap: func(ip []byte) []byte { return join([]byte{0xff, 3, 0, 0x3d}, ip) }},
		"14 packets of encrypted 802.11 not examined":         {link: 105, wrap: func(ip []byte) []byte { return join([]byte{8, 0x41}, make([]byte, 22), ip) }},
	} {
		c := s.show(t, of(good, esp(1, 5)))
		text := strings.Join(c.Notes, "\n")
		if !strings.Contains(text, want) || strings.Contains(text, "--port") || strings.Contains(text, "malformed") || len(c.NotRead) != 1 {
			t.Errorf("%q, want %s", c.Notes, want)
		}
	}
}

// tcpFilm is segments of a TCP stream, one for each record.
func tcpFilm(at float64, from string, fromPort int, to string, toPort int, sequence *uint32, records ...[]byte) film {
	var out film
	for i, r := range records {
		segment := join(be16(fromPort), be16(toPort), be32(*sequence), be32(1), []byte{0x50, 0x18}, be16(65535), []byte{0, 0, 0, 0}, r)
		out = append(out, event{at + float64(i)*.01, ip4(from, to, 6, segment)})
		*sequence += uint32(len(r))
	}
	return out
}

func record(octets []byte) []byte { return join(be16(2+len(octets)), octets) }

// B6: IKE over TCP.
func TestFieldTCP(t *testing.T) {
	stream := func(i, r ike.SPI, answer int) film {
		var sent, received uint32 = 1, 1
		espRecord := func(spi uint32) []byte { return record(join(be32(spi), make([]byte, 60))) }
		message := func(m []byte) []byte { return record(join(marker(), m)) }
		noNAT := initial{noNAT: true}
		out := of(tcpFilm(0, hostA, 40000, hostB, 4500, &sent, join([]byte("IKETCP"), message(initMessage(i, noSPI, byI, noNAT)))),
			tcpFilm(.02, hostB, 4500, hostA, 40000, &received, message(initMessage(i, r, byR, noNAT))))
		out = of(out, tcpFilm(.04, hostA, 40000, hostB, 4500, &sent, message(sealedMessage(i, r, ike.IKE_AUTH, byI, 1, 260))),
			tcpFilm(.06, hostB, 4500, hostA, 40000, &received, message(sealedMessage(i, r, ike.IKE_AUTH, byR, 1, answer))))
		if answer < 100 {
			return out
		}
		return of(out, tcpFilm(1, hostA, 40000, hostB, 4500, &sent, espRecord(0x1000), espRecord(0x1000)),
			tcpFilm(1.1, hostB, 4500, hostA, 40000, &received, espRecord(0x2000), espRecord(0x2000)))
	}
	for _, tt := range []fieldCase{
		{"works", stream(spiA, spiB, 230), shot{}, "works ESP-FLOWS", nil},
		{"refused", stream(spiA, spiB, 52), shot{}, "fails: authentication AUTH-REFUSED", nil},
		{"after UDP got no answer", of(first, first.times(1, 3), stream(spiC, spiD, 230).shift(5)), shot{}, "fails: network NO-ANSWER; works ESP-FLOWS",
			[]string{"the initiator starts over as IKE SA 2, over TCP, whose verdict is works"}},
		{"begins later", stream(spiA, spiB, 230)[2:], shot{}, "works ESP-FLOWS", nil},
		{"no answer", of(stream(spiA, spiB, 230)[:1], wait(9)), shot{}, "fails: network NO-ANSWER", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := tt.shot.show(t, tt.film)
			if got := verdicts(c); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			for _, part := range tt.says {
				if !strings.Contains(saying(c), part) {
					t.Errorf("%s\nlacks %s", saying(c), part)
				}
			}
			if last := c.SAs[len(c.SAs)-1].Paths[0]; !last.TCP {
				t.Errorf("%+v", last)
			}
		})
	}
}
