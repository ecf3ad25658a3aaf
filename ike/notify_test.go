package ike

import (
	"strings"
	"testing"
)

func TestNotify(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"status", &Notify{Notification: INTERMEDIATE_EXCHANGE_SUPPORTED}, "00004036"},
		{"data", &Notify{Notification: INVALID_KE_PAYLOAD, Data: []byte{0, 19}}, "00000011 0013"},
		{"SPI", &Notify{Protocol: ProtocolESP, SPI: []byte{1, 2, 3, 4}, Notification: REKEY_SA}, "03044009 01020304"},
		{"SPI and data, private", &Notify{ProtocolIKE, []byte{9}, 40961, []byte{8}}, "0101a001 0908"},
	})
	testPrefixesFail(t, PayloadNotify, "03044009 01020304")
	testFaults(t, PayloadNotify, []faultCase{
		{"short", "000040", 4, "Notify payload", "4 octets, it has 3"},
		{"SPI beyond the end", "03084009 01020304", 4, "Notify payload", "its SPI Size is 8, 4 octets are left"},
	})
	_, err := (&Notify{Notification: INVALID_SPI, SPI: make([]byte, 256)}).appendBody(nil)
	if err == nil || !strings.Contains(err.Error(), "256 octets") {
		t.Errorf("an SPI of 256 octets: error %v", err)
	}
}

func FuzzNotify(f *testing.F) {
	fuzzBody(f, PayloadNotify, "00004036", "00000011 0013", "03044009 01020304", "0101a001 0908")
}
