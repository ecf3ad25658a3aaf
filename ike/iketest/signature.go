package iketest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha256" // for the hashes of signatures
	_ "crypto/sha512"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/ikescope/ikescope/ike"
)

// errNoScheme: no way of signing is common to the key and the initiator.
var errNoScheme = errors.New("iketest: no signature scheme")

// AlgorithmIdentifiers of RFC 7427, Appendix A, and RFC 8420, in hexadecimal.
var algorithmIdentifiers = map[string]map[ike.HashAlgorithm]string{
	"RSA": {
		ike.SIGHASH_SHA2_256: "300d06092a864886f70d01010b0500",
		ike.SIGHASH_SHA2_384: "300d06092a864886f70d01010c0500",
		ike.SIGHASH_SHA2_512: "300d06092a864886f70d01010d0500",
	},
	"ECDSA": {
		ike.SIGHASH_SHA2_256: "300a06082a8648ce3d040302",
		ike.SIGHASH_SHA2_384: "300a06082a8648ce3d040303",
		ike.SIGHASH_SHA2_512: "300a06082a8648ce3d040304",
	},
	"Ed25519": {ike.SIGHASH_IDENTITY: "300506032b6570"},
}

var hashFunctions = map[ike.HashAlgorithm]crypto.Hash{
	ike.SIGHASH_SHA2_256: crypto.SHA256, ike.SIGHASH_SHA2_384: crypto.SHA384, ike.SIGHASH_SHA2_512: crypto.SHA512,
}

// signDigitally returns the AUTH payload of RFC 7427, with the first hash that fits
// the key, and that the initiator announced.
func signDigitally(key crypto.Signer, signed []byte, announced []ike.HashAlgorithm) (*ike.Auth, error) {
	kind, order := "RSA", []ike.HashAlgorithm{ike.SIGHASH_SHA2_256, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_512}
	switch k := key.(type) {
	case *rsa.PrivateKey:
	case *ecdsa.PrivateKey:
		kind = "ECDSA"
		if k.Params().BitSize > 256 {
			order = order[1:]
		}
	case ed25519.PrivateKey:
		kind, order = "Ed25519", []ike.HashAlgorithm{ike.SIGHASH_IDENTITY}
	}
	for _, h := range order {
		if !slices.Contains(announced, h) {
			continue
		}
		der, err := hex.DecodeString(algorithmIdentifiers[kind][h])
		if err != nil {
			return nil, err
		}
		digest, opts := signed, crypto.SignerOpts(crypto.Hash(0))
		if kind != "Ed25519" {
			digest, opts = digestOf(hashFunctions[h], signed), hashFunctions[h]
		}
		signature, err := key.Sign(nil, digest, opts)
		return &ike.Auth{Method: ike.AuthDigitalSignature, Data: slices.Concat([]byte{byte(len(der))}, der, signature)}, err
	}
	return nil, errNoScheme
}

func digestOf(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}
