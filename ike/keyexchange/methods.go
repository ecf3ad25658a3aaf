package keyexchange

import (
	"crypto/ecdh"
	"crypto/elliptic"

	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem512"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"

	"github.com/ikescope/ikescope/ike"
)

// methods holds every method that this package can compute. It is not changed
// after initialization.
var methods = map[ike.KeyExchangeMethod]method{
	// The exponents have the larger of the two sizes that RFC 3526, Section 8,
	// estimates for each group, and 256 bits where it has none.
	ike.KE_MODP_768:  oakley(ike.KE_MODP_768, 256),
	ike.KE_MODP_1024: oakley(ike.KE_MODP_1024, 256),
	ike.KE_MODP_1536: oakley(ike.KE_MODP_1536, 240),
	ike.KE_MODP_2048: oakley(ike.KE_MODP_2048, 320),
	ike.KE_MODP_3072: oakley(ike.KE_MODP_3072, 420),
	ike.KE_MODP_4096: oakley(ike.KE_MODP_4096, 480),
	ike.KE_MODP_6144: oakley(ike.KE_MODP_6144, 540),
	ike.KE_MODP_8192: oakley(ike.KE_MODP_8192, 620),

	ike.KE_MODP_1024_160: subgroup(ike.KE_MODP_1024_160),
	ike.KE_MODP_2048_224: subgroup(ike.KE_MODP_2048_224),
	ike.KE_MODP_2048_256: subgroup(ike.KE_MODP_2048_256),

	ike.KE_ECP_256: nistCurve(ecdh.P256(), elliptic.P256().Params()),
	ike.KE_ECP_384: nistCurve(ecdh.P384(), elliptic.P384().Params()),
	ike.KE_ECP_521: nistCurve(ecdh.P521(), elliptic.P521().Params()),

	ike.KE_ECP_192:          weierstrass(ike.KE_ECP_192),
	ike.KE_ECP_224:          weierstrass(ike.KE_ECP_224),
	ike.KE_BRAINPOOL_P224R1: weierstrass(ike.KE_BRAINPOOL_P224R1),
	ike.KE_BRAINPOOL_P256R1: weierstrass(ike.KE_BRAINPOOL_P256R1),
	ike.KE_BRAINPOOL_P384R1: weierstrass(ike.KE_BRAINPOOL_P384R1),
	ike.KE_BRAINPOOL_P512R1: weierstrass(ike.KE_BRAINPOOL_P512R1),

	ike.KE_CURVE25519: diffieHellman(x25519Size, generateX25519),
	ike.KE_CURVE448:   diffieHellman(x448Size, generateX448),

	ike.KE_ML_KEM_512:  moduleLattice(mlkem512.Scheme()),
	ike.KE_ML_KEM_768:  moduleLattice(mlkem768.Scheme()),
	ike.KE_ML_KEM_1024: moduleLattice(mlkem1024.Scheme()),
}

type sizes struct{ initiator, responder int }

// sizesOnly holds the methods whose sizes are known and no more: GOST R
// 34.10-2012 (RFC 9385), FrodoKEM (draft-ietf-ipsecme-hybrid-kem-ikev2-frodo),
// strongSwan's MODP_NULL and OpenIKED's sntrup761x25519.
var sizesOnly = map[ike.KeyExchangeMethod]sizes{
	ike.KE_NONE:              {0, 0},
	ike.KE_GOST3410_2012_256: {64, 64},
	ike.KE_GOST3410_2012_512: {128, 128},
	38:                       {9616, 9720},   // frodokem-640-aes
	39:                       {15632, 15744}, // frodokem-976-aes
	40:                       {21520, 21632}, // frodokem-1344-aes
	1024:                     {1, 1},         // MODP_NULL
	1035:                     {1190, 1071},   // X_SNTRUP761X25519
}
