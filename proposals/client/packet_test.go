package client

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

// firstPacket is a request with an offer in keywords, and further payloads.
func firstPacket(t *testing.T, keywords string, ke ike.KeyExchangeMethod, more ...ike.Payload) *ike.Message {
	t.Helper()
	products, err := proposals.ParseProducts(keywords)
	if err != nil {
		t.Fatal(err)
	}
	sa := &ike.SA{}
	for i, p := range products {
		sa.Proposals = append(sa.Proposals, p.Proposal(uint8(i+1)))
	}
	return &ike.Message{
		Header:   ike.Header{SPIi: ike.SPI{1}, MajorVersion: 2, Exchange: ike.IKE_SA_INIT, Flags: ike.FlagInitiator},
		Payloads: append([]ike.Payload{sa, &ike.KE{Method: ke}, &ike.Nonce{}}, more...),
	}
}

func TestFromPacket(t *testing.T) {
	const offer = "aes256gcm16-aes128gcm16-prfsha384-x25519-ecp384,3des-sha1-prfsha1-modp1024"
	m := firstPacket(t, offer, ike.KE_CURVE25519)
	m.Payloads = append([]ike.Payload{&ike.Notify{Notification: ike.COOKIE, Data: []byte{1}}}, m.Payloads...)
	p, err := FromPacket(m)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, product := range p.Offer {
		got = append(got, product.String())
	}
	if diff := cmp.Diff(offer, strings.Join(got, ",")); diff != "" {
		t.Errorf("offer (-want +got):\n%s", diff)
	}
	if p.KE != ike.KE_CURVE25519 || p.Syntax != SyntaxCapture || len(p.Notes) != 0 {
		t.Errorf("%+v", p)
	}
	if _, ok := p.Packet.Notify(ike.COOKIE); ok || len(p.Packet.Payloads) != 3 || len(m.Payloads) != 4 {
		t.Errorf("the packet has %d payloads, the captured one %d", len(p.Packet.Payloads), len(m.Payloads))
	}
	if got := p.Proposals(); len(got) != 2 || got[1].Number != 2 {
		t.Errorf("proposals %+v", got)
	}
}

func TestFromPacketNotes(t *testing.T) {
	m := firstPacket(t, "aes256-sha256-prfsha256-modp2048,aes128-sha1-prfsha1-modp1024", ike.KE_ECP_256)
	sa, _ := ike.Find[*ike.SA](m)
	sa.Proposals[0].Transforms[0].Attributes = []ike.Attribute{{Type: 99, Value: []byte{0, 1}}}
	p, err := FromPacket(m)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Offer) != 1 || len(p.Proposals()) != 2 || len(p.Notes) != 2 ||
		!strings.Contains(p.Notes[0], "proposal 1: transform 1") || !strings.Contains(p.Notes[1], "KE_ECP_256, which it does not offer") {
		t.Errorf("%d products of %d proposals; notes %q", len(p.Offer), len(p.Proposals()), p.Notes)
	}
}

func TestFromPacketFaults(t *testing.T) {
	good := func() *ike.Message { return firstPacket(t, "aes256-sha256-prfsha256-modp2048", ike.KE_MODP_2048) }
	for _, tt := range []struct {
		want  string
		spoil func(m *ike.Message)
	}{
		{"not an IKE_SA_INIT request", func(m *ike.Message) { m.Flags |= ike.FlagResponse }},
		{"not an IKE_SA_INIT request", func(m *ike.Message) { m.Exchange = ike.IKE_AUTH }},
		{"not an IKE_SA_INIT request", func(m *ike.Message) { m.MajorVersion = 1 }},
		{"lacks an SA or a KE", func(m *ike.Message) { m.Payloads = m.Payloads[:1] }},
		{"lacks an SA or a KE", func(m *ike.Message) { m.Payloads = m.Payloads[1:] }},
		{"none of its proposals", func(m *ike.Message) { m.Payloads[0].(*ike.SA).Proposals[0].Protocol = ike.ProtocolESP }},
	} {
		m := good()
		tt.spoil(m)
		if _, err := FromPacket(m); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}
