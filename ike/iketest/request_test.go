package iketest

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func TestRequest(t *testing.T) {
	octets := Request()
	m, err := ike.ParseMessage(octets)
	if err != nil || len(m.Payloads) != 3 || m.Exchange != ike.IKE_SA_INIT || len(octets) != 208 {
		t.Errorf("%d octets, %+v, %v", len(octets), m, err)
	}
}
