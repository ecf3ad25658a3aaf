package ikev1

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"reflect"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

var (
	spii = ike.SPI{1, 1, 1, 1, 1, 1, 1, 1}
	spir = ike.SPI{2, 2, 2, 2, 2, 2, 2, 2}
)

func payload(next PayloadType, body ...byte) []byte {
	return append([]byte{byte(next), 0, byte((len(body) + 4) >> 8), byte(len(body) + 4)}, body...)
}

func message(first PayloadType, exchange ike.ExchangeType, flags byte, payloads ...byte) []byte {
	b := append(append([]byte{}, spii[:]...), spir[:]...)
	b = append(b, byte(first), 0x10, byte(exchange), flags, 0, 0, 0, 1)
	return append(binary.BigEndian.AppendUint32(b, uint32(ike.HeaderLen+len(payloads))), payloads...)
}

// offer is the body of an SA payload with two transforms: AES-256, SHA-1, group
// 2, a pre-shared key and a day; 3DES, MD5, group 5 and RSA signatures.
var offer = func() []byte {
	transform := func(more, number byte, attributes ...byte) []byte {
		return append([]byte{more, 0, 0, byte(8 + len(attributes)), number, 1, 0, 0}, attributes...)
	}
	one := transform(3, 1, 0x80, 1, 0, 7, 0x80, 14, 1, 0, 0x80, 2, 0, 2, 0x80, 3, 0, 1, 0x80, 4, 0, 2,
		0x80, 11, 0, 1, 0, 12, 0, 4, 0, 1, 0x51, 0x80)
	two := transform(0, 2, 0x80, 1, 0, 5, 0x80, 2, 0, 1, 0x80, 3, 0, 3, 0x80, 4, 0, 5)
	b := []byte{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, byte(8 + len(one) + len(two)), 1, 1, 0, 2}
	return append(append(b, one...), two...)
}()

var offered = []Transform{
	{Number: 1, Encryption: 7, Hash: 2, Authentication: 1, Group: 2, KeyLength: 256, LifeSeconds: 86400},
	{Number: 2, Encryption: 5, Hash: 1, Authentication: 3, Group: 5},
}

func TestTransforms(t *testing.T) {
	m, err := Parse(message(PayloadSA, MainMode, 0, append(payload(PayloadVendorID, offer...), payload(0, 9)...)...))
	if err != nil || len(m.Payloads) != 2 || m.SPIi != spii || m.Encrypted != 0 {
		t.Fatalf("%+v: %v", m, err)
	}
	sa, _ := m.Find(PayloadSA)
	got, ok := sa.Transforms()
	if !ok || !reflect.DeepEqual(got, offered) {
		t.Errorf("%+v, %t", got, ok)
	}
	for i, want := range []string{"aes256-sha1-modp1024", "3des-md5-modp1536"} {
		if got := got[i].String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got[0].Method() != "pre-shared key" || !got[0].PreSharedKey() || got[1].Method() != "RSA signatures" || got[1].PreSharedKey() {
		t.Errorf("%q and %q", got[0].Method(), got[1].Method())
	}
	if odd := (Transform{Encryption: 99, Hash: 98, Authentication: 97, Group: 96}); odd.String() != "encr_99-hash_98-group_96" || odd.Method() != "method 97" {
		t.Errorf("%s, %s", odd, odd.Method())
	}
	if _, ok := (Payload{PayloadKE, offer}).Transforms(); ok {
		t.Error("a KE payload has transforms")
	}
}

func TestEveryPrefixFails(t *testing.T) {
	in := message(PayloadSA, MainMode, 0, payload(0, offer...)...)
	for n := range in {
		m, err := Parse(in[:n:n])
		var at *ike.ParseError
		if m == nil || !errors.As(err, &at) {
			t.Errorf("prefix of %d octets: %v", n, err)
		}
	}
	for n := range offer {
		if _, ok := (Payload{PayloadSA, offer[:n]}).Transforms(); ok {
			t.Errorf("an SA payload of %d octets is whole", n)
		}
	}
}

func TestNotify(t *testing.T) {
	notification := payload(0, 0, 0, 0, 1, 1, 0, 0, 14)
	for _, tt := range []struct {
		name   string
		octets []byte
		want   NotifyType
		ok     bool
	}{
		{"notify", message(PayloadNotification, Informational, 0, notification...), NoProposalChosen, true},
		{"after another payload", message(PayloadVendorID, Informational, 0, append(payload(PayloadNotification, 9), notification...)...), NoProposalChosen, true},
		{"encrypted", message(PayloadNotification, Informational, 1, notification...), 0, false},
		{"none", message(PayloadVendorID, Informational, 0, payload(0, 9)...), 0, false},
		{"cut", message(PayloadNotification, Informational, 0, notification[:8]...), 0, false},
		{"no room", message(PayloadNotification, Informational, 0, payload(0, 0, 0, 0, 1)...), 0, false},
		{"length below its header", message(PayloadNotification, Informational, 0, 0, 0, 0, 3, 0, 0, 0, 1), 0, false},
	} {
		m, _ := Parse(tt.octets)
		if got, ok := m.Notify(); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %v, %t", tt.name, got, ok)
		}
	}
	if !NoProposalChosen.IsError() || NotifyType(24578).IsError() || NotifyType(0).IsError() {
		t.Error("errors are not told from status")
	}
}

func TestEncryptedAndFragment(t *testing.T) {
	m, err := Parse(message(5, MainMode, flagEncrypted, make([]byte, 64)...))
	if err != nil || m.Encrypted != 64 || len(m.Payloads) != 0 || m.First != 5 {
		t.Errorf("%+v: %v", m, err)
	}
	m, err = Parse(message(PayloadFragment, MainMode, 0, payload(0, 0, 7, 2, 1, 0xaa)...))
	if f, ok := m.Fragment(); err != nil || !ok || f != (Fragment{7, 2, true}) {
		t.Errorf("%+v, %t: %v", f, ok, err)
	}
}

func TestNATDetection(t *testing.T) {
	source, destination, other := netip.MustParseAddrPort("192.0.2.1:500"), netip.MustParseAddrPort("198.51.100.1:500"), netip.MustParseAddrPort("10.0.0.1:500")
	for _, size := range []int{16, 20, 32, 48, 64} {
		octets := message(PayloadNATD, MainMode, 0, append(payload(PayloadNATD, natHash(spii, spir, destination, size)...),
			append(payload(PayloadNATD, natHash(spii, spir, other, size)...), payload(0, natHash(spii, spir, source, size)...)...)...)...)
		m, err := Parse(octets)
		if err != nil {
			t.Fatal(err)
		}
		if s, d, ok := m.NATDetection(source, destination); !s || !d || !ok {
			t.Errorf("%d octets: %t, %t, %t", size, s, d, ok)
		}
		if s, d, ok := m.NATDetection(destination, other); s || d || !ok {
			t.Errorf("%d octets of others: %t, %t, %t", size, s, d, ok)
		}
	}
	if _, _, ok := (&Message{Payloads: []Payload{{PayloadNATD, nil}}}).NATDetection(source, destination); ok {
		t.Error("one payload is NAT detection")
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		ExchangeName(QuickMode): "Quick Mode", ExchangeName(Transaction): "Transaction", ExchangeName(99): "exchange 99",
		PayloadKE.String(): "KE", PayloadType(99).String(): "PayloadType(99)",
		NoProposalChosen.String(): "NO-PROPOSAL-CHOSEN", NotifyType(4000).String(): "notify 4000",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if !IsAuthIP(244) || IsAuthIP(242) || IsAuthIP(247) {
		t.Error("AuthIP is exchange 243 to 246")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(message(PayloadSA, MainMode, 0, payload(0, offer...)...))
	f.Add(message(PayloadNotification, Informational, 0, payload(0, 0, 0, 0, 1, 1, 0, 0, 14)...))
	f.Add(message(PayloadFragment, MainMode, 0, payload(0, 0, 7, 2, 1, 0xaa)...))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := Parse(in)
		if err == nil && len(in) < ike.HeaderLen {
			t.Fatal("a message without a header")
		}
		m.Notify()
		m.Fragment()
		m.NATDetection(netip.AddrPort{}, netip.AddrPort{})
		for _, p := range m.Payloads {
			all, _ := p.Transforms()
			for _, x := range all {
				_, _ = x.String(), x.Method()
			}
		}
		if len(m.Payloads) > maxPayloads {
			t.Fatal("payloads without bounds")
		}
	})
}
