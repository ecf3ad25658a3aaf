package ike

import (
	"bytes"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// TestRecordedDatagrams reads what real daemons sent and writes it again, octet
// by octet: they all write reserved octets as zero.
func TestRecordedDatagrams(t *testing.T) {
	kinds := map[string]string{
		"request":                      "SA KE Nonce Notify Notify Notify Notify Notify",
		"strongswan-6.1.0-accepted":    "SA KE Nonce Notify Notify Notify Notify Notify Notify",
		"strongswan-6.0.1-invalid-ke":  "Notify",
		"strongswan-6.0.1-no-proposal": "Notify",
		"libreswan-5.2-accepted":       "SA KE Nonce Notify Notify Notify Notify",
		"libreswan-5.2-invalid-ke":     "Notify",
		"openiked-7.4-accepted":        "SA KE Nonce Vendor ID Notify Notify Notify",
	}
	all := datagrams(t)
	if len(all) != len(kinds) {
		t.Errorf("%d datagrams, %d expectations", len(all), len(kinds))
	}
	for name, octets := range all {
		t.Run(name, func(t *testing.T) {
			m, err := ParseMessage(octets)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range m.Payloads {
				got = append(got, p.Type().String())
			}
			if got := strings.Join(got, " "); got != kinds[name] {
				t.Errorf("payloads\n got %s\nwant %s", got, kinds[name])
			}
			if m.MajorVersion != 2 || m.Exchange != IKE_SA_INIT || m.Trailing != nil {
				t.Errorf("header %+v, trailing %x", m.Header, m.Trailing)
			}
			back, err := m.AppendBinary([]byte("before"))
			if err != nil {
				t.Fatal(err)
			}
			if want := append([]byte("before"), octets...); !bytes.Equal(back, want) {
				t.Errorf("written\n got %x\nwant %x", back, want)
			}
			for n := range octets {
				if _, err := ParseMessage(octets[:n:n]); err == nil {
					t.Errorf("a prefix of %d octets was read", n)
				}
			}
		})
	}
}

// TestRecordedValues looks into two answers.
func TestRecordedValues(t *testing.T) {
	all := datagrams(t)
	m, err := ParseMessage(all["strongswan-6.1.0-accepted"])
	if err != nil {
		t.Fatal(err)
	}
	sa, ok := Find[*SA](m)
	if !ok || len(sa.Proposals) != 1 {
		t.Fatalf("SA payload: %+v", sa)
	}
	want := Proposal{Number: 2, Protocol: ProtocolIKE, Transforms: []Transform{
		{Type: TransformENCR, ID: uint16(ENCR_AES_CBC), Attributes: []Attribute{KeyLengthAttribute(128)}},
		{Type: TransformINTEG, ID: uint16(AUTH_HMAC_SHA2_256_128)},
		{Type: TransformPRF, ID: uint16(PRF_HMAC_SHA2_256)},
		{Type: TransformKE, ID: uint16(KE_ECP_256)},
	}}
	if !reflect.DeepEqual(sa.Proposals[0], want) {
		t.Errorf("proposal\n got %+v\nwant %+v", sa.Proposals[0], want)
	}
	if ke, ok := Find[*KE](m); !ok || ke.Method != KE_ECP_256 || len(ke.Data) != 64 {
		t.Errorf("KE payload: %+v", ke)
	}
	if _, ok := m.Notify(CHILDLESS_IKEV2_SUPPORTED); !ok {
		t.Error("no CHILDLESS_IKEV2_SUPPORTED")
	}
	if n, ok := m.Notify(USE_PPK); ok {
		t.Errorf("a USE_PPK that was not sent: %+v", n)
	}
	if a, ok := Find[*Auth](m); ok || a != nil {
		t.Errorf("an AUTH payload that was not sent: %+v", a)
	}

	m, err = ParseMessage(all["libreswan-5.2-accepted"])
	if err != nil {
		t.Fatal(err)
	}
	for notification, addr := range map[NotifyType]string{
		NAT_DETECTION_SOURCE_IP:      "10.88.13.2:500",
		NAT_DETECTION_DESTINATION_IP: "10.88.1.2:45066",
	} {
		n, ok := m.Notify(notification)
		if !ok {
			t.Fatalf("no %v", notification)
		}
		hash, ok := n.NATDetection()
		if !ok || hash != NATDetectionHash(m.SPIi, m.SPIr, netip.MustParseAddrPort(addr)) {
			t.Errorf("%v: %x is not the hash of %s", notification, hash, addr)
		}
	}
}

func TestParseMessageFaults(t *testing.T) {
	request := datagrams(t)["request"]
	edit := func(change func(octets []byte) []byte) []byte { return change(bytes.Clone(request)) }
	for _, c := range []struct {
		name      string
		datagram  []byte
		payloads  int
		offset    int
		structure string
		problem   string
	}{
		{"empty", nil, 0, 0, "IKE header", "28 octets, it has 0"},
		{"short header", request[:27], 0, 0, "IKE header", "28 octets, it has 27"},
		{"Length below the header", edit(func(b []byte) []byte { b[26], b[27] = 0, 27; return b }),
			0, 0, "IKE header", "its Length is 27"},
		{"Length above the datagram", edit(func(b []byte) []byte { b[24] = 0xff; return b }),
			8, 0, "IKE header", "the datagram has 396 octets"},
		{"cut in the last payload", request[:len(request)-1],
			7, 0, "IKE header", "its Length is 396, the datagram has 395 octets"},
		{"Length within the last payload", edit(func(b []byte) []byte { b[27]--; return b }),
			7, 388, "Notify payload", "its length is 8, 7 octets are left"},
		{"in a Transform", edit(func(b []byte) []byte { b[42] = 0xff; return b }),
			0, 40, "Transform", "its length is 65292"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := ParseMessage(c.datagram)
			checkFault(t, err, c.offset, c.structure, c.problem)
			if m == nil || len(m.Payloads) != c.payloads {
				t.Errorf("got %+v, want %d payloads", m, c.payloads)
			}
		})
	}
}

func TestTrailing(t *testing.T) {
	octets := append(datagrams(t)["libreswan-5.2-invalid-ke"], 1, 2, 3)
	m, err := ParseMessage(octets)
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte{1, 2, 3}; !bytes.Equal(m.Trailing, want) {
		t.Errorf("trailing %x, want %x", m.Trailing, want)
	}
	back, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back, octets) {
		t.Errorf("written\n got %x\nwant %x", back, octets)
	}
}

func TestAppendBinaryFaults(t *testing.T) {
	for name, m := range map[string]*Message{
		"major version": {Header: Header{MajorVersion: 16}},
		"minor version": {Header: Header{MinorVersion: 16}},
		"payload":       {Payloads: []Payload{&SA{}}},
	} {
		if b, err := m.AppendBinary(nil); err == nil || b != nil {
			t.Errorf("%s: got %x, %v", name, b, err)
		}
	}
}

func FuzzParseMessage(f *testing.F) {
	for _, datagram := range datagrams(f) {
		f.Add(datagram)
		f.Add(append(bytes.Clone(datagram), 0))
	}
	f.Fuzz(func(t *testing.T, datagram []byte) {
		m, err := ParseMessage(datagram)
		if m == nil {
			t.Fatal("no message")
		}
		if err != nil {
			if parseErr := err.(*ParseError); parseErr.Offset < 0 || parseErr.Offset > len(datagram) {
				t.Fatalf("%v: the datagram has %d octets", err, len(datagram))
			}
			return
		}
		out, err := m.AppendBinary(nil)
		if err != nil {
			t.Fatalf("cannot write what was read: %v", err)
		}
		back, err := ParseMessage(out)
		if err != nil || !reflect.DeepEqual(back, m) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, back, m)
		}
	})
}

func BenchmarkParseMessage(b *testing.B) {
	request := datagrams(b)["request"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMessage(request); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendBinary(b *testing.B) {
	m, err := ParseMessage(datagrams(b)["request"])
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 1232)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.AppendBinary(buf); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAppendBinaryDoesNotAllocate holds for a buffer with room.
func TestAppendBinaryDoesNotAllocate(t *testing.T) {
	m, err := ParseMessage(datagrams(t)["request"])
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 1232)
	if n := testing.AllocsPerRun(100, func() { _, err = m.AppendBinary(buf) }); n != 0 || err != nil {
		t.Errorf("%v allocations, error %v", n, err)
	}
}
