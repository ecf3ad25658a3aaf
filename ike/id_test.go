package ike

import "testing"

func TestID(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"IDi", &ID{PayloadIDi, ID_IPV4_ADDR, []byte{192, 0, 2, 1}}, "01000000 c0000201"},
		{"IDr", &ID{PayloadIDr, ID_FQDN, []byte("gw.example")}, "02000000 67772e6578616d706c65"},
		{"empty", &ID{Payload: PayloadIDi, IDType: ID_NULL}, "0d000000"},
	})
	testPrefixesFail(t, PayloadIDr, "02000000")
	if b, _, err := AppendPayloads(nil, []Payload{&ID{Payload: PayloadAUTH}}); err == nil {
		t.Errorf("an ID payload of type AUTH was written: %x", b)
	}
}

func FuzzID(f *testing.F) { fuzzBody(f, PayloadIDi, "01000000c0000201", "02abcdef") }
