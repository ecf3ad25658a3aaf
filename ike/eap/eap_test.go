package eap

import (
	"bytes"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPacket(t *testing.T) {
	for _, tt := range []struct {
		octets string
		want   Packet
	}{
		{"0100000501", Packet{Code: Request, Type: Identity, Data: []byte{}}},
		{"0207000c01616c696365406e", Packet{Code: Response, Identifier: 7, Type: Identity, Data: []byte("alice@n")}},
		{"0203000703" + "0d15", Packet{Code: Response, Identifier: 3, Type: Nak, Data: []byte{13, 21}}},
		{"03050004", Packet{Code: Success, Identifier: 5}},
		{"04060004", Packet{Code: Failure, Identifier: 6}},
	} {
		b, err := hex.DecodeString(tt.octets)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(append(b, 0, 0))
		if err != nil {
			t.Fatalf("%s: %v", tt.octets, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.octets, diff)
		}
		if again := got.Append([]byte("x")); !bytes.Equal(again, append([]byte("x"), b...)) {
			t.Errorf("%s: appended as %x", tt.octets, again)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, octets := range []string{"", "010000", "01000004", "0100000601", "01000003", "0500000501", "0000000400", "0300000500"} {
		b, err := hex.DecodeString(octets)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := Parse(b); err == nil {
			t.Errorf("%s is read as %+v", octets, p)
		}
	}
}

func TestRefuseFor(t *testing.T) {
	request := Packet{Code: Request, Identifier: 9, Type: MSCHAPv2}
	p := RefuseFor(request, TLS, TTLS)
	if got := p.Append(nil); !bytes.Equal(got, []byte{2, 9, 0, 7, 3, 13, 21}) {
		t.Errorf("%x", got)
	}
	if got := p.Refused(); !slices.Equal(got, []Type{TLS, TTLS}) {
		t.Errorf("%v", got)
	}
	none := RefuseFor(request)
	if got := none.Append(nil); !bytes.Equal(got, []byte{2, 9, 0, 6, 3, 0}) || none.Refused() != nil {
		t.Errorf("%x, %v", got, none.Refused())
	}
}

func TestServerName(t *testing.T) {
	challenge := slices.Concat([]byte{1, 5, 0, 31, 16}, make([]byte, 16), []byte("strongSwan"))
	if got := (Packet{Code: Request, Type: MSCHAPv2, Data: challenge}).ServerName(); got != "strongSwan" {
		t.Errorf("%q", got)
	}
	for name, p := range map[string]Packet{
		"cut":            {Code: Request, Type: MSCHAPv2, Data: challenge[:20]},
		"another method": {Code: Request, Type: MD5, Data: challenge},
		"a response":     {Code: Response, Type: MSCHAPv2, Data: challenge},
	} {
		if got := p.ServerName(); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTypeNames(t *testing.T) {
	if got := MSCHAPv2.String() + " " + Type(99).String(); got != "eap-mschapv2 eap-type-99" {
		t.Error(got)
	}
	if methods := Methods(); !slices.IsSorted(methods) || slices.Contains(methods, Identity) || !slices.Contains(methods, TLS) {
		t.Errorf("%v", methods)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{1, 0, 0, 5, 1})
	f.Add([]byte{2, 3, 0, 7, 3, 13, 21})
	f.Add([]byte{4, 6, 0, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err != nil {
			return
		}
		p.ServerName()
		if again := p.Append(nil); !bytes.Equal(again, b[:len(again)]) {
			t.Errorf("%x is appended as %x", b, again)
		}
	})
}
