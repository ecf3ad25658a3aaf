package ike

import (
	"reflect"
	"strings"
	"testing"
)

// twoProposals offers AES-GCM and, second, AES-CBC for ESP with an SPI, an
// attribute of an unknown type in each format and a private transform.
const twoProposals = `
	0200002c 01010004
		0300000c 01000014 800e0100
		03000008 02000006
		03000008 04000014
		00000008 06000024
	00000035 02030403 c0ffee01
		0300000c 0100000c 800e0080
		03000015 01 00 fde9 800e00c0 81234567 00110001aa
		00000008 05000000`

var twoProposalsValue = []Proposal{
	{Number: 1, Protocol: ProtocolIKE, Transforms: []Transform{
		{Type: TransformENCR, ID: uint16(ENCR_AES_GCM_16), Attributes: []Attribute{KeyLengthAttribute(256)}},
		{Type: TransformPRF, ID: uint16(PRF_HMAC_SHA2_384)},
		{Type: TransformKE, ID: uint16(KE_ECP_384)},
		{Type: TransformADDKE1, ID: uint16(KE_ML_KEM_768)},
	}},
	{Number: 2, Protocol: ProtocolESP, SPI: []byte{0xc0, 0xff, 0xee, 0x01}, Transforms: []Transform{
		{Type: TransformENCR, ID: uint16(ENCR_AES_CBC), Attributes: []Attribute{KeyLengthAttribute(128)}},
		{Type: TransformENCR, ID: 65001, Attributes: []Attribute{
			KeyLengthAttribute(192),
			{Type: 0x123, Value: []byte{0x45, 0x67}},
			{Type: 17, TLV: true, Value: []byte{0xaa}},
		}},
		{Type: TransformSN, ID: uint16(SN_32_BIT_SEQUENTIAL)},
	}},
}

func TestSA(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"two proposals", &SA{twoProposalsValue}, twoProposals},
		{"no transforms", &SA{[]Proposal{{Number: 1, Protocol: ProtocolIKE}}}, "0000000801010000"},
		{"empty attribute", &SA{[]Proposal{{Number: 9, Protocol: 77, Transforms: []Transform{
			{Type: 99, ID: 7, Attributes: []Attribute{{Type: 1, TLV: true}}},
		}}}}, "00000014 094d0001 0000000c 63000007 00010000"},
	})
	testPrefixesFail(t, PayloadSA, twoProposals)
}

func TestSAFaults(t *testing.T) {
	testFaults(t, PayloadSA, []faultCase{
		{"no proposal", "", 4, "Proposal", "8 octets, 0 are left"},
		{"length without its header", "0000000701010000", 4, "Proposal", "its length is 7"},
		{"length beyond the end", "0000000901010000", 4, "Proposal", "its length is 9, 8 octets are left"},
		{"SPI beyond the proposal", "0000000a01010400aabb", 4, "Proposal", "its SPI Size is 4, 2 octets are left"},
		{"last, but others follow", "0000000801010000 0000000802010000", 4, "Proposal", "Last Substruc is 0, 8 octets follow"},
		{"not last, but none follows", "0200000801010000", 4, "Proposal", "Last Substruc is 2, 0 octets follow"},
		{"odd Last Substruc", "0100000801010000 0000000802010000", 4, "Proposal", "Last Substruc is 1"},
		{"a transform too few", "0000001001010002 0300000802000005", 20, "Transform", "8 octets, 0 are left"},
		{"a transform too many", "0000001801010001 0000000802000005 0000000802000006", 20, "Proposal", "8 octets follow its 1 transforms"},
		{"transform marked last", "0000001801010002 0000000802000005 0000000802000006", 12, "Transform", "1 of 2, its Last Substruc is 0"},
		{"transform marked not last", "0000001001010001 0300000802000005", 12, "Transform", "1 of 1, its Last Substruc is 3"},
		{"transform beyond the proposal", "0000001001010001 0000000902000005", 12, "Transform", "its length is 9"},
		{"half an attribute type", "0000001101010001 0000000902000005 80", 20, "Attribute", "1 are left"},
		{"half a short value", "0000001301010001 0000000b02000005 800e01", 20, "Attribute", "its value is 2 octets, it has 3"},
		{"long value beyond the transform", "0000001501010001 0000000d02000005 00110002aa", 20, "Attribute", "its value is 2 octets, it has 5"},
		{"fault in the second proposal", "0200000801010000 0000001002010001 0000000902000005", 20, "Transform", "its length is 9"},
	})
}

func TestAppendSAFaults(t *testing.T) {
	transform := func(attributes ...Attribute) []Proposal {
		return []Proposal{{Transforms: []Transform{{Type: TransformENCR, Attributes: attributes}}}}
	}
	for _, c := range []struct {
		name      string
		proposals []Proposal
		want      string
	}{
		{"no proposal", nil, "no Proposal"},
		{"long SPI", []Proposal{{SPI: make([]byte, 256)}}, "SPI of 256 octets"},
		{"many transforms", []Proposal{{Transforms: make([]Transform, 256)}}, "256 transforms"},
		{"short value of 3 octets", transform(Attribute{Type: 14, Value: make([]byte, 3)}), "3 octets, the short format takes 2"},
		{"type of 16 bits", transform(Attribute{Type: 0x8000, Value: make([]byte, 2)}), "15 bits"},
		{"long value", transform(Attribute{Type: 14, TLV: true, Value: make([]byte, 65536)}), "16-bit length"},
		{"long transform", transform(Attribute{Type: 14, TLV: true, Value: make([]byte, 65535)}), "Transform: 65547 octets"},
		{"long proposal", transform(Attribute{Type: 14, TLV: true, Value: make([]byte, 65520)}), "Proposal: 65540 octets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := AppendPayloads(nil, []Payload{&SA{c.proposals}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestEveryPrefixFails(t *testing.T) {
	in := unhex(t, twoProposals)
	for n := range in {
		if _, err := parseProposals(in[:n:n]); err == nil {
			t.Errorf("prefix of %d octets parsed", n)
		}
	}
}

func TestReservedOctetsAreIgnored(t *testing.T) {
	in := unhex(t, twoProposals)
	in[1], in[9], in[13] = 0xff, 0xff, 0xff // of the Proposal and, twice, of its first Transform
	ps, err := parseProposals(in)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(ps, twoProposalsValue) {
		t.Errorf("got %+v", ps)
	}
}

func TestKeyLength(t *testing.T) {
	for _, c := range []struct {
		name       string
		attributes []Attribute
		bits       int
		ok         bool
	}{
		{"none", nil, 0, false},
		{"256", []Attribute{KeyLengthAttribute(256)}, 256, true},
		{"first of two", []Attribute{KeyLengthAttribute(192), KeyLengthAttribute(128)}, 192, true},
		{"after another", []Attribute{{Type: 1, Value: []byte{0, 1}}, KeyLengthAttribute(128)}, 128, true},
		{"long format", []Attribute{{Type: AttributeKeyLength, TLV: true, Value: []byte{1, 0}}}, 0, false},
		{"longest", []Attribute{KeyLengthAttribute(65535)}, 65535, true},
	} {
		bits, ok := Transform{Attributes: c.attributes}.KeyLength()
		if bits != c.bits || ok != c.ok {
			t.Errorf("%s: got %d, %v, want %d, %v", c.name, bits, ok, c.bits, c.ok)
		}
	}
}

func TestKeyLengthAttributePanics(t *testing.T) {
	for _, bits := range []int{-1, 65536} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d bits: no panic", bits)
				}
			}()
			KeyLengthAttribute(bits)
		}()
	}
}

func TestTransformString(t *testing.T) {
	for _, c := range []struct {
		transform Transform
		want      string
	}{
		{Transform{Type: TransformENCR, ID: 12, Attributes: []Attribute{KeyLengthAttribute(256)}}, "ENCR_AES_CBC(256)"},
		{Transform{Type: TransformENCR, ID: 65001}, "EncryptionID(65001)"},
		{Transform{Type: TransformPRF, ID: 6}, "PRF_HMAC_SHA2_384"},
		{Transform{Type: TransformINTEG, ID: 0}, "AUTH_NONE"},
		{Transform{Type: TransformKE, ID: 31}, "KE_CURVE25519"},
		{Transform{Type: TransformSN, ID: 1}, "SN_64_BIT_SEQUENTIAL"},
		{Transform{Type: TransformADDKE7, ID: 37}, "ADDKE7=KE_ML_KEM_1024"},
		{Transform{Type: 13, ID: 2}, "KWA=2"},
		{Transform{Type: 200, ID: 9}, "TransformType(200)=9"},
	} {
		if got := c.transform.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestLyingCount claims 255 transforms in the octets of one.
func TestLyingCount(t *testing.T) {
	ts, err := parseTransforms(unhex(t, "0300000802000005"), 255)
	if err == nil || cap(ts) > 1 {
		t.Errorf("error %v, room for %d transforms", err, cap(ts))
	}
}

func FuzzProposals(f *testing.F) {
	f.Add(unhex(f, twoProposals))
	for _, name := range []string{"request", "strongswan-6.1.0-accepted", "libreswan-5.2-accepted", "openiked-7.4-accepted"} {
		m, err := ParseMessage(datagrams(f)[name])
		if err != nil {
			f.Fatal(err)
		}
		body, err := m.Payloads[0].appendBody(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		ps, parseErr := parseProposals(in)
		if parseErr != nil {
			return
		}
		out, err := (&SA{ps}).appendBody(nil)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := parseProposals(out); err != nil || !reflect.DeepEqual(ps, back) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, back, ps)
		}
		for _, p := range ps {
			for _, transform := range p.Transforms {
				if transform.String() == "" {
					t.Fatalf("%+v has no name", transform)
				}
			}
		}
	})
}
