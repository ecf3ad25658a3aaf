package mock

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// TestRefusedLogin: the log says why somebody was not let in.
func TestRefusedLogin(t *testing.T) {
	g := Gateway{Profile: "strongswan", PSK: true, Environment: func(string) string { return "it" }}
	r, err := g.Responder()
	if err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	Sockets{}.Logged(&log, r)
	r.Connections[0].Login.Refused("another pre-shared key")
	if got := log.String(); got != "login refused: another pre-shared key\n" {
		t.Errorf("the log is %q", got)
	}
}

func TestDescribe(t *testing.T) {
	message, err := (&ike.Message{
		Header: ike.Header{SPIi: ike.SPI{1}, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagResponse},
		Payloads: []ike.Payload{
			&ike.Notify{Notification: ike.INVALID_KE_PAYLOAD, Data: []byte{0, 19}},
			&ike.Nonce{Data: make([]byte, 16)},
		},
	}).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		datagram []byte
		marker   bool
		want     string
	}{
		{message, false, "IKE_SA_INIT response 0, 58 octets: N(INVALID_KE_PAYLOAD) " + ike.PayloadNonce.String()},
		{append(ike.AppendNonESPMarker(nil), message...), true, "IKE_SA_INIT response 0, 62 octets: N(INVALID_KE_PAYLOAD) " + ike.PayloadNonce.String()},
		{[]byte{0xff}, true, "NAT keepalive"},
		{message, true, "not IKE, 58 octets"},
		{[]byte("\x1b[2J"), false, "not IKE, 4 octets: "},
	} {
		if got := describe(test.datagram, test.marker); !strings.HasPrefix(got, test.want) || strings.Contains(got, "\x1b") {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
