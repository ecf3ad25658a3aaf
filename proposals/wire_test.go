package proposals

import (
	"reflect"
	"slices"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func keyLength(bits int) []ike.Attribute { return []ike.Attribute{ike.KeyLengthAttribute(bits)} }

func mustParse(t *testing.T, s string) Product {
	t.Helper()
	p, err := ParseProduct(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestProposal has products beside the transforms that they are sent as.
func TestProposal(t *testing.T) {
	optional := mustParse(t, "aes256gcm16-prfsha384-ecp384")
	optional[INTEG] = []Algorithm{None(INTEG)}
	optional[ADDKE1] = []Algorithm{None(ADDKE1)}
	optional[ADDKE2] = []Algorithm{{ADDKE2, 36, 0}, None(ADDKE2)}
	for _, tt := range []struct {
		name    string
		product Product
		want    []ike.Transform
	}{
		{"AEAD", mustParse(t, "aes256gcm16-chacha20poly1305-prfsha384-ecp384"), []ike.Transform{
			{Type: ike.TransformENCR, ID: 20, Attributes: keyLength(256)},
			{Type: ike.TransformENCR, ID: 28},
			{Type: ike.TransformPRF, ID: 6},
			{Type: ike.TransformKE, ID: 20},
		}},
		{"classic", mustParse(t, "3des-sha256-sha1-prfsha256-modp2048-x25519"), []ike.Transform{
			{Type: ike.TransformENCR, ID: 3},
			{Type: ike.TransformPRF, ID: 5},
			{Type: ike.TransformINTEG, ID: 12},
			{Type: ike.TransformINTEG, ID: 2},
			{Type: ike.TransformKE, ID: 14},
			{Type: ike.TransformKE, ID: 31},
		}},
		{"optional", optional, []ike.Transform{
			{Type: ike.TransformENCR, ID: 20, Attributes: keyLength(256)},
			{Type: ike.TransformPRF, ID: 6},
			{Type: ike.TransformKE, ID: 20},
			{Type: ike.TransformADDKE2, ID: 36},
			{Type: ike.TransformADDKE2, ID: 0},
		}},
	} {
		got := tt.product.Proposal(7)
		want := ike.Proposal{Number: 7, Protocol: ike.ProtocolIKE, Transforms: tt.want}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", tt.name, got, want)
		}
	}
}

func TestProductOf(t *testing.T) {
	// As OpenIKED and others write it: another order, a transform twice, NONE
	// beside AEAD.
	got, err := ProductOf(ike.Proposal{Number: 1, Protocol: ike.ProtocolIKE, SPI: make([]byte, 8), Transforms: []ike.Transform{
		{Type: ike.TransformKE, ID: 31},
		{Type: ike.TransformADDKE1, ID: 0},
		{Type: ike.TransformINTEG, ID: 0},
		{Type: ike.TransformKE, ID: 20},
		{Type: ike.TransformENCR, ID: 20, Attributes: keyLength(128)},
		{Type: ike.TransformPRF, ID: 5},
		{Type: ike.TransformADDKE2, ID: 36},
		{Type: ike.TransformKE, ID: 31},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := mustParse(t, "aes128gcm16-prfsha256-x25519-ecp384-ke2_mlkem768"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	// Some clients do mix AEAD with classic ciphers in one Proposal.
	mixed := ike.Proposal{Number: 1, Protocol: ike.ProtocolIKE, Transforms: []ike.Transform{
		{Type: ike.TransformENCR, ID: 20, Attributes: keyLength(256)},
		{Type: ike.TransformENCR, ID: 12, Attributes: keyLength(256)},
		{Type: ike.TransformPRF, ID: 5},
		{Type: ike.TransformINTEG, ID: 12},
		{Type: ike.TransformKE, ID: 14},
	}}
	got, err = ProductOf(mixed)
	if err != nil || got.Size() != 2 || len(got[INTEG]) != 1 {
		t.Errorf("mixed: %v, %v", got, err)
	}
	if back := got.Proposal(1); !reflect.DeepEqual(back, mixed) {
		t.Errorf("mixed\n got %+v\nwant %+v", back, mixed)
	}
}

func TestProductOfErrors(t *testing.T) {
	good := mustParse(t, "aes256-sha256-prfsha256-modp2048").Proposal(3)
	with := func(change func(*ike.Proposal)) ike.Proposal {
		p := good
		p.Transforms = slices.Clone(good.Transforms)
		change(&p)
		return p
	}
	for _, tt := range []struct {
		proposal ike.Proposal
		want     string
	}{
		{with(func(p *ike.Proposal) { p.Protocol = ike.ProtocolESP }),
			"proposal 3 is for " + ike.ProtocolESP.String() + ", not IKE"},
		{with(func(p *ike.Proposal) { p.Transforms = p.Transforms[1:] }), "proposal 3 has no ENCR transform"},
		{with(func(p *ike.Proposal) { p.Transforms = p.Transforms[:3] }), "proposal 3 has no KE transform"},
		{with(func(p *ike.Proposal) { p.Transforms = nil }), "proposal 3 has no ENCR transform"},
		{with(func(p *ike.Proposal) { p.Transforms[3].Type = ike.TransformSN }),
			"proposal 3: transform 4: an IKE SA has no " + ike.TransformSN.String() + " transform"},
		{with(func(p *ike.Proposal) { p.Transforms[3].Type = 241 }),
			"proposal 3: transform 4: an IKE SA has no TransformType(241) transform"},
		{with(func(p *ike.Proposal) {
			p.Transforms[0].Attributes = []ike.Attribute{{Type: 99, Value: []byte{1, 0}}}
		}), "proposal 3: transform 1: ENCR_AES_CBC has an unknown attribute AttributeType(99)"},
		{with(func(p *ike.Proposal) {
			p.Transforms[0].Attributes = []ike.Attribute{ike.KeyLengthAttribute(128), ike.KeyLengthAttribute(256)}
		}), "proposal 3: transform 1: ENCR_AES_CBC has 2 Key Length attributes"},
		{with(func(p *ike.Proposal) { p.Transforms[0].Attributes = keyLength(0) }),
			"proposal 3: transform 1: ENCR_AES_CBC has a malformed Key Length attribute"},
		{with(func(p *ike.Proposal) {
			p.Transforms[0].Attributes = []ike.Attribute{{Type: ike.AttributeKeyLength, TLV: true, Value: []byte{0, 0, 1, 0}}}
		}), "proposal 3: transform 1: ENCR_AES_CBC has a malformed Key Length attribute"},
		{with(func(p *ike.Proposal) {
			p.Transforms[2] = ike.Transform{Type: ike.TransformINTEG, Attributes: keyLength(128)}
		}),
			"proposal 3: transform 3: NONE has a Key Length attribute"},
	} {
		if got, err := ProductOf(tt.proposal); err == nil || err.Error() != tt.want {
			t.Errorf("got %v, %v\nwant %s", got, err, tt.want)
		}
		if _, err := SuiteOf(tt.proposal); err == nil || err.Error() != tt.want {
			t.Errorf("suite: got %v\nwant %s", err, tt.want)
		}
	}
}

func TestSuiteOf(t *testing.T) {
	p := mustParse(t, "aes256gcm16-prfsha384-ecp384-ke1_mlkem768")
	s, err := SuiteOf(p.Proposal(1))
	if err != nil {
		t.Fatal(err)
	}
	want := Suite{
		{ENCR, 20, 256}, {PRF, 6, 0}, {INTEG, 0, 0}, {KE, 20, 0}, {ADDKE1, 36, 0}, {ADDKE2, 0, 0},
		{ADDKE3, 0, 0}, {ADDKE4, 0, 0}, {ADDKE5, 0, 0}, {ADDKE6, 0, 0}, {ADDKE7, 0, 0},
	}
	if s != want {
		t.Errorf("got %#v", s)
	}
	if s.String() != p.String() || !reflect.DeepEqual(s.Product(), p) {
		t.Errorf("%v is the product %v, want %v", s, s.Product(), p)
	}
	_, err = SuiteOf(mustParse(t, "aes256gcm16-prfsha384-ecp384-x25519").Proposal(1))
	if want := "proposal 1 holds 2 KE transforms, a choice holds one"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
