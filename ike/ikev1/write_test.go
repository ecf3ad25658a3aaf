package ikev1

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func TestOfferIsReadBack(t *testing.T) {
	offered := []Transform{
		{Encryption: 7, KeyLength: 256, Hash: 4, Authentication: 1, Group: 14, LifeSeconds: 3600},
		{Encryption: 5, Hash: 2, Authentication: 65001, Group: 2, LifeSeconds: 86400},
	}
	sa, err := Offer(offered)
	if err != nil {
		t.Fatal(err)
	}
	nonce := Payload{PayloadNonce, bytes.Repeat([]byte{7}, 16)}
	m := &Message{Header: ike.Header{SPIi: ike.SPI{1, 2}, MajorVersion: 1, Exchange: AggressiveMode}, Payloads: []Payload{sa, nonce}}
	octets, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(octets)
	if err != nil {
		t.Fatal(err)
	}
	m.First = PayloadSA
	if !reflect.DeepEqual(back, m) {
		t.Errorf("read back\n%+v, want\n%+v", back, m)
	}
	got, ok := back.Payloads[0].Transforms()
	for i := range offered {
		offered[i].Number = uint8(i + 1)
	}
	if !ok || !reflect.DeepEqual(got, offered) {
		t.Errorf("transforms %+v, %v; want %+v", got, ok, offered)
	}
	if _, err := Offer(make([]Transform, 256)); err == nil {
		t.Error("256 transforms fit an octet")
	}
	m.Payloads[1].Body = make([]byte, 1<<16)
	if _, err := m.AppendBinary(nil); err == nil {
		t.Error("a payload of 65540 octets fits its length")
	}
}
