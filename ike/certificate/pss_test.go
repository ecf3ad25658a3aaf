package certificate

import (
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"testing"
)

// TestPSSParameters: only what crypto/rsa verifies is taken, and said to be so.
func TestPSSParameters(t *testing.T) {
	sha256 := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	sha512 := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	other := asn1.ObjectIdentifier{1, 2, 3}
	identifier := func(of asn1.ObjectIdentifier) pkix.AlgorithmIdentifier {
		if of == nil {
			return pkix.AlgorithmIdentifier{}
		}
		return pkix.AlgorithmIdentifier{Algorithm: of, Parameters: asn1.NullRawValue}
	}
	mgf := func(function, hash asn1.ObjectIdentifier) pkix.AlgorithmIdentifier {
		if function == nil {
			return pkix.AlgorithmIdentifier{}
		}
		der, err := asn1.Marshal(identifier(hash))
		if err != nil {
			t.Fatal(err)
		}
		return pkix.AlgorithmIdentifier{Algorithm: function, Parameters: asn1.RawValue{FullBytes: der}}
	}
	for name, tt := range map[string]struct {
		hash          asn1.ObjectIdentifier
		mask          pkix.AlgorithmIdentifier
		salt, trailer int
		want          crypto.Hash // 0: not verifiable
	}{
		"as strongSwan sends it":           {sha256, mgf(oidMGF1, sha256), 32, 1, crypto.SHA256},
		"another length of salt":           {sha512, mgf(oidMGF1, sha512), 32, 1, crypto.SHA512},
		"the defaults but for the salt":    {nil, mgf(nil, nil), 12, 1, crypto.SHA1},
		"another hash of the mask":         {sha256, mgf(oidMGF1, sha512), 32, 1, 0},
		"the mask of the default":          {sha256, mgf(nil, nil), 32, 1, 0},
		"another mask generation function": {sha256, mgf(other, sha256), 32, 1, 0},
		"a mask of an unknown hash":        {sha256, mgf(oidMGF1, other), 32, 1, 0},
		"an unknown hash":                  {other, mgf(oidMGF1, other), 32, 1, 0},
		"no salt":                          {sha256, mgf(oidMGF1, sha256), 0, 1, 0},
		"a negative salt":                  {sha256, mgf(oidMGF1, sha256), -1, 1, 0},
		"a long salt":                      {sha256, mgf(oidMGF1, sha256), maxSalt + 1, 1, 0},
		"another trailer":                  {sha256, mgf(oidMGF1, sha256), 32, 2, 0},
		"trailer 0":                        {sha256, mgf(oidMGF1, sha256), 32, 0, 0},
	} {
		der, err := asn1.Marshal(struct {
			Hash    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:0"`
			MGF     pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:1"`
			Salt    int                      `asn1:"explicit,tag:2"`
			Trailer int                      `asn1:"explicit,tag:3"`
		}{identifier(tt.hash), tt.mask, tt.salt, tt.trailer})
		if err != nil {
			t.Fatal(err)
		}
		h, salt, err := pssParameters(der)
		switch {
		case tt.want == 0 && !errors.Is(err, ErrUnknownScheme):
			t.Errorf("%s: %v, %d, %v", name, h, salt, err)
		case tt.want != 0 && (err != nil || h != tt.want || salt != tt.salt):
			t.Errorf("%s: %v, %d, %v", name, h, salt, err)
		}
	}
	if h, salt, err := pssParameters(nil); h != crypto.SHA1 || salt != 20 || err != nil {
		t.Errorf("absent: %v, %d, %v", h, salt, err)
	}
}
