package cryptobinding

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// Of a login that hostapd 2.10 and eapol_test (wpa_supplicant 2.10) did with each other,
// in TLS 1.2.
const (
	tunnel   = "1e7619771f324f37bd2b850dc89b56bab5e1f45f857b72d73236c6ae734e8c977ac87eaa73b4c44ca1afda16c0fa6182fbfb83fb9f65bd5c263e66fa"
	inner    = "6386f6364cb00126a5d76a70c74abca4f5f4c6f9226e64f88807f9afb0b764fa"
	imck     = "b4418a0324a1e9cad95379a66d782e676bf2b7c0071f21a29c644a994a1cb2cbc75c6bd2b328bd57837f4d3fc6dbcfa55ac6f670fb15a10038e3c815"
	nonce    = "7bd6772530e10a0d04bd516ce237de306f9b6bf770d18c0cab1a00bc1d335226"
	request  = "000c003800000000" + nonce + "91432fd699bde17b9bf5da8bb02414ba97408fdc"
	response = "000c003800000001" + nonce + "4933da83c57c5f291d9d786179739cc7d6fbad1b"
	msk      = "f5ff0cc289ede1716c01a0dc7572c1ce4c5838639a23afceb3bf87fbfe87a4bed975596da63ed925dc98cc3d3228b8fab5002e50413df51475c6e73be3b858d4"
)

func octets(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVectors(t *testing.T) {
	k := Derive(octets(t, tunnel), octets(t, inner))
	if got := hex.EncodeToString(slices.Concat(k.ipmk, k.cmk)); got != imck {
		t.Errorf("keys %s", got)
	}
	if got := hex.EncodeToString(k.MSK()); got != msk {
		t.Errorf("MSK %s", got)
	}
	for side, want := range map[Side]string{Server: request, Peer: response} {
		if got := hex.EncodeToString(k.TLV(side, octets(t, nonce))); got != want {
			t.Errorf("TLV %s, want %s", got, want)
		}
		got, ok := k.Verify(side, octets(t, want))
		if !ok || !bytes.Equal(got, octets(t, nonce)) {
			t.Errorf("%s: %x, %v", want, got, ok)
		}
	}
}

// TestVerify: nothing of a TLV may be changed, cut off or added, and none counts as the
// other side's.
func TestVerify(t *testing.T) {
	k := Derive(octets(t, tunnel), octets(t, inner))
	tlv := octets(t, request)
	for i := range tlv {
		changed := bytes.Clone(tlv)
		changed[i] ^= 1
		if _, ok := k.Verify(Server, changed); ok {
			t.Errorf("octet %d may be changed", i)
		}
		if _, ok := k.Verify(Server, tlv[:i]); ok {
			t.Errorf("%d octets are enough", i)
		}
	}
	if _, ok := k.Verify(Server, append(tlv, 0)); ok {
		t.Error("an octet may be added")
	}
	if _, ok := k.Verify(Peer, tlv); ok {
		t.Error("the peer's may be the server's own, sent back")
	}
	if _, ok := Derive(octets(t, tunnel), nil).Verify(Server, tlv); ok {
		t.Error("it does not depend on the key inside")
	}
}

func TestFind(t *testing.T) {
	const result = "800300020001"
	for tlvs, want := range map[string]string{
		"":                   "",
		result:               "",
		result + request:     request,
		request + result:     request,
		"800c0002ffff":       "800c0002ffff",
		"000cffff00":         "000cffff00",
		"0003ffff" + request: "",
		strings.Repeat("00030000", 20) + "000c0000": "000c0000",
		"000c00": "",
	} {
		if got := hex.EncodeToString(Find(octets(t, tlvs), TypeBinding)); got != want {
			t.Errorf("%s: %s, want %s", tlvs, got, want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte{0x80, 3, 0, 2, 0, 1, 0, 12, 0, 56})
	k := Derive(make([]byte, 60), make([]byte, 32))
	f.Fuzz(func(t *testing.T, tlvs []byte) {
		found := Find(tlvs, TypeBinding)
		if _, ok := k.Verify(Server, found); ok || len(found) > len(tlvs) {
			t.Errorf("%x verifies", found)
		}
	})
}
