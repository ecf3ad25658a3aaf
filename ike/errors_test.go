package ike

import "testing"

func TestParseError(t *testing.T) {
	_, err := ParseMessage(make([]byte, 20))
	if want := "ike: IKE header at octet 0: its fixed fields are 28 octets, it has 20"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
