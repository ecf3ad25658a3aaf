package keymat

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/ike"
)

var header = ike.Header{
	SPIi: ike.SPI{1}, SPIr: ike.SPI{2}, MajorVersion: 2,
	Exchange: ike.IKE_AUTH, Flags: ike.FlagInitiator, MessageID: 1,
}

// TestSealedVectors replays messages that another implementation made.
func TestSealedVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/sealed.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[ike.EncryptionID]bool)
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		if strings.HasPrefix(block, "#") {
			continue
		}
		v := make(map[string]string)
		for line := range strings.Lines(block) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			v[name] = value
		}
		transforms := Transforms{
			Encr:  named(t, ike.EncryptionIDs(), v["encr"]),
			PRF:   named(t, ike.PRFIDs(), v["prf"]),
			Integ: named(t, ike.IntegrityIDs(), v["integ"]),
		}
		if transforms.KeyBits, err = strconv.Atoi(v["bits"]); err != nil {
			t.Fatal(err)
		}
		seen[transforms.Encr] = true
		t.Run(transforms.String(), func(t *testing.T) {
			spii, spir := ike.SPI(unhex(t, v["spii"])), ike.SPI(unhex(t, v["spir"]))
			nr := unhex(t, v["nr"])
			k, err := Derive(transforms, unhex(t, v["secret"]), unhex(t, v["ni"]), nr, spii, spir)
			if err != nil {
				t.Fatal(err)
			}
			id := unhex(t, v["id"])
			auth := k.PSKAuth(Initiator, unhex(t, v["psk"]), unhex(t, v["init"]), nr, id)
			payloads := []ike.Payload{
				&ike.ID{Payload: ike.PayloadIDi, IDType: ike.IDType(id[0]), Data: id[4:]},
				&ike.Auth{Method: ike.AuthMethod(2), Data: auth},
			}
			if want := unhex(t, v["auth"]); !bytes.Equal(auth, want) {
				t.Errorf("AUTH is\n%x, want\n%x", auth, want)
			}

			h := header
			h.SPIi, h.SPIr = spii, spir
			message := unhex(t, v["message"])
			got, err := k.Seal(Initiator, h, payloads, bytes.NewReader(unhex(t, v["iv"])))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, message) {
				t.Errorf("sealed\n%x, want\n%x", got, message)
			}
			m, err := k.Open(Initiator, message)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&ike.Message{Header: h, Payloads: payloads}, m); diff != "" {
				t.Errorf("opened (-want +got):\n%s", diff)
			}
		})
	}
	for id := range encryptions {
		if !seen[id] {
			t.Errorf("no vector for %v", id)
		}
	}
}

// named returns the identifier that prints as name.
func named[T interface{ String() string }](t *testing.T, ids []T, name string) T {
	t.Helper()
	i := slices.IndexFunc(ids, func(id T) bool { return id.String() == name })
	if i < 0 {
		t.Fatalf("no identifier %q", name)
	}
	return ids[i]
}

// TestRoundTrip seals and opens in both directions with everything that is
// supported, payloads of several lengths, and none.
func TestRoundTrip(t *testing.T) {
	for transforms := range everyTransforms() {
		if !Supported(transforms) {
			continue
		}
		k := derive(t, transforms)
		for _, role := range []Role{Initiator, Responder} {
			for _, payloads := range [][]ike.Payload{
				nil,
				{&ike.EAP{Data: counting(1)}, &ike.Notify{Notification: ike.AUTHENTICATION_FAILED}},
				{&ike.EAP{Data: counting(300)}},
			} {
				sealed, err := k.Seal(role, header, payloads, rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				m, err := k.Open(role, sealed)
				if err != nil {
					t.Fatalf("%v: %v", transforms, err)
				}
				if len(m.Payloads) != len(payloads) || m.Header != header {
					t.Errorf("%v: opened %+v", transforms, m)
				}
				if _, err := k.Open(!role, sealed); !errors.Is(err, ErrIntegrity) {
					t.Errorf("%v: the other side's keys: %v", transforms, err)
				}
			}
		}
	}
}

// TestOpenRejectsChanges changes each octet of a message, and cuts it.
func TestOpenRejectsChanges(t *testing.T) {
	for _, transforms := range samples {
		k := derive(t, transforms)
		sealed, err := k.Seal(Initiator, header, []ike.Payload{&ike.EAP{Data: counting(40)}}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for i := range sealed {
			if m, err := k.Open(Initiator, flip(sealed, 8*i)); err == nil || m != nil {
				t.Errorf("%v: octet %d changed: %v, %v", transforms, i, m, err)
			}
			if m, err := k.Open(Initiator, sealed[:i:i]); err == nil || m != nil {
				t.Errorf("%v: %d octets: %v, %v", transforms, i, m, err)
			}
		}
		// The last octets of the header are checked, not parsed.
		if _, err := k.Open(Initiator, flip(sealed, 8*23)); !errors.Is(err, ErrIntegrity) {
			t.Errorf("%v: Message ID changed: %v", transforms, err)
		}
	}
}

// TestOpenPadding opens paddings that Seal does not make.
func TestOpenPadding(t *testing.T) {
	inside := []byte{0, 0, 0, 6, 7, 7} // an EAP payload of 2 octets
	for _, row := range []struct {
		name      string
		plaintext []byte
		ok        bool
	}{
		{"shortest", slices.Concat(inside, counting(9), []byte{9}), true},
		{"longer than needed", slices.Concat(inside, bytes.Repeat([]byte{0xaa}, 25), []byte{25}), true},
		{"longest", slices.Concat(inside, make([]byte, 249), []byte{249}), true},
		{"too long", slices.Concat(inside, make([]byte, 9), []byte{16}), false},
		{"cuts the payload", slices.Concat(inside, make([]byte, 9), []byte{10}), false},
		{"covers all", append(make([]byte, 15), 15), false},
		{"leaves octets over", slices.Concat(inside, make([]byte, 9), []byte{8}), false},
		{"not a block", slices.Concat(inside, []byte{0}), false},
	} {
		k := derive(t, samples[0])
		if got := sealRaw(t, k, ike.PayloadEAP, row.plaintext); row.ok {
			m, err := k.Open(Responder, got)
			if err != nil {
				t.Errorf("%s: %v", row.name, err)
				continue
			}
			if eap, ok := ike.Find[*ike.EAP](m); !ok || !bytes.Equal(eap.Data, []byte{7, 7}) {
				t.Errorf("%s: %+v", row.name, m.Payloads)
			}
		} else if _, err := k.Open(Responder, got); err == nil || errors.Is(err, ErrIntegrity) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

// sealRaw protects plaintext, padding included, as the responder's message.
func sealRaw(t *testing.T, k *Keys, first ike.PayloadType, plaintext []byte) []byte {
	t.Helper()
	p, size, err := k.protection(Responder)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := p.(encryptThenMAC)
	if !ok {
		t.Fatalf("%T", p)
	}
	n := len(plaintext)
	if rest := n % size.block; rest != 0 {
		// CBC cannot make such a ciphertext: cut that of a whole block.
		plaintext = append(plaintext, make([]byte, size.block-rest)...)
	}
	iv := counting(size.iv)
	body := make([]byte, size.iv+n+size.icv)
	copy(body, iv)
	m := ike.Message{Header: header, Payloads: []ike.Payload{&ike.Encrypted{First: first, Body: body}}}
	out, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	head := out[:len(out)-len(body)]
	ciphertext := c.seal(head, iv, plaintext)[:n]
	copy(out[len(head)+size.iv:], ciphertext)
	copy(out[len(out)-size.icv:], c.icv(head, iv, ciphertext))
	return out
}

// TestOpenInsideMalformed returns what could be read of a message that is
// authentic and malformed.
func TestOpenInsideMalformed(t *testing.T) {
	k := derive(t, samples[0])
	// A Vendor ID payload, then one whose length runs over the end.
	plaintext := []byte{byte(ike.PayloadVendorID), 0, 0, 6, 1, 2, 0, 0, 1, 0, 3, 4, 0, 0, 0, 3}
	m, err := k.Open(Responder, sealRaw(t, k, ike.PayloadVendorID, plaintext))
	var parseErr *ike.ParseError
	if !errors.As(err, &parseErr) {
		t.Fatalf("error %v", err)
	}
	if m == nil || len(m.Payloads) != 1 || m.Header != header {
		t.Errorf("message %+v", m)
	}
}

// TestOpenAround keeps payloads in front of the Encrypted payload and octets
// behind the message.
func TestOpenAround(t *testing.T) {
	k := derive(t, samples[1])
	p, size, err := k.protection(Initiator)
	if err != nil {
		t.Fatal(err)
	}
	plaintext := []byte{0, 0, 0, 5, 9, 0} // an EAP payload and Pad Length
	body := make([]byte, size.iv+len(plaintext)+size.icv)
	m := ike.Message{Header: header, Payloads: []ike.Payload{
		&ike.VendorID{Data: []byte("in front")},
		&ike.Encrypted{First: ike.PayloadEAP, Body: body},
	}}
	sealed, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	start := len(sealed) - len(body)
	copy(sealed[start+size.iv:], p.seal(sealed[:start:start], body[:size.iv], plaintext))
	sealed = append(sealed, "behind"...)

	got, err := k.Open(Initiator, sealed)
	if err != nil {
		t.Fatal(err)
	}
	want := &ike.Message{
		Header:   header,
		Payloads: []ike.Payload{&ike.VendorID{Data: []byte("in front")}, &ike.EAP{Data: []byte{9}}},
		Trailing: []byte("behind"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
	if _, err := k.Open(Initiator, flip(sealed, 8*32)); !errors.Is(err, ErrIntegrity) {
		t.Errorf("payload in front changed: %v", err)
	}
}

func TestOpenWithoutEncrypted(t *testing.T) {
	k := derive(t, samples[0])
	for name, payloads := range map[string][]ike.Payload{
		"no payload":  nil,
		"plain":       {&ike.Notify{Notification: ike.INVALID_SYNTAX}},
		"fragment":    {&ike.EncryptedFragment{Number: 1, Total: 2, Body: counting(100)}},
		"empty":       {&ike.Encrypted{}},
		"too short":   {&ike.Encrypted{Body: counting(16 + 16)}},
		"not sealed":  {&ike.Encrypted{Body: counting(16 + 16 + 16)}},
		"odd lengths": {&ike.Encrypted{Body: counting(16 + 16 + 1)}},
	} {
		m := ike.Message{Header: header, Payloads: payloads}
		in, err := m.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.Open(Initiator, in); err == nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestSealFails(t *testing.T) {
	k := derive(t, samples[0])
	broken := errors.New("broken")
	if _, err := k.Seal(Initiator, header, nil, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("broken source: %v", err)
	}
	if _, err := k.Seal(Initiator, header, []ike.Payload{&ike.EAP{Data: make([]byte, 65500)}}, rand.Reader); err == nil {
		t.Error("sealed more than a payload holds")
	}
	h := header
	h.MajorVersion = 16
	if _, err := k.Seal(Initiator, h, nil, rand.Reader); err == nil {
		t.Error("sealed a header that does not fit")
	}
	var zero Keys
	if _, err := zero.Seal(Initiator, header, nil, rand.Reader); !errors.Is(err, ErrUnsupported) {
		t.Errorf("zero keys: %v", err)
	}
	if _, err := zero.Open(Initiator, nil); !errors.Is(err, ErrUnsupported) {
		t.Errorf("zero keys: %v", err)
	}
	cut := *k
	cut.SKei = cut.SKei[1:]
	if _, err := cut.Seal(Initiator, header, nil, rand.Reader); err == nil {
		t.Error("sealed with a key that was cut")
	}
}

// samples are one of each way to protect a message.
var samples = []Transforms{
	{ike.ENCR_AES_CBC, 128, ike.PRF_HMAC_SHA2_256, ike.AUTH_HMAC_SHA2_256_128},
	{ike.ENCR_AES_CTR, 256, ike.PRF_AES128_CMAC, ike.AUTH_AES_XCBC_96},
	{ike.ENCR_3DES, 0, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96},
	{ike.ENCR_AES_CCM_12, 192, ike.PRF_HMAC_SHA2_384, ike.AUTH_NONE},
	{ike.ENCR_AES_GCM_8, 128, ike.PRF_HMAC_SHA2_256, ike.AUTH_NONE},
	{ike.ENCR_AES_GCM_16, 256, ike.PRF_HMAC_SHA2_512, ike.AUTH_NONE},
	{ike.ENCR_CHACHA20_POLY1305, 0, ike.PRF_HMAC_SHA2_256, ike.AUTH_NONE},
	{ike.ENCR_CAMELLIA_CBC, 192, ike.PRF_HMAC_SHA2_256, ike.AUTH_HMAC_SHA2_256_128},
}

func derive(t testing.TB, transforms Transforms) *Keys {
	t.Helper()
	k, err := Derive(transforms, counting(64), counting(32), counting(24), header.SPIi, header.SPIr)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// FuzzOpen looks for a datagram that makes Open panic, and for one that it
// takes though nobody who holds the keys sealed it.
func FuzzOpen(f *testing.F) {
	var keys []*Keys
	for i, transforms := range samples {
		k := derive(f, transforms)
		keys = append(keys, k)
		sealed, err := k.Seal(Initiator, header, []ike.Payload{&ike.EAP{Data: counting(20)}}, bytes.NewReader(counting(16)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), sealed)
	}
	f.Fuzz(func(t *testing.T, i uint8, in []byte) {
		k := keys[int(i)%len(keys)]
		m, err := k.Open(Initiator, in)
		if err != nil {
			return
		}
		// Only the seeds are authentic; octets behind the message are free.
		seed, err := k.Seal(Initiator, header, []ike.Payload{&ike.EAP{Data: counting(20)}}, bytes.NewReader(counting(16)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(in[:len(in)-len(m.Trailing)], seed) {
			t.Fatalf("opened %x", in)
		}
	})
}

// FuzzInside looks for a plaintext that makes Open panic once it is authentic.
func FuzzInside(f *testing.F) {
	k := derive(f, Transforms{ike.ENCR_AES_CTR, 128, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96})
	f.Add(uint8(ike.PayloadEAP), []byte{0, 0, 0, 6, 7, 7, 0})
	f.Add(uint8(ike.PayloadNone), []byte{0})
	f.Fuzz(func(t *testing.T, first uint8, plaintext []byte) {
		if len(plaintext) == 0 || len(plaintext) > 60000 {
			return
		}
		p, size, err := k.protection(Initiator)
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, size.iv+len(plaintext)+size.icv)
		m := ike.Message{Header: header, Payloads: []ike.Payload{&ike.Encrypted{First: ike.PayloadType(first), Body: body}}}
		in, err := m.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		start := len(in) - len(body)
		copy(in[start+size.iv:], p.seal(in[:start:start], body[:size.iv], plaintext))
		if _, err := k.Open(Initiator, in); errors.Is(err, ErrIntegrity) {
			t.Fatal(err)
		}
	})
}

// BenchmarkOpen opens an answer as long as one with a certificate.
func BenchmarkOpen(b *testing.B) {
	for _, transforms := range samples {
		b.Run(transforms.String(), func(b *testing.B) {
			k := derive(b, transforms)
			sealed, err := k.Seal(Responder, header, []ike.Payload{&ike.EAP{Data: make([]byte, 2000)}}, io.LimitReader(rand.Reader, 16))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := k.Open(Responder, sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
