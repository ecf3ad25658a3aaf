package ike

import "testing"

func TestVendorID(t *testing.T) {
	testBothWays(t, []bodyCase{
		{"OpenIKED", &VendorID{[]byte("OpenIKED-7.4")}, "4f70656e494b45442d372e34"},
		{"empty", &VendorID{}, ""},
	})
}

func FuzzVendorID(f *testing.F) { fuzzBody(f, PayloadVendorID, "4f70656e494b45442d372e34") }
