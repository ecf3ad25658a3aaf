package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// ErrNoScheme says that a key has no way of signing that the peer takes.
var ErrNoScheme = errors.New("no signature scheme in common")

// SigningOptions say how an AUTH payload is to be signed.
type SigningOptions struct {
	// Hashes are those of the peer's SIGNATURE_HASH_ALGORITHMS. With none the
	// signature is of RFC 7296, Section 3.8, or RFC 4754, which name no hash: RSA with
	// SHA-1, and ECDSA with the hash of its curve. Ed25519 has no such way.
	Hashes []ike.HashAlgorithm
	// PSS: an RSA key signs by RSASSA-PSS, for which Hashes are needed.
	PSS bool
}

// identifiers are the AlgorithmIdentifiers of RFC 7427, Appendix A, and RFC 8420, in
// hexadecimal. Those of PSS have the hash's own length as that of the salt.
var identifiers = map[string]map[ike.HashAlgorithm]string{
	"RSA PKCS#1": {
		ike.SIGHASH_SHA2_256: "300d06092a864886f70d01010b0500",
		ike.SIGHASH_SHA2_384: "300d06092a864886f70d01010c0500",
		ike.SIGHASH_SHA2_512: "300d06092a864886f70d01010d0500",
	},
	"RSA PSS": {
		ike.SIGHASH_SHA2_256: "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120",
		ike.SIGHASH_SHA2_384: "304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130",
		ike.SIGHASH_SHA2_512: "304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140",
	},
	"ECDSA": {
		ike.SIGHASH_SHA2_256: "300a06082a8648ce3d040302",
		ike.SIGHASH_SHA2_384: "300a06082a8648ce3d040303",
		ike.SIGHASH_SHA2_512: "300a06082a8648ce3d040304",
	},
	"Ed25519": {ike.SIGHASH_IDENTITY: "300506032b6570"},
}

var signingHashes = map[ike.HashAlgorithm]crypto.Hash{
	ike.SIGHASH_SHA2_256: crypto.SHA256, ike.SIGHASH_SHA2_384: crypto.SHA384, ike.SIGHASH_SHA2_512: crypto.SHA512,
}

// SignAuth returns the AUTH payload by which the holder of key proves who it is: RFC
// 7427 where the peer announced hashes, else RFC 7296, Section 3.8, or RFC 4754. Signed
// are the octets of RFC 7296, Section 2.15. The error is ErrNoScheme, or that of the
// key.
func SignAuth(key crypto.Signer, signed []byte, o SigningOptions) (*ike.Auth, Scheme, error) {
	if len(o.Hashes) == 0 {
		return signWithoutHashes(key, signed, o)
	}
	kind, order, err := kindOf(key, o.PSS)
	if err != nil {
		return nil, Scheme{}, err
	}
	i := slices.IndexFunc(order, func(h ike.HashAlgorithm) bool { return slices.Contains(o.Hashes, h) })
	if i < 0 {
		return nil, Scheme{}, fmt.Errorf("%w: %s, and the peer takes the hashes %v", ErrNoScheme, kind, o.Hashes)
	}
	h := signingHashes[order[i]]
	var opts crypto.SignerOpts = h
	if kind == "RSA PSS" {
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
	}
	octets := signed
	if h != 0 {
		octets = sum(h, signed)
	}
	signature, err := key.Sign(rand.Reader, octets, opts)
	if err != nil {
		return nil, Scheme{}, err
	}
	der, err := hex.DecodeString(identifiers[kind][order[i]])
	if err != nil {
		return nil, Scheme{}, err
	}
	auth := &ike.Auth{Method: ike.AuthDigitalSignature, Data: slices.Concat([]byte{byte(len(der))}, der, signature)}
	return auth, Scheme{Method: auth.Method, Algorithm: kind, Hash: hashNames[h]}, nil
}

// kindOf returns the algorithm of key, and the hashes that it signs with, the fittest
// first.
func kindOf(key crypto.Signer, pss bool) (string, []ike.HashAlgorithm, error) {
	order := []ike.HashAlgorithm{ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512}
	switch k := key.Public().(type) {
	case *rsa.PublicKey:
		if pss {
			return "RSA PSS", order, nil
		}
		return "RSA PKCS#1", order, nil
	case *ecdsa.PublicKey:
		switch size := k.Params().BitSize; {
		case size > 384:
			order = []ike.HashAlgorithm{ike.SIGHASH_SHA2_512}
		case size > 256:
			order = order[1:]
		}
		return "ECDSA", order, nil
	case ed25519.PublicKey:
		return "Ed25519", []ike.HashAlgorithm{ike.SIGHASH_IDENTITY}, nil
	}
	return "", nil, fmt.Errorf("%w: a key of type %T", ErrNoScheme, key.Public())
}

// signWithoutHashes signs for peers that do not know RFC 7427.
func signWithoutHashes(key crypto.Signer, signed []byte, o SigningOptions) (*ike.Auth, Scheme, error) {
	switch k := key.Public().(type) {
	case *rsa.PublicKey:
		if o.PSS {
			return nil, Scheme{}, fmt.Errorf("%w: RSA PSS needs RFC 7427, which the peer does not announce", ErrNoScheme)
		}
		data, err := key.Sign(rand.Reader, sum(crypto.SHA1, signed), crypto.SHA1)
		return &ike.Auth{Method: ike.AuthRSASignature, Data: data}, Scheme{ike.AuthRSASignature, "RSA PKCS#1", hashNames[crypto.SHA1]}, err
	case *ecdsa.PublicKey:
		size := k.Params().BitSize
		method, h := ike.AuthECDSA256, crypto.SHA256
		switch size {
		case 256:
		case 384:
			method, h = ike.AuthECDSA384, crypto.SHA384
		case 521:
			method, h = ike.AuthECDSA521, crypto.SHA512
		default:
			return nil, Scheme{}, fmt.Errorf("%w: ECDSA of %d bits, and the peer does not announce RFC 7427", ErrNoScheme, size)
		}
		der, err := key.Sign(rand.Reader, sum(h, signed), h)
		if err != nil {
			return nil, Scheme{}, err
		}
		var rs struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &rs); err != nil {
			return nil, Scheme{}, err
		}
		n := (size + 7) / 8
		data := slices.Concat(rs.R.FillBytes(make([]byte, n)), rs.S.FillBytes(make([]byte, n)))
		return &ike.Auth{Method: method, Data: data}, Scheme{method, "ECDSA", hashNames[h]}, nil
	}
	return nil, Scheme{}, fmt.Errorf("%w: a key of type %T, and the peer does not announce RFC 7427", ErrNoScheme, key.Public())
}
