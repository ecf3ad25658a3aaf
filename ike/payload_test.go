package ike

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
)

// A bodyCase is the body of one payload, as octets and as a value.
type bodyCase struct {
	name    string
	payload Payload
	body    string // hexadecimal
}

// testBothWays reads and writes the body of each case.
func testBothWays(t *testing.T, cases []bodyCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			octets := chain(unhex(t, c.body))
			got, err := ParsePayloads(c.payload.Type(), octets)
			if err != nil {
				t.Fatal(err)
			}
			if want := []Payload{c.payload}; !reflect.DeepEqual(got, want) {
				t.Errorf("parsed\n got %+v\nwant %+v", got[0], c.payload)
			}
			back, first, err := AppendPayloads([]byte("before"), []Payload{c.payload})
			if err != nil {
				t.Fatal(err)
			}
			if want := append([]byte("before"), octets...); !bytes.Equal(back, want) || first != c.payload.Type() {
				t.Errorf("written as type %v\n got %x\nwant %x", first, back, want)
			}
		})
	}
}

// A faultCase is the body of a payload that cannot be read. The offset of its
// error counts from the generic header.
type faultCase struct {
	name      string
	body      string // hexadecimal
	offset    int
	structure string
	problem   string // a part of it
}

func testFaults(t *testing.T, payloadType PayloadType, cases []faultCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ps, err := ParsePayloads(payloadType, chain(unhex(t, c.body)))
			checkFault(t, err, c.offset, c.structure, c.problem)
			if len(ps) != 0 {
				t.Errorf("got a payload too: %+v", ps[0])
			}
		})
	}
}

func checkFault(t *testing.T, err error, offset int, structure, problem string) {
	t.Helper()
	parseErr, ok := err.(*ParseError)
	if !ok {
		t.Fatalf("error %v, want a *ParseError", err)
	}
	if parseErr.Offset != offset || parseErr.Structure != structure || !strings.Contains(parseErr.Problem, problem) {
		t.Errorf("got  %v\nwant %s at octet %d: …%s…", err, structure, offset, problem)
	}
}

// testPrefixesFail checks that a body is not read if any of its end is missing.
func testPrefixesFail(t *testing.T, payloadType PayloadType, body string) {
	t.Helper()
	whole := unhex(t, body)
	if _, err := ParsePayloads(payloadType, chain(whole)); err != nil {
		t.Fatalf("the whole: %v", err)
	}
	for n := range whole {
		if _, err := ParsePayloads(payloadType, chain(whole[:n])); err == nil {
			t.Errorf("a prefix of %d octets was read", n)
		}
	}
}

// fuzzBody looks for bodies that are read and then do not come back.
func fuzzBody(f *testing.F, payloadType PayloadType, seeds ...string) {
	for _, seed := range seeds {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if payloadHeaderLen+len(body) > 0xffff {
			return
		}
		ps, err := ParsePayloads(payloadType, chain(body))
		if err != nil {
			return
		}
		checkRoundTrip(t, payloadType, ps)
	})
}

// checkRoundTrip writes payloads that were read and reads them again. It
// compares values, not octets: reserved octets are ignored on read.
func checkRoundTrip(t *testing.T, first PayloadType, ps []Payload) {
	t.Helper()
	out, gotFirst, err := AppendPayloads(nil, ps)
	if err != nil {
		t.Fatalf("cannot write what was read: %v\n%+v", err, ps)
	}
	if gotFirst != first {
		t.Fatalf("first payload: got %v, want %v", gotFirst, first)
	}
	back, err := ParsePayloads(first, out)
	if err != nil {
		t.Fatalf("cannot read what was written: %v\n%x", err, out)
	}
	if !reflect.DeepEqual(back, ps) {
		t.Fatalf("\n got %+v\nwant %+v", back, ps)
	}
}

// chain puts the generic header of a last payload before a body.
func chain(body []byte) []byte {
	octets := []byte{0, 0, 0, 0}
	binary.BigEndian.PutUint16(octets[2:], uint16(payloadHeaderLen+len(body)))
	return append(octets, body...)
}

func TestParsePayloads(t *testing.T) {
	// A Nonce, an unknown critical payload and a Vendor ID with a critical
	// bit, which is ignored there.
	octets := unhex(t, "c8000006aabb 2b800005cc 00800006ddee")
	want := []Payload{
		&Nonce{[]byte{0xaa, 0xbb}},
		&Unknown{PayloadType: 200, Critical: true, Body: []byte{0xcc}},
		&VendorID{[]byte{0xdd, 0xee}},
	}
	got, err := ParsePayloads(PayloadNonce, octets)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}

	none, err := ParsePayloads(PayloadNone, nil)
	if err != nil || none != nil {
		t.Errorf("no payloads: got %v, %v", none, err)
	}
}

func TestParsePayloadsFaults(t *testing.T) {
	for _, c := range []struct {
		name      string
		first     PayloadType
		octets    string
		read      int // payloads before the fault
		offset    int
		structure string
		problem   string
	}{
		{"nothing", PayloadNonce, "", 0, 0, "Nonce payload", "4 octets, 0 are left"},
		{"half a header", PayloadNonce, "0000", 0, 0, "Nonce payload", "2 are left"},
		{"length without its header", PayloadNonce, "00000003", 0, 0, "Nonce payload", "its length is 3"},
		{"length beyond the end", PayloadNonce, "00000006aa", 0, 0, "Nonce payload", "its length is 6, 5 octets are left"},
		{"second payload", PayloadNonce, "28000005aa 00000009", 1, 5, "Nonce payload", "its length is 9, 4 octets are left"},
		{"missing payload", PayloadNonce, "c8000005aa", 1, 5, "PayloadType(200) payload", "0 are left"},
		{"octets after the last", PayloadNonce, "00000005aa 01", 1, 5, "payload", "1 octets follow the last"},
		{"octets after none", PayloadNone, "00", 0, 0, "payload", "1 octets follow the last"},
		{"payload after SK", PayloadEncrypted, "23000005aa 00000004", 1, 5, "payload", "4 octets follow the last"},
		{"inner structure", PayloadNonce, "22000005aa 0000000600ff", 1, 9, "KE payload", "4 octets, it has 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ps, err := ParsePayloads(c.first, unhex(t, c.octets))
			checkFault(t, err, c.offset, c.structure, c.problem)
			if len(ps) != c.read {
				t.Errorf("%d payloads before the fault, want %d", len(ps), c.read)
			}
		})
	}
}

func TestAppendPayloadsFaults(t *testing.T) {
	for _, c := range []struct {
		name     string
		payloads []Payload
		want     string
	}{
		{"type 0", []Payload{&Unknown{}}, "has type 0"},
		{"SK before another", []Payload{&Encrypted{}, &Nonce{}}, "not the last"},
		{"SKF before another", []Payload{&EncryptedFragment{}, &Nonce{}}, "not the last"},
		{"too long", []Payload{&Nonce{make([]byte, 65532)}}, "65536 octets do not fit its 16-bit length (Nonce)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _, err := AppendPayloads(nil, c.payloads)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %d octets, error %v, want %q", len(b), err, c.want)
			}
		})
	}
	if _, _, err := AppendPayloads(nil, []Payload{&Nonce{make([]byte, 65531)}}); err != nil {
		t.Errorf("the longest payload: %v", err)
	}
}

// TestParsedOwnsItsOctets changes what was parsed and what came of it.
func TestParsedOwnsItsOctets(t *testing.T) {
	octets := unhex(t, "28000006aabb 00000006ccdd")
	ps, err := ParsePayloads(PayloadNonce, octets)
	if err != nil {
		t.Fatal(err)
	}
	clear(octets)
	first, second := ps[0].(*Nonce), ps[1].(*Nonce)
	_ = append(first.Data, 0, 0, 0, 0, 0, 0)
	first.Data[0] = 0xff
	if want := []byte{0xff, 0xbb}; !bytes.Equal(first.Data, want) {
		t.Errorf("first: got %x, want %x", first.Data, want)
	}
	if want := []byte{0xcc, 0xdd}; !bytes.Equal(second.Data, want) {
		t.Errorf("second: got %x, want %x", second.Data, want)
	}
}

func FuzzParsePayloads(f *testing.F) {
	for _, datagram := range datagrams(f) {
		f.Add(datagram[16], datagram[HeaderLen:])
	}
	f.Add(uint8(PayloadNonce), unhex(f, "c8000006aabb 2b800005cc 00800006ddee"))
	f.Add(uint8(PayloadNotify), unhex(f, "2e00000800004016 23000008aabbccdd"))
	f.Fuzz(func(t *testing.T, first uint8, octets []byte) {
		ps, err := ParsePayloads(PayloadType(first), octets)
		if err != nil {
			return
		}
		checkRoundTrip(t, PayloadType(first), ps)
	})
}
