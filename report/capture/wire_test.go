package capture

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/ike/ikev1"
	"github.com/ikescope/ikescope/report"
)

// The captures of these tests are made here, octet by octet, since what they show
// is how captures differ. Addresses are of RFC 5737, and all else is made up.

// An event is an IP packet of a capture.
type event struct {
	at float64 // seconds
	ip []byte
}

// A film is events in the order in which the file has them.
type film []event

// shift returns the film so much later.
func (f film) shift(seconds float64) film {
	out := slices.Clone(f)
	for i := range out {
		out[i].at += seconds
	}
	return out
}

// of puts films together, in order of time.
func of(films ...film) film {
	out := slices.Concat(films...)
	slices.SortStableFunc(out, func(a, b event) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	return out
}

// wait is a packet of another kind, which shows that the capture goes on.
func wait(at float64) film {
	return film{{at, ip4("192.0.2.200", "192.0.2.201", 1, []byte{8, 0, 0, 0})}}
}

const (
	hostA = "192.0.2.10"
	hostB = "198.51.100.1"
)

var (
	spiA, spiB = ike.SPI{0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 7, 0x18}, ike.SPI{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}
	spiC, spiD = ike.SPI{0x0b, 0xad, 0xc0, 0xde, 0x0b, 0xad, 0xc0, 0xde}, ike.SPI{0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11}
	noSPI      ike.SPI
)

func be16(n int) []byte    { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func be32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
func join(parts ...[]byte) []byte {
	return slices.Concat(parts...)
}

func ip4(from, to string, protocol byte, payload []byte) []byte {
	return ip4Fragment(from, to, protocol, payload, 1, 0, false)
}

func ip4Fragment(from, to string, protocol byte, payload []byte, id, offset int, more bool) []byte {
	place := offset / 8
	if more {
		place |= 0x2000
	}
	a, b := netip.MustParseAddr(from).As4(), netip.MustParseAddr(to).As4()
	return join([]byte{0x45, 0}, be16(20+len(payload)), be16(id), be16(place), []byte{64, protocol, 0, 0}, a[:], b[:], payload)
}

func udp(from, to int, payload []byte) []byte {
	return join(be16(from), be16(to), be16(8+len(payload)), []byte{0, 0}, payload)
}

func marker() []byte { return make([]byte, 4) }

// send is a datagram; on port 4500 it has the marker.
func send(at float64, from string, fromPort int, to string, toPort int, message []byte) film {
	if fromPort == 4500 || toPort == 4500 {
		message = join(marker(), message)
	}
	return film{{at, ip4(from, to, 17, udp(fromPort, toPort, message))}}
}

// ab is a message of A to B on a port of both, and ba one of B to A.
func ab(at float64, port int, message []byte) film {
	return send(at, hostA, port, hostB, port, message)
}
func ba(at float64, port int, message []byte) film {
	return send(at, hostB, port, hostA, port, message)
}

// times repeats an event at other times.
func (f film) times(at ...float64) film {
	var out film
	for _, t := range at {
		out = append(out, event{t, f[0].ip})
	}
	return out
}

const (
	byI = ike.FlagInitiator
	byR = ike.FlagResponse
)

func encode(m *ike.Message) []byte {
	b, err := m.AppendBinary(nil)
	if err != nil {
		panic(err)
	}
	return b
}

func header(i, r ike.SPI, exchange ike.ExchangeType, flags ike.Flags, id uint32) ike.Header {
	return ike.Header{SPIi: i, SPIr: r, MajorVersion: 2, Exchange: exchange, Flags: flags, MessageID: id}
}

// An initial is an IKE_SA_INIT.
type initial struct {
	offer  string // keywords
	method ike.KeyExchangeMethod
	// nat: NAT detection with these ends; by default it fits A and B.
	source, destination netip.AddrPort
	noNAT               bool
	more                []ike.Payload
	flags               ike.Flags // in place of the right ones
}

const suite = "aes256gcm16-prfsha256-ecp256"

func initMessage(i, r ike.SPI, flags ike.Flags, o initial) []byte {
	if o.offer == "" {
		o.offer = suite
	}
	if o.method == 0 {
		o.method = ike.KE_ECP_256
	}
	if !o.source.IsValid() {
		a, b := netip.MustParseAddrPort(hostA+":500"), netip.MustParseAddrPort(hostB+":500")
		o.source, o.destination = a, b
		if flags == byR {
			o.source, o.destination = b, a
		}
	}
	m := &ike.Message{Header: header(i, r, ike.IKE_SA_INIT, flags, 0), Payloads: []ike.Payload{
		offerOf(o.offer), &ike.KE{Method: o.method, Data: make([]byte, 64)}, &ike.Nonce{Data: bytes.Repeat([]byte{7}, 32)},
	}}
	if !o.noNAT {
		s, d := ike.NATDetectionHash(i, r, o.source), ike.NATDetectionHash(i, r, o.destination)
		m.Payloads = append(m.Payloads, notifyOf(ike.NAT_DETECTION_SOURCE_IP, s[:]...), notifyOf(ike.NAT_DETECTION_DESTINATION_IP, d[:]...))
	}
	m.Payloads = append(m.Payloads, o.more...)
	if o.flags != 0 {
		m.Flags = o.flags &^ 0x80
	}
	return encode(m)
}

// says is an answer to IKE_SA_INIT with notifies alone.
func says(i, r ike.SPI, notifies ...ike.Payload) []byte {
	return encode(&ike.Message{Header: header(i, r, ike.IKE_SA_INIT, byR, 0), Payloads: notifies})
}

// sealedMessage has so many octets in its Encrypted payload.
func sealedMessage(i, r ike.SPI, exchange ike.ExchangeType, flags ike.Flags, id uint32, octets int) []byte {
	body := make([]byte, octets)
	for n := range body {
		body[n] = byte(n*7 + int(id)*13 + int(flags) + octets)
	}
	return encode(&ike.Message{Header: header(i, r, exchange, flags, id), Payloads: []ike.Payload{&ike.Encrypted{First: ike.PayloadIDi, Body: body}}})
}

func fragmentOf(i, r ike.SPI, flags ike.Flags, number, total uint16, octets int) []byte {
	return encode(&ike.Message{Header: header(i, r, ike.IKE_AUTH, flags, 1), Payloads: []ike.Payload{
		&ike.EncryptedFragment{First: ike.PayloadIDr, Number: number, Total: total, Body: bytes.Repeat([]byte{byte(number)}, octets)},
	}})
}

// A meeting is IKE_SA_INIT and IKE_AUTH, both answered.
type meeting struct {
	i, r         ike.SPI // spiA and spiB by default
	port         int     // of IKE_AUTH: 500 by default
	request      int     // octets that are sealed in IKE_AUTH, 260 by default,
	answer       int     // and in its answer, 230
	init, chosen initial
	exchange     ike.ExchangeType
}

func (m meeting) film() film {
	if m.i == noSPI {
		m.i, m.r = spiA, spiB
	}
	m.port, m.request, m.answer = or(m.port, 500), or(m.request, 260), or(m.answer, 230)
	if m.exchange == 0 {
		m.exchange = ike.IKE_AUTH
	}
	return of(ab(0, 500, initMessage(m.i, noSPI, byI, m.init)), ba(.02, 500, initMessage(m.i, m.r, byR, m.chosen)),
		ab(.03, m.port, sealedMessage(m.i, m.r, m.exchange, byI, 1, m.request)),
		ba(.05, m.port, sealedMessage(m.i, m.r, m.exchange, byR, 1, m.answer)))
}

func or(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

var good = meeting{}.film()

// behindNAT is IKE_SA_INIT of a client behind NAT.
var behindNAT = func() film {
	inside := netip.MustParseAddrPort("10.1.1.1:500")
	return of(ab(0, 500, initMessage(spiA, noSPI, byI, initial{source: inside, destination: netip.MustParseAddrPort(hostB + ":500")})),
		ba(.02, 500, initMessage(spiA, spiB, byR, initial{})))
}()

// esp is packets of ESP from A to B and back, n each, from a time on.
func esp(from float64, n int) film {
	return of(espOf(from, hostA, hostB, 0x1000, n), espOf(from+.05, hostB, hostA, 0x2000, n))
}

func espOf(from float64, source, destination string, spi uint32, n int) film {
	var out film
	for i := range n {
		out = append(out, event{from + float64(i)*.1, ip4(source, destination, 50, join(be32(spi), be32(uint32(i+1)), make([]byte, 72)))})
	}
	return out
}

// espInUDP is the same in UDP, of one direction.
func espInUDP(from float64, source string, sourcePort int, destination string, spi uint32, n int) film {
	var out film
	for i := range n {
		out = append(out, event{from + float64(i)*.1, ip4(source, destination, 17, udp(sourcePort, 4500, join(be32(spi), be32(uint32(i+1)), make([]byte, 52))))})
	}
	return out
}

func espBothInUDP(from float64, n int) film {
	return of(espInUDP(from, hostA, 4500, hostB, 0x1000, n), espInUDP(from+.05, hostB, 4500, hostA, 0x2000, n))
}

func ahOf(from float64, source, destination string, spi uint32, n int, inner byte) film {
	var out film
	for i := range n {
		h := join([]byte{inner, 4, 0, 0}, be32(spi), be32(uint32(i+1)), make([]byte, 12))
		out = append(out, event{from + float64(i)*.1, ip4(source, destination, 51, join(h, be32(spi+1), make([]byte, 40)))})
	}
	return out
}

// icmpError quotes the beginning of a packet.
func icmpError(at float64, from, to string, kind, code byte, quoted []byte, octets int) film {
	return film{{at, ip4(from, to, 1, join([]byte{kind, code, 0, 0, 0, 0, 0, 0}, quoted[:min(len(quoted), octets)]))}}
}

// fragments cuts a datagram into IP fragments, of which those in keep are there.
func fragments(at float64, from, to string, port int, message []byte, id int, keep ...int) film {
	if port == 4500 {
		message = join(marker(), message)
	}
	const size = 1400
	whole := udp(port, port, message)
	var out film
	for n := 0; n*size < len(whole); n++ {
		if len(keep) > 0 && !slices.Contains(keep, n) {
			continue
		}
		end := min(len(whole), (n+1)*size)
		out = append(out, event{at + float64(n)*.0001, ip4Fragment(from, to, 17, whole[n*size:end], id, n*size, end < len(whole))})
	}
	return out
}

// IKEv1.

func v1(i, r ike.SPI, exchange ike.ExchangeType, id uint32, flags byte, first ikev1.PayloadType, payloads []byte) []byte {
	return join(i[:], r[:], []byte{byte(first), 0x10, byte(exchange), flags}, be32(id), be32(uint32(28+len(payloads))), payloads)
}

func v1Payload(next ikev1.PayloadType, body []byte) []byte {
	return join([]byte{byte(next), 0}, be16(4+len(body)), body)
}

// v1SA is an SA payload with a transform of each of the suites: encryption, hash,
// authentication, group.
func v1SA(suites ...[4]byte) []byte {
	var transforms []byte
	for n, s := range suites {
		attributes := []byte{0x80, 1, 0, s[0], 0x80, 2, 0, s[1], 0x80, 3, 0, s[2], 0x80, 4, 0, s[3], 0x80, 14, 1, 0}
		more := byte(3)
		if n == len(suites)-1 {
			more = 0
		}
		transforms = join(transforms, []byte{more, 0}, be16(8+len(attributes)), []byte{byte(n + 1), 1, 0, 0}, attributes)
	}
	return join(be32(1), be32(1), []byte{0, 0}, be16(8+len(transforms)), []byte{1, 1, 0, byte(len(suites))}, transforms)
}

var (
	v1Strong = [4]byte{7, 2, 1, 2} // AES, SHA-1, a pre-shared key, group 2
	v1Weak   = [4]byte{5, 1, 1, 2} // 3DES, MD5, a pre-shared key, group 2
)

func v1Sealed(exchange ike.ExchangeType, id uint32, first ikev1.PayloadType, octets int, salt byte) []byte {
	return v1(spiA, spiB, exchange, id, 1, first, bytes.Repeat([]byte{salt}, octets))
}

func v1Keys(salt byte) []byte {
	return v1(spiA, spiB, ikev1.MainMode, 0, 0, ikev1.PayloadKE, join(v1Payload(10, bytes.Repeat([]byte{salt}, 128)), v1Payload(0, bytes.Repeat([]byte{salt}, 20))))
}

func v1Notify(r ike.SPI, n ikev1.NotifyType) []byte {
	return v1(spiA, r, ikev1.Informational, 0x77, 0, ikev1.PayloadNotification, v1Payload(0, join(be32(1), []byte{1, 0}, be16(int(n)))))
}

var (
	mainMode = of(ab(0, 500, v1(spiA, noSPI, ikev1.MainMode, 0, 0, ikev1.PayloadSA, v1Payload(0, v1SA(v1Strong)))),
		ba(.02, 500, v1(spiA, spiB, ikev1.MainMode, 0, 0, ikev1.PayloadSA, v1Payload(0, v1SA(v1Strong)))),
		ab(.03, 500, v1Keys(5)), ba(.05, 500, v1Keys(6)),
		ab(.06, 500, v1Sealed(ikev1.MainMode, 0, 5, 64, 7)), ba(.08, 500, v1Sealed(ikev1.MainMode, 0, 5, 64, 8)))
	quickMode = of(ab(.1, 500, v1Sealed(ikev1.QuickMode, 0x1234, 8, 160, 1)), ba(.12, 500, v1Sealed(ikev1.QuickMode, 0x1234, 8, 160, 2)),
		ab(.13, 500, v1Sealed(ikev1.QuickMode, 0x1234, 8, 40, 3)))
)

// from keeps the packets of one address.
func (f film) from(address string) film {
	a := netip.MustParseAddr(address).As4()
	return slices.DeleteFunc(slices.Clone(f), func(e event) bool { return !bytes.Equal(e.ip[12:16], a[:]) })
}

// A shot is how a film is written into a file.
type shot struct {
	link uint32
	wrap func(ip []byte) []byte
	snap int
	// noTimes: each time is that of the epoch.
	noTimes bool
	ports   []uint16
}

// file returns a film as a pcap file.
func (o shot) file(f film) []byte {
	order := binary.LittleEndian
	b := order.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0)
	if o.link == 0 {
		o.link = 101
	}
	b = order.AppendUint32(b, o.link)
	for _, e := range f {
		data := e.ip
		if o.wrap != nil {
			data = o.wrap(data)
		}
		at := time.Unix(1_700_000_000, 0).Add(time.Duration(e.at * float64(time.Second)))
		if o.noTimes {
			at = time.Unix(0, 0)
		}
		size := len(data)
		if o.snap > 0 {
			size = min(size, o.snap)
		}
		b = order.AppendUint32(b, uint32(at.Unix()))
		b = order.AppendUint32(b, uint32(at.Nanosecond()/1000))
		b = order.AppendUint32(b, uint32(size))
		b = order.AppendUint32(b, uint32(len(data)))
		b = append(b, data[:size]...)
	}
	return b
}

// show reads a file as the command does.
func (o shot) show(t testing.TB, f film) *report.Capture {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(o.file(f)))
	if err != nil {
		t.Fatal(err)
	}
	p := capture.Point{Dissector: capture.Dissector{Ports: o.ports}}
	if err := p.Read(t.Context(), "FILE", r); err != nil {
		t.Fatal(err)
	}
	v := View{SAs: p.Tracker.SAs, Omitted: p.Tracker.Omitted}
	for _, n := range p.NotRead() {
		v.NotRead = append(v.NotRead, NotRead{report.CaptureNotRead{What: n.What, Packets: n.Packets}, n.Link})
	}
	for _, n := range p.OtherPorts() {
		v.OtherPorts = append(v.OtherPorts, report.CaptureOtherPort(n))
	}
	for _, file := range p.Files {
		v.Files = append(v.Files, report.CaptureFile{Name: file.Name, Complete: true, Counts: report.CaptureCounts(file.Counts)})
	}
	return New(report.Tool{Name: "ikescope"}, []View{v})
}

func natHashV1(i, r ike.SPI, a string) []byte {
	at := netip.MustParseAddrPort(a)
	address := at.Addr().As4()
	sum := sha1.Sum(join(i[:], r[:], address[:], be16(int(at.Port()))))
	return sum[:]
}
