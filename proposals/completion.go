package proposals

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals/english"
)

// integPRFs is the PRF that strongSwan adds for an integrity algorithm where a
// proposal names no PRF (proposal.c, integ_prf_map). strongSwan numbers the
// XCBC forms of Camellia for private use.
var integPRFs = []struct {
	integ ike.IntegrityID
	prf   ike.PRFID
}{
	{ike.AUTH_HMAC_SHA1_96, ike.PRF_HMAC_SHA1},
	{ike.AUTH_HMAC_SHA1_160, ike.PRF_HMAC_SHA1},
	{ike.AUTH_HMAC_SHA2_256_128, ike.PRF_HMAC_SHA2_256},
	{ike.AUTH_HMAC_SHA2_384_192, ike.PRF_HMAC_SHA2_384},
	{ike.AUTH_HMAC_SHA2_512_256, ike.PRF_HMAC_SHA2_512},
	{ike.AUTH_HMAC_MD5_96, ike.PRF_HMAC_MD5},
	{ike.AUTH_HMAC_MD5_128, ike.PRF_HMAC_MD5},
	{ike.AUTH_AES_XCBC_96, ike.PRF_AES128_XCBC},
	{1030, 1028},
	{ike.AUTH_AES_CMAC_96, ike.PRF_AES128_CMAC},
}

// completion is what a proposal lacks or has too much, and what it could be.
type completion struct {
	product  Product
	problems []string // predicates, such as "names no PRF"
	missing  []string // nouns
	would    []string // what strongSwan does about it: "add prfsha256"
	rejected bool     // strongSwan takes it no more than we do
}

// faults returns what is wrong with p as a whole, or nil. none is the keyword
// by which p names no key exchange, or "".
func faults(p Product, none string) *SyntaxError {
	if aead, classic, mixed := p.splitAEAD(); mixed {
		return &SyntaxError{
			Problem:    "mixes AEAD and classic ciphers, which strongSwan rejects",
			Correction: complete(aead).product.String() + "," + complete(classic).product.String(),
		}
	}
	c := complete(p)
	if none != "" {
		c.problems = append(c.problems, "names "+none+", but an IKE SA always has a key exchange")
		c.would = append(c.would, "drop "+none)
	}
	if len(c.missing) > 0 {
		c.problems = append(c.problems, "names no "+english.List(c.missing, "or"))
	}
	if len(c.problems) == 0 {
		return nil
	}
	e := &SyntaxError{
		Problem:    strings.Join(c.problems, ", and "),
		Correction: c.product.String(),
		Example:    c.rejected,
	}
	if c.rejected {
		e.Problem += "; strongSwan rejects it"
	} else {
		e.Problem += "; strongSwan would " + english.List(c.would, "and")
	}
	return e
}

// complete makes of p a proposal that parses. It follows strongSwan where
// strongSwan completes; elsewhere it takes what RFC 8247 requires.
func complete(p Product) completion {
	c := completion{product: p}
	q := &c.product
	var aead, classic bool
	for _, a := range p[ENCR] {
		aead = aead || a.AEAD()
		classic = classic || a.classic()
	}
	if len(p[ENCR]) == 0 {
		c.lacks(ENCR)
		q[ENCR] = []Algorithm{{Axis: ENCR, ID: uint16(ike.ENCR_AES_CBC), KeyBits: 256}}
		classic = true
	}
	if classic && len(p[INTEG]) == 0 {
		c.lacks(INTEG)
		q[INTEG] = []Algorithm{integFor(p[PRF])}
	}
	if len(p[PRF]) == 0 {
		c.missing = append(c.missing, PRF.Noun())
		for _, integ := range q[INTEG] {
			if prf, ok := PRFOf(integ); ok && !slices.Contains(q[PRF], prf) {
				q[PRF] = append(q[PRF], prf)
			}
		}
		if len(q[PRF]) > 0 {
			c.would = append(c.would, "add "+keywordsOf(q[PRF]))
		} else {
			c.rejected = true
			q[PRF] = []Algorithm{{Axis: PRF, ID: uint16(ike.PRF_HMAC_SHA2_256)}}
		}
	}
	if aead && len(p[INTEG]) > 0 {
		list := keywordsOf(p[INTEG])
		c.problems = append(c.problems, "names "+list+" beside AEAD, which needs no integrity algorithm")
		c.would = append(c.would, "drop "+list)
		q[INTEG] = nil
	}
	if len(p[KE]) == 0 {
		c.lacks(KE)
		q[KE] = []Algorithm{{Axis: KE, ID: uint16(ike.KE_MODP_2048)}}
	}
	return c
}

// keywordsOf returns "sha256, sha384 and sha512".
func keywordsOf(list []Algorithm) string {
	var words []string
	for _, a := range list {
		words = append(words, a.Keyword())
	}
	return english.List(words, "and")
}

// lacks notes something missing that strongSwan does not add.
func (c *completion) lacks(axis Axis) {
	c.missing = append(c.missing, axis.Noun())
	c.rejected = true
}

// splitAEAD parts p into its AEAD and its classic suites. It reports false if
// p does not have both.
func (p Product) splitAEAD() (aead, classic Product, mixed bool) {
	aead, classic = p, p
	aead[ENCR], classic[ENCR] = nil, nil
	for _, a := range p[ENCR] {
		if a.AEAD() {
			aead[ENCR] = append(aead[ENCR], a)
		} else {
			classic[ENCR] = append(classic[ENCR], a)
		}
	}
	return aead, classic, len(aead[ENCR]) > 0 && slices.ContainsFunc(classic[ENCR], Algorithm.classic)
}

// PRFOf returns the PRF of the same hash or cipher as integ, which many products
// use where their user names no PRF. It reports false if there is none.
func PRFOf(integ Algorithm) (Algorithm, bool) {
	for _, pair := range integPRFs {
		if uint16(pair.integ) == integ.ID {
			return Algorithm{Axis: PRF, ID: uint16(pair.prf)}, true
		}
	}
	return Algorithm{}, false
}

// integFor returns an integrity algorithm with the hash of the first of prfs
// that has one, or SHA2_256.
func integFor(prfs []Algorithm) Algorithm {
	for _, prf := range prfs {
		for _, pair := range integPRFs {
			if uint16(pair.prf) == prf.ID {
				return Algorithm{Axis: INTEG, ID: uint16(pair.integ)}
			}
		}
	}
	return Algorithm{Axis: INTEG, ID: uint16(ike.AUTH_HMAC_SHA2_256_128)}
}
