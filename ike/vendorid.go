package ike

// A VendorID payload names an implementation or an extension of it. RFC 7296,
// Section 3.12.
type VendorID struct {
	Data []byte
}

var _ Payload = (*VendorID)(nil)

// Type returns PayloadVendorID.
func (v *VendorID) Type() PayloadType { return PayloadVendorID }

func (v *VendorID) appendBody(b []byte) ([]byte, error) { return append(b, v.Data...), nil }
