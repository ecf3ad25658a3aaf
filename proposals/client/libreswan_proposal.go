package client

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
)

// libreswanDefaults are what releases of libreswan add.
type libreswanDefaults struct {
	release string
	// proposals are ike= where a conn has none, outside FIPS mode; each is
	// completed with the default PRFs and groups.
	proposals []string
	// prfs and kes are added to a proposal without a PRF or a group.
	prfs, kes []proposals.Algorithm
}

// The defaults of lib/libswan/ike_info.c, at v4.0 and v4.15, and at v5.0 to v5.4.
var (
	libreswan4 = libreswanDefaults{
		"4", []string{"aes_gcm_16_256", "aes_gcm_16_128", "aes_cbc_256", "aes_cbc_128"},
		keywords("prfsha512", "prfsha256"),
		keywords("modp2048", "modp3072", "modp4096", "modp8192", "ecp256", "ecp384", "ecp521", "x25519"),
	}
	libreswan5 = libreswanDefaults{
		"5", []string{"aes_gcm_16_256", "aes_gcm_16_128", "chacha20_poly1305", "aes_cbc_256", "aes_cbc_128"},
		keywords("prfsha512", "prfsha256"),
		keywords("ecp256", "ecp384", "ecp521", "x25519", "modp4096", "modp3072", "modp2048", "modp8192"),
	}
)

// libreswanCipher is a cipher as strongSwan's keywords name it, before and
// after its key length; without the lengths 256 and 128 if fixed.
type libreswanCipher struct {
	before, after string
	fixed         bool
}

// The names of algorithms for IKE (libreswan 5.2 and 0c4e3ec, lib/libswan/
// ike_alg_*.c), in strongSwan's keywords.
var (
	libreswanCiphers = map[string]libreswanCipher{
		"3des": {before: "3des", fixed: true}, "3des_cbc": {before: "3des", fixed: true},
		"aes": {before: "aes"}, "aes_cbc": {before: "aes"},
		"aesctr": {"aes", "ctr", false}, "aes_ctr": {"aes", "ctr", false},
		"aes_gcm_8": {"aes", "gcm8", false}, "aes_gcm_a": {"aes", "gcm8", false},
		"aes_gcm_12": {"aes", "gcm12", false}, "aes_gcm_b": {"aes", "gcm12", false},
		"aes_gcm": {"aes", "gcm16", false}, "aes_gcm_16": {"aes", "gcm16", false}, "aes_gcm_c": {"aes", "gcm16", false},
		"camellia": {before: "camellia"}, "camellia_cbc": {before: "camellia"},
		"chacha20_poly1305": {before: "chacha20poly1305", fixed: true}, "chacha20poly1305": {before: "chacha20poly1305", fixed: true},
	}
	libreswanPRFs = map[string]string{
		"md5": "prfmd5", "hmac_md5": "prfmd5",
		"sha": "prfsha1", "sha1": "prfsha1", "hmac_sha1": "prfsha1",
		"sha2": "prfsha256", "sha256": "prfsha256", "sha2_256": "prfsha256", "hmac_sha2_256": "prfsha256",
		"sha384": "prfsha384", "sha2_384": "prfsha384", "hmac_sha2_384": "prfsha384",
		"sha512": "prfsha512", "sha2_512": "prfsha512", "hmac_sha2_512": "prfsha512",
		"aes_xcbc": "prfaesxcbc", "aes128_xcbc": "prfaesxcbc",
	}
	libreswanIntegs = map[string]string{
		"md5": "md5", "hmac_md5": "md5", "hmac_md5_96": "md5",
		"sha": "sha1", "sha1": "sha1", "sha1_96": "sha1", "hmac_sha1": "sha1", "hmac_sha1_96": "sha1",
		"sha2": "sha256", "sha256": "sha256", "sha2_256": "sha256", "sha2_256_128": "sha256",
		"hmac_sha2_256": "sha256", "hmac_sha2_256_128": "sha256",
		"sha384": "sha384", "sha2_384": "sha384", "sha2_384_192": "sha384", "hmac_sha2_384": "sha384", "hmac_sha2_384_192": "sha384",
		"sha512": "sha512", "sha2_512": "sha512", "sha2_512_256": "sha512", "hmac_sha2_512": "sha512", "hmac_sha2_512_256": "sha512",
		"aes_xcbc": "aesxcbc", "aes128_xcbc": "aesxcbc", "aes_xcbc_96": "aesxcbc", "aes128_xcbc_96": "aesxcbc",
		"none": "", "null": "",
	}
	libreswanKEs = map[string]string{
		"modp1024": "modp1024", "dh2": "modp1024", "modp1536": "modp1536", "dh5": "modp1536",
		"modp2048": "modp2048", "dh14": "modp2048", "modp3072": "modp3072", "dh15": "modp3072",
		"modp4096": "modp4096", "dh16": "modp4096", "modp6144": "modp6144", "dh17": "modp6144",
		"modp8192": "modp8192", "dh18": "modp8192",
		"dh19": "ecp256", "ecp_256": "ecp256", "ecp256": "ecp256",
		"dh20": "ecp384", "ecp_384": "ecp384", "ecp384": "ecp384",
		"dh21": "ecp521", "ecp_521": "ecp521", "ecp521": "ecp521",
		"dh22": "modp1024s160", "dh23": "modp2048s224", "dh24": "modp2048s256",
		"dh31": "x25519", "curve25519": "x25519",
		"ml_kem_512": "mlkem512", "mlkem512": "mlkem512", "ml_kem_768": "mlkem768", "mlkem768": "mlkem768",
		"ml_kem_1024": "mlkem1024", "mlkem1024": "mlkem1024",
	}
)

// parseLibreswanProposal reads one proposal of ike= for IKEv2
// (v2_proposals.c):
//
//	ENCR+ENCR-PRF+PRF-KE+KE          the PRFs make the INTEGs too
//	ENCR+ENCR-INTEG+INTEG-PRF+PRF-KE+KE
//
// with a semicolon, too, before the groups, and from libreswan 5.4 on with
// ;TYPE=ALGORITHM+ALGORITHM behind. It returns what libreswan completed.
func parseLibreswanProposal(text string, defaults libreswanDefaults) (p proposals.Product, completed []string, err *proposals.FileError) {
	r := libreswanReader{text: text, defaults: defaults, completed: &completed}
	positional, named := text, ""
	if n := strings.Index(text, "="); n >= 0 {
		n = strings.LastIndexByte(text[:n], ';')
		if n < 0 {
			return p, nil, fault(0, text, "has an = and no ; before it: write, for example, aes256-sha2;ke=dh19")
		}
		positional, named = text[:n], text[n+1:]
	}
	if positional != "" || named == "" {
		if err := r.positional(positional, &p); err != nil {
			return p, nil, err
		}
	}
	for part := range strings.SplitSeq(named, ";") {
		if part != "" {
			if err := r.named(part, &p); err != nil {
				return p, nil, err
			}
		}
	}
	if err := r.complete(&p); err != nil {
		return p, nil, err
	}
	return p, completed, nil
}

// libreswanReader reads one proposal, text.
type libreswanReader struct {
	text      string
	words     []string
	separator []byte // after each word: - + ; or 0
	noInteg   bool   // none was written for INTEG
	defaults  libreswanDefaults
	completed *[]string
}

func (r *libreswanReader) fail(token, problem string) *proposals.FileError {
	switch {
	case token == "" && isLikeAlgorithm(r.text):
		problem = fmt.Sprintf("an empty word in %q %s", r.text, problem)
	case token == "":
		problem = "an empty word in ike= " + problem
	case token != r.text && isLikeAlgorithm(r.text):
		problem = fmt.Sprintf("in %q %s", r.text, problem)
	}
	if strings.Contains(problem, "did you mean") {
		return faultAt(0, token, problem)
	}
	return fault(0, token, problem)
}

func (r *libreswanReader) positional(text string, p *proposals.Product) *proposals.FileError {
	for rest := text; ; {
		n := strings.IndexAny(rest, "-+;")
		if n < 0 {
			r.words, r.separator = append(r.words, rest), append(r.separator, 0)
			break
		}
		r.words, r.separator = append(r.words, rest[:n]), append(r.separator, rest[n])
		rest = rest[n+1:]
	}
	before := byte('+') // the separator before the next word
	for before == '+' {
		word := r.words[0]
		length := ""
		if r.separator[0] == '-' && len(r.words) > 1 && r.words[1] != "" && isDigit(r.words[1][0]) {
			length = r.words[1] // aes-256
			r.next()
		}
		before = r.next()
		list, problem := libreswanCipherOf(word, length)
		if problem != "" {
			return r.fail(word, problem)
		}
		p[proposals.ENCR] = appendNew(p[proposals.ENCR], list...)
	}
	if before == '-' {
		saved := *r
		after, prfErr := r.list(p, proposals.PRF, libreswanPRFs)
		if prfErr != nil {
			// Not ENCR-PRF, so ENCR-INTEG-PRF.
			*r = saved
			p[proposals.PRF] = nil
			var err *proposals.FileError
			if after, err = r.list(p, proposals.INTEG, libreswanIntegs); err != nil {
				return prfErr
			}
			if after == '-' {
				if after, err = r.list(p, proposals.PRF, libreswanPRFs); err != nil {
					return err
				}
			}
		}
		before = after
	}
	if before != 0 {
		after, err := r.list(p, proposals.KE, libreswanKEs)
		if err != nil {
			return err
		}
		if before = after; before != 0 {
			return r.fail(r.words[0], "is an extra part: write ENCR-PRF-KE")
		}
	}
	return nil
}

// next drops a word and returns the separator after it.
func (r *libreswanReader) next() byte {
	after := r.separator[0]
	r.words, r.separator = r.words[1:], r.separator[1:]
	return after
}

// list reads words of an axis with + between them, and returns the separator
// after them.
func (r *libreswanReader) list(p *proposals.Product, axis proposals.Axis, names map[string]string) (byte, *proposals.FileError) {
	for {
		word := r.words[0]
		after := r.next()
		name, ok := names[strings.ToLower(word)]
		switch {
		case !ok && axis == proposals.KE && (word == "none" || word == "null" || word == "dh0"):
			return 0, r.fail(word, "is not a key exchange method, and an IKE SA always has one: write, for example, dh19")
		case !ok:
			return 0, r.fail(word, "is not "+withArticle(axis.Noun())+" of libreswan for IKE"+didYouMean(word, slices.Sorted(maps.Keys(names))))
		case name == "":
			r.noInteg = true
		default:
			a := keyword(name)
			a.Axis = axis
			p[axis] = appendNew(p[axis], a)
		}
		if after != '+' {
			return after, nil
		}
	}
}

// named reads TYPE=ALGORITHM+ALGORITHM.
func (r *libreswanReader) named(part string, p *proposals.Product) *proposals.FileError {
	kind, list, ok := strings.Cut(part, "=")
	if !ok {
		return r.fail(part, "has no type: write, for example, ke="+part)
	}
	values := libreswanReader{text: r.text}
	for word := range strings.SplitSeq(list, "+") {
		values.words, values.separator = append(values.words, word), append(values.separator, '+')
	}
	values.separator[len(values.separator)-1] = 0
	kind = strings.ToLower(kind)
	var err *proposals.FileError
	switch n := strings.TrimPrefix(kind, "addke"); {
	case kind == "encrypt":
		for _, word := range values.words {
			ciphers, problem := libreswanCipherOf(word, "")
			if problem != "" {
				return r.fail(word, problem)
			}
			p[proposals.ENCR] = appendNew(p[proposals.ENCR], ciphers...)
		}
	case kind == "prf":
		_, err = values.list(p, proposals.PRF, libreswanPRFs)
	case kind == "integ":
		_, err = values.list(p, proposals.INTEG, libreswanIntegs)
		r.noInteg = r.noInteg || values.noInteg
	case kind == "ke":
		_, err = values.list(p, proposals.KE, libreswanKEs)
	case n != kind && len(n) == 1 && n[0] >= '1' && n[0] <= '7':
		_, err = values.list(p, proposals.ADDKE1+proposals.Axis(n[0]-'1'), libreswanAddKEs())
	default:
		return r.fail(kind, "is not a type of a transform for IKE: write encrypt, prf, integ, ke or addke1 to addke7")
	}
	return err
}

// libreswanAddKEs are the names of key exchange methods, and none.
func libreswanAddKEs() map[string]string {
	all := maps.Clone(libreswanKEs)
	all["none"] = "ke1_none"
	return all
}

// complete adds what libreswan adds, and refuses what it refuses.
func (r *libreswanReader) complete(p *proposals.Product) *proposals.FileError {
	var aead, classic bool
	for _, a := range p[proposals.ENCR] {
		aead = aead || a.AEAD()
		classic = classic || !a.AEAD()
	}
	add := func(axis proposals.Axis, list []proposals.Algorithm, why string) {
		if len(p[axis]) > 0 {
			return
		}
		p[axis] = slices.Clone(list)
		var words []string
		for _, a := range list {
			words = append(words, a.Keyword())
		}
		*r.completed = append(*r.completed, strings.Join(words, ", ")+why)
	}
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		if !slices.ContainsFunc(p[axis], func(a proposals.Algorithm) bool { return !a.IsNone() }) {
			p[axis] = nil // none alone is the same as nothing
		}
	}
	switch {
	case !aead && !classic:
		return r.fail(r.text, "names no cipher: write, for example, aes256-sha2-dh19")
	case aead && classic:
		return r.fail(r.text, "mixes AEAD and classic ciphers, which libreswan rejects: write a proposal for each, with a comma between them")
	case aead && len(p[proposals.INTEG]) > 0:
		return r.fail(r.text, "names an integrity algorithm together with AEAD, which libreswan rejects: write none, or leave it out")
	case classic && r.noInteg:
		return r.fail(r.text, "names no integrity algorithm for a classic cipher, which libreswan rejects: leave none out")
	}
	add(proposals.PRF, r.defaults.prfs, " as its default PRFs")
	if classic && len(p[proposals.INTEG]) == 0 {
		var integs []proposals.Algorithm
		for _, prf := range p[proposals.PRF] {
			// The names of INTEGs hold those of the PRFs.
			integs = append(integs, keyword(strings.TrimPrefix(prf.Keyword(), "prf")))
		}
		add(proposals.INTEG, integs, " as the PRFs' integrity algorithms")
	}
	add(proposals.KE, r.defaults.kes, " as its default key exchange methods")
	return nil
}

// libreswanCipherOf returns the algorithms of a cipher whose key length, if
// any, stands alone or at the end of the word: aes, aes256, aes_gcm_16_256.
// Without one, both 256 and 128 are offered.
func libreswanCipherOf(word, length string) (list []proposals.Algorithm, problem string) {
	lower := strings.ToLower(word) // which can be longer, where word is not a text
	name := lower
	cipher, ok := libreswanCiphers[name]
	if !ok && length == "" {
		name = strings.TrimRight(lower, "0123456789")
		length = lower[len(name):]
		cipher, ok = libreswanCiphers[strings.TrimSuffix(name, "_")]
	}
	lengths := []string{"256", "128"}
	switch {
	case !ok:
		return nil, "is not a cipher of libreswan for IKE" + didYouMean(word, slices.Sorted(maps.Keys(libreswanCiphers)))
	case cipher.fixed && length != "":
		return nil, "does not take a key length: write " + name
	case cipher.fixed:
		lengths = []string{""}
	case length != "" && length != "128" && length != "192" && length != "256":
		return nil, "has a key of " + length + " bits: write 128, 192 or 256"
	case length != "":
		lengths = []string{length}
	}
	for _, bits := range lengths {
		list = append(list, keyword(cipher.before+bits+cipher.after))
	}
	return list, ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
