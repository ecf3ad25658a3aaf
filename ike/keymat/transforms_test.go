package keymat

import (
	"testing"

	"github.com/ikescope/ikescope/ike"
)

func TestTransformsOf(t *testing.T) {
	encr := func(id ike.EncryptionID, bits int) ike.Transform {
		tr := ike.Transform{Type: ike.TransformENCR, ID: uint16(id)}
		if bits != 0 {
			tr.Attributes = []ike.Attribute{ike.KeyLengthAttribute(bits)}
		}
		return tr
	}
	prf := ike.Transform{Type: ike.TransformPRF, ID: uint16(ike.PRF_HMAC_SHA2_256)}
	integ := ike.Transform{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_HMAC_SHA2_256_128)}
	none := ike.Transform{Type: ike.TransformINTEG, ID: uint16(ike.AUTH_NONE)}
	ke := ike.Transform{Type: ike.TransformKE, ID: uint16(ike.KE_ECP_256)}
	addke := ike.Transform{Type: ike.TransformADDKE1, ID: uint16(ike.KE_ML_KEM_768)}
	aes, gcm := encr(ike.ENCR_AES_CBC, 256), encr(ike.ENCR_AES_GCM_16, 128)

	aead := Transforms{ike.ENCR_AES_GCM_16, 128, ike.PRF_HMAC_SHA2_256, ike.AUTH_NONE}
	for _, row := range []struct {
		name       string
		protocol   ike.ProtocolID
		transforms []ike.Transform
		want       Transforms // zero: an error
	}{
		{"classic", ike.ProtocolIKE, []ike.Transform{aes, integ, prf, ke},
			Transforms{ike.ENCR_AES_CBC, 256, ike.PRF_HMAC_SHA2_256, ike.AUTH_HMAC_SHA2_256_128}},
		{"fixed key length", ike.ProtocolIKE, []ike.Transform{encr(ike.ENCR_3DES, 0), prf, integ},
			Transforms{ike.ENCR_3DES, 0, ike.PRF_HMAC_SHA2_256, ike.AUTH_HMAC_SHA2_256_128}},
		{"AEAD", ike.ProtocolIKE, []ike.Transform{gcm, prf, ke}, aead},
		{"AEAD, INTEG says none", ike.ProtocolIKE, []ike.Transform{gcm, prf, none, ke}, aead},
		{"additional key exchange", ike.ProtocolIKE, []ike.Transform{gcm, prf, ke, addke}, aead},
		{"unknown algorithm", ike.ProtocolIKE, []ike.Transform{encr(65004, 128), prf, integ},
			Transforms{65004, 128, ike.PRF_HMAC_SHA2_256, ike.AUTH_HMAC_SHA2_256_128}},
		{"ESP", ike.ProtocolESP, []ike.Transform{aes, integ, prf, ke}, Transforms{}},
		{"nothing", ike.ProtocolIKE, nil, Transforms{}},
		{"no ENCR", ike.ProtocolIKE, []ike.Transform{prf, integ, ke}, Transforms{}},
		{"no PRF", ike.ProtocolIKE, []ike.Transform{aes, integ, ke}, Transforms{}},
		{"two ENCR", ike.ProtocolIKE, []ike.Transform{aes, aes, prf, integ, ke}, Transforms{}},
		{"two PRF", ike.ProtocolIKE, []ike.Transform{aes, prf, prf, integ, ke}, Transforms{}},
		{"two INTEG", ike.ProtocolIKE, []ike.Transform{aes, prf, integ, none, ke}, Transforms{}},
		{"AEAD with INTEG", ike.ProtocolIKE, []ike.Transform{gcm, prf, integ, ke}, Transforms{}},
		{"no INTEG", ike.ProtocolIKE, []ike.Transform{aes, prf, ke}, Transforms{}},
		{"INTEG says none", ike.ProtocolIKE, []ike.Transform{aes, prf, none, ke}, Transforms{}},
	} {
		got, err := TransformsOf(ike.Proposal{Number: 1, Protocol: row.protocol, Transforms: row.transforms})
		if got != row.want || (err != nil) != (row.want == Transforms{}) {
			t.Errorf("%s: %v, %v, want %v", row.name, got, err, row.want)
		}
	}
}

// TestSupported goes through every combination of the registry. What should be
// supported is stated here on its own: ciphers, then fitting integrity.
func TestSupported(t *testing.T) {
	classic := map[ike.EncryptionID][]int{
		ike.ENCR_DES: {0, 64}, ike.ENCR_3DES: {0, 192},
		ike.ENCR_AES_CBC: {128, 192, 256}, ike.ENCR_AES_CTR: {128, 192, 256},
		ike.ENCR_CAMELLIA_CBC: {128, 192, 256}, ike.ENCR_CAMELLIA_CTR: {128, 192, 256},
	}
	combined := map[ike.EncryptionID][]int{
		ike.ENCR_AES_CCM_8: {128, 192, 256}, ike.ENCR_AES_CCM_12: {128, 192, 256}, ike.ENCR_AES_CCM_16: {128, 192, 256},
		ike.ENCR_AES_GCM_8: {128, 192, 256}, ike.ENCR_AES_GCM_12: {128, 192, 256}, ike.ENCR_AES_GCM_16: {128, 192, 256},
		ike.ENCR_CAMELLIA_CCM_8: {128, 192, 256}, ike.ENCR_CAMELLIA_CCM_12: {128, 192, 256}, ike.ENCR_CAMELLIA_CCM_16: {128, 192, 256},
		ike.ENCR_CHACHA20_POLY1305: {0, 256},
	}
	const prfCount, integCount = 7, 7
	want := (6*3-2)*prfCount*integCount + (10*3-1)*prfCount

	got := 0
	for t := range everyTransforms() {
		if Supported(t) {
			got++
		}
	}
	if got != want {
		t.Errorf("%d combinations are supported, want %d", got, want)
	}
	for set, integ := range map[*map[ike.EncryptionID][]int]ike.IntegrityID{&classic: ike.AUTH_HMAC_SHA1_96, &combined: ike.AUTH_NONE} {
		for e, lengths := range *set {
			for _, bits := range lengths {
				if tr := (Transforms{e, bits, ike.PRF_HMAC_SHA1, integ}); !Supported(tr) {
					t.Errorf("%v is not supported", tr)
				}
			}
		}
	}
	for _, tr := range []Transforms{
		{},
		{ike.ENCR_NULL, 0, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96},
		{ike.ENCR_AES_CBC, 0, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96},
		{ike.ENCR_AES_CBC, 64, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96},
		{ike.ENCR_AES_CBC, 128, ike.PRF_HMAC_SHA1, ike.AUTH_NONE},
		{ike.ENCR_AES_GCM_16, 128, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96},
		{ike.ENCR_AES_GCM_16, 128, ike.PRF_HMAC_SHA1, 65535},
		{ike.ENCR_AES_GCM_16, 128, ike.PRF_HMAC_TIGER, ike.AUTH_NONE},
		{ike.ENCR_3DES, 128, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96},
		{ike.ENCR_BLOWFISH, 128, ike.PRF_HMAC_SHA1, ike.AUTH_HMAC_SHA1_96},
	} {
		if Supported(tr) {
			t.Errorf("%v is supported", tr)
		}
	}
}

// everyTransforms yields every combination of the algorithms of the registry
// with the key lengths 0, 64, 128, 192 and 256.
func everyTransforms() func(yield func(Transforms) bool) {
	return func(yield func(Transforms) bool) {
		for _, e := range ike.EncryptionIDs() {
			for _, bits := range []int{0, 64, 128, 192, 256} {
				for _, p := range ike.PRFIDs() {
					for _, i := range ike.IntegrityIDs() {
						if !yield(Transforms{e, bits, p, i}) {
							return
						}
					}
				}
			}
		}
	}
}
