package ike

import "testing"

func TestDelete(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"IKE SA", &Delete{Protocol: ProtocolIKE}, "01000000"},
		{"two of ESP", &Delete{ProtocolESP, 4, [][]byte{{1, 2, 3, 4}, {5, 6, 7, 8}}}, "03040002 01020304 05060708"},
		{"none of AH", &Delete{Protocol: ProtocolAH, SPISize: 4}, "02040000"},
	})
	testPrefixesFail(t, PayloadDelete, "03040002 01020304 05060708")
	testFaults(t, PayloadDelete, []faultCase{
		{"short", "010000", 4, "Delete payload", "4 octets, it has 3"},
		{"SPI missing", "03040002 01020304", 4, "Delete payload", "2 SPIs of 4 octets, 4 are left"},
		{"SPI too many", "03040001 01020304 05060708", 4, "Delete payload", "1 SPIs of 4 octets, 8 are left"},
		{"SPIs of no octets", "0100ffff", 4, "Delete payload", "65535 SPIs of 0 octets"},
	})
}

func TestAppendDeleteFaults(t *testing.T) {
	for name, d := range map[string]*Delete{
		"wrong size":        {ProtocolESP, 4, [][]byte{{1, 2, 3}}},
		"SPIs of no octets": {ProtocolIKE, 0, [][]byte{{}}},
		"too many":          {ProtocolESP, 1, make([][]byte, 65536)},
	} {
		if b, err := d.appendBody(nil); err == nil {
			t.Errorf("%s: written as %x", name, b)
		}
	}
}

func FuzzDelete(f *testing.F) {
	fuzzBody(f, PayloadDelete, "01000000", "03040002 01020304 05060708", "0100ffff")
}
