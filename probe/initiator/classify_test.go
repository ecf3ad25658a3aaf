package initiator

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

const testOffer = "aes128-aes256-sha256-prfsha256-modp2048-ecp256, aes256gcm16-prfsha384-ecp384"

var (
	gatewayAt = netip.MustParseAddrPort("192.0.2.1:500")
	testSPI   = ike.SPI{0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0, 7}
	otherSPI  = ike.SPI{0xb1, 2, 3, 4, 5, 6, 7, 8}
)

func initTo(t testing.TB, transport Transport) *Request {
	t.Helper()
	r := initRequest{
		Offer:  Offer{Transport: transport, Products: products(t, testOffer), KE: ike.KE_ECP_256},
		keData: make([]byte, 64), spi: testSPI, nonce: bytes.Repeat([]byte{0xcc}, 32), remote: gatewayAt,
	}
	m := buildInit(r)
	octets, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Request{id: 7, remote: gatewayAt, header: m.Header, octets: octets, message: m, offer: r.Offer, nonce: r.nonce}
}

// respond returns a well-formed answer to the request with the SPI.
func respond(t testing.TB, spi ike.SPI, change func(*ike.Message), payloads ...ike.Payload) []byte {
	t.Helper()
	m := &ike.Message{
		Header: ike.Header{
			SPIi: spi, SPIr: otherSPI, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagResponse,
		},
		Payloads: payloads,
	}
	if change != nil {
		change(m)
	}
	octets, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func notify(n ike.NotifyType, data ...byte) ike.Payload {
	return &ike.Notify{Notification: n, Data: data}
}

// choicePayloads returns the payloads of an answer that chooses suite.
func choicePayloads(t testing.TB, number uint8, suite string) []ike.Payload {
	t.Helper()
	p := products(t, suite)[0]
	size := map[string]int{"ECP_256": 64, "ECP_384": 96, "MODP_2048": 256, "CURVE25519": 32}
	ke := ike.KeyExchangeMethod(p[proposals.KE][0].ID)
	return []ike.Payload{
		&ike.SA{Proposals: []ike.Proposal{p.Proposal(number)}},
		&ike.KE{Method: ke, Data: make([]byte, size[strings.TrimPrefix(ke.String(), "KE_")])},
		&ike.Nonce{Data: make([]byte, 32)},
	}
}

func TestClassify(t *testing.T) {
	answer := func(payloads ...ike.Payload) []byte { return respond(t, testSPI, nil, payloads...) }
	changed := func(change func(*ike.Message)) []byte {
		return respond(t, testSPI, change, notify(ike.NO_PROPOSAL_CHOSEN))
	}
	with := func(base []ike.Payload, change func(p []ike.Payload)) []byte {
		change(base)
		return answer(base...)
	}
	gcm := "aes256gcm16-prfsha384-ecp384"
	cbc := "aes256-sha256-prfsha256-ecp256"
	request500 := initTo(t, UDP500)

	for _, tc := range []struct {
		name    string
		in      []byte
		outcome Outcome
		detail  string // a part of it; "" means there is none
		group   ike.KeyExchangeMethod
		suite   string
	}{
		{"refused", answer(notify(ike.NO_PROPOSAL_CHOSEN)), NoProposalChosen, "", 0, ""},
		{"refused, with other notifies", answer(notify(ike.NAT_DETECTION_SOURCE_IP, make([]byte, 20)...), notify(ike.NO_PROPOSAL_CHOSEN), &ike.VendorID{Data: []byte("x")}), NoProposalChosen, "", 0, ""},
		{"refused twice", answer(notify(ike.NO_PROPOSAL_CHOSEN), notify(ike.NO_PROPOSAL_CHOSEN)), NoProposalChosen, "", 0, ""},
		{"other group", answer(notify(ike.INVALID_KE_PAYLOAD, 0, 20)), InvalidKEPayload, "", ike.KE_ECP_384, ""},
		{"group that was not offered", answer(notify(ike.INVALID_KE_PAYLOAD, 0, 31)), InvalidKEPayload, "KE_CURVE25519, which was not offered", ike.KE_CURVE25519, ""},
		{"group of our KE", answer(notify(ike.INVALID_KE_PAYLOAD, 0, 19)), InvalidKEPayload, "of which our KE payload was", ike.KE_ECP_256, ""},
		{"group of one octet", answer(notify(ike.INVALID_KE_PAYLOAD, 20)), Malformed, "1 octets of data", 0, ""},
		{"other error", answer(notify(ike.INVALID_SYNTAX)), OtherError, "INVALID_SYNTAX", 0, ""},
		{"unknown error", answer(notify(8192)), OtherError, "NotifyType(8192)", 0, ""},
		{"two errors", answer(notify(ike.NO_PROPOSAL_CHOSEN), notify(ike.INVALID_KE_PAYLOAD, 0, 19)), Malformed, "exclude each other", 0, ""},
		{"error beside an SA", answer(append(choicePayloads(t, 1, cbc), notify(ike.NO_PROPOSAL_CHOSEN))...), Malformed, "an SA payload beside the error NO_PROPOSAL_CHOSEN", 0, ""},
		{"cookie", answer(notify(ike.COOKIE, 1, 2, 3)), NoAnswer, "", 0, ""},
		{"empty cookie", answer(notify(ike.COOKIE)), Malformed, "a COOKIE of 0 octets", 0, ""},
		{"long cookie", answer(notify(ike.COOKIE, make([]byte, 65)...)), Malformed, "a COOKIE of 65 octets", 0, ""},
		{"redirect", answer(notify(ike.REDIRECT, append([]byte{1, 4, 198, 51, 100, 9}, request500.nonce...)...)), OtherError, "REDIRECT to 198.51.100.9", 0, ""},
		{"redirect, escaped", answer(notify(ike.REDIRECT, append([]byte{3, 2}, "\x1b["...)...)), OtherError, "REDIRECT to 1b5b, without our nonce", 0, ""},
		{"redirect to nothing", answer(notify(ike.REDIRECT, 1)), OtherError, "cannot be read", 0, ""},
		{"IKEv2 is not taken", answer(notify(ike.INVALID_MAJOR_VERSION)), NotIKE, "INVALID_MAJOR_VERSION", 0, ""},
		{"nothing", answer(), Malformed, "neither an SA payload nor an error", 0, ""},
		{"critical payload", answer(&ike.Unknown{PayloadType: 200, Critical: true}, notify(ike.NO_PROPOSAL_CHOSEN)), Malformed, "unknown critical payload, PayloadType(200)", 0, ""},
		{"unknown payload", answer(&ike.Unknown{PayloadType: 200}, notify(ike.NO_PROPOSAL_CHOSEN)), NoProposalChosen, "", 0, ""},

		{"accepted", answer(choicePayloads(t, 1, cbc)...), Accepted, "", 0, cbc},
		{"accepted, another method than our KE", answer(choicePayloads(t, 2, gcm)...), Accepted, "though our KE payload was of KE_ECP_256", 0, gcm},
		{"accepted, wrong number", answer(choicePayloads(t, 2, cbc)...), Accepted, "proposal 1, but numbered it 2", 0, cbc},
		{"key length not offered", answer(choicePayloads(t, 1, "aes192-sha256-prfsha256-ecp256")...), Malformed, "not offered: aes192-sha256-prfsha256-ecp256", 0, ""},
		{"mixed from two proposals", answer(choicePayloads(t, 1, "aes256gcm16-prfsha256-ecp256")...), Malformed, "not offered", 0, ""},
		{"method not offered", answer(choicePayloads(t, 1, "aes256-sha256-prfsha256-curve25519")...), Malformed, "not offered", 0, ""},
		{"two transforms of a type", answer(choicePayloads(t, 1, "aes128-aes256-sha256-prfsha256-ecp256")...), Malformed, "its choice", 0, ""},
		{"two proposals", with(choicePayloads(t, 1, cbc), func(p []ike.Payload) {
			sa := p[0].(*ike.SA)
			sa.Proposals = append(sa.Proposals, sa.Proposals[0])
		}), Malformed, "it chose 2 proposals", 0, ""},
		{"no KE", answer(choicePayloads(t, 1, cbc)[0], &ike.Nonce{Data: make([]byte, 32)}), Malformed, "1 SA, 0 KE and 1 Nonce", 0, ""},
		{"two SAs", answer(append(choicePayloads(t, 1, cbc), choicePayloads(t, 1, cbc)...)...), Malformed, "2 SA, 2 KE and 2 Nonce", 0, ""},
		{"KE of another method", with(choicePayloads(t, 1, cbc), func(p []ike.Payload) { p[1].(*ike.KE).Method = ike.KE_ECP_384 }), Malformed, "its KE payload is of KE_ECP_384", 0, ""},
		{"short KE", with(choicePayloads(t, 1, cbc), func(p []ike.Payload) { p[1].(*ike.KE).Data = make([]byte, 63) }), Malformed, "63 octets, KE_ECP_256 has 64", 0, ""},
		{"short nonce", with(choicePayloads(t, 1, cbc), func(p []ike.Payload) { p[2].(*ike.Nonce).Data = make([]byte, 15) }), Malformed, "nonce has 15 octets", 0, ""},
		{"no responder SPI", respond(t, testSPI, func(m *ike.Message) { m.SPIr = ike.SPI{} }, choicePayloads(t, 1, cbc)...), Malformed, "SPI is zero", 0, ""},

		{"echo", request500.octets, Echo, "came back", 0, ""},
		{"a request with our SPI", changed(func(m *ike.Message) { m.Flags = 0 }), Malformed, "Response flag", 0, ""},
		{"wrong exchange", changed(func(m *ike.Message) { m.Exchange = ike.INFORMATIONAL }), Malformed, "INFORMATIONAL", 0, ""},
		{"wrong message ID", changed(func(m *ike.Message) { m.MessageID = 1 }), Malformed, "message ID is 1", 0, ""},
		{"version 3", changed(func(m *ike.Message) { m.MajorVersion = 3 }), NotIKE, "version 3.0", 0, ""},
		{"minor version", changed(func(m *ike.Message) { m.MinorVersion = 1 }), NoProposalChosen, "", 0, ""},
		{"trailing octets", append(answer(notify(ike.NO_PROPOSAL_CHOSEN)), 0, 0), NoProposalChosen, "", 0, ""},
		{"another SPI", respond(t, otherSPI, nil, notify(ike.NO_PROPOSAL_CHOSEN)), NotTried, "another initiator SPI", 0, ""},
		{"cut off", answer(choicePayloads(t, 1, cbc)...)[:60], Malformed, "60 octets", 0, ""},
		{"cut off in the header", answer()[:20], Malformed, "IKE header", 0, ""},
		{"IKEv1", unhex(t, "a1a2a3a4a5a60007 1111111111111111 0b 10 05 00 00000000 00000028 0000000c 00000001 01 00 0005"), NotIKE, "an IKEv1 answer, INVALID-MAJOR-VERSION", 0, ""},
		{"IKEv1, other SPI", unhex(t, "ffa2a3a4a5a60007 1111111111111111 0b 10 05 00 00000000 00000028 0000000c 00000001 01 00 0063"), NotIKE, "an IKEv1 answer, notify 99", 0, ""},
		{"text", []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), NotIKE, `not IKE: "HTTP/1.1 400 Bad Request"`, 0, ""},
		{"control characters", []byte("\x1b[2J"), NotIKE, "not IKE: 1b5b324a", 0, ""},
		{"long garbage", bytes.Repeat([]byte{0xee}, 100), NotIKE, strings.Repeat("ee", 40) + "…", 0, ""},
		{"nothing at all", nil, NotIKE, "not IKE: ", 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, transport := range []Transport{UDP500, UDP4500} {
				in := tc.in
				if transport == UDP4500 {
					in = append(ike.AppendNonESPMarker(nil), in...)
				}
				r := Classify(initTo(t, transport), in, gatewayAt)
				if r.Outcome != tc.outcome || r.Group != tc.group || !strings.Contains(r.Detail, tc.detail) || (tc.detail == "") != (r.Detail == "") {
					t.Errorf("%v: got %v, %q, group %v; want %v, %q, group %v", transport, r.Outcome, r.Detail, r.Group, tc.outcome, tc.detail, tc.group)
				}
				suite := ""
				if r.Suite != nil {
					suite = r.Suite.String()
				}
				if suite != tc.suite {
					t.Errorf("%v: suite %q, want %q", transport, suite, tc.suite)
				}
				if !bytes.Equal(r.Octets, tc.in) {
					t.Errorf("%v: octets %x, want %x", transport, r.Octets, tc.in)
				}
			}
		})
	}
}

func TestClassifyTransport(t *testing.T) {
	refusal := respond(t, testSPI, nil, notify(ike.NO_PROPOSAL_CHOSEN))
	for _, tc := range []struct {
		name    string
		in      []byte
		from    string
		outcome Outcome
		detail  string
	}{
		{"no marker", refusal, "192.0.2.1:500", Malformed, "no non-ESP marker"},
		{"keepalive", []byte{0xff}, "192.0.2.1:500", NotTried, "keepalive"},
		{"ESP", []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, "192.0.2.1:500", NotIKE, "neither IKE nor a keepalive"},
		{"another port", append(make([]byte, 4), refusal...), "192.0.2.1:501", NotTried, "from 192.0.2.1:501, the request went to 192.0.2.1:500"},
		{"another address", append(make([]byte, 4), refusal...), "192.0.2.3:500", NotTried, "from 192.0.2.3:500"},
	} {
		r := Classify(initTo(t, UDP4500), tc.in, netip.MustParseAddrPort(tc.from))
		if r.Outcome != tc.outcome || !strings.Contains(r.Detail, tc.detail) {
			t.Errorf("%s: got %v, %q; want %v, %q", tc.name, r.Outcome, r.Detail, tc.outcome, tc.detail)
		}
	}
	if r := Classify(initTo(t, UDP500), append(make([]byte, 4), refusal...), gatewayAt); r.conclusive() {
		t.Errorf("a marker on UDP 500: %v", r.Outcome)
	}
}

func TestClassifySealed(t *testing.T) {
	answer := func(payloads ...ike.Payload) []byte {
		return respond(t, testSPI, func(m *ike.Message) { m.Exchange, m.MessageID = ike.IKE_AUTH, 1 }, payloads...)
	}
	sealed := &ike.Encrypted{Body: []byte("x")}
	for _, tc := range []struct {
		name    string
		in      []byte
		inside  []ike.Payload // what opens; nil if nothing does
		outcome Outcome
		detail  string
		genuine bool
	}{
		{"failed", answer(sealed), []ike.Payload{notify(ike.AUTHENTICATION_FAILED)}, OtherError, "AUTHENTICATION_FAILED", true},
		{"goes on", answer(sealed), []ike.Payload{&ike.EAP{}}, Accepted, "", true},
		{"does not open", answer(sealed), nil, Malformed, "does not open: bad checksum", false},
		{"error in the clear", answer(notify(ike.INVALID_SYNTAX)), nil, OtherError, "INVALID_SYNTAX, unprotected", false},
		{"status in the clear", answer(notify(ike.COOKIE, 1)), nil, Malformed, "does not open", false},
		{"critical inside", answer(sealed), []ike.Payload{&ike.Unknown{PayloadType: 99, Critical: true}}, Malformed, "critical", true},
	} {
		req := initTo(t, UDP500)
		req.header.Exchange, req.header.MessageID = ike.IKE_AUTH, 1
		req.open = func([]byte) (*ike.Message, error) {
			if tc.inside == nil {
				return nil, errors.New("bad checksum")
			}
			return &ike.Message{Payloads: tc.inside}, nil
		}
		r := Classify(req, tc.in, gatewayAt)
		if r.Outcome != tc.outcome || !strings.Contains(r.Detail, tc.detail) || r.Genuine != tc.genuine {
			t.Errorf("%s: got %v, %q, genuine %v; want %v, %q, %v", tc.name, r.Outcome, r.Detail, r.Genuine, tc.outcome, tc.detail, tc.genuine)
		}
	}
}

func TestAgrees(t *testing.T) {
	suite := func(s string) *proposals.Suite {
		r := Classify(initTo(t, UDP500), respond(t, testSPI, nil, choicePayloads(t, 1, s)...), gatewayAt)
		return r.Suite
	}
	a := Reading{Outcome: Accepted, Suite: suite("aes256-sha256-prfsha256-ecp256")}
	for _, tc := range []struct {
		name  string
		other Reading
		want  bool
	}{
		{"the same suite again", Reading{Outcome: Accepted, Suite: suite("aes256-sha256-prfsha256-ecp256"), Octets: []byte{1}}, true},
		{"another suite", Reading{Outcome: Accepted, Suite: suite("aes128-sha256-prfsha256-ecp256")}, false},
		{"a refusal", Reading{Outcome: NoProposalChosen}, false},
	} {
		if got := a.agrees(tc.other); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
	g := Reading{Outcome: InvalidKEPayload, Group: ike.KE_ECP_256}
	if g.agrees(Reading{Outcome: InvalidKEPayload, Group: ike.KE_ECP_384}) {
		t.Error("two methods agree")
	}
}

// FuzzClassify checks what holds for every datagram: it is read without a
// panic, in printable words, and a conclusive answer has our SPI.
func FuzzClassify(f *testing.F) {
	f.Add(respond(f, testSPI, nil, notify(ike.NO_PROPOSAL_CHOSEN)), false)
	f.Add(respond(f, testSPI, nil, notify(ike.INVALID_KE_PAYLOAD, 0, 20)), false)
	f.Add(respond(f, testSPI, nil, choicePayloads(f, 1, "aes256-sha256-prfsha256-ecp256")...), false)
	f.Add(append(make([]byte, 4), respond(f, testSPI, nil, notify(ike.COOKIE, 1))...), true)
	f.Add(respond(f, testSPI, nil, notify(ike.REDIRECT, 3, 1, 7)), false)
	f.Add([]byte("HTTP/1.1"), false)
	reqs := map[bool]*Request{false: initTo(f, UDP500), true: initTo(f, UDP4500)}
	f.Fuzz(func(t *testing.T, in []byte, natt bool) {
		before := bytes.Clone(in)
		r := Classify(reqs[natt], in, gatewayAt)
		if !bytes.Equal(in, before) {
			t.Fatal("the datagram was changed")
		}
		for _, c := range r.Detail {
			if c < ' ' || c == 0x7f || c == '\ufffd' {
				t.Fatalf("detail %q", r.Detail)
			}
		}
		if r.conclusive() && (len(r.Octets) < 28 || ike.SPI(r.Octets[:8]) != testSPI ||
			binary.BigEndian.Uint32(r.Octets[20:]) != 0 || r.Message == nil) {
			t.Fatalf("%v from %x", r.Outcome, in)
		}
		if (r.Outcome == Accepted) != (r.Suite != nil) {
			t.Fatalf("%v with suite %v", r.Outcome, r.Suite)
		}
		if (r.Outcome == NotTried || r.Outcome == Malformed || r.Outcome == NotIKE) && r.Detail == "" {
			t.Fatalf("%v without words", r.Outcome)
		}
	})
}
