package initiator

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
)

func products(t testing.TB, s string) []proposals.Product {
	t.Helper()
	ps, err := proposals.ParseProducts(s)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func unhex(t testing.TB, parts ...string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Join(parts, ""), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sha1Hex hashes SPIi | SPIr | address | port, for the test's own NAT detection.
func sha1Hex(t testing.TB, in string) string {
	sum := sha1.Sum(unhex(t, in))
	return hex.EncodeToString(sum[:])
}

// TestBuildInit compares a request with one that was written by hand from RFC
// 7296, Section 3, and RFC 9370.
func TestBuildInit(t *testing.T) {
	ke, nonce := strings.Repeat("aa", 32), strings.Repeat("bb", 32)
	want := unhex(t,
		"a1a2a3a4a5a60007 0000000000000000 21 20 22 08 00000000 000000f8",
		"22 00 0030", // SA
		"00 00 002c 01 01 00 04",
		"03 00 000c 01 00 0014 800e0100", // ENCR_AES_GCM_16, 256
		"03 00 0008 02 00 0006",          // PRF_HMAC_SHA2_384
		"03 00 0008 04 00 0014",          // KE_ECP_384
		"00 00 0008 06 00 0024",          // ADDKE1 KE_ML_KEM_768
		"28 00 0028 001f 0000", ke,       // KE_CURVE25519
		"29 00 0024", nonce,
		"29 00 001c 00 00 4004", sha1Hex(t, "a1a2a3a4a5a60007 0000000000000000 c0000202 c350"),
		"29 00 001c 00 00 4005", sha1Hex(t, "a1a2a3a4a5a60007 0000000000000000 c0000201 01f4"),
		"29 00 0008 00 00 402e",                     // IKEV2_FRAGMENTATION_SUPPORTED
		"29 00 0010 00 00 402f 0002 0003 0004 0005", // SIGNATURE_HASH_ALGORITHMS
		"29 00 0008 00 00 4016",                     // REDIRECT_SUPPORTED
		"00 00 0008 00 00 4036",                     // INTERMEDIATE_EXCHANGE_SUPPORTED
	)
	r := initRequest{
		Offer:  Offer{Products: products(t, "aes256gcm16-prfsha384-ecp384-ke1_mlkem768"), KE: ike.KE_CURVE25519},
		keData: unhex(t, ke),
		spi:    ike.SPI(unhex(t, "a1a2a3a4a5a60007")),
		nonce:  unhex(t, nonce),
		local:  netip.MustParseAddrPort("192.0.2.2:50000"),
		remote: netip.MustParseAddrPort("192.0.2.1:500"),
	}
	got, err := buildInit(r).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("request\n got %x\nwant %x", got, want)
	}

	r.Products = products(t, "aes256gcm16-prfsha384-ecp384, aes128-sha256-prfsha256-modp2048")
	m := buildInit(r)
	if _, ok := m.Notify(ike.INTERMEDIATE_EXCHANGE_SUPPORTED); ok {
		t.Error("INTERMEDIATE_EXCHANGE_SUPPORTED without an additional key exchange")
	}
	sa, _ := ike.Find[*ike.SA](m)
	if len(sa.Proposals) != 2 || sa.Proposals[0].Number != 1 || sa.Proposals[1].Number != 2 {
		t.Errorf("proposals %v, want 1 and 2", sa.Proposals)
	}
}

func TestCookieChangesOnlyTheFirstPayload(t *testing.T) {
	r := initRequest{
		Offer:  Offer{Products: products(t, "aes256gcm16-prfsha384-ecp384"), KE: ike.KE_ECP_256},
		keData: make([]byte, 64), nonce: make([]byte, 32), spi: ike.SPI{1},
	}
	m := buildInit(r)
	octets, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	req := &Request{message: m, octets: octets}
	got, err := req.withCookie([]byte("cookie"))
	if err != nil {
		t.Fatal(err)
	}
	// The header has another Next Payload (41) and Length; then the Notify,
	// and the rest as it was.
	want := bytes.Clone(octets[:28])
	want[16] = 41
	want[26], want[27] = byte(len(got)>>8), byte(len(got))
	want = append(want, unhex(t, "21 00 000e 00 00 4006", hex.EncodeToString([]byte("cookie")))...)
	want = append(want, octets[28:]...)
	if !bytes.Equal(got, want) {
		t.Errorf("request with a cookie\n got %x\nwant %x", got, want)
	}
	if again, _ := m.AppendBinary(nil); !bytes.Equal(again, octets) {
		t.Error("the request without the cookie has changed")
	}
}

// TestOfferOctets compares the size of an offer with that of its request.
func TestOfferOctets(t *testing.T) {
	b := newBench(t, Config{}, nil)
	for _, o := range []Offer{
		{Products: products(t, testOffer)},
		{Products: products(t, testOffer), KE: ike.KE_MODP_4096, NoRedirect: true},
		{Products: products(t, "aes256gcm16-prfsha384-ecp384-ke1_mlkem768"), KE: ike.KE_CURVE25519},
	} {
		req, err := b.Init(o)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := req.offer.Octets(), len(req.Octets()); got != want {
			t.Errorf("%v: %d octets, want %d", o.Products, got, want)
		}
	}
	all, none := Offer{Products: products(t, testOffer)}, Offer{}
	if got := all.Octets() - none.Octets(); got != all.Products[0].Octets()+all.Products[1].Octets() {
		t.Errorf("%d octets of proposals", got)
	}
}

func TestInitErrors(t *testing.T) {
	b := newBench(t, Config{}, nil)
	offer := products(t, testOffer)
	for name, tt := range map[string]struct {
		offer Offer
		want  string
	}{
		"transport":         {Offer{Transport: 7, Products: offer}, "Transport(7) is not a transport"},
		"nothing":           {Offer{}, "no key exchange method of the offer"},
		"nothing with a KE": {Offer{KE: ike.KE_ECP_256}, "it has no Proposal"},
		"uncomputable":      {Offer{Products: products(t, "aes256-sha256-prfsha256-ke_33")}, "no key exchange method of the offer"},
		"another key":       {Offer{Products: offer, KE: ike.KE_ECP_384, Key: testKey(t)}, "a key of KE_ECP_256 for a KE payload of KE_ECP_384"},
		"an empty packet":   {Offer{Packet: &FirstPacket{}}, "it offers nothing"},
	} {
		if _, err := b.Init(tt.offer); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	req, err := b.Init(Offer{Products: offer})
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := b.Init(Offer{Products: offer}); again.Key() != req.Key() || req.Key().Method() != ike.KE_MODP_2048 || again.SPI() == req.SPI() {
		t.Errorf("keys of %v and %v, SPIs %v and %v", req.Key().Method(), again.Key().Method(), req.SPI(), again.SPI())
	}
}
