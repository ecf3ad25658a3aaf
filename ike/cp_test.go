package ike

import (
	"strings"
	"testing"
)

func TestCP(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"request", &CP{CFG_REQUEST, []ConfigAttribute{
			{Type: INTERNAL_IP4_ADDRESS},
			{Type: INTERNAL_IP4_SERVER},
		}}, "01000000 00010000 5ba00000"},
		{"reply", &CP{CFG_REPLY, []ConfigAttribute{
			{Type: INTERNAL_IP4_ADDRESS, Value: []byte{192, 0, 2, 1}},
			{Type: 32767, Value: []byte{1}},
		}}, "02000000 00010004c0000201 7fff000101"},
		{"none", &CP{ConfigType: CFG_ACK}, "04000000"},
	})
	testPrefixesFail(t, PayloadCP, "01000000")
	testFaults(t, PayloadCP, []faultCase{
		{"half an attribute header", "01000000 0001", 8, "Configuration Attribute", "2 octets"},
		{"value beyond the end", "01000000 00010000 00010002aa", 12, "Configuration Attribute", "5 octets"},
	})
	for _, a := range []ConfigAttribute{{Type: 0x8000}, {Type: 1, Value: make([]byte, 65536)}} {
		_, err := (&CP{Attributes: []ConfigAttribute{a}}).appendBody(nil)
		if err == nil || !strings.Contains(err.Error(), "do not fit 16") {
			t.Errorf("attribute %v of %d octets: error %v", a.Type, len(a.Value), err)
		}
	}
}

func FuzzCP(f *testing.F) {
	fuzzBody(f, PayloadCP, "01000000 00010000 5ba00000", "02000000 00010004c0000201 ffff000101")
}
